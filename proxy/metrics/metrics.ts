import { collectDefaultMetrics, Registry } from 'prom-client';
import {
  type Counter,
  type Gauge,
  type Histogram,
  type Label,
  type LabelMap,
  type Metric,
  nodeProcess,
  proxy,
  proxyLabels,
} from '#catalog';
import type { Clock } from '../time.ts';
import { type AccountSnapshot, accountSamples, admitted, credentialsOf, NO_ACCOUNTS } from './accounts.ts';
import { Caps, type FoldedLabel } from './caps.ts';
import { type Exposition, type Family, write } from './exposition.ts';
import type { Sample } from './sample.ts';
import { CounterSeries, HistogramSeries, LevelSeries, type SeriesContext } from './series.ts';

export type {
  AccountSnapshot,
  CredentialState,
  ExtraUsageState,
  KeyLimitState,
  WindowState,
  WindowTokens,
} from './accounts.ts';

type Proxy = typeof proxy;

/** Labels as instruments take them: a window may have a name that the catalog does not know. */
export type RunTimeLabels<L extends LabelMap> = { readonly [K in keyof L]: K extends 'window' ? string : L[K] };

/** A counter to add to. */
export interface CounterInstrument<L extends LabelMap> {
  /** Adds to the series of these labels; a request id becomes its exemplar. */
  inc(labels: RunTimeLabels<L>, by?: number, requestId?: string | null): void;
}

/** A gauge that is counted up and down. */
export interface LevelInstrument<L extends LabelMap> {
  inc(labels: RunTimeLabels<L>): void;
  dec(labels: RunTimeLabels<L>): void;
}

/** A histogram that takes observations in the metric's unit. */
export interface HistogramInstrument<L extends LabelMap> {
  /** Counts a value in the series of these labels; a request id becomes its bucket's exemplar. */
  observe(labels: RunTimeLabels<L>, value: number, requestId?: string | null): void;
}

type Instrument<M> =
  M extends Counter<infer L> ? CounterInstrument<L> : M extends Histogram<infer L> ? HistogramInstrument<L> : never;

type Pushed = { [K in keyof Proxy]: Proxy[K] extends Counter | Histogram ? K : never }[keyof Proxy];

type Instruments = { readonly [K in Pushed]: Instrument<Proxy[K]> } & {
  readonly requestsInFlight: LevelInstrument<Proxy['requestsInFlight'] extends Gauge<infer L> ? L : never>;
};

/** One typed instrument for each counter and histogram of the catalog, and the exposition of all of it. */
export type Metrics = Instruments & {
  /** Sets where the gauges of accounts come from; called at each scrape. */
  collect(from: () => AccountSnapshot): void;
  /** Removes the counters of a credential and gives its place under the cap to the next one. */
  forget(credential: string): void;
  /**
   * The exposition, in OpenMetrics with exemplars where the `Accept` header asks for it, else in Prometheus text.
   * Counters of credentials that the snapshot does not hold are left out; their values are kept until forgotten.
   */
  expose(accept?: string): Promise<Exposition>;
};

/** What identifies the running proxy, its clock and its caps. */
export interface MetricsOptions {
  readonly version: string;
  readonly clock: Clock;
  /** The most credentials with series of their own. @default - the cap of the label `credential` */
  readonly maxAccounts?: number;
}

/** The instruments and the exposition of the catalog. There is no global registry: each call starts at zero. */
export const createMetrics = ({ version, clock, maxAccounts }: MetricsOptions): Metrics => {
  const caps = new Caps({
    onFold: (label) => {
      if (isFoldedLabel(label)) instruments.labelsFolded.inc({ label });
    },
    ...(maxAccounts === undefined ? {} : { limits: new Map([[proxyLabels.credential, maxAccounts]]) }),
  });
  const series = createSeries({ caps, clock });
  const instruments = asInstruments(series);
  const readProcess = processReader();
  let snapshotOf: () => AccountSnapshot = () => NO_ACCOUNTS;
  const readSamples = (): Readonly<Record<keyof Proxy, readonly Sample[]>> => {
    const accounts = admitted(snapshotOf(), caps);
    announce(accounts, instruments);
    return {
      ...accountSamples(accounts, { caps, clock }),
      ...pushedSamples(series, isPresentIn(accounts)),
      buildInfo: [{ labels: { version, node_version: process.version }, value: 1 }],
    };
  };
  return {
    ...instruments,
    collect: (from) => {
      snapshotOf = from;
    },
    forget: (credential) => {
      for (const one of Object.values(series))
        if (one instanceof CounterSeries) one.remove(CREDENTIAL.name, credential);
      caps.release(CREDENTIAL, credential);
    },
    expose: async (accept) => {
      const samples = readSamples();
      const ours = NAMES.map((key) => {
        const { name, help, kind: type } = proxy[key];
        return { name, help, type, samples: samples[key] };
      });
      return write([...ours, ...(await readProcess())], accept);
    },
  };
};

const CREDENTIAL: Label = proxyLabels.credential;

const NAMES = Object.keys(proxy) as readonly (keyof Proxy)[];

type SeriesOf<M> = M extends Counter ? CounterSeries : M extends Histogram ? HistogramSeries : LevelSeries;

/** The series of every metric that is counted as things happen; the others are read at each scrape. */
type AllSeries = { readonly [K in keyof Instruments]: SeriesOf<Proxy[K]> };

const createSeries = (context: SeriesContext): AllSeries => {
  const seriesOf = (metric: Metric): CounterSeries | LevelSeries | HistogramSeries | null => {
    if (metric.kind === 'counter') return new CounterSeries(metric, context);
    if (metric.kind === 'histogram') return new HistogramSeries(metric, context);
    return metric === proxy.requestsInFlight ? new LevelSeries(metric, context) : null;
  };
  const all: unknown = Object.fromEntries(
    NAMES.map((key) => [key, seriesOf(proxy[key])]).filter(([, series]) => series !== null),
  );
  return all as AllSeries;
};

/** The series under the types that the catalog gives their labels. */
const asInstruments = (series: AllSeries): Instruments => {
  const instruments: unknown = series;
  return instruments as Instruments;
};

const pushedSamples = (
  series: AllSeries,
  isPresent: (sample: Sample) => boolean,
): Readonly<Record<keyof AllSeries, readonly Sample[]>> => {
  const samples: unknown = Object.fromEntries(
    Object.entries(series).map(([key, one]) => [key, one.samples().filter(isPresent)]),
  );
  return samples as Readonly<Record<keyof AllSeries, readonly Sample[]>>;
};

/** Whether a sample belongs to no credential, to one that the snapshot holds, or to all beyond the cap. */
const isPresentIn = (accounts: AccountSnapshot): ((sample: Sample) => boolean) => {
  const present = credentialsOf(accounts);
  return ({ labels: { credential } }) =>
    credential === undefined || credential === CREDENTIAL.overflow || present.has(credential);
};

const FOLDED: readonly string[] = proxyLabels.foldedLabel.values;

const isFoldedLabel = (label: string): label is FoldedLabel => FOLDED.includes(label);

/** Creates the counters of new windows and credentials at zero, so that their first event is an increase. */
const announce = ({ windows, credentials }: AccountSnapshot, { resets, cooldowns }: Instruments): void => {
  for (const { window, credential } of windows) resets.inc({ window, credential }, 0);
  for (const { credential } of credentials)
    for (const why of proxyLabels.reason.values) cooldowns.inc({ credential, reason: why }, 0);
};

const PROCESS_NAMES: ReadonlySet<string> = new Set(Object.values(nodeProcess).map(({ name }) => name));

/** Reads those of prom-client's metrics of the process that the catalog names. */
const processReader = (): (() => Promise<readonly Family[]>) => {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  for (const { name } of registry.getMetricsAsArray()) if (!PROCESS_NAMES.has(name)) registry.removeSingleMetric(name);
  return async () => {
    const metrics = await registry.getMetricsAsJSON();
    return metrics.map(({ name, help, type, values }) => ({
      name,
      help,
      type: String(type),
      samples: values.filter(({ value }) => !Number.isNaN(value)).map(({ value }) => ({ labels: {}, value })),
    }));
  };
};

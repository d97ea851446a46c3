import { collectDefaultMetrics, Registry } from 'prom-client';
import {
  type Counter,
  type Gauge,
  type Histogram,
  type LabelMap,
  type Metric,
  nodeProcess,
  proxy,
  proxyLabels,
} from '#catalog';
import type { Clock } from './clock.ts';
import { type AccountSnapshot, accountSamples, admitted, NO_ACCOUNTS } from './metrics/accounts.ts';
import { Caps, type FoldedLabel } from './metrics/caps.ts';
import { type Exposition, type Family, write } from './metrics/exposition.ts';
import type { Sample } from './metrics/sample.ts';
import { CounterSeries, HistogramSeries, LevelSeries, type SeriesContext } from './metrics/series.ts';

export type {
  AccountSnapshot,
  CredentialState,
  ExtraUsageState,
  WindowState,
  WindowTokens,
} from './metrics/accounts.ts';

type Proxy = typeof proxy;

/** Labels as instruments take them: a window may have a name that the catalog does not know. */
export type RunTimeLabels<L extends LabelMap> = { readonly [K in keyof L]: K extends 'window' ? string : L[K] };

/** A counter to add to. */
export interface CounterInstrument<L extends LabelMap> {
  /** Adds to the series of these labels; a request id becomes its exemplar. */
  inc(labels: RunTimeLabels<L>, by?: number, requestId?: string | null): void;
}

/** A gauge of what is going on right now. */
export interface LevelInstrument<L extends LabelMap> {
  inc(labels: RunTimeLabels<L>): void;
  dec(labels: RunTimeLabels<L>): void;
}

/** A histogram to put observations into, in the metric's unit. */
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
  /** Names where the gauges of accounts come from; asked at each scrape. */
  collect(from: () => AccountSnapshot): void;
  /** The exposition, in OpenMetrics with exemplars where the `Accept` header asks for it, else in Prometheus text. */
  expose(accept?: string): Promise<Exposition>;
};

/** What identifies the running proxy, and its clock. */
export interface MetricsOptions {
  readonly version: string;
  readonly clock: Clock;
}

/** The instruments and the exposition of the catalog. There is no global registry: each call starts at zero. */
export const createMetrics = ({ version, clock }: MetricsOptions): Metrics => {
  const caps = new Caps((label) => countFold(label));
  const series = createSeries({ caps, clock });
  const instruments = asInstruments(series);
  const countFold = (label: string) => {
    if (isFoldedLabel(label)) instruments.labelsFolded.inc({ label });
  };
  const readProcess = processReader();
  let snapshotOf: () => AccountSnapshot = () => NO_ACCOUNTS;
  const readAccounts = () => {
    const accounts = admitted(snapshotOf(), caps);
    announce(accounts, instruments);
    return accountSamples(accounts, { caps, clock });
  };
  return {
    ...instruments,
    collect: (from) => {
      snapshotOf = from;
    },
    expose: async (accept) => {
      const scraped = new Map([...readAccounts(), [proxy.buildInfo.name, [buildInfo(version)]] as const]);
      const ours = METRICS.map(([key, { name, help, kind: type }]) => {
        const samples = series.get(key)?.samples() ?? scraped.get(name) ?? [];
        return { name, help, type, samples };
      });
      return write([...ours, ...(await readProcess())], accept);
    },
  };
};

type Series = CounterSeries | LevelSeries | HistogramSeries;

const METRICS: readonly (readonly [string, Metric])[] = Object.entries(proxy);

/** The series of every metric that is counted as things happen; the others are read at each scrape. */
const createSeries = (context: SeriesContext): ReadonlyMap<string, Series> => {
  const pushed = METRICS.flatMap(([key, metric]): readonly (readonly [string, Series])[] => {
    if (metric.kind === 'counter') return [[key, new CounterSeries(metric, context)]];
    if (metric.kind === 'histogram') return [[key, new HistogramSeries(metric, context)]];
    return metric === proxy.requestsInFlight ? [[key, new LevelSeries(metric, context)]] : [];
  });
  return new Map(pushed);
};

/** The series under the types that the catalog gives their labels. */
const asInstruments = (series: ReadonlyMap<string, Series>): Instruments => {
  const instruments: unknown = Object.fromEntries(series);
  return instruments as Instruments;
};

const FOLDED: readonly string[] = proxyLabels.foldedLabel.values;

const isFoldedLabel = (label: string): label is FoldedLabel => FOLDED.includes(label);

const buildInfo = (version: string): Sample => ({ labels: { version, node_version: process.version }, value: 1 });

/** Lets the counters of new windows and credentials begin at zero, so that their first event is an increase. */
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

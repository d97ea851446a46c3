import type { Counter, direction, Gauge, Histogram, LabelMap, proxy, source, state } from '#catalog';

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

/** Tokens of one model and kind within a window. */
export interface WindowTokens {
  /** The model as the API writes it, or as the price table does. */
  readonly model: string;
  readonly direction: (typeof direction.values)[number];
  readonly tokens: number;
}

/** A credential's rate-limit window at the time of a scrape. */
export interface WindowState {
  readonly window: string;
  readonly credential: string;
  /** Percent, 0 and up; null where it is not known. */
  readonly utilization: number | null;
  /** Unix milliseconds; null where it is not known. */
  readonly resetsAt: number | null;
  /** When the utilization was learned, in unix milliseconds; null where it never was. */
  readonly learnedAt: number | null;
  readonly source: (typeof source.values)[number];
  /** Since when tokens were counted, in unix milliseconds; null where the window counts none. */
  readonly tokensSince: number | null;
  readonly tokens: readonly WindowTokens[];
}

/** A credential's paid usage beyond its windows at the time of a scrape. */
export interface ExtraUsageState {
  readonly credential: string;
  readonly enabled: boolean;
  readonly usedCredits: number | null;
  readonly limitCredits: number | null;
  /** Percent. */
  readonly utilization: number | null;
}

/** The state of a pool's credential at the time of a scrape. */
export interface CredentialState {
  readonly credential: string;
  readonly state: (typeof state.values)[number];
}

/** What the gauges of accounts are filled from at each scrape. */
export interface AccountSnapshot {
  readonly windows: readonly WindowState[];
  readonly extraUsage: readonly ExtraUsageState[];
  /** Empty in pass-through mode. */
  readonly credentials: readonly CredentialState[];
}

/** One typed instrument for each counter and histogram of the catalog, and the exposition of all of it. */
export type Metrics = { readonly [K in Pushed]: Instrument<Proxy[K]> } & {
  readonly requestsInFlight: LevelInstrument<Proxy['requestsInFlight'] extends Gauge<infer L> ? L : never>;
  /** Names where the gauges of accounts come from; asked at each scrape. */
  collect(from: () => AccountSnapshot): void;
  /** The exposition, in OpenMetrics with exemplars where the `Accept` header asks for it, else in Prometheus text. */
  expose(accept?: string): Promise<{ readonly contentType: string; readonly body: string }>;
};

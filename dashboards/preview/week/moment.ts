import type { Counter, Gauge, Histogram, Scope } from '../../../src/catalog/index.ts';
import type { Account, AccountEvents } from './accounts.ts';
import type { Conditions } from './conditions.ts';
import type { UsedModel } from './models.ts';
import type { Traffic } from './traffic.ts';

/** A replica as the rules of its gauges see it; times are unix seconds. */
export interface ReplicaView {
  readonly name: string;
  readonly startedAt: number;
  /** Tokens by window, credential and model, as this replica counted them since it started. */
  readonly windowTokens: ReadonlyMap<string, WindowTokens>;
  /** The share of all requests that it takes. */
  readonly share: number;
}

/** What a replica counted in a credential's current window for a model. */
export interface WindowTokens {
  readonly window: string;
  readonly credential: string;
  readonly model: UsedModel;
  readonly tokens: Readonly<Record<'input' | 'output' | 'cache_read' | 'cache_write', number>>;
}

/** What happened at a replica in a span of time: the rules of counters and histograms read it. */
export interface Moment extends AccountEvents {
  /** The span's end in unix seconds. */
  readonly at: number;
  readonly seconds: number;
  readonly conditions: Conditions;
  readonly traffic: Traffic;
  /** Polls of the usage endpoint that this replica made. */
  readonly polls: number;
}

/** What holds at one time at a replica: the rules of gauges read it. */
export interface View {
  readonly at: number;
  readonly conditions: Conditions;
  readonly accounts: readonly Account[];
  /** The credentials that are API keys. */
  readonly apiKeys: readonly string[];
  readonly replica: ReplicaView;
}

/** By how much one series of a counter grew. */
export interface Growth<L> {
  readonly labels: L;
  readonly by: number;
}

/** Observations of a histogram, spread log-normally around a median in the metric's unit. */
export interface Observations<L> {
  readonly labels: L;
  readonly count: number;
  readonly median: number;
  /** Standard deviation of the logarithm. */
  readonly spread: number;
}

/** One series of a gauge. */
export interface Reading<L> {
  readonly labels: L;
  readonly value: number;
}

/** How the week makes the series of a metric, by the metric's kind. */
export type RuleOf<M> =
  M extends Counter<infer L>
    ? (moment: Moment) => readonly Growth<L>[]
    : M extends Histogram<infer L>
      ? (moment: Moment) => readonly Observations<L>[]
      : M extends Gauge<infer L, Scope>
        ? (view: View) => readonly Reading<L>[]
        : never;

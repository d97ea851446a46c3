import type { Duration } from '#catalog';
import { RATE_INTERVAL, type Vector, type Window } from '#promql';
import type { Legend } from './legend.ts';

/** The unit in which a signal is measured, compared and drawn. */
export type SignalUnit = 'percent' | 'milliseconds' | 'seconds' | 'perMinute' | 'perHour' | 'count';

/**
 * A measured quantity, declared once: alerts compare it, panels draw it with the lines of those alerts, and runbooks
 * quote it. `L` are the labels of its series.
 */
export interface Signal<in out L extends string> {
  /** Unique among all signals: the system and the quantity, such as `anthropic-proxy/server-error-share`. */
  readonly id: string;
  /** The quantity over a window; signals without a `range` are measured at a moment and ignore it. */
  readonly measure: (window: Window) => Vector<L>;
  readonly unit: SignalUnit;
  /** The name of its series on a panel. */
  readonly legend: string;
  /** The window over which alerts measure it. Null where its windows are part of the quantity, or it has none. */
  readonly range: Duration | null;
  /** On which side of an alert's threshold it is bad. */
  readonly bad: 'above' | 'below';
  /** The quantity as a graph draws it. */
  readonly drawn: Vector<L>;
}

/** A signal of any labels, for whoever reads only what it is. */
export type AnySignal = Pick<Signal<never>, 'id' | 'unit' | 'legend' | 'range' | 'bad'>;

interface Definition<L extends string, T extends string> {
  readonly id: string;
  readonly unit: SignalUnit;
  /** Names at least one of the labels of its series, or is plain text where there is one series without labels. */
  readonly legend: T & Legend<NoInfer<T>, NoInfer<L>>;
  /** @default 'above' */
  readonly bad?: 'above' | 'below';
}

/** A quantity at a moment, or over a window that is part of its definition. */
interface Momentary<L extends string> {
  readonly measure: () => Vector<L>;
  readonly range?: never;
  /** How a graph draws it. @default - as alerts measure it */
  readonly drawn?: () => Vector<L>;
}

/** A quantity over a window: rates, averages, quantiles. */
interface Ranged<L extends string> {
  readonly measure: (window: Window) => Vector<L>;
  /** The window over which alerts measure it. */
  readonly range: Duration;
  /** How a graph draws it. @default - over Grafana's rate interval */
  readonly drawn?: () => Vector<L>;
}

/** Declares a signal; a legend that names a label which its series lack does not compile. */
export const signal = <L extends string, const T extends string>(
  definition: Definition<L, T> & (Momentary<L> | Ranged<L>),
): Signal<L> => {
  const { id, unit, legend, bad = 'above', range = null, drawn, measure } = definition;
  return { id, unit, legend, bad, range, measure, drawn: drawn?.() ?? measure(RATE_INTERVAL) };
};

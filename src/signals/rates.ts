import type { Counter, Duration, LabelMap } from '#catalog';
import { type LabelNames, mul, rate, type Vector, type Window } from '#promql';

const SECONDS_A_MINUTE = 60;
const SECONDS_AN_HOUR = 3_600;

/** The window over which events that must not happen are counted; alerts on them last longer (`EVENT_FOR`). */
export const EVENT_RANGE: Duration = '10m';

/** The window over which faults are counted that are never harmless: one is enough, and it stays visible for so long. */
export const FAULT_RANGE: Duration = '1h';

/** A rate per minute instead of per second. */
export const perMinute = <L extends string>(of: Vector<L>): Vector<L> => mul(SECONDS_A_MINUTE, of);

/** A rate per hour instead of per second. */
export const perHour = <L extends string>(of: Vector<L>): Vector<L> => mul(SECONDS_AN_HOUR, of);

/** Events per minute. */
export const eventsPerMinute = <L extends LabelMap>(metric: Counter<L>, window: Window): Vector<LabelNames<L>> =>
  perMinute(rate(metric, window));

/** Faults per hour. */
export const faultsPerHour = <L extends LabelMap>(metric: Counter<L>, window: Window): Vector<LabelNames<L>> =>
  perHour(rate(metric, window));

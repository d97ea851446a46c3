import type { Counter, LabelMap } from '#catalog';
import { div, type LabelNames, mul, RATE_INTERVAL, rate, type Vector } from '#promql';

const MINUTE = 60;
const HOUR = 3_600;

/** Events a minute. */
export const eventsPerMinute = <L extends LabelMap>(metric: Counter<L>): Vector<LabelNames<L>> =>
  mul(rate(metric, RATE_INTERVAL), MINUTE);

/** Events an hour. */
export const eventsPerHour = <L extends LabelMap>(metric: Counter<L>): Vector<LabelNames<L>> =>
  mul(rate(metric, RATE_INTERVAL), HOUR);

/** A share in percent. */
export const percentOf = <L extends string>(part: Vector<L>, whole: Vector<L>): Vector<L> => mul(100, div(part, whole));

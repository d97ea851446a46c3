import type { Counter, Duration, LabelMap } from '#catalog';
import { avgOverTime, type GaugeRange, type LabelNames, mul, rate, type Vector } from '#promql';

const SECONDS_A_MINUTE = 60;
const SECONDS_AN_HOUR = 3_600;

/**
 * Over which time what must not happen is counted. The alerts wait longer than that, so that a single event, such as
 * one of a restart, has left the range before anybody is told.
 */
export const EVENT_RANGE: Duration = '10m';

/** How long events go on before somebody is told: longer than their range. */
export const EVENT_WAIT: Duration = '15m';

/** Over which time an event that never is harmless is counted: one is enough, and it is seen for so long. */
export const FAULT_RANGE: Duration = '1h';

/** A rate in a minute. */
export const perMinute = <L extends string>(of: Vector<L>): Vector<L> => mul(SECONDS_A_MINUTE, of);

/** A rate in an hour. */
export const perHour = <L extends string>(of: Vector<L>): Vector<L> => mul(SECONDS_AN_HOUR, of);

/** Events a minute over the range in which they are counted. */
export const eventsPerMinute = <L extends LabelMap>(metric: Counter<L>): Vector<LabelNames<L>> =>
  perMinute(rate(metric, EVENT_RANGE));

/** Faults an hour over the range in which they are counted. */
export const faultsPerHour = <L extends LabelMap>(metric: Counter<L>): Vector<LabelNames<L>> =>
  perHour(rate(metric, FAULT_RANGE));

/** Half of the time: what fails one scrape in three is a nuisance, what fails every second one does not work. */
export const HALF_OF_THE_TIME = { value: 0.5, unit: 'count', fires: 'below' } as const;

/** The share of the time in which a state held. */
export const held = <L extends string>(state: GaugeRange<L>): Vector<L> => avgOverTime(state);

import type { Duration } from '#catalog';

/**
 * How long events must go on before an alert fires: longer than the window in which they are counted (`EVENT_RANGE` of
 * the signals), so that a single event, such as one of a restart, has left the window by then.
 */
export const EVENT_FOR: Duration = '15m';

/** Half of the time: what fails one scrape in three is a nuisance, what fails every second one does not work. */
export const HALF_OF_THE_TIME = 0.5;

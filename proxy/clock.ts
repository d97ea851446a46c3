/** Where the time comes from; handed to everything that needs it, so that tests can turn the hands. */
export interface Clock {
  /** The time of day in unix milliseconds. */
  now(): number;
  /** Milliseconds of a clock that never jumps, for durations. */
  monotonic(): number;
}

/** The clock of the machine. */
export const systemClock: Clock = { now: () => Date.now(), monotonic: () => performance.now() };

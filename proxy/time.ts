/** Where the time comes from; handed to everything that needs it, so that tests can turn the hands. */
export interface Clock {
  /** The time of day in unix milliseconds. */
  now(): number;
  /** Milliseconds of a clock that never jumps, for durations. */
  monotonic(): number;
}

/** The clock of the machine. */
export const systemClock: Clock = { now: () => Date.now(), monotonic: () => performance.now() };

/** Runs something later; handed to everything that needs it, so that tests can let the time pass. */
export interface Timers {
  /** Runs once after a number of milliseconds; the result takes it back. */
  after(ms: number, run: () => void): () => void;
}

/** The timers of the machine; none of them keeps the process alive. */
export const systemTimers: Timers = {
  after(ms, run) {
    const timer = setTimeout(run, ms);
    timer.unref();
    return () => clearTimeout(timer);
  },
};

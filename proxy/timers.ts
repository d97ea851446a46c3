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

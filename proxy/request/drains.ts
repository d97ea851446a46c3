import type { Timers } from '../time.ts';

/** How much is read of answers whose clients have left. */
export interface DrainLimits {
  readonly seconds: number;
  readonly streams: number;
}

/** An answer that is being read on; `done` ends the wait. */
export interface Drain {
  done(): void;
}

/**
 * The answers that are read on after their clients have left: the upstream bills them anyway, and only their end says
 * what they used. Their number and time are bounded.
 */
export class Drains {
  readonly #limits: DrainLimits;
  readonly #timers: Timers;
  #running = 0;

  constructor(limits: DrainLimits, timers: Timers) {
    this.#limits = limits;
    this.#timers = timers;
  }

  /** Begins one; null where the bound is reached. `cut` is called when its time is over. */
  begin(cut: () => void): Drain | null {
    if (this.#limits.seconds === 0 || this.#running >= this.#limits.streams) return null;
    this.#running += 1;
    const cancel = this.#timers.after(this.#limits.seconds * 1_000, cut);
    return {
      done: () => {
        cancel();
        this.#running -= 1;
      },
    };
  }
}

import type { Clock, Timers } from '../../../proxy/time.ts';

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** Time that goes on as it does, and that a test can move on by hours. */
export interface MovableTime {
  readonly clock: Clock;
  readonly timers: Timers;
  /** Moves the clock on in steps and runs what is due after each. */
  pass(ms: number): Promise<void>;
}

interface Timer {
  readonly at: number;
  readonly run: () => void;
}

/** A long time passes in so many steps at most: a timer that comes back each second runs once a step. */
const MAX_STEPS = 200;

/** Promises that a timer has started settle within a few turns of the event loop. */
const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};

/** Time that begins at a moment. */
export const movableTime = (start: number): MovableTime => {
  const begun = performance.now();
  let moved = 0;
  const timers = new Set<Timer>();
  const monotonic = () => performance.now() - begun + moved;
  const runDue = (): void => {
    const due = [...timers].filter(({ at }) => at <= monotonic()).toSorted((a, b) => a.at - b.at);
    for (const timer of due) if (timers.delete(timer)) timer.run();
  };
  return {
    clock: { now: () => Math.floor(start + monotonic()), monotonic },
    timers: {
      after(ms, run) {
        const timer = { at: monotonic() + ms, run };
        timers.add(timer);
        const real = setTimeout(() => {
          if (timers.delete(timer)) run();
        }, ms);
        real.unref();
        return () => {
          timers.delete(timer);
          clearTimeout(real);
        };
      },
    },
    async pass(ms) {
      const step = Math.max(SECOND, ms / MAX_STEPS);
      for (let left = ms; left > 0; left -= step) {
        moved += Math.min(step, left);
        runDue();
        await settle();
      }
    },
  };
};

import type { Clock, Timers } from '../../proxy/time.ts';

/** A clock and timers whose hands a test turns. */
export interface ManualTime {
  readonly clock: Clock;
  readonly timers: Timers;
  /** Turns both hands and runs the timers that come due, in order; lets promises settle after each. */
  advance(ms: number): Promise<void>;
  /** Turns the hands without running a timer. */
  set(now: number): void;
  /** How many timers are waiting. */
  pending(): number;
}

interface Entry {
  readonly at: number;
  readonly run: () => void;
}

/** Promises that a timer has started settle within a few turns of the event loop. */
const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};

/** Time that begins at a moment and stands still. */
export const manualTime = (start: number): ManualTime => {
  let now = start;
  const entries = new Set<Entry>();
  const due = (until: number) => [...entries].filter(({ at }) => at <= until).toSorted((a, b) => a.at - b.at)[0];
  return {
    clock: { now: () => now, monotonic: () => now },
    timers: {
      after(ms, run) {
        const entry = { at: now + ms, run };
        entries.add(entry);
        return () => entries.delete(entry);
      },
    },
    async advance(ms) {
      const until = now + ms;
      for (let next = due(until); next !== undefined; next = due(until)) {
        entries.delete(next);
        now = Math.max(now, next.at);
        next.run();
        await settle();
      }
      now = until;
      await settle();
    },
    set(at) {
      now = at;
    },
    pending: () => entries.size,
  };
};

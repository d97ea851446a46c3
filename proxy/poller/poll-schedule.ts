import type { proxyLabels } from '#catalog';

/** How a poll ended. */
export type PollResult = (typeof proxyLabels.pollResult.values)[number];

/** When a credential is polled next. */
export interface Plan {
  /** Milliseconds of the monotonic clock; infinity for never. */
  readonly at: number;
  /** How many polls in a row have failed. */
  readonly failures: number;
}

/** What decides when the next poll is. */
export interface Rhythm {
  readonly intervalMs: number;
  /** A number from 0 up to 1. */
  readonly random: () => number;
}

/** What an answer to a poll says of the next one. */
export interface Answered {
  readonly result: PollResult;
  /** What `retry-after` asks for; null where it does not. */
  readonly retryAfterMs: number | null;
}

/** Each poll is off by up to this share of the interval, so that replicas and credentials do not ask in step. */
const JITTER = 0.1;

/** The endpoint answers 429 for hours to who keeps asking, so failures double the interval up to this many times. */
const MAX_DOUBLINGS = 4;

/** A longer `retry-after` is not believed: a window would be over before it is looked at again. */
const MAX_RETRY_AFTER_MS = 6 * 3_600_000;

/** The first poll is soon, so that gauges fill, yet not at once, so that a restart loop is not a flood. */
const FIRST_WITHIN_MS = 15_000;

/** The first poll of a credential. */
export const firstPoll = (now: number, { random }: Rhythm): Plan => ({
  at: now + FIRST_WITHIN_MS * random(),
  failures: 0,
});

/** The poll after one that ended now: the API's 403 ends them, failures space them out, `retry-after` is obeyed. */
export const nextPoll = (plan: Plan, { result, retryAfterMs }: Answered, now: number, rhythm: Rhythm): Plan => {
  if (result === 'forbidden') return { at: Number.POSITIVE_INFINITY, failures: plan.failures };
  const failures = result === 'ok' ? 0 : plan.failures + 1;
  const interval = rhythm.intervalMs * 2 ** Math.min(failures, MAX_DOUBLINGS);
  const jittered = interval * (1 + JITTER * (2 * rhythm.random() - 1));
  return { at: now + Math.max(jittered, Math.min(retryAfterMs ?? 0, MAX_RETRY_AFTER_MS)), failures };
};

/** A turn that was another replica's: it costs nothing, and the next is after the usual time. */
export const skippedPoll = (plan: Plan, now: number, { intervalMs }: Rhythm): Plan => ({
  at: now + intervalMs,
  failures: plan.failures,
});

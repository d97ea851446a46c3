import { type proxyLabels, RESET_TOLERANCE_SECONDS } from '#catalog';
import type { Observation } from './observation.ts';
import { NO_TOKENS, type TokenTable } from './tokens.ts';

/** Where a utilization figure came from. */
export type Source = (typeof proxyLabels.source.values)[number];

/** A rate-limit window of one credential. All times are unix milliseconds. */
export interface Window {
  /** Percent; null until an answer tells it. */
  readonly utilization: number | null;
  /** Null until an answer tells it: such a window cannot elapse. */
  readonly resetsAt: number | null;
  readonly status: string | null;
  readonly source: Source;
  /** When the utilization was learned; null until then. */
  readonly learnedAt: number | null;
  /** Whether the time to reset has come and no answer has told of the next window yet. */
  readonly elapsed: boolean;
  /** Whether this period's warning was given. */
  readonly warned: boolean;
  /** Since when tokens were counted. */
  readonly since: number;
  readonly tokens: TokenTable;
}

/** A window after something happened to it, and whether that ended a period. */
export interface Step {
  readonly window: Window;
  readonly reset: boolean;
}

/** What an answer said of a window, from where, and when it was heard. */
export interface Heard {
  readonly said: Observation;
  readonly source: Exclude<Source, 'elapsed'>;
  readonly now: number;
}

/** Above this utilization, in percent, a window's period gets its warning. */
export const HIGH_UTILIZATION = 80;

const TOLERANCE = RESET_TOLERANCE_SECONDS * 1_000;

/**
 * A reset time further ahead than this is not believed: the longest known window has seven days, and because an earlier
 * time than the stored one is ignored, one absurd value would otherwise stop the window for ever.
 */
export const MAX_AHEAD = 35 * 86_400_000;

/** A window of which nothing is known yet. */
export const newWindow = (source: Source, now: number): Window => ({
  utilization: null,
  resetsAt: null,
  status: null,
  source,
  learnedAt: null,
  elapsed: false,
  warned: false,
  since: now,
  tokens: NO_TOKENS,
});

/** The end of a period: nothing is used, nothing is counted, the next warning may come. */
const ended = (window: Window, at: number): Window => ({
  ...window,
  utilization: 0,
  status: null,
  source: 'elapsed',
  learnedAt: at,
  warned: false,
  since: Math.max(window.since, at),
  tokens: NO_TOKENS,
});

/** Lets the time pass: a window whose reset has come has elapsed. */
export const roll = (window: Window, now: number): Step =>
  window.resetsAt !== null && !window.elapsed && now >= window.resetsAt
    ? { window: { ...ended(window, window.resetsAt), elapsed: true }, reset: true }
    : { window, reset: false };

const learn = (window: Window, { said: { utilization, status }, source, now }: Heard): Window =>
  utilization === null
    ? { ...window, status: status ?? window.status }
    : { ...window, utilization, source, learnedAt: now, status: status ?? window.status };

/** The reset time that is believed; null for none. */
const believed = ({ said, now }: Heard): number | null =>
  said.resetsAt !== null && said.resetsAt - now <= MAX_AHEAD ? said.resetsAt : null;

/**
 * Takes in what an answer said; the window must have been rolled to the same time before.
 *
 * The stored reset time identifies the period. An answer without a time, or with one within the tolerance, is of the
 * same period: it says nothing new once that has elapsed. An earlier time is of a period that is over, so all of the
 * answer is old. A later one begins the next period: silently where the stored one has elapsed, as a reset where not.
 */
export const hear = (window: Window, heard: Heard): Step => {
  const resetsAt = believed(heard);
  if (window.resetsAt === null) return { window: { ...learn(window, heard), resetsAt }, reset: false };
  const ahead = resetsAt === null ? 0 : resetsAt - window.resetsAt;
  if (ahead < -TOLERANCE) return { window, reset: false };
  if (ahead <= TOLERANCE) return { window: window.elapsed ? window : learn(window, heard), reset: false };
  const reset = !window.elapsed;
  const fresh = reset ? ended(window, heard.now) : window;
  return { window: { ...learn(fresh, heard), resetsAt, elapsed: false }, reset };
};

/** Whether a window is above the warning line and its period has had no warning. */
export const needsWarning = ({ utilization, warned }: Window): boolean =>
  !warned && utilization !== null && utilization > HIGH_UTILIZATION;

import { type ErrorType, type proxyLabels, RATE_LIMIT_WINDOWS, WINDOW_NAMES } from '#catalog';
import { decimal, type Headers, headerOf, retryAfter } from '../http/headers.ts';
import { readHeaders } from '../tracker/headers.ts';
import type { Observation } from '../tracker/observation.ts';
import { classify, exhaustedMinutes, isExhausted, type UpstreamAnswer } from './classify.ts';

/** Why a credential is put aside. */
export type Reason = (typeof proxyLabels.reason.values)[number];

/** What an answer means for the credential that got it. All times are unix milliseconds. */
export type Verdict =
  /** Nothing: the answer is for the client. */
  | { readonly kind: 'none' }
  /** It is used up or limited until a time. */
  | { readonly kind: 'cool'; readonly reason: Reason; readonly until: number }
  /** One kind of request is used up, the credential serves others. */
  | { readonly kind: 'avoid'; readonly until: number }
  /** It may be tried again after a time. */
  | { readonly kind: 'wait'; readonly reason: Reason; readonly ms: number }
  /** It is not accepted any more. */
  | { readonly kind: 'expired' };

/** What a verdict takes into account besides the answer. */
export interface Circumstances {
  readonly now: number;
  /** The earliest reset that is known of the credential otherwise. */
  readonly fallbackReset: number | null;
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

/** How long a credential rests whose quota is used up, where nothing says until when. */
export const UNKNOWN_RESET = 5 * MINUTE;

/** How long a credential rests that has met its spend cap: only a person can lift it, so this is how soon that is noticed. */
export const SPEND_REST = 15 * MINUTE;

/** How long an overloaded credential rests, where `retry-after` does not say; overload passes quickly. */
export const OVERLOAD_REST = 30 * SECOND;

/** No cooldown is longer: the longest known window has seven days, and a wrong time must not lock a credential out. */
export const MAX_REST = 8 * 86_400 * SECOND;

/** The shortest wait before the same credential is tried again. */
const SHORTEST_WAIT = SECOND;

const ACCOUNT_WIDE: ReadonlySet<string> = new Set(
  WINDOW_NAMES.filter((name) => RATE_LIMIT_WINDOWS[name].counts === 'all'),
);

const latest = (windows: readonly Observation[], now: number): number | null => {
  const times = windows.flatMap(({ resetsAt }) => (resetsAt !== null && resetsAt > now ? [resetsAt] : []));
  return times.length === 0 ? null : Math.max(...times);
};

/** A time from now on, within reason. */
const within = (time: number, now: number): number => Math.min(Math.max(time, now + SECOND), now + MAX_REST);

/**
 * A window for some models alone (such as `7d_oi`) being used up must not take the credential away from the others; the
 * request goes elsewhere, and its session with it.
 */
const quota = (headers: Headers, { now, fallbackReset }: Circumstances): Verdict => {
  const exhausted = readHeaders(headers).filter(isExhausted);
  const accountWide = exhausted.filter(({ window }) => ACCOUNT_WIDE.has(window));
  const unified = decimal(headerOf(headers, 'anthropic-ratelimit-unified-reset'));
  const told = unified !== null && unified * SECOND > now ? unified * SECOND : null;
  if (exhausted.length > 0 && accountWide.length === 0) {
    return { kind: 'avoid', until: within(latest(exhausted, now) ?? told ?? now + UNKNOWN_RESET, now) };
  }
  const asked = retryAfter(headers, now);
  const until = latest(accountWide, now) ?? told ?? (asked === null ? null : now + asked) ?? fallbackReset;
  return { kind: 'cool', reason: 'quota', until: within(until ?? now + UNKNOWN_RESET, now) };
};

/** How long until the per-minute limits that are used up have room again. */
const minuteWait = (headers: Headers, now: number): number => {
  const asked = retryAfter(headers, now);
  if (asked !== null) return Math.max(asked, SHORTEST_WAIT);
  const resets = exhaustedMinutes(headers).map((name) => Date.parse(headerOf(headers, name) ?? ''));
  const known = resets.filter((time) => !Number.isNaN(time));
  return Math.max(SHORTEST_WAIT, ...known.map((time) => time - now));
};

type Judge = (headers: Headers, circumstances: Circumstances) => Verdict;

const JUDGES: Partial<Record<ErrorType, Judge>> = {
  rate_limit_quota: quota,
  rate_limit_minute: (headers, { now }) => ({ kind: 'wait', reason: 'minute', ms: minuteWait(headers, now) }),
  rate_limit_spend: (_headers, { now }) => ({ kind: 'cool', reason: 'spend', until: now + SPEND_REST }),
  overloaded: (headers, { now }) => ({
    kind: 'wait',
    reason: 'overloaded',
    ms: Math.max(SHORTEST_WAIT, retryAfter(headers, now) ?? 0),
  }),
  authentication: () => ({ kind: 'expired' }),
};

/** What an answer means for the credential that got it. */
export const judge = (answer: UpstreamAnswer, circumstances: Circumstances): Verdict =>
  answer.status < 400
    ? { kind: 'none' }
    : (JUDGES[classify(answer)]?.(answer.headers, circumstances) ?? { kind: 'none' });

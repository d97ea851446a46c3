import type { ModelFamily, proxyLabels } from '#catalog';
import type { AttemptAnswer, Endpoint } from '../credentials/strategy.ts';
import { type Headers, headerOf, retryAfter } from '../http/headers.ts';
import type { ApiError } from '../usage/report.ts';
import { classify, isUsedUp, reportedMinutes, unifiedStatus } from './classify.ts';
import { countsFor, isExhausted, MAX_REFUSAL_MS, type RefusingWindow, type WindowView } from './window-view.ts';
import { isAboutRequest, isRateLimit, isUnusable, wordingOf } from './wordings.ts';

/** Why a credential is in cooldown. */
export type Reason = (typeof proxyLabels.reason.values)[number];

/** What limits are counted by: an endpoint and a family of models, or one model of no known family. */
export interface RequestClass {
  readonly endpoint: Endpoint;
  /** Null for a request without a model, and for a model of no known family. */
  readonly family: ModelFamily | null;
  /** The name of a model of no known family, as the client gives it; null for all others. */
  readonly model: string | null;
}

/** What an answer says about the credential that got it. Times are unix milliseconds; the evidence is without secrets. */
export type Verdict =
  /** Nothing: the answer is about the request. */
  | { readonly kind: 'none' }
  /** These windows are used up. */
  | { readonly kind: 'quota'; readonly windows: readonly RefusingWindow[]; readonly evidence: string }
  /** Requests of this class are limited until a time. */
  | { readonly kind: 'minute'; readonly until: number; readonly evidence: string }
  /** Requests of this class had better go elsewhere until a time; what refuses them is not known. */
  | { readonly kind: 'avoid'; readonly until: number; readonly evidence: string }
  /** The account cannot pay or is switched off. */
  | { readonly kind: 'spend'; readonly evidence: string }
  | { readonly kind: 'overloaded'; readonly evidence: string }
  /** The secret was not accepted, which has to be confirmed. */
  | { readonly kind: 'unauthorized'; readonly evidence: string }
  /** The secret may not be accepted, or may lack a permission that another has; which of them is for a probe to find out. */
  | { readonly kind: 'forbidden'; readonly evidence: string };

/** What a verdict takes into account besides the answer. */
export interface Circumstances {
  readonly family: ModelFamily | null;
  readonly now: number;
  /** The windows of the credential, this answer taken into account. */
  readonly windows: readonly WindowView[];
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

/** A limit by the minute has room again within minutes, whatever `retry-after` asks for. */
export const MAX_MINUTE_LIMIT_MS = 5 * MINUTE;

/** The shortest limit: a credential that has just refused is not asked again at once. */
export const MIN_MINUTE_LIMIT_MS = SECOND;

/** How long requests go elsewhere after a rejection that no window explains. */
export const AVOID_MS = 2 * MINUTE;

/** How long requests of a class go elsewhere that one credential was forbidden and another one was not. */
export const FORBIDDEN_MS = 5 * MINUTE;

const NONE: Verdict = { kind: 'none' };

/** What an answer with status 400 or above says about the credential that got it. */
export const judge = (answer: AttemptAnswer, circumstances: Circumstances): Verdict => {
  const { status, headers, error } = answer;
  if (status < 400) return NONE;
  const spend = spendVerdict(answer);
  if (spend !== null) return spend;
  if (status === 429) return rateLimited(headers, error, circumstances);
  const name = `${status}${error === null ? '' : ` ${typeName(error.type)}`}`;
  if (classify(answer) === 'overloaded') return { kind: 'overloaded', evidence: name };
  return authVerdict(status, error?.message ?? '', name);
};

/** What an answer says about the secret. */
const authVerdict = (status: number, message: string, name: string): Verdict => {
  if (status === 401) return { kind: 'unauthorized', evidence: name };
  const wording = wordingOf(message);
  if (status === 403 && wording?.kind === 'revoked') {
    return { kind: 'unauthorized', evidence: `${name}: ${wording.name}` };
  }
  return isForbidden(status, message) ? { kind: 'forbidden', evidence: name } : NONE;
};

const isForbidden = (status: number, message: string): boolean =>
  status === 403 ? !isAboutRequest(message) : status === 400 && isUnusable(message);

/** A type as the API writes them; any other text may be of anybody. */
const typeName = (type: string): string => (/^[a-z_]{1,40}$/.test(type) ? type : 'error');

const isAllowed = (headers: Headers): boolean => unifiedStatus(headers)?.startsWith('allowed') === true;

/** Only words say that an account cannot pay, and not where the answer says that the subscription is allowed. */
const spendVerdict = ({ status, headers, error }: AttemptAnswer): Verdict | null => {
  if (error === null || isAllowed(headers) || status >= 500) return null;
  const wording = wordingOf(error.message);
  if (wording?.kind === 'spend') {
    return { kind: 'spend', evidence: `${status} ${typeName(error.type)}: ${wording.name}` };
  }
  const isBilling = error.type === 'billing_error' && !isAboutRequest(error.message);
  return isBilling ? { kind: 'spend', evidence: `${status} billing_error` } : null;
};

const rateLimited = (headers: Headers, error: ApiError | null, circumstances: Circumstances): Verdict => {
  if (!isAllowed(headers)) {
    const quota = quotaVerdict(headers, circumstances);
    if (quota !== null) return quota;
  }
  return isAboutRequest(error?.message ?? '') ? NONE : minuteVerdict(headers, error, circumstances.now);
};

/**
 * A window that is itself used up is evidence. A status `rejected` without one is none for how long: neither
 * `anthropic-ratelimit-unified-reset` nor `retry-after` belongs to what has refused the request.
 */
const quotaVerdict = (headers: Headers, { now, windows, family }: Circumstances): Verdict | null => {
  const rejected = unifiedStatus(headers) === 'rejected';
  const exhausted = windows.filter(
    (view) => countsFor(view, family) && isExhausted(view) && (rejected || !isAllowedWindow(view)),
  );
  if (exhausted.length > 0) {
    const refusing = exhausted.map(({ window, counts, utilization, resetsAt }) => ({
      ...{ window, counts, utilization, resetsAt, at: now },
    }));
    return {
      kind: 'quota',
      windows: refusing,
      evidence: exhausted.map((view) => windowEvidence(view, now)).join(', '),
    };
  }
  if (!rejected) return null;
  const evidence = '429 with anthropic-ratelimit-unified-status: rejected, and no window that is';
  return { kind: 'avoid', until: now + AVOID_MS, evidence };
};

/** Paid usage beyond a window goes on where that is full. */
const isAllowedWindow = ({ status }: WindowView): boolean => status?.startsWith('allowed') === true;

/** A window as evidence names it. */
const windowEvidence = ({ window, status, utilization, resetsAt }: WindowView, now: number): string => {
  const how = status === 'rejected' ? 'rejected' : `at ${utilization} %`;
  if (resetsAt === null || resetsAt > now + MAX_REFUSAL_MS) return `window ${window} ${how}`;
  return `window ${window} ${how} until ${new Date(resetsAt).toISOString()}`;
};

/** A limit that is used up, or the words of the API, are evidence. Any other 429 is the client's. */
const minuteVerdict = (headers: Headers, error: ApiError | null, now: number): Verdict => {
  const asked = retryAfter(headers, now);
  const reported = reportedMinutes(headers);
  const usedUp = reported.filter((name) => isUsedUp(headers, name));
  if (usedUp.length > 0) {
    const evidence = `429 with ${usedUp.map((name) => `${name}: 0`).join(', ')}`;
    return { kind: 'minute', until: now + bounded(asked ?? untilReset(headers, usedUp, now)), evidence };
  }
  return mayBeOfApi(headers, error) ? wordsVerdict(error?.message ?? '', asked, reported.length > 0, now) : NONE;
};

/**
 * The words of the API for a limit are evidence unless limits with room contradict them. Where it refuses for a time without
 * either, another credential may serve the request, and nobody is kept away from this one.
 */
const wordsVerdict = (message: string, asked: number | null, hasRoom: boolean, now: number): Verdict => {
  const hasWords = isRateLimit(message);
  const ms = bounded(asked ?? 0);
  if (hasWords && !hasRoom) {
    return { kind: 'minute', until: now + ms, evidence: '429 rate_limit_error: rate limit exceeded' };
  }
  if (!hasWords && asked === null) return NONE;
  const how = hasRoom ? 'while every limit by the minute has room' : 'with retry-after and no known words';
  return { kind: 'avoid', until: now + Math.min(ms, AVOID_MS), evidence: `429 ${how}` };
};

/** Whether a 429 is the API's own; one whose JSON did not come in time may be. */
const mayBeOfApi = (headers: Headers, error: ApiError | null): boolean =>
  error === null
    ? headerOf(headers, 'content-type')?.startsWith('application/json') === true
    : error.type === 'rate_limit_error';

/** The milliseconds until the last of some limits is reset; 0 where none says when. */
const untilReset = (headers: Headers, limits: readonly string[], now: number): number => {
  const resets = limits.map((name) => Date.parse(headerOf(headers, name.replace(/-remaining$/, '-reset')) ?? ''));
  return Math.max(0, ...resets.filter((time) => !Number.isNaN(time)).map((time) => time - now));
};

const bounded = (ms: number): number => Math.min(Math.max(ms, MIN_MINUTE_LIMIT_MS), MAX_MINUTE_LIMIT_MS);

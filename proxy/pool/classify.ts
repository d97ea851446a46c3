import type { ErrorType } from '#catalog';
import type { AttemptAnswer } from '../credentials/strategy.ts';
import { decimal, type Headers, headerOf } from '../http/headers.ts';
import { isAboutRequest, wordingOf } from './wordings.ts';

/** @see https://platform.claude.com/docs/en/api/errors */
const BY_BODY: ReadonlyMap<string, ErrorType> = new Map(
  Object.entries<ErrorType>({
    overloaded_error: 'overloaded',
    api_error: 'api_error',
    authentication_error: 'authentication',
    permission_error: 'permission',
    // The account may not go on until somebody pays: neither the upstream's fault nor a rate limit.
    billing_error: 'permission',
    invalid_request_error: 'invalid_request',
    conflict_error: 'invalid_request',
    not_found_error: 'not_found',
    request_too_large: 'too_large',
    timeout_error: 'timeout',
  }),
);

/** 52x are the content delivery network's codes for its own trouble with the upstream. */
const BY_STATUS: Readonly<Record<number, ErrorType>> = {
  401: 'authentication',
  402: 'permission',
  403: 'permission',
  404: 'not_found',
  408: 'timeout',
  413: 'too_large',
  504: 'timeout',
  521: 'connect',
  522: 'timeout',
  523: 'connect',
  524: 'timeout',
  525: 'tls',
  526: 'tls',
  529: 'overloaded',
};

const byClass = (status: number): ErrorType => {
  if (status >= 500) return 'api_error';
  return status >= 400 ? 'invalid_request' : 'other';
};

/** The kind of error that an answer of the upstream is; `other` for an answer that is none. */
export const classify = ({ status, headers, error }: AttemptAnswer): ErrorType => {
  if (status === 429) return rateLimit(headers, error?.message ?? '');
  if (status >= 400 && error !== null && wordingOf(error.message)?.kind === 'spend') return 'permission';
  const named = error === null ? undefined : BY_BODY.get(error.type);
  return named ?? BY_STATUS[status] ?? byClass(status);
};

const UNIFIED = 'anthropic-ratelimit-unified-';
const WINDOW_STATUS = /^anthropic-ratelimit-unified-(?!overage-)(.+)-status$/;
const WINDOW_UTILIZATION = /^anthropic-ratelimit-unified-(?!overage-)(.+)-utilization$/;

/** The unified status of an answer: `allowed`, `allowed_warning`, `rejected`; undefined where it has none. */
export const unifiedStatus = (headers: Headers): string | undefined => headerOf(headers, `${UNIFIED}status`);

const isRejected = (headers: Headers, name: string): boolean => {
  if (WINDOW_STATUS.test(name)) return headerOf(headers, name) === 'rejected';
  const window = WINDOW_UTILIZATION.exec(name)?.[1];
  if (window === undefined || headerOf(headers, `${UNIFIED}${window}-status`) !== undefined) return false;
  return (decimal(headerOf(headers, name)) ?? 0) >= 1;
};

const PER_MINUTE = /^anthropic-(?:ratelimit|priority|fast)-(?:requests|tokens|input-tokens|output-tokens)-remaining$/;

/** The names of the `-remaining` headers of the per-minute limits that an answer reports. */
export const reportedMinutes = (headers: Headers): readonly string[] =>
  Object.keys(headers).filter((name) => PER_MINUTE.test(name));

/** Whether a `-remaining` header says that its limit is used up. */
export const isUsedUp = (headers: Headers, name: string): boolean => decimal(headerOf(headers, name)) === 0;

/**
 * The kinds of 429. A used-up subscription is reported by its unified headers, a spend limit by words. What asks for extra
 * usage is refused to the request. All others are limits for a short time, also where nothing says for how long.
 */
const rateLimit = (headers: Headers, message: string): ErrorType => {
  if (unifiedStatus(headers) === 'rejected' || Object.keys(headers).some((name) => isRejected(headers, name))) {
    return 'rate_limit_quota';
  }
  if (isAboutRequest(message)) return 'permission';
  return wordingOf(message)?.kind === 'spend' ? 'rate_limit_spend' : 'rate_limit_minute';
};

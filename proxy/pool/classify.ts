import type { ErrorType } from '#catalog';
import { decimal, type Headers, headerOf } from '../http/headers.ts';
import { readHeaders } from '../tracker/headers.ts';
import type { ApiError } from '../usage/reader.ts';

/** What an attempt at the upstream was answered. */
export interface UpstreamAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Headers;
  /** The error of the body; null where there is none or it was not read. */
  readonly error: ApiError | null;
}

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

/** 52x are the content delivery network's words for its own trouble with the upstream. */
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
export const classify = (answer: UpstreamAnswer): ErrorType => {
  if (answer.status === 429) return rateLimit(answer.headers);
  const said = answer.error === null ? undefined : BY_BODY.get(answer.error.type);
  return said ?? BY_STATUS[answer.status] ?? byClass(answer.status);
};

const WHOLE = 100;

/** Whether a window's own headers say that it is used up. */
export const isExhausted = ({ status, utilization }: ReturnType<typeof readHeaders>[number]): boolean =>
  status === 'rejected' || (status === null && utilization !== null && utilization >= WHOLE);

const PER_MINUTE = /^anthropic-(?:ratelimit|priority|fast)-(?:requests|tokens|input-tokens|output-tokens)-remaining$/;

/** The names of the reset headers of the per-minute limits that are used up. */
export const exhaustedMinutes = (headers: Headers): readonly string[] =>
  Object.keys(headers)
    .filter((name) => PER_MINUTE.test(name) && decimal(headerOf(headers, name)) === 0)
    .map((name) => name.replace(/-remaining$/, '-reset'));

const hasRetryAfter = (headers: Headers): boolean =>
  headerOf(headers, 'retry-after') !== undefined || headerOf(headers, 'retry-after-ms') !== undefined;

/**
 * Tells the three kinds of 429 apart. A used-up subscription says so in its unified headers. A per-minute limit says when
 * to try again, in `retry-after` or in its own headers. A spend cap says neither and keeps failing.
 */
const rateLimit = (headers: Headers): ErrorType => {
  const rejected = headerOf(headers, 'anthropic-ratelimit-unified-status') === 'rejected';
  if (rejected || readHeaders(headers).some(isExhausted)) return 'rate_limit_quota';
  return hasRetryAfter(headers) || exhaustedMinutes(headers).length > 0 ? 'rate_limit_minute' : 'rate_limit_spend';
};

import type { ErrorType, proxyLabels } from '#catalog';

/**
 * The errors that the proxy itself answers, in the words of the API: status and `error.type`.
 *
 * @see https://platform.claude.com/docs/en/api/errors
 */
export const LOCAL_ERRORS = {
  bad_request: { status: 400, type: 'invalid_request_error' },
  forbidden: { status: 403, type: 'permission_error' },
  not_found: { status: 404, type: 'not_found_error' },
  method_not_allowed: { status: 405, type: 'invalid_request_error' },
  request_timeout: { status: 408, type: 'timeout_error' },
  too_large: { status: 413, type: 'request_too_large' },
  expectation_failed: { status: 417, type: 'invalid_request_error' },
  rate_limited: { status: 429, type: 'rate_limit_error' },
  head_too_large: { status: 431, type: 'request_too_large' },
  internal: { status: 500, type: 'api_error' },
  upstream_failed: { status: 502, type: 'api_error' },
  no_credential: { status: 503, type: 'api_error' },
  shutting_down: { status: 503, type: 'api_error' },
  upstream_timeout: { status: 504, type: 'timeout_error' },
  overloaded: { status: 529, type: 'overloaded_error' },
} as const;

/** What went wrong, as the proxy names it. */
export type LocalError = keyof typeof LOCAL_ERRORS;

/** Why the proxy answers a request itself without asking the upstream. */
export type Refusal = (typeof proxyLabels.refusal.values)[number] & LocalError;

/** The body of an error in the shape of the Anthropic API. @see https://platform.claude.com/docs/en/api/errors */
export const errorBody = (error: LocalError, message: string): Buffer =>
  Buffer.from(JSON.stringify({ type: 'error', error: { type: LOCAL_ERRORS[error].type, message } }));

/** Codes of undici for a request that it refuses to send; the client's doing. @see https://undici.nodejs.org/#/docs/api/Errors */
const UNSENDABLE: ReadonlySet<unknown> = new Set(['UND_ERR_INVALID_ARG', 'UND_ERR_NOT_SUPPORTED']);

/** What the client is answered where the connection to the upstream failed before anything had reached it. */
export const failureAnswer = (type: ErrorType, error: Error): LocalError => {
  if ('code' in error && UNSENDABLE.has(error.code)) return 'bad_request';
  return type === 'timeout' ? 'upstream_timeout' : 'upstream_failed';
};

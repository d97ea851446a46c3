/** The value that takes what no list names. */
export const OTHER = 'other';

/** Status codes a client can get. 499 marks a client that left before the head: it is not an error of either side. */
export const STATUS_CODES = [
  '200',
  '201',
  '204',
  '400',
  '401',
  '402',
  '403',
  '404',
  '405',
  '408',
  '409',
  '413',
  '422',
  '429',
  '499',
  '500',
  '502',
  '503',
  '504',
  '529',
  OTHER,
] as const;

/** A status code of the closed list. */
export type StatusCode = (typeof STATUS_CODES)[number];

/** The code of a client that left before the response head. */
export const CLIENT_GONE: StatusCode = '499';

/** The code of a rate-limited request. */
export const RATE_LIMITED: StatusCode = '429';

/** Whether a code is a success. */
export const isSuccess = (code: StatusCode): boolean => code.startsWith('2');

/** Whether a code says the client received a client error (4xx); a client that left received nothing. */
export const isClientError = (code: StatusCode): boolean => code.startsWith('4') && code !== CLIENT_GONE;

/** Whether a code says that the proxy or its upstream failed (5xx). */
export const isServerError = (code: StatusCode): boolean => code.startsWith('5');

/** Whether a code is an error of either side. */
export const isError = (code: StatusCode): boolean => isClientError(code) || isServerError(code);

/** The status codes for which a predicate holds, for use in a matcher. */
export const statusCodesWhere = (holds: (code: StatusCode) => boolean): readonly StatusCode[] =>
  STATUS_CODES.filter(holds);

/** Kinds of error that an attempt at the upstream can meet. */
export const ERROR_TYPES = [
  'rate_limit_quota',
  'rate_limit_minute',
  'rate_limit_spend',
  'overloaded',
  'api_error',
  'authentication',
  'permission',
  'invalid_request',
  'not_found',
  'too_large',
  'timeout',
  'connect',
  'reset',
  'tls',
  'dns',
  'protocol',
  'stream_error',
  OTHER,
] as const;

/** A kind of upstream error. */
export type ErrorType = (typeof ERROR_TYPES)[number];

const REQUEST_FAULTS: readonly ErrorType[] = ['permission', 'invalid_request', 'not_found', 'too_large'];

/** Whether an upstream error is one of the three kinds of 429. */
export const isRateLimit = (type: ErrorType): boolean => type.startsWith('rate_limit_');

/** Whether an upstream error lies with the upstream or the way to it, and not with the request, a limit or a credential. */
export const isUpstreamFault = (type: ErrorType): boolean =>
  !isRateLimit(type) && type !== 'authentication' && !REQUEST_FAULTS.includes(type);

/** The kinds of upstream error for which a predicate holds, for use in a matcher. */
export const errorTypesWhere = (holds: (type: ErrorType) => boolean): readonly ErrorType[] => ERROR_TYPES.filter(holds);

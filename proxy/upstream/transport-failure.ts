import type { ErrorType } from '#catalog';

/** Codes of Node.js and undici, by the kind of failure. @see https://undici.nodejs.org/#/docs/api/Errors */
const BY_CODE: ReadonlyMap<string, ErrorType> = new Map(
  Object.entries<ErrorType>({
    ECONNREFUSED: 'connect',
    EHOSTUNREACH: 'connect',
    EHOSTDOWN: 'connect',
    ENETUNREACH: 'connect',
    ENETDOWN: 'connect',
    EADDRNOTAVAIL: 'connect',
    UND_ERR_CONNECT_TIMEOUT: 'connect',
    ERR_OUTBOUND_PROXY: 'connect',
    UND_ERR_HEADERS_TIMEOUT: 'timeout',
    UND_ERR_BODY_TIMEOUT: 'timeout',
    ETIMEDOUT: 'timeout',
    ESOCKETTIMEDOUT: 'timeout',
    ECONNRESET: 'reset',
    ECONNABORTED: 'reset',
    EPIPE: 'reset',
    UND_ERR_SOCKET: 'reset',
    UND_ERR_DESTROYED: 'reset',
    UND_ERR_CLOSED: 'reset',
    ENOTFOUND: 'dns',
    ENODATA: 'dns',
    ESERVFAIL: 'dns',
    EPROTO: 'tls',
    DEPTH_ZERO_SELF_SIGNED_CERT: 'tls',
    SELF_SIGNED_CERT_IN_CHAIN: 'tls',
    HOSTNAME_MISMATCH: 'tls',
    UND_ERR_HEADERS_OVERFLOW: 'protocol',
    UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'protocol',
    UND_ERR_RESPONSE: 'protocol',
    UND_ERR_RES_EXCEEDED_MAX_SIZE: 'protocol',
  }),
);

const BY_PREFIX: readonly (readonly [RegExp, ErrorType])[] = [
  [/^EAI_/, 'dns'],
  [/^(ERR_TLS_|ERR_SSL_|CERT_|UNABLE_TO_|CRL_|INVALID_CA)/, 'tls'],
  [/^HPE_/, 'protocol'],
];

/** Failures that have no code, or not always one: undici's parser knows a code for few of its errors only. */
const BY_NAME: ReadonlyMap<string, ErrorType> = new Map([
  ['TimeoutError', 'timeout'],
  ['HTTPParserError', 'protocol'],
]);

/** How many causes are looked into: a chain of errors may be a circle. */
const MAX_DEPTH = 5;

/** The kind of a failure that left an attempt without an answer, found by its code or that of its causes. */
export const classifyFailure = (failure: unknown): ErrorType => kindOf(failure, MAX_DEPTH) ?? 'other';

const kindOf = (failure: unknown, depth: number): ErrorType | null => {
  if (depth === 0 || !(failure instanceof Error)) return null;
  const inner = failure instanceof AggregateError ? failure.errors : [failure.cause];
  return kindOfOne(failure) ?? inner.map((one) => kindOf(one, depth - 1)).find((kind) => kind !== null) ?? null;
};

const kindOfOne = (failure: Error): ErrorType | null => {
  const code = 'code' in failure && typeof failure.code === 'string' ? failure.code : '';
  // The kernel gives up on a connection with the code that it also uses for a silent one.
  if (code === 'ETIMEDOUT' && 'syscall' in failure && failure.syscall === 'connect') return 'connect';
  const prefixed = BY_PREFIX.find(([pattern]) => pattern.test(code))?.[1];
  return BY_CODE.get(code) ?? prefixed ?? BY_NAME.get(failure.name) ?? null;
};

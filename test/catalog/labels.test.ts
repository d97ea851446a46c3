import { describe, expect, test } from 'vitest';
import {
  CLIENT_GONE,
  ERROR_TYPES,
  errorTypesWhere,
  isClientError,
  isError,
  isRateLimit,
  isServerError,
  isSuccess,
  isUpstreamFault,
  RATE_LIMITED,
  STATUS_CODES,
  statusCodesWhere,
} from '#catalog';

describe('status codes', () => {
  test.each([
    ['successes', isSuccess, ['200', '201', '204']],
    [
      'errors of the client, but not its leaving',
      isClientError,
      ['400', '401', '402', '403', '404', '405', '408', '409', '413', '422', '429'],
    ],
    ['errors of the server', isServerError, ['500', '502', '503', '504', '529']],
    [
      'errors of either',
      isError,
      ['400', '401', '402', '403', '404', '405', '408', '409', '413', '422', '429', '500', '502', '503', '504', '529'],
    ],
  ] as const)('%s', (_, holds, codes) => {
    expect(statusCodesWhere(holds)).toEqual(codes);
  });

  test('a client that left and a code that no list names are neither success nor error', () => {
    const neither = STATUS_CODES.filter((code) => !isSuccess(code) && !isError(code));
    expect(neither).toEqual(['499', 'other']);
    expect([CLIENT_GONE, RATE_LIMITED]).toEqual(['499', '429']);
  });
});

describe('kinds of upstream error', () => {
  test('three are rate limits', () => {
    expect(errorTypesWhere(isRateLimit)).toEqual(['rate_limit_quota', 'rate_limit_minute', 'rate_limit_spend']);
  });

  test('faults of the upstream or of the way to it are those that no request, limit or credential caused', () => {
    expect(errorTypesWhere(isUpstreamFault)).toEqual([
      'overloaded',
      'api_error',
      'timeout',
      'connect',
      'reset',
      'tls',
      'dns',
      'protocol',
      'stream_error',
      'other',
    ]);
  });

  test('each is listed once', () => {
    expect(new Set(ERROR_TYPES).size).toBe(ERROR_TYPES.length);
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ERROR_TYPES } from '#catalog';
import { classify } from '../../../proxy/pool/classify.ts';
import { classifyFailure } from '../../../proxy/upstream/transport-failure.ts';

const U = 'anthropic-ratelimit-unified';
const limited = (headers: Record<string, string>) =>
  classify({ status: 429, headers, error: { type: 'rate_limit_error', message: 'm' } });

describe('the kinds of 429', () => {
  test.each([
    [
      'a rejected subscription',
      { [`${U}-status`]: 'rejected', [`${U}-5h-status`]: 'rejected', 'retry-after': '60' },
      'rate_limit_quota',
    ],
    ['a rejected window', { [`${U}-7d-status`]: 'rejected' }, 'rate_limit_quota'],
    [
      'a window that is full, without a status',
      { [`${U}-5h-utilization`]: '1.0', 'retry-after': '60' },
      'rate_limit_quota',
    ],
    [
      'a window that is over its limit and allowed all the same',
      { [`${U}-5h-utilization`]: '1.2', [`${U}-5h-status`]: 'allowed', 'retry-after': '9' },
      'rate_limit_minute',
    ],
    [
      'a subscription with room that is asked to wait',
      { [`${U}-status`]: 'allowed', [`${U}-5h-utilization`]: '0.4', 'retry-after': '9' },
      'rate_limit_minute',
    ],
    ['retry-after', { 'retry-after': '0' }, 'rate_limit_minute'],
    ['retry-after-ms', { 'retry-after-ms': '350' }, 'rate_limit_minute'],
    [
      'a used-up per-minute limit without retry-after',
      { 'anthropic-ratelimit-input-tokens-remaining': '0' },
      'rate_limit_minute',
    ],
    ['used-up fast mode without retry-after', { 'anthropic-fast-output-tokens-remaining': '0' }, 'rate_limit_minute'],
    [
      'a used-up priority tier without retry-after',
      { 'anthropic-priority-input-tokens-remaining': '0' },
      'rate_limit_minute',
    ],
    [
      'per-minute limits with room and no retry-after',
      { 'anthropic-ratelimit-requests-remaining': '49' },
      'rate_limit_minute',
    ],
    ['nothing', {}, 'rate_limit_minute'],
    [
      'paid usage that is rejected',
      { [`${U}-overage-status`]: 'rejected', [`${U}-status`]: 'allowed' },
      'rate_limit_minute',
    ],
  ])('%s', (_, headers, expected) => {
    expect(limited(headers)).toBe(expected);
  });

  test.each([
    ['Your workspace has reached its spend limit.', 'rate_limit_spend'],
    ['Extra usage is required for long context requests.', 'permission'],
    ['Usage credits are required for long context requests.', 'permission'],
  ])('are told apart by words: %s', (message, expected) => {
    expect(classify({ status: 429, headers: {}, error: { type: 'rate_limit_error', message } })).toBe(expected);
  });
});

describe('errors', () => {
  test.each([
    [400, 'invalid_request_error', 'invalid_request'],
    [401, 'authentication_error', 'authentication'],
    [402, 'billing_error', 'permission'],
    [403, 'permission_error', 'permission'],
    [404, 'not_found_error', 'not_found'],
    [409, 'conflict_error', 'invalid_request'],
    [413, 'request_too_large', 'too_large'],
    [500, 'api_error', 'api_error'],
    [503, 'overloaded_error', 'overloaded'],
    [504, 'timeout_error', 'timeout'],
    [529, 'overloaded_error', 'overloaded'],
    [500, 'a_new_error', 'api_error'],
    [418, 'constructor', 'invalid_request'],
  ])('%i with %s in its body is %s', (status, type, expected) => {
    expect(classify({ status, headers: {}, error: { type, message: 'm' } })).toBe(expected);
  });

  test('of an account that cannot pay are no fault of the request', () => {
    const error = { type: 'invalid_request_error', message: 'Your credit balance is too low to access the API.' };
    expect(classify({ status: 400, headers: {}, error })).toBe('permission');
  });

  test.each([
    [200, 'other'],
    [302, 'other'],
    [400, 'invalid_request'],
    [401, 'authentication'],
    [402, 'permission'],
    [403, 'permission'],
    [404, 'not_found'],
    [408, 'timeout'],
    [413, 'too_large'],
    [422, 'invalid_request'],
    [500, 'api_error'],
    [502, 'api_error'],
    [503, 'api_error'],
    [504, 'timeout'],
    [521, 'connect'],
    [522, 'timeout'],
    [525, 'tls'],
    [529, 'overloaded'],
    [599, 'api_error'],
  ])('%i without a body is %s', (status, expected) => {
    expect(classify({ status, headers: {}, error: null })).toBe(expected);
  });

  test('any answer is of a kind that the catalog knows', () => {
    const error = fc.option(fc.record({ type: fc.string(), message: fc.string() }));
    const answers = fc.record({
      status: fc.integer({ min: 100, max: 999 }),
      headers: fc.dictionary(fc.string(), fc.string()),
      error,
    });
    fc.assert(
      fc.property(answers, (answer) => {
        expect(ERROR_TYPES).toContain(classify(answer));
      }),
    );
  });
});

const failure = (code: string, extra: object = {}): Error => Object.assign(new Error(code), { code }, extra);

describe('failures without an answer', () => {
  test.each([
    ['ECONNREFUSED', 'connect'],
    ['EHOSTUNREACH', 'connect'],
    ['UND_ERR_CONNECT_TIMEOUT', 'connect'],
    ['UND_ERR_HEADERS_TIMEOUT', 'timeout'],
    ['UND_ERR_BODY_TIMEOUT', 'timeout'],
    ['ETIMEDOUT', 'timeout'],
    ['ECONNRESET', 'reset'],
    ['EPIPE', 'reset'],
    ['UND_ERR_SOCKET', 'reset'],
    ['ENOTFOUND', 'dns'],
    ['EAI_AGAIN', 'dns'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'tls'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'tls'],
    ['CERT_HAS_EXPIRED', 'tls'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'tls'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'tls'],
    ['HPE_INVALID_CONSTANT', 'protocol'],
    ['UND_ERR_HEADERS_OVERFLOW', 'protocol'],
    ['UND_ERR_RES_CONTENT_LENGTH_MISMATCH', 'protocol'],
    ['constructor', 'other'],
    ['', 'other'],
  ])('%s is %s', (code, expected) => {
    expect(classifyFailure(failure(code))).toBe(expected);
  });

  test('a connection that the kernel gives up on was never there', () => {
    expect(classifyFailure(failure('ETIMEDOUT', { syscall: 'connect' }))).toBe('connect');
    expect(classifyFailure(failure('ETIMEDOUT', { syscall: 'read' }))).toBe('timeout');
    expect(classifyFailure(failure('ECONNRESET', { syscall: 'connect' }))).toBe('reset');
  });

  test('the code of a cause counts where the error has none', () => {
    expect(classifyFailure(new TypeError('fetch failed', { cause: failure('ECONNRESET') }))).toBe('reset');
  });

  test('several addresses that all refuse are a refused connection', () => {
    expect(classifyFailure(new AggregateError([failure('ECONNREFUSED'), failure('ENETUNREACH')]))).toBe('connect');
  });

  test('an aborted wait is a timeout', () => {
    expect(classifyFailure(AbortSignal.abort(new DOMException('late', 'TimeoutError')).reason)).toBe('timeout');
  });

  test('what the parser cannot read is a breach of protocol, with a code or without', () => {
    expect(classifyFailure(Object.assign(new Error('Invalid'), { name: 'HTTPParserError', code: undefined }))).toBe(
      'protocol',
    );
  });

  test('errors that cause each other end', () => {
    const first = new Error('first');
    first.cause = new Error('second', { cause: first });
    expect(classifyFailure(first)).toBe('other');
  });

  test.each(['text', null, undefined, 5, {}])('%j is other', (thrown) => {
    expect(classifyFailure(thrown)).toBe('other');
  });
});

import { describe, expect, test } from 'vitest';
import { requestHeaders, responseHeaders } from '../../proxy/headers.ts';

const pairs = (raw: readonly string[]): readonly string[] =>
  raw.flatMap((name, i) => (i % 2 === 0 ? [`${name}: ${raw[i + 1]}`] : []));

describe('the headers of the upstream request', () => {
  test('keep spelling, order and repetitions, without what belongs to the connection', () => {
    const raw = [
      'Host',
      'p',
      'X-B',
      '1',
      'Connection',
      'keep-alive, X-Mine',
      'x-b',
      '2',
      'X-Mine',
      '3',
      'TE',
      'trailers',
    ];
    expect(pairs(requestHeaders(raw, 'keep-alive, X-Mine'))).toStrictEqual(['X-B: 1', 'x-b: 2']);
  });

  test.each(['content-length', 'content-type', 'authorization', 'x-api-key'])(
    'do not lose %s to a connection header that names it',
    (name) => {
      expect(pairs(requestHeaders([name, '1'], name))).toStrictEqual([`${name}: 1`]);
    },
  );

  test.each([
    'connection',
    'keep-alive',
    'proxy-connection',
    'proxy-authorization',
    'te',
    'trailer',
    'transfer-encoding',
    'upgrade',
    'expect',
    'host',
    'http2-settings',
  ])('leave out %s in any spelling', (name) => {
    expect(requestHeaders([name.toUpperCase(), '1', name, '2'], undefined)).toStrictEqual([]);
  });

  test('carry a credential of the pool in place of the client’s', () => {
    const raw = ['X-Api-Key', 'mine', 'Authorization', 'Bearer mine', 'a', 'b'];
    expect(pairs(requestHeaders(raw, undefined, { 'x-api-key': 'pool' }))).toStrictEqual(['a: b', 'x-api-key: pool']);
  });

  test('add the beta that a credential needs to those of the client', () => {
    const credential = { authorization: 'Bearer t', 'anthropic-beta': 'oauth-2025-04-20' };
    expect(pairs(requestHeaders(['Anthropic-Beta', 'one, two'], undefined, credential))).toStrictEqual([
      'authorization: Bearer t',
      'anthropic-beta: one, two',
      'anthropic-beta: oauth-2025-04-20',
    ]);
  });

  test('do not repeat a beta that the client has', () => {
    const credential = { 'anthropic-beta': 'oauth-2025-04-20' };
    const raw = ['anthropic-beta', 'x,oauth-2025-04-20'];
    expect(pairs(requestHeaders(raw, undefined, credential))).toStrictEqual(['anthropic-beta: x,oauth-2025-04-20']);
  });
});

describe('the headers of the client’s answer', () => {
  test('keep their bytes, order and repetitions, without what belongs to the connection', () => {
    const raw = [
      'Set-Cookie',
      'a',
      'set-cookie',
      'b',
      'Connection',
      'close',
      'Keep-Alive',
      'timeout=1',
      'Transfer-Encoding',
      'chunked',
    ];
    const bytes = [...raw, 'X', '\xfc'].map((text) => Buffer.from(text, 'latin1'));
    expect(pairs(responseHeaders(bytes, 'close'))).toStrictEqual(['Set-Cookie: a', 'set-cookie: b', 'X: \xfc']);
  });
});

import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { requestHeaders, responseHeaders } from '../../../proxy/http/forwarded-headers.ts';

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
    'cookie',
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
      'Via',
      'a',
      'via',
      'b',
      'Connection',
      'close',
      'Keep-Alive',
      'timeout=1',
      'Transfer-Encoding',
      'chunked',
    ];
    const bytes = [...raw, 'X', '\xfc'].map((text) => Buffer.from(text, 'latin1'));
    expect(pairs(responseHeaders(bytes, 'close'))).toStrictEqual(['Via: a', 'via: b', 'X: \xfc']);
  });

  const head = Buffer.from('x-a 1 x-b \xfc x-c 333333333333333', 'latin1');
  const [xa, one, xb, umlaut, xc, three] = ['x-a', '1', 'x-b', '\xfc', 'x-c', '333333333333333'].map((text) => {
    const at = head.indexOf(text, 0, 'latin1');
    return head.subarray(at, at + text.length);
  }) as [Buffer, Buffer, Buffer, Buffer, Buffer, Buffer];

  test.each([
    ['in one piece of memory', [xa, one, xb, umlaut, xc, three]],
    ['with a value that came in two pieces', [xa, one, xb, Buffer.from([0xfc]), xc, three]],
    ['with a value before the first name in memory', [xb, umlaut, xa, one, xc, three]],
    ['with the last name before the first in memory', [xc, three, xb, umlaut, xa, one]],
    ['with the last value elsewhere', [xa, one, xb, umlaut, xc, Buffer.from('333333333333333')]],
    ['with texts among them', ['x-a', one, xb, umlaut, 'x-c', three]],
  ])('are read %s', (_, raw) => {
    const headers = pairs(responseHeaders(raw, undefined)).toSorted();
    expect(headers).toStrictEqual(['x-a: 1', 'x-b: \xfc', 'x-c: 333333333333333']);
  });

  test.each([
    'connection',
    'keep-alive',
    'proxy-connection',
    'proxy-authenticate',
    'transfer-encoding',
    'upgrade',
    'set-cookie',
    'alt-svc',
    'strict-transport-security',
  ])('leave out %s in any spelling', (name) => {
    const raw = [name.toUpperCase(), 'chunked', name, 'chunked', 'x-a', '1'];
    expect(responseHeaders(raw, undefined)).toStrictEqual(['x-a', '1']);
  });

  test.each(['set-cookie2', 'alt-svd', 'strict-transport-securitx'])('keep %s', (name) => {
    expect(responseHeaders([name, '1'], undefined)).toStrictEqual([name, '1']);
  });

  test.each([
    ['gzip, chunked', 'gzip, chunked'],
    ['GZIP,Chunked', 'GZIP, chunked'],
    ['gzip', 'gzip, chunked'],
    ['deflate, gzip, chunked', 'deflate, gzip, chunked'],
  ])('name the codings of %s that stay on the body', (value, kept) => {
    expect(responseHeaders(['Transfer-Encoding', value], undefined)).toStrictEqual(['Transfer-Encoding', kept]);
  });

  test.each(['chunked', 'Chunked', ' chunked ', ''])('leave the transfer coding %j to the connection', (value) => {
    expect(responseHeaders(['Transfer-Encoding', value], undefined)).toStrictEqual([]);
  });

  test('with a coding that stays let node:http send the body in chunks', async () => {
    const server = createServer((_request, response) => {
      response.writeHead(200, responseHeaders(['Transfer-Encoding', 'gzip, chunked'], undefined));
      response.end('coded');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    socket.write('GET / HTTP/1.1\r\nhost: p\r\nconnection: close\r\n\r\n');
    const answer = await text(socket);
    expect(answer).toMatch(/^Transfer-Encoding: gzip, chunked\r$/m);
    expect(answer.split('\r\n\r\n').slice(1).join('\r\n\r\n')).toBe('5\r\ncoded\r\n0\r\n\r\n');
    server.close();
  });
});

import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Environment } from '../../../proxy/config.ts';
import { type RecordingProxy, startRecordingProxy } from '../../support/proxy/forwarding-fakes.ts';
import { type LoopbackUpstream, startUpstream } from '../../support/proxy/loopback-upstream.ts';
import { RawClient } from '../../support/proxy/raw-client.ts';

let upstream: LoopbackUpstream;
let proxy: RecordingProxy;

const start = async (environment: Environment = {}) => {
  await proxy?.close();
  proxy = await startRecordingProxy({ upstreamUrl: upstream.url, environment });
};

const ask = async (bytes: string, method = 'GET') => {
  const client = new RawClient(proxy.port);
  client.write(bytes);
  const answer = await client.answer(method);
  return { answer, client };
};

const errorOf = (body: Buffer): unknown => {
  const parsed = JSON.parse(body.toString()) as { type: string; error: { type: string } };
  return [parsed.type, parsed.error.type];
};

beforeEach(async () => {
  upstream = await startUpstream((request, response) => {
    request.resume();
    request.on('end', () => response.end('{"from":"upstream"}'));
  });
  await start();
});

afterEach(async () => {
  await proxy.close();
  await upstream.close();
});

describe('paths of the proxy itself', () => {
  test.each([
    ['/health', { status: 'ok' }],
    ['/ready', { status: 'ready' }],
    ['/token-stats', { total_requests: 0 }],
    ['/health?verbose=1', { status: 'ok' }],
  ])('%s is answered from here, without a record', async (path, body) => {
    const { answer, client } = await ask(`GET ${path} HTTP/1.1\r\nHost: p\r\n\r\n`);
    client.socket.destroy();
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.body.toString())).toStrictEqual(body);
    await delay(20);
    expect(proxy.records).toStrictEqual([]);
  });

  test.each(['/', '/api/hello'])('HEAD %s greets a client that looks whether somebody is there', async (path) => {
    const { answer, client } = await ask(`HEAD ${path} HTTP/1.1\r\nHost: p\r\n\r\n`, 'HEAD');
    client.socket.destroy();
    expect(answer.status).toBe(200);
  });
});

describe('what is refused in the shape of the API', () => {
  test.each([
    ['a path that is not forwarded', 'GET /admin HTTP/1.1\r\nHost: p\r\n\r\n', 404, 'not_found_error'],
    ['metrics on the clients’ port', 'GET /metrics HTTP/1.1\r\nHost: p\r\n\r\n', 404, 'not_found_error'],
    ['GET /', 'GET / HTTP/1.1\r\nHost: p\r\n\r\n', 404, 'not_found_error'],
    ['a way out of the path', 'GET /v1/../api/oauth/usage HTTP/1.1\r\nHost: p\r\n\r\n', 404, 'not_found_error'],
    ['an encoded way out', 'GET /v1/%2e%2E/api HTTP/1.1\r\nHost: p\r\n\r\n', 404, 'not_found_error'],
    ['an encoded slash', 'GET /v1/..%2fapi HTTP/1.1\r\nHost: p\r\n\r\n', 404, 'not_found_error'],
    ['a backslash', 'GET /v1/..\\api HTTP/1.1\r\nHost: p\r\n\r\n', 404, 'not_found_error'],
    [
      'a POST to a local path',
      'POST /health HTTP/1.1\r\nHost: p\r\ncontent-length: 0\r\n\r\n',
      405,
      'invalid_request_error',
    ],
    ['a request without a host', 'GET /v1/models HTTP/1.1\r\n\r\n', 400, 'invalid_request_error'],
    [
      'an unknown expectation',
      'GET /v1/models HTTP/1.1\r\nHost: p\r\nExpect: wonders\r\n\r\n',
      417,
      'invalid_request_error',
    ],
    [
      'a body that is announced too large',
      'POST /v1/messages HTTP/1.1\r\nHost: p\r\ncontent-length: 33554433\r\n\r\n',
      413,
      'request_too_large',
    ],
  ])('%s', async (_what, bytes, status, type) => {
    const { answer, client } = await ask(bytes);
    expect(answer.status).toBe(status);
    expect(errorOf(answer.body)).toStrictEqual(['error', type]);
    client.socket.destroy();
    expect(await proxy.recorded(1)).toMatchObject([{ status, outcome: 'rejected', credential: null, report: null }]);
  });

  test.each([
    ['what is no HTTP', 'hello\r\n\r\n', 400, 'invalid_request_error'],
    [
      'a head that is too large',
      `GET /v1/models HTTP/1.1\r\nHost: p\r\nx: ${'y'.repeat(70_000)}\r\n\r\n`,
      431,
      'request_too_large',
    ],
  ])('%s ends the connection; there is no request to record', async (_what, bytes, status, type) => {
    const { answer, client } = await ask(bytes);
    expect(answer.status).toBe(status);
    expect(errorOf(answer.body)).toStrictEqual(['error', type]);
    await client.closed;
    expect(proxy.records).toStrictEqual([]);
  });

  test('a body that grows too large on the way', async () => {
    await start({ TIDEWATCH_MAX_BODY_BYTES: '2048' });
    const { answer, client } = await ask(
      `POST /v1/messages HTTP/1.1\r\nHost: p\r\ntransfer-encoding: chunked\r\n\r\n${`400\r\n${'x'.repeat(1024)}\r\n`.repeat(3)}`,
    );
    expect(answer.status).toBe(413);
    client.socket.destroy();
    expect(await proxy.recorded(1)).toMatchObject([{ status: 413, outcome: 'rejected' }]);
  });

  test('a body that comes with its head and is too large', async () => {
    await start({ TIDEWATCH_MAX_BODY_BYTES: '1024' });
    const { answer, client } = await ask(
      `POST /v1/messages HTTP/1.1\r\nHost: p\r\ntransfer-encoding: chunked\r\n\r\n800\r\n${'x'.repeat(2048)}\r\n0\r\n\r\n`,
    );
    expect(answer.status).toBe(413);
    client.socket.destroy();
  });

  test('a body that does not arrive in time', async () => {
    await start({ TIDEWATCH_REQUEST_SECONDS: '1', TIDEWATCH_HEADER_SECONDS: '1' });
    const { answer, client } = await ask('POST /v1/messages HTTP/1.1\r\nHost: p\r\ncontent-length: 100\r\n\r\n{');
    expect(answer.status).toBe(408);
    expect(errorOf(answer.body)).toStrictEqual(['error', 'timeout_error']);
    await client.closed;
    expect(await proxy.recorded(1)).toMatchObject([{ status: 408, outcome: 'rejected' }]);
  });

  test('a head that does not arrive in time', async () => {
    await start({ TIDEWATCH_REQUEST_SECONDS: '1', TIDEWATCH_HEADER_SECONDS: '1' });
    const { answer, client } = await ask('POST /v1/messages HTTP/1.1\r\nHost:');
    expect(answer.status).toBe(408);
    await client.closed;
    expect(proxy.records).toStrictEqual([]);
  });

  test('more requests than may be under way at once', async () => {
    await start({ TIDEWATCH_MAX_REQUESTS_IN_FLIGHT: '1' });
    upstream.answer(() => undefined);
    const first = new RawClient(proxy.port);
    first.write('GET /v1/models HTTP/1.1\r\nHost: p\r\n\r\n');
    await expect.poll(() => proxy.context.exchanges.size).toBe(1);
    const { answer, client } = await ask('GET /v1/models HTTP/1.1\r\nHost: p\r\n\r\n');
    expect(answer.status).toBe(529);
    expect(errorOf(answer.body)).toStrictEqual(['error', 'overloaded_error']);
    client.socket.destroy();
    first.socket.destroy();
  });
});

describe('what is forwarded', () => {
  test('a request in absolute form', async () => {
    const { answer, client } = await ask(
      'GET http://proxy.example/v1/models?x=1 HTTP/1.1\r\nHost: proxy.example:8080\r\n\r\n',
    );
    expect(answer.body.toString()).toBe('{"from":"upstream"}');
    client.socket.destroy();
    expect(await proxy.recorded(1)).toMatchObject([{ path: '/v1/models', domain: 'proxy.example' }]);
  });

  test('a whole request, though garbage follows it', async () => {
    upstream.answer((_request, response) => void setTimeout(() => response.end('{"late":1}'), 400));
    const client = new RawClient(proxy.port);
    client.write('GET /v1/models HTTP/1.1\r\nHost: p\r\n\r\n');
    await expect.poll(() => proxy.context.exchanges.size).toBe(1);
    client.write('garbage\r\n\r\n');
    expect((await client.answer('GET')).body.toString()).toBe('{"late":1}');
    await client.closed;
    expect(await proxy.recorded(1)).toMatchObject([{ outcome: 'finished' }]);
  });

  test('a large batch, which has a limit of its own', async () => {
    await start({ TIDEWATCH_MAX_BODY_BYTES: '1024' });
    const body = 'x'.repeat(4096);
    const { answer, client } = await ask(
      `POST /v1/messages/batches HTTP/1.1\r\nHost: p\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    );
    expect(answer.status).toBe(200);
    client.socket.destroy();
  });
});

test('connections are not kept while the process stops', async () => {
  proxy.stopping = true;
  const client = new RawClient(proxy.port);
  client.write('GET /v1/models HTTP/1.1\r\nHost: p\r\n\r\n');
  expect((await client.answer('GET')).headers).toContainEqual(['Connection', 'close']);
  await client.closed;
});

test('a request is under way once its body is there, as the stream that it turns out to be', async () => {
  let finish = () => {};
  upstream.answer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write('event: ping\n\n');
    finish = () => response.end();
  });
  const client = new RawClient(proxy.port);
  client.write('POST /v1/messages HTTP/1.1\r\nHost: p\r\ncontent-length: 16\r\n\r\n');
  await expect.poll(() => proxy.context.exchanges.size).toBe(1);
  expect(proxy.inFlight).toStrictEqual({ true: 0, false: 0 });
  client.write('{"stream": true}');
  await client.sees('ping');
  expect(proxy.inFlight).toStrictEqual({ true: 1, false: 0 });
  finish();
  await proxy.recorded(1);
  expect(proxy.inFlight).toStrictEqual({ true: 0, false: 0 });
  client.socket.destroy();
});

test('a client that is gone before its answer is prepared leaves its record', async () => {
  const client = new RawClient(proxy.port);
  await once(client.socket, 'connect');
  client.write('GET /v1/models HTTP/1.1\r\nHost: p\r\n\r\n');
  client.socket.resetAndDestroy();
  await delay(50);
  expect(proxy.context.exchanges.size).toBe(0);
  expect(proxy.records.length).toBeLessThanOrEqual(1);
});

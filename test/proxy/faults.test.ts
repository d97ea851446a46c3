import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Environment } from '../../proxy/config.ts';
import { watchStalls } from '../../proxy/request/stalls.ts';
import { systemClock, systemTimers } from '../../proxy/time.ts';
import { type RecordingProxy, startRecordingProxy } from '../support/proxy/forwarding-fakes.ts';
import { type LoopbackUpstream, startUpstream } from '../support/proxy/loopback-upstream.ts';
import { RawClient } from '../support/proxy/raw-client.ts';
import { ERROR_EVENT, MESSAGE_EVENTS } from '../support/proxy/sse.ts';

const REQUEST = 'POST /v1/messages HTTP/1.1\r\nHost: p\r\nx-api-key: k\r\ncontent-length: 15\r\n\r\n{"stream":true}';
const ALL = MESSAGE_EVENTS.join('');

let upstream: LoopbackUpstream;
let proxy: RecordingProxy;

const start = async (environment: Environment = {}) => {
  await proxy?.close();
  proxy = await startRecordingProxy({ upstreamUrl: upstream.url, environment });
};

const sse = (response: ServerResponse): ServerResponse =>
  response.writeHead(200, { 'content-type': 'text/event-stream' });

const whenAsked = (answer: (response: ServerResponse, request: IncomingMessage) => void) =>
  upstream.answer((request, response) => {
    request.resume();
    request.on('end', () => answer(response, request));
  });

beforeEach(async () => {
  upstream = await startUpstream(() => undefined);
  await start();
});

afterEach(async () => {
  await proxy.close();
  await upstream.close();
});

describe('a client that leaves', () => {
  test('in the middle of a stream: the rest is read, the usage is recorded', async () => {
    whenAsked(async (response) => {
      sse(response).write(MESSAGE_EVENTS[0]);
      await delay(40);
      response.end(MESSAGE_EVENTS.slice(1).join(''));
    });
    const client = new RawClient(proxy.port);
    client.write(REQUEST);
    await client.sees('message_start');
    client.socket.destroy();
    const [record] = await proxy.recorded(1);
    expect(record).toMatchObject({
      outcome: 'client_gone_mid_stream',
      status: 200,
      stream: true,
      credential: 'id-of-k',
    });
    expect(record?.report?.entries).toMatchObject([{ input: 11, output: 42, cacheRead: 5 }]);
    expect(proxy.drains).toStrictEqual(['complete']);
  });

  test('before the head: the answer is read all the same, the status is 499', async () => {
    whenAsked((response) => void setTimeout(() => sse(response).end(ALL), 40));
    const client = new RawClient(proxy.port);
    client.write(REQUEST);
    await delay(20);
    client.socket.destroy();
    const [record] = await proxy.recorded(1);
    expect(record).toMatchObject({ outcome: 'client_gone_before_head', status: 499, ttfbMs: null, responseBytes: 0 });
    expect(record?.report?.entries).toMatchObject([{ output: 42 }]);
    expect(proxy.drains).toStrictEqual(['complete']);
  });

  test.each([
    ['a small request', 15, 0, false],
    ['a large one of which little has come', 200_000, 0, false],
    ['a large one, which is streamed', 200_000, 100_000, true],
  ])('before %s is whole: the upstream is not kept busy', async (_size, length, sent, streamed) => {
    let [asked, aborted] = [false, false];
    upstream.answer((request) => {
      asked = true;
      request.resume();
      request.on('close', () => {
        aborted = true;
      });
    });
    const client = new RawClient(proxy.port);
    client.write(
      `POST /v1/messages HTTP/1.1\r\nHost: p\r\ncontent-length: ${length}\r\n\r\n{"stream":${' '.repeat(sent)}`,
    );
    await delay(40);
    client.socket.destroy();
    const [record] = await proxy.recorded(1);
    expect(record).toMatchObject({ outcome: 'client_gone_before_head', status: 499, requestBytes: 10 + sent });
    expect(asked).toBe(streamed);
    await expect.poll(() => aborted).toBe(streamed);
    expect(proxy.drains).toStrictEqual([]);
  });

  test('right after the last event: it was served', async () => {
    whenAsked(async (response) => {
      sse(response).write(ALL);
      await delay(60);
      response.end();
    });
    const client = new RawClient(proxy.port);
    client.write(REQUEST);
    await client.sees('message_stop');
    client.socket.destroy();
    const [record] = await proxy.recorded(1);
    expect(record).toMatchObject({ outcome: 'finished', status: 200 });
    expect(proxy.drains).toStrictEqual([]);
  });

  test('right after the last event of a stream that never ends: it was served', async () => {
    await start({ TIDEWATCH_ABANDONED_SECONDS: '0.1' });
    whenAsked((response) => void sse(response).write(ALL));
    const client = new RawClient(proxy.port);
    client.write(REQUEST);
    await client.sees('message_stop');
    client.socket.destroy();
    expect(await proxy.recorded(1)).toMatchObject([{ outcome: 'finished' }]);
    expect(proxy.drains).toStrictEqual([]);
  });

  test.each([
    ['its time', { TIDEWATCH_ABANDONED_SECONDS: '0.1' }],
    ['its size', { TIDEWATCH_ABANDONED_BYTES: '1000' }],
    ['the number of such streams', { TIDEWATCH_ABANDONED_STREAMS: '0' }],
    ['a time of nought', { TIDEWATCH_ABANDONED_SECONDS: '0' }],
  ])('costs no more than the bound on %s', async (_bound, environment) => {
    await start(environment);
    let closed = false;
    whenAsked((response) => {
      sse(response).write(MESSAGE_EVENTS[0]);
      const timer = setInterval(() => response.write(`data: ${'x'.repeat(200)}\n\n`), 5);
      response.on('close', () => {
        clearInterval(timer);
        closed = true;
      });
    });
    const client = new RawClient(proxy.port);
    client.write(REQUEST);
    await client.sees('message_start');
    client.socket.destroy();
    const [record] = await proxy.recorded(1);
    expect(record).toMatchObject({ outcome: 'client_gone_mid_stream' });
    expect(record?.report?.entries).toMatchObject([{ input: 11 }]);
    expect(proxy.drains).toStrictEqual(['cut_short']);
    await expect.poll(() => closed).toBe(true);
  });

  test('without reading is cut in the end', async () => {
    const stop = watchStalls({
      clock: systemClock,
      timers: systemTimers,
      exchanges: proxy.context.exchanges,
      seconds: 0.1,
    });
    whenAsked((response) => {
      sse(response);
      const more = () => {
        while (!response.destroyed && response.write(Buffer.alloc(65_536, 'x')));
      };
      response.on('drain', more);
      more();
    });
    const client = new RawClient(proxy.port);
    client.socket.pause();
    client.write(REQUEST);
    expect(await proxy.recorded(1)).toMatchObject([{ outcome: 'client_gone_mid_stream' }]);
    stop();
    client.socket.destroy();
  });
});

describe('the last piece of an answer', () => {
  const LARGE = 8 << 20;

  /** More than the kernel takes: the end of it waits in the proxy for the client. */
  const large = () =>
    whenAsked((response) => {
      response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': LARGE });
      response.end(Buffer.alloc(LARGE, 'x'));
    });

  const paused = async () => {
    large();
    const client = new RawClient(proxy.port);
    client.socket.pause();
    client.write(REQUEST);
    const exchange = async () => [...proxy.context.exchanges][0];
    await expect.poll(async () => (await exchange())?.unread ?? 0, { timeout: 5_000 }).toBeGreaterThan(0);
    return client;
  };

  test('that is not read is cut, and the client counts as gone', async () => {
    const client = await paused();
    const options = { clock: systemClock, timers: systemTimers, exchanges: proxy.context.exchanges, seconds: 0.2 };
    const stop = watchStalls(options);
    expect(await proxy.recorded(1)).toMatchObject([{ status: 200, outcome: 'client_gone_mid_stream' }]);
    stop();
    client.socket.destroy();
  });

  test('is not cut while it is read, however slowly', async () => {
    const client = await paused();
    const options = { clock: systemClock, timers: systemTimers, exchanges: proxy.context.exchanges, seconds: 1.5 };
    const stop = watchStalls(options);
    let bytes = 0;
    client.socket.on('data', (chunk) => {
      bytes += chunk.length;
      client.socket.pause();
      setTimeout(() => client.socket.resume(), 25);
    });
    client.socket.resume();
    await expect.poll(() => bytes, { timeout: 20_000 }).toBeGreaterThanOrEqual(LARGE);
    expect(await proxy.recorded(1)).toMatchObject([{ outcome: 'finished', responseBytes: LARGE }]);
    stop();
    client.socket.destroy();
  });

  test('of a client that leaves without having read it is not a finished answer', async () => {
    const client = await paused();
    client.socket.resetAndDestroy();
    expect(await proxy.recorded(1)).toMatchObject([{ outcome: 'client_gone_mid_stream' }]);
  });
});

describe('an upstream that fails', () => {
  test('by a reset before its head: 502 in the shape of the API', async () => {
    whenAsked((_response, request) => request.socket.resetAndDestroy());
    const client = new RawClient(proxy.port);
    client.write(REQUEST);
    const answer = await client.answer();
    expect(answer.status).toBe(502);
    expect(JSON.parse(answer.body.toString())).toMatchObject({ type: 'error', error: { type: 'api_error' } });
    client.socket.destroy();
    expect(await proxy.recorded(1)).toMatchObject([
      { outcome: 'upstream_error_before_head', status: 502, errorType: 'reset' },
    ]);
    expect(proxy.errors).toMatchObject([{ type: 'reset', status: null, attempt: 1, credential: 'id-of-k' }]);
  });

  test('by a reset in the middle: the client sees its answer cut, not ended', async () => {
    whenAsked((response, request) => {
      sse(response).write(MESSAGE_EVENTS[0]);
      setTimeout(() => request.socket.resetAndDestroy(), 20);
    });
    const client = new RawClient(proxy.port);
    client.write(REQUEST);
    await expect(client.answer()).rejects.toThrow('the connection ended');
    const [record] = await proxy.recorded(1);
    expect(record).toMatchObject({ outcome: 'upstream_error_mid_stream', status: 200, errorType: 'reset' });
    expect(record?.report?.entries).toMatchObject([{ input: 11 }]);
  });

  test('by ending before the length it promised', async () => {
    whenAsked((response, request) => {
      response.writeHead(200, { 'content-length': '100' }).write('short');
      setTimeout(() => request.socket.end(), 20);
    });
    const client = new RawClient(proxy.port);
    client.write(REQUEST);
    await expect(client.answer()).rejects.toThrow('the connection ended');
    expect(await proxy.recorded(1)).toMatchObject([{ outcome: 'upstream_error_mid_stream' }]);
  });

  test('by an error within the stream: the bytes pass, the record says so', async () => {
    whenAsked((response) => void sse(response).end(MESSAGE_EVENTS[0] + ERROR_EVENT));
    const client = new RawClient(proxy.port);
    client.write(REQUEST);
    expect((await client.answer()).body.toString()).toBe(MESSAGE_EVENTS[0] + ERROR_EVENT);
    expect(await proxy.recorded(1)).toMatchObject([
      { outcome: 'upstream_error_mid_stream', errorType: 'stream_error' },
    ]);
    expect(proxy.errors).toMatchObject([{ type: 'stream_error', message: 'overloaded_error: Overloaded' }]);
    client.socket.destroy();
  });

  test('by not being there: 502', async () => {
    const server = createTcpServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    await proxy.close();
    proxy = await startRecordingProxy({ upstreamUrl: `http://127.0.0.1:${port}` });
    const client = new RawClient(proxy.port);
    client.write(REQUEST);
    expect((await client.answer()).status).toBe(502);
    expect(await proxy.recorded(1)).toMatchObject([{ outcome: 'upstream_error_before_head', errorType: 'connect' }]);
    client.socket.destroy();
  });

  test('by speaking no HTTP: 502', async () => {
    const server = createTcpServer((socket) => void socket.end('no such protocol\r\n\r\n')).listen(0, '127.0.0.1');
    await once(server, 'listening');
    await proxy.close();
    proxy = await startRecordingProxy({ upstreamUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
    const client = new RawClient(proxy.port);
    client.write(REQUEST);
    expect((await client.answer()).status).toBe(502);
    expect(await proxy.recorded(1)).toMatchObject([{ errorType: 'protocol' }]);
    client.socket.destroy();
    server.close();
  });

  test('by silence before the head: 504', async () => {
    await start({ TIDEWATCH_UPSTREAM_HEAD_SECONDS: '0.2' });
    whenAsked(() => undefined);
    const client = new RawClient(proxy.port);
    client.write(REQUEST);
    const answer = await client.answer();
    expect(answer.status).toBe(504);
    expect(JSON.parse(answer.body.toString())).toMatchObject({ error: { type: 'timeout_error' } });
    expect(await proxy.recorded(1)).toMatchObject([{ outcome: 'upstream_error_before_head', errorType: 'timeout' }]);
    client.socket.destroy();
  });

  test('by silence in the middle: the answer is cut', async () => {
    await start({ TIDEWATCH_UPSTREAM_IDLE_SECONDS: '0.2' });
    whenAsked((response) => void sse(response).write(MESSAGE_EVENTS[0]));
    const client = new RawClient(proxy.port);
    client.write(REQUEST);
    await expect(client.answer()).rejects.toThrow('the connection ended');
    expect(await proxy.recorded(1)).toMatchObject([{ outcome: 'upstream_error_mid_stream', errorType: 'timeout' }]);
  });

  test('after its client has left: the drain was cut short', async () => {
    whenAsked((response, request) => {
      sse(response).write(MESSAGE_EVENTS[0]);
      setTimeout(() => request.socket.resetAndDestroy(), 60);
    });
    const client = new RawClient(proxy.port);
    client.write(REQUEST);
    await client.sees('message_start');
    client.socket.destroy();
    expect(await proxy.recorded(1)).toMatchObject([{ outcome: 'client_gone_mid_stream' }]);
    expect(proxy.drains).toStrictEqual(['cut_short']);
  });

  test('by answering before it has read the request: the client gets that answer', async () => {
    upstream.answer((_request, response) => void response.writeHead(413).end('too much'));
    const client = new RawClient(proxy.port);
    client.write('POST /v1/messages HTTP/1.1\r\nHost: p\r\ncontent-length: 1000000\r\n\r\n');
    client.write(Buffer.alloc(300_000, 'x'));
    expect(await client.answer()).toMatchObject({ status: 413, body: Buffer.from('too much') });
    client.socket.destroy();
    expect(await proxy.recorded(1)).toMatchObject([{ status: 413, outcome: 'finished' }]);
  });
});

describe('back-pressure', () => {
  test('stops the upstream while the client does not read', async () => {
    let written = 0;
    whenAsked((response) => {
      sse(response);
      const more = () => {
        let flows = true;
        while (flows && !response.destroyed && written < 200_000_000) {
          flows = response.write(Buffer.alloc(65_536, 'x'));
          written += 65_536;
        }
      };
      response.on('drain', more);
      more();
    });
    const client = new RawClient(proxy.port);
    client.socket.pause();
    client.write(REQUEST);
    await delay(300);
    const before = written;
    await delay(200);
    expect(written).toBe(before);
    expect(written).toBeLessThan(30_000_000);
    client.socket.destroy();
    await proxy.recorded(1);
  });

  test('stops the client while the upstream does not read', async () => {
    let readOn = () => {};
    upstream.answer((request) => {
      request.pause();
      readOn = () => request.resume();
    });
    const client = new RawClient(proxy.port);
    client.write('POST /v1/files HTTP/1.1\r\nHost: p\r\ncontent-length: 400000000\r\n\r\n');
    const kept = new Set<number>();
    let written = 0;
    const more = () => {
      while (!client.socket.destroyed && client.socket.write(Buffer.alloc(65_536, 'x'))) written += 65_536;
    };
    client.socket.on('drain', more);
    more();
    await delay(1_000);
    for (let look = 0; look < 3; look += 1) {
      kept.add(written);
      await delay(100);
    }
    expect(kept.size).toBe(1);
    expect(written).toBeLessThan(60_000_000);
    expect(proxy.context.exchanges.size).toBe(1);
    client.socket.destroy();
    readOn();
    expect(await proxy.recorded(1)).toMatchObject([{ outcome: 'client_gone_before_head' }]);
  });
});

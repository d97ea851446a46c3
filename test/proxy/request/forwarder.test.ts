import type { IncomingHttpHeaders, IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Environment } from '../../../proxy/config.ts';
import type { AttemptAnswer, Choice, CredentialStrategy, RequestFacts } from '../../../proxy/credentials/strategy.ts';
import { systemClock, systemTimers, type Timers } from '../../../proxy/time.ts';
import { type RecordingProxy, startRecordingProxy } from '../../support/proxy/forwarding-fakes.ts';
import { type LoopbackUpstream, startUpstream } from '../../support/proxy/loopback-upstream.ts';
import { RawClient } from '../../support/proxy/raw-client.ts';
import { MESSAGE_EVENTS } from '../../support/proxy/sse.ts';

let upstream: LoopbackUpstream;
let proxy: RecordingProxy;

/** What the upstream was asked, in order: the key and the body. */
let asked: { readonly key: string; readonly body: string }[] = [];

/** What the strategy of the test saw. */
let opened: RequestFacts[] = [];
let judged: { readonly answer: AttemptAnswer; readonly canRepeat: boolean }[] = [];

/** What the strategy gives, one after the other, then again the last. */
let choices: readonly Choice[] = [];
let decisions: readonly ('pass' | 'retry')[] = [];

const key = (name: string): Choice => ({ kind: 'send', credential: name, headers: { 'x-api-key': name } });

const at = <T>(list: readonly T[], index: number): T => list[Math.min(index, list.length - 1)] as T;

/** Holds every error and does what the test has written down. */
const scripted: CredentialStrategy = {
  repeats: true,
  open: (facts) => {
    opened.push(facts);
    let [next, decision] = [0, 0];
    return {
      next: () => at(choices, next++),
      answered: (status: number, _headers: IncomingHttpHeaders) => (status >= 400 ? 'hold' : 'pass'),
      judge: (answer, canRepeat) => {
        judged.push({ answer, canRepeat });
        return at(decisions, decision++);
      },
    };
  },
};

const answering =
  (answer: (response: ServerResponse, key: string, request: IncomingMessage) => void): RequestListener =>
  async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    asked.push({ key: String(request.headers['x-api-key']), body: Buffer.concat(chunks).toString() });
    answer(response, String(request.headers['x-api-key']), request);
  };

const start = async (environment: Environment = {}, timers: Timers = systemTimers) => {
  await proxy?.close();
  proxy = await startRecordingProxy({ upstreamUrl: upstream.url, credentials: scripted, environment, timers });
};

const BODY = '{"model":"claude-opus-4-5"}';

const post = (body: string | Buffer = BODY): RawClient => {
  const client = new RawClient(proxy.port);
  client.write(`POST /v1/messages HTTP/1.1\r\nHost: p\r\nx-api-key: mine\r\ncontent-length: ${body.length}\r\n\r\n`);
  client.write(body);
  return client;
};

const send = async (body: string | Buffer = BODY) => {
  const client = post(body);
  const answer = await client.answer();
  client.socket.destroy();
  return answer;
};

const ERROR = '{"type":"error","error":{"type":"rate_limit_error","message":"the upstream’s own words"}}';

const limited = (response: ServerResponse, headers: Readonly<Record<string, string>> = {}, status = 429) =>
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(ERROR);

const ok = (response: ServerResponse, name: string) => response.end(`{"by":"${name}"}`);

/** Refuses the key `one`. */
const refusesOne = (response: ServerResponse, name: string) =>
  name === 'one' ? limited(response) : ok(response, name);

beforeEach(async () => {
  [asked, opened, judged] = [[], [], []];
  choices = [key('one'), key('two')];
  decisions = ['retry'];
  upstream = await startUpstream(() => undefined);
  await start();
});

afterEach(async () => {
  await proxy.close();
  await upstream.close();
});

describe('credentials of the proxy’s own', () => {
  test('take the place of the client’s, chosen by what is known of the request', async () => {
    upstream.answer(answering(ok));
    expect((await send()).status).toBe(200);
    expect(asked).toStrictEqual([{ key: 'one', body: BODY }]);
    expect(opened).toMatchObject([
      { endpoint: 'messages', method: 'POST', path: '/v1/messages', model: 'claude-opus-4-5', session: null },
    ]);
    expect(await proxy.recorded(1)).toMatchObject([{ credential: 'one', outcome: 'finished', refusal: null }]);
    expect(proxy.observed.map(({ credential }) => credential)).toStrictEqual(['one']);
  });

  test('are tried again with another when the answer is judged so; the client notices nothing', async () => {
    upstream.answer(answering(refusesOne));
    const answer = await send();
    expect(answer.status).toBe(200);
    expect(asked).toStrictEqual([
      { key: 'one', body: BODY },
      { key: 'two', body: BODY },
    ]);
    expect(judged).toMatchObject([{ answer: { status: 429, error: { type: 'rate_limit_error' } }, canRepeat: true }]);
    expect(await proxy.recorded(1)).toMatchObject([{ status: 200, credential: 'two', errorType: null }]);
    expect(proxy.errors).toMatchObject([{ status: 429, attempt: 1, credential: 'one' }]);
  });

  test('are waited for where they are limited for a moment', async () => {
    choices = [{ kind: 'wait', ms: 30 }, key('one')];
    upstream.answer(answering(ok));
    const from = systemClock.monotonic();
    expect((await send()).status).toBe(200);
    expect(systemClock.monotonic() - from).toBeGreaterThanOrEqual(29);
  });

  test('that are not there end in the refusal of the strategy, with the time to come back', async () => {
    const retryAt = systemClock.now() + 90_000;
    choices = [{ kind: 'refuse', refusal: { error: 'rate_limited', message: 'all are limited', retryAt } }];
    const answer = await send();
    const headers = new Map(answer.headers.map(([name, value]) => [name.toLowerCase(), value]));
    expect(answer.status).toBe(429);
    expect(Number(headers.get('retry-after'))).toBeGreaterThanOrEqual(89);
    expect(headers.get('anthropic-ratelimit-unified-status')).toBe('rejected');
    expect(Number(headers.get('anthropic-ratelimit-unified-reset'))).toBe(Math.ceil(retryAt / 1_000));
    expect(JSON.parse(answer.body.toString())).toMatchObject({ error: { message: 'all are limited' } });
    expect(proxy.refusals).toStrictEqual([
      { reason: 'rate_limited', status: 429, method: 'POST', path: '/v1/messages' },
    ]);
    expect(await proxy.recorded(1)).toMatchObject([{ outcome: 'rejected', refusal: 'rate_limited' }]);
  });

  test('of which none can be used answer 503', async () => {
    const retryAt = systemClock.now() + 30_000;
    choices = [{ kind: 'refuse', refusal: { error: 'no_credential', message: 'all have expired', retryAt } }];
    const answer = await send();
    expect(answer.status).toBe(503);
    expect(answer.headers).toContainEqual(['retry-after', '30']);
    expect(answer.headers.some(([name]) => name.startsWith('anthropic-ratelimit'))).toBe(false);
  });

  test('may run out after an attempt: the refusal comes in place of the error', async () => {
    const retryAt = systemClock.now() + 1_000;
    choices = [key('one'), { kind: 'refuse', refusal: { error: 'rate_limited', message: 'none is left', retryAt } }];
    upstream.answer(answering((response) => limited(response)));
    expect((await send()).body.toString()).toContain('none is left');
    expect(await proxy.recorded(1)).toMatchObject([{ status: 429, outcome: 'rejected', credential: 'one' }]);
  });
});

describe('an error that is held back', () => {
  test('is the client’s with all its bytes where it is judged so', async () => {
    decisions = ['pass'];
    upstream.answer(answering((response) => limited(response, { 'x-should-retry': 'false' }, 400)));
    const answer = await send();
    expect(answer.status).toBe(400);
    expect(answer.headers).toContainEqual(['x-should-retry', 'false']);
    expect(answer.body.toString()).toBe(ERROR);
    expect(asked).toHaveLength(1);
  });

  test('that is longer than what is held back reaches the client whole', async () => {
    decisions = ['pass'];
    const long = 'y'.repeat(200_000);
    upstream.answer(answering((response) => response.writeHead(400, { 'content-type': 'text/plain' }).end(long)));
    expect((await send()).body.toString()).toBe(long);
  });

  test('that never ends is judged once enough of it has come', async () => {
    decisions = ['pass'];
    upstream.answer(
      answering(
        (response) => void response.writeHead(400, { 'content-type': 'text/plain' }).write('z'.repeat(100_000)),
      ),
    );
    const client = post();
    await client.sees('400 Bad Request');
    await client.sees('zzz');
    client.socket.destroy();
  });

  test.each([
    ['nothing', ''],
    ['a beginning', '{"type":"error","error":{"type":"rate_'],
    ['all but the last byte', ERROR.slice(0, -1)],
  ])('whose body stalls after %s is judged by its head within two seconds', async (_what, body) => {
    const fast: Timers = { after: (ms, run) => systemTimers.after(ms === 2_000 ? 40 : ms, run) };
    await start({}, fast);
    upstream.answer(
      answering((response, name) => {
        if (name !== 'one') ok(response, name);
        else response.writeHead(429, { 'content-type': 'application/json' }).write(body === '' ? ' ' : body);
      }),
    );
    expect((await send()).body.toString()).toBe('{"by":"two"}');
    expect(judged).toMatchObject([{ answer: { status: 429 }, canRepeat: true }]);
  });

  test.each([
    ['the first byte', ''],
    ['the end', ERROR.slice(0, 20)],
  ])(
    'whose connection breaks before %s is judged by its head; passed on, it is cut for the client too',
    async (_, body) => {
      decisions = ['pass'];
      upstream.answer(
        answering((response) => {
          response.writeHead(429, { 'content-type': 'application/json', 'content-length': ERROR.length });
          response.flushHeaders();
          response.write(body);
          setTimeout(() => response.socket?.resetAndDestroy(), 20);
        }),
      );
      const client = post();
      await client.sees('429 Too Many Requests');
      await client.closed;
      expect(await proxy.recorded(1)).toMatchObject([{ status: 429, outcome: 'upstream_error_mid_stream' }]);
      expect(judged).toHaveLength(1);
    },
  );

  test('is not sent again for a client that has left, yet judged', async () => {
    upstream.answer(answering((response) => void setTimeout(() => limited(response), 400)));
    const client = post();
    await expect.poll(() => asked.length).toBe(1);
    client.socket.destroy();
    expect(await proxy.recorded(1)).toMatchObject([{ outcome: 'client_gone_before_head', status: 499 }]);
    expect([asked.length, judged.length]).toStrictEqual([1, 1]);
  });

  test('is not followed by a wait for a client that has left', async () => {
    choices = [key('one'), { kind: 'wait', ms: 200 }, key('two')];
    upstream.answer(answering((response) => limited(response)));
    const client = post();
    await expect.poll(() => judged.length).toBe(1);
    client.socket.destroy();
    expect(await proxy.recorded(1)).toMatchObject([{ outcome: 'client_gone_before_head' }]);
    await delay(300);
    expect(asked).toHaveLength(1);
  });
});

test('attempts are bounded, whatever is decided', async () => {
  choices = [key('one')];
  upstream.answer(answering((response) => limited(response)));
  expect((await send()).status).toBe(429);
  expect(asked).toHaveLength(8);
});

describe('a body that is sent again', () => {
  test('cannot be where it was too large to keep: the client gets the answer', async () => {
    await start({ TIDEWATCH_REPLAY_BYTES: '100000' });
    upstream.answer(answering(refusesOne));
    const answer = await send(Buffer.alloc(300_000, 'x'));
    expect(answer.status).toBe(429);
    expect(answer.body.toString()).toBe(ERROR);
    expect(judged).toMatchObject([{ canRepeat: false }]);
    expect(proxy.context.budget.taken).toBe(0);
  });

  test('has the same bytes, though it was streamed', async () => {
    const body = Buffer.from(Array.from({ length: 300_000 }, (_, i) => 32 + (i % 90)));
    upstream.answer(answering(refusesOne));
    expect((await send(body)).status).toBe(200);
    expect(asked.map((one) => one.body === body.toString())).toStrictEqual([true, true]);
    expect(proxy.context.budget.taken).toBe(0);
    expect(await proxy.recorded(1)).toMatchObject([{ requestBytes: 300_000 }]);
  });

  test('has the same bytes, though it was refused before it was whole', async () => {
    upstream.answer((request, response) => {
      if (request.headers['x-api-key'] === 'one') limited(response);
      else answering(ok)(request, response);
    });
    const client = new RawClient(proxy.port);
    client.write('POST /v1/messages HTTP/1.1\r\nHost: p\r\ncontent-length: 300000\r\n\r\n');
    client.write(Buffer.alloc(100_000, 'a'));
    await delay(50);
    client.write(Buffer.alloc(200_000, 'b'));
    expect((await client.answer()).status).toBe(200);
    expect(asked).toStrictEqual([{ key: 'two', body: 'a'.repeat(100_000) + 'b'.repeat(200_000) }]);
    client.socket.destroy();
  });
});

describe('an idle connection that the upstream closes as it is used again', () => {
  /** Serves the first request of each connection and closes it with the second. */
  const closesReused = (times: number) => {
    const seen = new WeakSet<object>();
    let left = times;
    upstream.answer((request, response) => {
      if (seen.has(request.socket) && left > 0) {
        left -= 1;
        request.socket.destroy();
        return;
      }
      seen.add(request.socket);
      answering(ok)(request, response);
    });
  };

  test.each([
    ['a small body', BODY],
    ['a streamed body that is kept', `{"a":"${'x'.repeat(200_000)}"}`],
  ])('costs the client nothing: %s is sent once more', async (_what, body) => {
    closesReused(1);
    expect((await send(body)).status).toBe(200);
    expect((await send(body)).status).toBe(200);
    expect(asked.map((one) => [one.key, one.body === body])).toStrictEqual([
      ['one', true],
      ['one', true],
    ]);
    expect(proxy.errors).toStrictEqual([]);
  });

  test('is followed by three more attempts at most', async () => {
    upstream.answer(answering(ok));
    await send();
    upstream.answer((request) => request.socket.destroy());
    expect((await send()).status).toBe(502);
    expect(proxy.errors).toMatchObject([{ type: 'reset' }]);
  });

  test.each([
    ['breaks after a second', {}, (request: IncomingMessage) => void setTimeout(() => request.socket.destroy(), 1_200)],
    ['never answers', { TIDEWATCH_UPSTREAM_HEAD_SECONDS: '1.5' }, () => undefined],
  ])('is not what a connection was that %s: the request may have been worked on', async (_how, environment, fail) => {
    await start(environment);
    upstream.answer(answering(ok));
    await send();
    let count = 0;
    upstream.answer((request) => {
      count += 1;
      fail(request);
    });
    expect((await send()).status).toBeGreaterThanOrEqual(502);
    expect(count).toBe(1);
  });

  test('a fresh connection that breaks is not tried again: the request may have been served', async () => {
    let count = 0;
    upstream.answer((request) => {
      count += 1;
      request.socket.destroy();
    });
    expect((await send()).status).toBe(502);
    expect(count).toBe(1);
  });
});

describe('a successful stream', () => {
  test.each([
    ['without its last event', MESSAGE_EVENTS.slice(0, -1).join(''), 'upstream_incomplete'],
    ['of one event', MESSAGE_EVENTS[0] as string, 'upstream_incomplete'],
    ['that is empty', '', 'upstream_incomplete'],
    ['that is whole', MESSAGE_EVENTS.join(''), 'finished'],
  ])('%s ends as %s', async (_what, events, outcome) => {
    upstream.answer(
      answering((response) => response.writeHead(200, { 'content-type': 'text/event-stream' }).end(events)),
    );
    await send();
    expect(await proxy.recorded(1)).toMatchObject([{ status: 200, outcome }]);
  });
});

describe('requests whose bodies do not come', () => {
  test.each([
    ['one byte of a small body', 'content-length: 100', '{'],
    ['one byte of a large body', 'content-length: 1000000', '{'],
    ['one chunk of a body of unknown length', 'transfer-encoding: chunked', '1\r\n{\r\n'],
  ])('take no place among those under way: %s', async (_what, framing, body) => {
    await start({ TIDEWATCH_MAX_REQUESTS_IN_FLIGHT: '2' });
    upstream.answer(answering(ok));
    const slow = Array.from({ length: 5 }, () => {
      const client = new RawClient(proxy.port);
      client.write(`POST /v1/messages HTTP/1.1\r\nHost: p\r\n${framing}\r\n\r\n${body}`);
      return client;
    });
    await expect.poll(() => proxy.context.exchanges.size).toBe(5);
    expect((await send()).status).toBe(200);
    expect(asked).toHaveLength(1);
    for (const client of slow) client.socket.destroy();
  });
});

describe('a stream in any pieces', () => {
  const stream = Buffer.from(`${MESSAGE_EVENTS.join('')}: end 🌊\r\n\r\n`);

  test('leaves the proxy with the same bytes, and has the same usage', async () => {
    const cuts = fc.array(fc.integer({ min: 1, max: stream.length - 1 }), { maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(cuts, fc.boolean(), async (at, paused) => {
        const edges = [0, ...new Set(at), stream.length].toSorted((a, b) => a - b);
        upstream.answer(
          answering(async (response) => {
            response.writeHead(200, { 'content-type': 'text/event-stream' });
            for (const [i, edge] of edges.slice(1).entries()) {
              response.write(stream.subarray(edges[i], edge));
              if (paused) await delay(0);
            }
            response.end();
          }),
        );
        proxy.records.length = 0;
        expect((await send()).body.equals(stream)).toBe(true);
        const [record] = await proxy.recorded(1);
        expect(record?.report).toMatchObject({ finished: true, entries: [{ input: 11, output: 42, cacheRead: 5 }] });
        expect(record).toMatchObject({ outcome: 'finished', stream: true, responseBytes: stream.length });
      }),
      { numRuns: 60 },
    );
  });

  test('goes up with the same bytes, whether it comes with its head or after it', async () => {
    upstream.answer(answering(ok));
    const pieces = fc.array(fc.uint8Array({ minLength: 1, maxLength: 3_000 }), { minLength: 1, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(pieces, fc.boolean(), async (parts, atOnce) => {
        asked = [];
        const body = Buffer.concat(parts);
        const client = new RawClient(proxy.port);
        const head = Buffer.from(`POST /v1/messages HTTP/1.1\r\nHost: p\r\ncontent-length: ${body.length}\r\n\r\n`);
        if (atOnce) client.write(Buffer.concat([head, body]));
        else {
          client.write(head);
          for (const part of parts) {
            client.write(Buffer.from(part));
            await delay(0);
          }
        }
        expect((await client.answer()).status).toBe(200);
        client.socket.destroy();
        expect(asked[0]?.body).toBe(body.toString());
      }),
      { numRuns: 40 },
    );
  });
});

describe('whether a stream was asked for', () => {
  test.each([
    ['{"stream":true}', true],
    ['{"stream" : \n true , "x": 1}', true],
    ['{"stream":false}', false],
    ['{"messages":[{"content":"say \\"stream\\": true"}]}', false],
    ['{"tools":[{"input_schema":{"properties":{"stream":{"type":"boolean"}}}}],"stream":true}', true],
    ['{}', false],
  ])('is read in %s', async (body, stream) => {
    decisions = ['pass'];
    upstream.answer(answering((response) => response.writeHead(500).end()));
    for (const whole of [true, false]) {
      const client = new RawClient(proxy.port);
      client.write(`POST /v1/messages HTTP/1.1\r\nHost: p\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n`);
      if (whole) client.write(body);
      else {
        for (const character of body) {
          client.write(character);
          await delay(1);
        }
      }
      await client.answer();
      client.socket.destroy();
    }
    expect((await proxy.recorded(2)).map((record) => record.stream)).toStrictEqual([stream, stream]);
  });
});

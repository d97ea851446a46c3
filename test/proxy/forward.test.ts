import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../proxy/clock.ts';
import type { Environment } from '../../proxy/config.ts';
import { type Credential, parseCredential } from '../../proxy/credentials/credential.ts';
import { createPool, type Pool } from '../../proxy/pool/pool.ts';
import { type RecordingProxy, startRecordingProxy } from '../support/proxy/forwarding-fakes.ts';
import { type LoopbackUpstream, startUpstream } from '../support/proxy/loopback-upstream.ts';
import { RawClient } from '../support/proxy/raw-client.ts';
import { MESSAGE_EVENTS } from '../support/proxy/sse.ts';

let upstream: LoopbackUpstream;
let proxy: RecordingProxy;
let pool: Pool;

/** What the upstream was asked, in order: the key and the body. */
let asked: { readonly key: string; readonly body: string }[] = [];

const credentialOf = (name: string): readonly Credential[] => {
  const parsed = parseCredential(name, `sk-ant-api03-${name}`);
  return 'problem' in parsed ? [] : [parsed];
};

const poolOf = (...names: readonly string[]): Pool => {
  const made = createPool({
    clock: systemClock,
    random: () => 0,
    maxWaitMs: 3_000,
    events: {
      onCooldown: () => undefined,
      onExpired: () => undefined,
      onChange: () => undefined,
    },
  });
  made.reload(names.flatMap((name) => credentialOf(name)));
  return made;
};

const answering =
  (answer: (response: ServerResponse, key: string, request: IncomingMessage) => void): RequestListener =>
  async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const key = String(request.headers['x-api-key']).replace('sk-ant-api03-', '');
    asked.push({ key, body: Buffer.concat(chunks).toString() });
    answer(response, key, request);
  };

const start = async (environment: Environment = {}) => {
  await proxy?.close();
  proxy = await startRecordingProxy({ upstreamUrl: upstream.url, pool, environment });
};

const BODY = '{"model":"claude-opus-4-5"}';

const send = async (body: string | Buffer = BODY) => {
  const client = new RawClient(proxy.port);
  client.write(`POST /v1/messages HTTP/1.1\r\nHost: p\r\nx-api-key: mine\r\ncontent-length: ${body.length}\r\n\r\n`);
  client.write(body);
  const answer = await client.answer();
  client.socket.destroy();
  return answer;
};

const limited = (response: ServerResponse, headers: Readonly<Record<string, string>>, status = 429) =>
  response
    .writeHead(status, { 'content-type': 'application/json', ...headers })
    .end('{"type":"error","error":{"type":"rate_limit_error","message":"the upstream’s own words"}}');

const soon = (seconds: number): string => String(Math.floor(Date.now() / 1_000) + seconds);

const quota = (response: ServerResponse) =>
  limited(response, {
    'anthropic-ratelimit-unified-status': 'rejected',
    'anthropic-ratelimit-unified-reset': soon(90),
  });

const ok = (response: ServerResponse, key: string) => response.end(`{"by":"${key}"}`);

beforeEach(async () => {
  asked = [];
  pool = poolOf('one', 'two');
  upstream = await startUpstream(() => undefined);
  await start();
});

afterEach(async () => {
  await proxy.close();
  await upstream.close();
});

describe('a pool', () => {
  test('sends its own credential in place of the client’s', async () => {
    upstream.answer(answering(ok));
    expect((await send()).status).toBe(200);
    expect(asked).toStrictEqual([{ key: expect.stringMatching(/^(one|two)$/), body: BODY }]);
    expect(await proxy.recorded(1)).toMatchObject([{ credential: asked[0]?.key, outcome: 'finished' }]);
    expect(proxy.observed[0]?.credential).toBe(asked[0]?.key);
  });

  test('tries the other credential when the quota of the first is used up; the client notices nothing', async () => {
    let first = '';
    upstream.answer(
      answering((response, key) => {
        first ||= key;
        if (key === first) quota(response);
        else ok(response, key);
      }),
    );
    const answer = await send();
    expect(answer.status).toBe(200);
    expect(asked.map(({ body }) => body)).toStrictEqual([BODY, BODY]);
    expect(new Set(asked.map(({ key }) => key)).size).toBe(2);
    expect(await proxy.recorded(1)).toMatchObject([{ status: 200, credential: asked[1]?.key, errorType: null }]);
    expect(proxy.errors).toMatchObject([
      { error_type: 'rate_limit_quota', status: '429', attempt: 1, credential: first },
    ]);
    await send();
    expect(asked[2]?.key).toBe(asked[1]?.key);
  });

  test('answers 429 with the earliest reset when all are used up', async () => {
    upstream.answer(answering(quota));
    const answer = await send();
    const headers = new Map(answer.headers.map(([name, value]) => [name.toLowerCase(), value]));
    expect(answer.status).toBe(429);
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(80);
    expect(Number(headers.get('retry-after'))).toBeLessThanOrEqual(91);
    expect(headers.get('anthropic-ratelimit-unified-status')).toBe('rejected');
    expect(Number(headers.get('anthropic-ratelimit-unified-reset'))).toBeGreaterThan(Date.now() / 1_000 + 80);
    expect(JSON.parse(answer.body.toString())).toMatchObject({ type: 'error', error: { type: 'rate_limit_error' } });
    expect(asked).toHaveLength(2);
    await send();
    expect(asked).toHaveLength(2);
    expect(await proxy.recorded(2)).toMatchObject([{ outcome: 'rejected' }, { outcome: 'rejected', status: 429 }]);
  });

  test('waits on the same credential for a limit of the minute', async () => {
    let refused = false;
    upstream.answer(
      answering((response, key) => {
        if (refused) ok(response, key);
        else limited(response, { 'retry-after': '1' });
        refused = true;
      }),
    );
    expect((await send()).status).toBe(200);
    expect(asked).toHaveLength(2);
    expect(asked[0]).toStrictEqual(asked[1]);
  });

  test('does not try again against a spend cap: the client gets the upstream’s words', async () => {
    upstream.answer(answering((response) => limited(response, {})));
    const answer = await send();
    expect(answer.status).toBe(429);
    expect(answer.body.toString()).toContain('the upstream’s own words');
    expect(asked).toHaveLength(1);
  });

  test('passes an error on that no credential can help with, with all its bytes', async () => {
    upstream.answer(answering((response) => limited(response, { 'x-should-retry': 'false' }, 400)));
    const answer = await send();
    expect(answer.status).toBe(400);
    expect(answer.headers).toContainEqual(['x-should-retry', 'false']);
    expect(answer.body.toString()).toContain('the upstream’s own words');
    expect(asked).toHaveLength(1);
  });

  test('tries the other credential when one is not accepted any more', async () => {
    let first = '';
    upstream.answer(
      answering((response, key) => {
        first ||= key;
        if (key === first) limited(response, {}, 401);
        else ok(response, key);
      }),
    );
    expect((await send()).status).toBe(200);
    expect(pool.states().find(({ id }) => id === first)?.state).toBe('expired');
  });

  test('shows the client the 401 of its last credential', async () => {
    upstream.answer(answering((response) => limited(response, {}, 401)));
    expect((await send()).status).toBe(401);
    expect(asked).toHaveLength(2);
  });

  test('cannot send a body again that is too large to keep: the client gets the answer', async () => {
    await start({ TIDEWATCH_REPLAY_BYTES: '100000' });
    upstream.answer(answering(quota));
    const answer = await send(Buffer.alloc(300_000, 'x'));
    expect(answer.status).toBe(429);
    expect(answer.body.toString()).toContain('the upstream’s own words');
    expect(asked).toHaveLength(1);
    expect(proxy.context.budget.taken).toBe(0);
  });

  test('sends a streamed body again, byte for byte', async () => {
    const body = Buffer.from(Array.from({ length: 300_000 }, (_, i) => 32 + (i % 90)));
    let first = '';
    upstream.answer(
      answering((response, key) => {
        first ||= key;
        if (key === first) quota(response);
        else ok(response, key);
      }),
    );
    expect((await send(body)).status).toBe(200);
    expect(asked.map((one) => one.body === body.toString())).toStrictEqual([true, true]);
    expect(proxy.context.budget.taken).toBe(0);
    expect(await proxy.recorded(1)).toMatchObject([{ requestBytes: 300_000 }]);
  });

  test('sends a body again that was refused before it was whole', async () => {
    let first = '';
    upstream.answer((request, response) => {
      const key = String(request.headers['x-api-key']);
      first ||= key;
      if (key === first) quota(response);
      else answering(ok)(request, response);
    });
    const client = new RawClient(proxy.port);
    client.write('POST /v1/messages HTTP/1.1\r\nHost: p\r\ncontent-length: 200000\r\n\r\n');
    client.write(Buffer.alloc(50_000, 'a'));
    await delay(50);
    client.write(Buffer.alloc(150_000, 'b'));
    expect((await client.answer()).status).toBe(200);
    expect(asked).toStrictEqual([expect.objectContaining({ body: 'a'.repeat(50_000) + 'b'.repeat(150_000) })]);
    client.socket.destroy();
  });

  test('gives the client an error that is longer than what is held back, whole', async () => {
    const long = 'y'.repeat(200_000);
    upstream.answer(answering((response) => response.writeHead(400, { 'content-type': 'text/plain' }).end(long)));
    expect((await send()).body.toString()).toBe(long);
  });

  test('does not hold back an error that never ends', async () => {
    upstream.answer(
      answering(
        (response) => void response.writeHead(400, { 'content-type': 'text/plain' }).write('z'.repeat(100_000)),
      ),
    );
    const client = new RawClient(proxy.port);
    client.write(`POST /v1/messages HTTP/1.1\r\nHost: p\r\ncontent-length: ${BODY.length}\r\n\r\n${BODY}`);
    await client.sees('400 Bad Request');
    await client.sees('zzz');
    client.socket.destroy();
  });

  test('does not send again for a client that has left', async () => {
    upstream.answer(answering((response) => void setTimeout(() => quota(response), 60)));
    const client = new RawClient(proxy.port);
    client.write(`POST /v1/messages HTTP/1.1\r\nHost: p\r\ncontent-length: ${BODY.length}\r\n\r\n${BODY}`);
    await expect.poll(() => asked.length).toBe(1);
    client.socket.destroy();
    expect(await proxy.recorded(1)).toMatchObject([{ outcome: 'client_gone_before_head', status: 499 }]);
    expect(asked).toHaveLength(1);
    expect(
      pool
        .states()
        .map(({ state }) => state)
        .toSorted(),
    ).toStrictEqual(['cooling', 'ready']);
  });

  test('does not wait for a client that has left', async () => {
    upstream.answer(answering((response) => limited(response, { 'retry-after': '1' })));
    const client = new RawClient(proxy.port);
    client.write(`POST /v1/messages HTTP/1.1\r\nHost: p\r\ncontent-length: ${BODY.length}\r\n\r\n${BODY}`);
    await expect.poll(() => proxy.errors.length).toBe(1);
    client.socket.destroy();
    expect(await proxy.recorded(1)).toMatchObject([{ outcome: 'client_gone_before_head' }]);
    await delay(1_300);
    expect(asked).toHaveLength(1);
  });

  test('without a credential says when to come back', async () => {
    pool = poolOf();
    await start();
    const answer = await send();
    expect(answer.status).toBe(429);
    expect(answer.headers).toContainEqual(['retry-after', '60']);
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

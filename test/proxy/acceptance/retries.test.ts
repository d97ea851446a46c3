import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { SECOND } from './time.ts';
import { type ByHand, endWith, failure, healthy, message, type Script, unauthorized } from './upstream.ts';
import { eventually, inTurn, keys, sessions, startWorld, statuses, tally, type World } from './world.ts';

let world: World;

afterEach(() => world.close());

/** How long the upstream of a test keeps an idle connection. */
const IDLE_MS = 20;

describe('a connection that is used again and fails before a byte of the answer', () => {
  const ENDS: readonly (readonly [string, (socket: Socket) => void])[] = [
    ['closed', (socket) => socket.end()],
    ['destroyed', (socket) => socket.destroy()],
    ['reset', (socket) => socket.resetAndDestroy()],
  ];

  /** Ends the first connection that is used again. */
  const endingFirstReused = (end: (socket: Socket) => void): Script => {
    const seen = new WeakSet<Socket>();
    let ended = false;
    return (asked) => {
      const reply = healthy(asked);
      if (ended || typeof reply === 'function') return reply;
      return (response, request) => {
        if (seen.has(request.socket)) {
          ended = true;
          end(request.socket);
          return;
        }
        seen.add(request.socket);
        endWith(response.writeHead(reply.status, reply.headers), reply.body);
      };
    };
  };

  test.each(ENDS)('is replaced: %s', async (_how, end) => {
    for (const asked of [{}, { stream: true }, { method: 'GET', path: '/v1/models' }]) {
      world = await startWorld();
      world.upstream.answer(endingFirstReused(end));
      expect(statuses(await inTurn(world, [asked, asked, asked]))).toEqual([200, 200, 200]);
      expect(world.upstream.asked).toHaveLength(4);
      const scrape = await world.scrape();
      expect(scrape.value('proxy_request_outcomes_total', { outcome: 'finished' })).toBe(3);
      await world.close();
    }
    world = await startWorld();
  });

  test('is replaced where every idle connection has ended', async () => {
    world = await startWorld();
    const seen = new WeakSet<Socket>();
    world.upstream.answer((asked) => (response, request) => {
      const reply = healthy(asked);
      if (seen.has(request.socket)) request.socket.destroy();
      else if (typeof reply !== 'function') endWith(response.writeHead(reply.status, reply.headers), reply.body);
      seen.add(request.socket);
    });
    expect(statuses(await inTurn(world, sessions(12)))).toEqual(Array(12).fill(200));
  });

  test('costs no request where the upstream closes idle connections', async () => {
    world = await startWorld();
    world.upstream.answer((asked) => (response, request) => {
      const reply = healthy(asked);
      if (typeof reply !== 'function') endWith(response.writeHead(reply.status, reply.headers), reply.body);
      setTimeout(() => request.socket.destroy(), IDLE_MS);
    });
    const answers: number[] = [];
    for (let index = 0; index < 60; index += 1) {
      answers.push((await world.ask()).status);
      await delay(IDLE_MS - 3 + (index % 4));
    }
    expect(tally(answers)).toEqual({ 200: 60 });
  });

  test.each(ENDS)('is no reason to repeat on a new connection: %s', async (_how, end) => {
    world = await startWorld();
    world.upstream.answer(() => (_response, request) => end(request.socket));
    expect((await world.ask()).status).toBe(502);
    expect(world.upstream.messages()).toHaveLength(1);
  });

  test('is no reason to repeat after the first byte of an answer', async () => {
    world = await startWorld();
    await world.ask();
    world.upstream.answer(() => (_response, request) => void request.socket.end('HTTP/1.1 200 OK\r\ncontent-le'));
    expect((await world.ask()).status).toBe(502);
    expect(world.upstream.messages()).toHaveLength(2);
  });
});

describe('an error whose body stalls is decided on its head', () => {
  const stalling =
    (status: number, headers: Readonly<Record<string, string>>): ByHand =>
    (response) => {
      response.writeHead(status, { 'content-type': 'application/json', 'content-length': '500', ...headers });
      response.write('{"type":"error","error":');
    };

  test.each([
    [429, { 'retry-after': '60' }],
    [529, {}],
    [401, {}],
  ])('%i: another credential answers', async (status, headers) => {
    world = await startWorld({ pool: keys('a', 'b') });
    world.upstream.answer((asked) =>
      asked.credential === 'a' && !asked.isProbe ? stalling(status, headers) : healthy(asked),
    );
    for (const asked of sessions(6)) {
      const before = world.upstream.messages().length;
      const answer = world.ask(asked);
      await eventually(() => expect(world.upstream.messages().length).toBeGreaterThan(before));
      await world.pass(3 * SECOND);
      expect((await answer).status).toBe(200);
    }
  });

  test('429 with a single credential: its head passes on', async () => {
    world = await startWorld({ pool: keys('a') });
    let end = () => {};
    world.upstream.answer(() => (response) => {
      stalling(429, { 'retry-after': '60' })(response, response.req);
      end = () => response.end(' '.repeat(500 - 24));
    });
    const answer = world.ask();
    await eventually(() => expect(world.upstream.messages()).toHaveLength(1));
    await world.pass(3 * SECOND);
    end();
    expect(await answer).toMatchObject({ status: 429, headers: { 'retry-after': '60' } });
  });
});

describe('a secret that is replaced', () => {
  /** Answers the old secret when the test lets it. */
  const held = () => {
    const waiting: (() => void)[] = [];
    const script: Script = (asked) => {
      if (asked.credential !== 'old') return healthy(asked);
      return (response) => {
        const refusal = unauthorized();
        waiting.push(() =>
          response.writeHead(refusal.status, { 'content-type': 'application/json' }).end(refusal.body),
        );
      };
    };
    return { script, waiting };
  };

  test('while a request is under way: that goes out again with the new one', async () => {
    world = await startWorld({ pool: { a: 'sk-ant-api03-old' } });
    const { script, waiting } = held();
    world.upstream.answer(script);
    const answers = [world.ask({ session: '1' }), world.ask({ session: '2' }), world.ask({ session: '3' })];
    await eventually(() => expect(waiting).toHaveLength(3));
    await world.mount('a', 'sk-ant-api03-new');
    await eventually(async () => {
      await world.pass(5 * SECOND);
      expect(world.lines('credentials_loaded').length).toBeGreaterThan(1);
    });
    for (const answer of waiting) answer();
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(await world.states()).toEqual({ a: 'ready' });
  });

  test('while a request waits for a limit: that goes out with the new one', async () => {
    world = await startWorld({ pool: { a: 'sk-ant-api03-old', b: 'sk-ant-api03-other' } });
    world.upstream.answer((asked) =>
      asked.credential === 'new'
        ? message()
        : failure(429, 'rate_limit_error', 'Your account has hit a rate limit.', { 'retry-after': '8' }),
    );
    const answer = world.ask();
    await eventually(() => expect(world.upstream.messages().length).toBeGreaterThan(1));
    await world.mount('a', 'sk-ant-api03-new');
    await eventually(async () => {
      await world.pass(2 * SECOND);
      expect(world.upstream.messages().at(-1)?.credential).toBe('new');
    });
    expect((await answer).status).toBe(200);
  });

  test('and is removed with a request under way leaves that to the others', async () => {
    world = await startWorld({ pool: { a: 'sk-ant-api03-old' } });
    const { script, waiting } = held();
    world.upstream.answer(script);
    const answer = world.ask();
    await eventually(() => expect(waiting).toHaveLength(1));
    await world.mount('b', 'sk-ant-api03-new');
    await world.mount('a', null);
    await eventually(async () => {
      await world.pass(5 * SECOND);
      expect(Object.keys(await world.states())).toEqual(['b']);
    });
    for (const one of waiting) one();
    expect((await answer).status).toBe(200);
    expect(await world.states()).toEqual({ b: 'ready' });
  });
});

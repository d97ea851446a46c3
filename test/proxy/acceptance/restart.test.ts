import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { RawClient } from '../../support/proxy/raw-client.ts';
import { DAY, HOUR, MINUTE, SECOND } from './time.ts';
import { events, failure, healthy, message, unified, windowsAt } from './upstream.ts';
import { inTurn, keys, sessions, startWorld, statuses, tokens, type World } from './world.ts';

let world: World;

afterEach(() => world.close());

const REQUEST = 'POST /v1/messages HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer sk-ant-oat01-alice\r\n';
const STREAMED = `${REQUEST}content-length: 15\r\n\r\n{"stream":true}`;

/** Answers with a stream that goes on when the test lets it. */
const openStream = () => {
  let goOn = () => {};
  world.upstream.answer((asked) =>
    asked.body.includes('"stream":true')
      ? (response) => {
          response.writeHead(200, { 'content-type': 'text/event-stream' }).write(events()[0] ?? '');
          goOn = () => response.end(events().slice(1).join(''));
        }
      : healthy(asked),
  );
  return () => goOn();
};

const outputTokens = async (): Promise<number> =>
  (await world.scrape())
    .series('proxy_window_tokens', { window: '7d', direction: 'output' })
    .reduce((sum, { value }) => sum + value, 0);

describe('a planned restart', () => {
  test('lets a stream go on to its end while the next proxy serves', async () => {
    world = await startWorld();
    const goOn = openStream();
    const client = new RawClient(world.ports().port);
    client.write(STREAMED);
    await client.sees('message_start');
    const { ended } = await world.replace();
    expect(statuses(await inTurn(world, sessions(4)))).toEqual([200, 200, 200, 200]);
    goOn();
    const { body } = await client.answer();
    expect(body.toString()).toBe(events().join(''));
    client.socket.destroy();
    await ended;
    expect(world.lines('proxy_stopped')).toMatchObject([{ streams_cut: 0, records_lost: 0 }]);
  });

  test('turns readiness off at once, and goes on serving until load balancers have noticed', async () => {
    world = await startWorld({ settings: { lingerSeconds: '10' } });
    const { port } = world.ports();
    const { ended } = await world.replace();
    const ask = async (bytes: string): Promise<number> => {
      const client = new RawClient(port);
      client.write(bytes);
      const { status } = await client.answer();
      client.socket.destroy();
      return status;
    };
    expect(await ask('GET /ready HTTP/1.1\r\nhost: localhost\r\n\r\n')).toBe(503);
    expect(await ask(`${REQUEST}content-length: 16\r\n\r\n{"max_tokens":1}`)).toBe(200);
    expect((await world.ask({ method: 'GET', path: '/ready' })).status).toBe(200);
    await world.pass(11 * SECOND);
    await ended;
  });

  test('cuts a stream at the bound', async () => {
    world = await startWorld({ settings: { drainSeconds: '60' } });
    openStream();
    const client = new RawClient(world.ports().port);
    client.write(STREAMED);
    await client.sees('message_start');
    const { ended } = await world.replace();
    await world.pass(50 * SECOND);
    expect(client.socket.destroyed).toBe(false);
    await world.pass(20 * SECOND);
    await client.closed;
    await world.pass(5 * SECOND);
    await ended;
    expect(world.lines('proxy_stopped')).toMatchObject([{ streams_cut: 1 }]);
  });
});

describe('what is known outlasts a restart', () => {
  test('windows, their tokens and what refuses', async () => {
    world = await startWorld({ pool: tokens('a', 'b'), settings: { poolOauth: 'true' } });
    const resetsAt = world.clock.now() + 3 * DAY;
    world.upstream.answer((asked) => {
      if (asked.path !== '/v1/messages' || asked.isProbe) return healthy(asked);
      return asked.credential === 'a'
        ? failure(429, 'rate_limit_error', 'used up', unified({ '7d': { used: 100, resetsAt } }))
        : message({}, windowsAt(world.clock.now(), 33));
    });
    await inTurn(world, sessions(8));
    const before = await outputTokens();
    await world.restart();
    expect(await world.states()).toEqual({ a: 'cooling', b: 'ready' });
    const scrape = await world.scrape();
    expect(scrape.value('proxy_usage_utilization', { window: '7d', credential: 'b' })).toBe(33);
    expect(scrape.value('proxy_usage_utilization', { window: '7d', credential: 'a' })).toBe(100);
    expect(await outputTokens()).toBe(before);
    expect(before).toBe(800);
  });

  test('also where the old proxy and the new one both write', async () => {
    world = await startWorld();
    const windows = () => unified({ '7d': { used: 10, resetsAt: NEXT } });
    const NEXT = world.clock.now() + 5 * DAY;
    let finish = () => {};
    world.upstream.answer((asked) =>
      asked.body.includes('"stream":true')
        ? (response) => {
            response.writeHead(200, { 'content-type': 'text/event-stream', ...windows() }).write(events()[0] ?? '');
            finish = () => response.end(events().slice(1).join(''));
          }
        : message({}, windows()),
    );
    await world.ask({ client: 'alice' });
    const client = new RawClient(world.ports().port);
    client.write(STREAMED);
    await client.sees('message_start');
    await world.pass(2 * SECOND);
    const { ended } = await world.replace();
    await world.ask({ client: 'alice' });
    await world.ask({ client: 'alice' });
    await world.pass(2 * SECOND);
    finish();
    await client.answer();
    client.socket.destroy();
    await ended;
    await world.restart();
    expect(await outputTokens()).toBe(400);
  });
});

describe('a state file', () => {
  test.each([
    ['that is torn', '{"version":'],
    ['of nothing', ''],
    ['of another kind', '[1,2,3]'],
    ['of the future', '{"version":99,"tracker":{}}'],
  ])('%s keeps nobody from starting', async (_what, content) => {
    world = await startWorld({ pool: keys('a') });
    await world.ask();
    const file = join(world.folder, 'state.json');
    await writeFile(file, content);
    const { ended } = await world.replace();
    expect((await world.ask()).status).toBe(200);
    await ended;
  });

  test.each(['9e15', '-9e15', '1e300'])('with the absurd time %s breaks no answer', async (time) => {
    world = await startWorld({ pool: tokens('a'), settings: { poolOauth: 'true' } });
    world.upstream.answer((asked) =>
      asked.path === '/v1/messages' ? message({}, windowsAt(world.clock.now(), 40)) : healthy(asked),
    );
    await world.ask();
    await world.restart();
    const file = join(world.folder, 'state.json');
    const state = await readFile(file, 'utf8');
    expect(state).toMatch(/:1[78]\d{11}\b/);
    await writeFile(file, state.replaceAll(/:1[78]\d{11}\b/g, `:${time}`));
    const { ended } = await world.replace();
    for (let index = 0; index < 3; index += 1) {
      expect(await world.windows()).toBeInstanceOf(Array);
      expect(await world.credentials()).toHaveProperty('a');
    }
    expect((await world.ask()).status).toBe(200);
    await ended;
  });
});

test('a cooldown of an earlier run without a window behind it is tried before anybody is refused', async () => {
  world = await startWorld({ pool: keys('a', 'b') });
  world.upstream.answer((asked) =>
    asked.isProbe
      ? healthy(asked)
      : failure(400, 'invalid_request_error', 'Your credit balance is too low to access the API.'),
  );
  await inTurn(world, sessions(4));
  expect(await world.states()).toEqual({ a: 'cooling', b: 'cooling' });
  world.upstream.answer(healthy);
  await world.restart();
  expect((await world.ask()).status).toBe(200);
  await world.pass(HOUR + MINUTE);
  expect(await world.states()).toEqual({ a: 'ready', b: 'ready' });
});

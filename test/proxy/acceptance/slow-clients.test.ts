import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { RawClient } from '../../support/proxy/raw-client.ts';
import { MINUTE, SECOND } from './time.ts';
import { type ByHand, event, events, message } from './upstream.ts';
import { eventually, keys, sessions, startWorld, statuses, together, type World } from './world.ts';

let world: World;
let open: Socket[] = [];

afterEach(async () => {
  for (const socket of open) socket.destroy();
  open = [];
  await world.close();
});

const HEAD = 'POST /v1/messages HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer sk-ant-oat01-slow\r\n';

const hold = async (port: number, text: string, from = '127.0.0.1'): Promise<Socket> => {
  const socket = connect({ port, host: '127.0.0.1', localAddress: from });
  open.push(socket);
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  socket.write(text);
  return socket;
};

describe('connections that hold back their request', () => {
  test.each([
    ['a head and one byte of the body', `${HEAD}content-length: 1000\r\n\r\n{`],
    ['a head and no body', `${HEAD}content-length: 1000\r\n\r\n`],
    ['half a chunk', `${HEAD}transfer-encoding: chunked\r\n\r\n400\r\n{"model"`],
    ['half a head', HEAD],
  ])('lock nobody out: %s', async (_what, text) => {
    world = await startWorld({ pool: keys('a'), settings: { maxRequestsInFlight: '10' } });
    for (let index = 0; index < 60; index += 1) await hold(world.ports().port, text);
    const answers = await together(world, sessions(8));
    expect(statuses(answers)).toEqual(Array(8).fill(200));
    expect((await world.ask({ method: 'GET', path: '/ready' })).status).toBe(200);
  });

  test('are limited for each address, and another address is served', async () => {
    world = await startWorld({ settings: { maxConnectionsPerPeer: '20' } });
    for (let index = 0; index < 60; index += 1) await hold(world.ports().port, HEAD, '127.0.0.2');
    await eventually(() => expect(open.filter(({ destroyed }) => !destroyed)).toHaveLength(20));
    expect(statuses(await together(world, sessions(8)))).toEqual(Array(8).fill(200));
  });

  test('count as under way once their body is there', async () => {
    world = await startWorld({ settings: { maxRequestsInFlight: '4' } });
    const held: ServerResponse[] = [];
    world.upstream.answer(() => (response) => void held.push(response));
    const waiting = together(world, sessions(4));
    await eventually(() => expect(held).toHaveLength(4));
    expect((await world.ask()).status).toBe(529);
    expect((await world.scrape()).value('proxy_refusals_total', { reason: 'overloaded' })).toBe(1);
    for (const response of held) response.end('{}');
    expect(statuses(await waiting)).toEqual([200, 200, 200, 200]);
    world.upstream.answer(() => message());
    expect((await world.ask()).status).toBe(200);
  });
});

/** What a slow client reads at a time: enough for its window to open again. */
const PIECE = 1024 * 1024;

/** More than the buffers of a connection on loopback take. */
const BIG = 24 * 1024 * 1024;

const big = event('content_block_delta', { delta: { type: 'text_delta', text: 'x'.repeat(BIG) } });

const ANSWERS: readonly (readonly [string, ByHand])[] = [
  [
    'of known length',
    (response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': String(BIG) });
      response.end('x'.repeat(BIG));
    },
  ],
  [
    'in chunks',
    (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.end(events().join('') + big);
    },
  ],
  [
    'whose last piece is small',
    (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(big);
      response.end(events().join(''));
    },
  ],
];

const REQUEST = `${HEAD}content-length: 16\r\n\r\n{"max_tokens":1}`;

const outcome = async (name: string): Promise<number> =>
  (await world.scrape()).value('proxy_request_outcomes_total', { outcome: name });

describe('a client that does not read an answer', () => {
  test.each(ANSWERS)('is cut in the end (%s)', async (_what, answer) => {
    world = await startWorld({ settings: { stalledClientSeconds: '30' } });
    world.upstream.answer(() => answer);
    const client = new RawClient(world.ports().port);
    open.push(client.socket);
    client.socket.pause();
    client.write(REQUEST);
    await eventually(() => expect(world.upstream.messages()).toHaveLength(1));
    await eventually(async () => {
      await world.pass(10 * SECOND);
      expect(await outcome('client_gone_mid_stream')).toBe(1);
    });
    expect(await outcome('finished')).toBe(0);
    expect((await world.scrape()).value('proxy_requests_in_flight', { stream: 'false' })).toBe(0);
  });

  test.each(ANSWERS)('and leaves was not served (%s)', async (_what, answer) => {
    world = await startWorld();
    world.upstream.answer(() => answer);
    const client = new RawClient(world.ports().port);
    client.socket.pause();
    client.write(REQUEST);
    await eventually(() => expect(world.upstream.messages()).toHaveLength(1));
    await new Promise((resolve) => setTimeout(resolve, 200));
    client.socket.destroy();
    await eventually(async () => expect(await outcome('client_gone_mid_stream')).toBe(1));
    expect(await outcome('finished')).toBe(0);
  });

  test.each(ANSWERS)('at once still gets all of it when the proxy ends (%s)', async (_what, answer) => {
    world = await startWorld();
    world.upstream.answer(() => answer);
    const client = new RawClient(world.ports().port);
    open.push(client.socket);
    client.socket.pause();
    client.write(REQUEST);
    await eventually(() => expect(world.upstream.messages()).toHaveLength(1));
    await new Promise((resolve) => setTimeout(resolve, 200));
    const restarted = world.restart();
    await new Promise((resolve) => setTimeout(resolve, 100));
    client.socket.resume();
    const { status, body } = await client.answer();
    expect(status).toBe(200);
    expect(body.length).toBeGreaterThanOrEqual(BIG);
    await restarted;
    expect(world.lines('api_request')).toMatchObject([{ outcome: 'finished' }]);
  });

  test('slowly, but goes on, is not cut', async () => {
    world = await startWorld({ settings: { stalledClientSeconds: '30' } });
    world.upstream.answer(() => ANSWERS[0]?.[1] ?? (() => undefined));
    const client = new RawClient(world.ports().port);
    open.push(client.socket);
    client.socket.pause();
    client.write(REQUEST);
    const done = client.answer();
    for (let read = 0; read < BIG / 2; read = client.socket.bytesRead) {
      client.socket.resume();
      await vi.waitUntil(() => client.socket.bytesRead >= read + PIECE, { interval: 1 });
      client.socket.pause();
      await world.pass(10 * SECOND);
    }
    client.socket.resume();
    expect((await done).body.length).toBe(BIG);
    await world.pass(MINUTE);
    expect(await outcome('finished')).toBe(1);
  });
});

import { afterEach, describe, expect, test } from 'vitest';
import { MINUTE } from './time.ts';
import { type Asked, failure, healthy } from './upstream.ts';
import { type Ask, inTurn, keys, names, startWorld, statuses, type World } from './world.ts';

let world: World;

afterEach(() => world.close());

const start = async (): Promise<void> => {
  world = await startWorld({ pool: keys(...names(6)), settings: { poolEndpoints: 'messages,batches,files' } });
  world.upstream.answer((asked) => (isBound(asked) ? { status: 200, body: '{"id":"made"}' } : healthy(asked)));
};

const isBound = ({ path }: Asked): boolean => path.startsWith('/v1/messages/batches') || path.startsWith('/v1/files');

/** What a client does with a batch and a file, in sessions that change. */
const workOf = (client: string): readonly Ask[] =>
  [
    { path: '/v1/messages/batches' },
    { path: '/v1/messages/batches/msgbatch_1', method: 'GET' },
    { path: '/v1/messages/batches/msgbatch_1/results', method: 'GET' },
    { path: '/v1/files' },
    { path: '/v1/files/file_1/content', method: 'GET' },
    { path: '/v1/messages/batches/msgbatch_1', method: 'DELETE' },
  ].map((asked, index) => ({ ...asked, client, session: `session-${index}` }));

const used = (): ReadonlySet<string> =>
  new Set(world.upstream.asked.filter(isBound).map(({ credential }) => credential));

describe('batches and files of one client', () => {
  test.each(['alice', 'bob', 'carol'])('stay with one credential (%s)', async (client) => {
    await start();
    expect(statuses(await inTurn(world, workOf(client)))).toEqual(Array(6).fill(200));
    expect(used().size).toBe(1);
  });

  test('are with a credential of their own choice, not all with the same', async () => {
    await start();
    for (const client of names(12)) await world.ask({ path: '/v1/messages/batches', client });
    expect(used().size).toBeGreaterThan(1);
  });

  test.each([
    ['limited', failure(429, 'rate_limit_error', 'limited', { 'retry-after': '60' })],
    ['overloaded', failure(529, 'overloaded_error', 'Overloaded')],
    ['failing', failure(500, 'api_error', 'Internal server error')],
  ])('do not move while that is %s', async (_what, refusal) => {
    await start();
    await world.ask({ path: '/v1/messages/batches', client: 'alice' });
    const [holder] = used();
    world.upstream.answer((asked) => (asked.credential === holder && !asked.isProbe ? refusal : healthy(asked)));
    await world.ask({ path: '/v1/messages/batches/msgbatch_1', method: 'GET', client: 'alice' });
    expect(used()).toEqual(new Set([holder]));
    world.upstream.answer(() => ({ status: 200, body: '{}' }));
    await world.pass(10 * MINUTE);
    expect(statuses(await inTurn(world, workOf('alice')))).toEqual(Array(6).fill(200));
    expect(used()).toEqual(new Set([holder]));
  });

  test('stay over a restart, and when credentials are added', async () => {
    await start();
    await world.ask({ path: '/v1/messages/batches', client: 'alice' });
    const holder = used();
    for (const name of ['new-1', 'new-2', 'new-3', 'new-4']) await world.mount(name, `sk-ant-api03-${name}`);
    await world.restart();
    await inTurn(world, workOf('alice'));
    expect(used()).toEqual(holder);
  });
});

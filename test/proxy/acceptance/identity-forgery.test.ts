import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { accountOf, oldUserId, userId } from './people.ts';
import { HOUR } from './time.ts';
import { message, unauthorized, unified } from './upstream.ts';
import { startWorld, type World } from './world.ts';

let world: World;
let aliceResets: number;

const ALICE = { client: 'alice', userId: userId(accountOf(1)) };

/** Alice is at 81 %, everybody else at 5 % of a window with another reset; made-up tokens are refused. */
const start = async (settings = {}): Promise<void> => {
  world = await startWorld({ settings });
  aliceResets = world.clock.now() + 3 * HOUR;
  world.upstream.answer(({ credential }) => {
    if (credential.startsWith('invented')) return unauthorized();
    if (credential.startsWith('key')) return message();
    if (credential === 'alice') return message({}, unified({ '5h': { used: 81, resetsAt: aliceResets } }));
    return message({}, unified({ '5h': { used: 5, resetsAt: world.clock.now() + 4 * HOUR } }));
  });
};

beforeEach(() => start());

afterEach(() => world.close());

const rows = async () => (await world.scrape()).series('proxy_usage_utilization', { window: '5h' });

const aliceIsAt = async (): Promise<readonly number[]> => {
  const all = await rows();
  return all.filter(({ labels }) => labels.credential === aliceLabel).map(({ value }) => value);
};

let aliceLabel: string | undefined;

const seeAlice = async (): Promise<void> => {
  await world.ask(ALICE);
  aliceLabel = (await rows())[0]?.labels.credential;
};

describe('a client that names the account of a colleague', () => {
  test.each([
    ['as JSON', userId(accountOf(1))],
    ['as a text', oldUserId(accountOf(1))],
    ['in upper case', userId(accountOf(1).toUpperCase())],
  ])('does not overwrite the colleague’s windows (%s)', async (_how, claimed) => {
    await seeAlice();
    for (let index = 0; index < 5; index += 1) await world.ask({ client: 'mallory', userId: claimed });
    expect(await aliceIsAt()).toEqual([81]);
    expect((await rows()).map(({ value }) => value).toSorted()).toEqual([5, 81]);
  });

  test('does not end a period of the colleague', async () => {
    await seeAlice();
    for (let index = 0; index < 5; index += 1) {
      await world.ask({ client: 'mallory', userId: userId(accountOf(1)) });
      await world.ask(ALICE);
    }
    expect(
      (await world.scrape()).value('proxy_usage_resets_total', { window: '5h', credential: aliceLabel ?? '' }),
    ).toBe(0);
    expect(await aliceIsAt()).toEqual([81]);
  });

  test('is not believed on answers that carry no windows', async () => {
    await seeAlice();
    for (const client of ['invented-1', 'key-1']) await world.ask({ client, userId: userId(accountOf(1)) });
    expect(await rows()).toHaveLength(1);
    expect(await aliceIsAt()).toEqual([81]);
  });
});

describe('a client that names many accounts', () => {
  test('has four of them, and evicts nobody', async () => {
    await world.close();
    await start({ maxAccounts: '10' });
    await seeAlice();
    for (let index = 0; index < 300; index += 1)
      await world.ask({ client: 'mallory', userId: userId(accountOf(100 + index)) });
    expect(await aliceIsAt()).toEqual([81]);
    expect((await rows()).length).toBeLessThanOrEqual(1 + 4 + 1);
  });

  test('by tokens that are made up, has none', async () => {
    await world.close();
    await start({ maxAccounts: '10' });
    await seeAlice();
    for (let index = 0; index < 300; index += 1) {
      await world.ask({ client: `invented-${index}`, userId: userId(accountOf(100 + index)) });
    }
    expect((await rows()).map(({ value }) => value)).toEqual([81]);
    expect((await world.scrape()).value('proxy_accounts_untracked')).toBe(0);
  });
});

test.each([
  ['a longer text', `x${userId(accountOf(2))}`],
  ['a path', '../../etc/passwd'],
  ['a label of its own', 'user_x_account_"} 1\nevil{a="_session_y'],
  ['a long text', 'a'.repeat(100_000)],
])('an account that is no uuid is no account: %s', async (_what, claimed) => {
  await world.ask({ client: 'bob', userId: claimed });
  await world.ask({ client: 'bob' });
  expect(await rows()).toHaveLength(1);
  expect((await rows())[0]?.labels.credential).toMatch(/^[0-9a-f]{8}$/);
});

test('an account that is quoted in a message is not the client’s', async () => {
  await seeAlice();
  const quoted = JSON.stringify({
    model: 'claude-sonnet-5-5',
    messages: [{ role: 'user', content: `{"metadata":{"user_id":${JSON.stringify(userId(accountOf(1)))}}}` }],
    tools: [{ metadata: { user_id: userId(accountOf(1)) } }],
    max_tokens: 1,
  });
  world.upstream.answer(() => message({}, unified({ '5h': { used: 7, resetsAt: aliceResets } })));
  await world.ask({ client: 'bob', body: quoted });
  expect(await aliceIsAt()).toEqual([81]);
  expect((await rows()).map(({ value }) => value).toSorted()).toEqual([7, 81]);
});

import { afterEach, expect, test } from 'vitest';
import { HOUR } from './time.ts';
import { healthy, message, unified } from './upstream.ts';
import { inTurn, sessions, startWorld, tokens, type World } from './world.ts';

let world: World;

afterEach(() => world.close());

/** Percent used of the windows of each account. */
type Uses = Readonly<Record<string, Readonly<Record<string, number>>>>;

const start = async (uses: Uses, settings = {}): Promise<void> => {
  world = await startWorld({ pool: tokens(...Object.keys(uses)), settings: { poolOauth: 'true', ...settings } });
  setUses(uses);
};

const setUses = (uses: Uses): void =>
  world.upstream.answer((asked) => {
    if (asked.isProbe || asked.path !== '/v1/messages') return healthy(asked);
    const resetsAt = world.clock.now() + 4 * HOUR;
    const windows = Object.entries(uses[asked.credential] ?? {}).map(([name, used]) => [name, { used, resetsAt }]);
    return message({}, unified(Object.fromEntries(windows)));
  });

const usedBy = async (count: number, asked = {}): Promise<ReadonlySet<string>> => {
  const before = world.upstream.messages().length;
  await inTurn(world, sessions(count, asked));
  return new Set(
    world.upstream
      .messages()
      .slice(before)
      .map(({ credential }) => credential),
  );
};

test.each([
  ['5h', 95],
  ['7d', 96.5],
  ['7d', 99],
])('sessions leave a credential whose %s window reaches %d %%', async (window, used) => {
  await start({ a: { [window]: used }, b: { [window]: 10 } });
  expect(await usedBy(12)).toEqual(new Set(['a', 'b']));
  expect(await usedBy(12)).toEqual(new Set(['b']));
  expect(await world.states()).toEqual({ a: 'ready', b: 'ready' });
});

test('a credential below the limit keeps its sessions', async () => {
  await start({ a: { '5h': 94 }, b: { '5h': 10 } });
  await usedBy(12);
  expect(await usedBy(12)).toEqual(new Set(['a', 'b']));
});

test('credentials go on serving when all are above the limit', async () => {
  await start({ a: { '5h': 97 }, b: { '5h': 98 } });
  await usedBy(12);
  expect(await usedBy(12)).toEqual(new Set(['a', 'b']));
});

test('the limit is a setting', async () => {
  await start({ a: { '5h': 60 }, b: { '5h': 10 } }, { rotateAtPercent: '50' });
  await usedBy(12);
  expect(await usedBy(12)).toEqual(new Set(['b']));
});

test('the window of a family moves that family alone', async () => {
  await start({ a: { '5h': 20, '7d_opus': 97 }, b: { '5h': 20, '7d_opus': 10 } });
  await usedBy(12, { model: 'claude-opus-5-5' });
  expect(await usedBy(12, { model: 'claude-opus-5-5' })).toEqual(new Set(['b']));
  expect(await usedBy(12, { model: 'claude-haiku-5-5', client: 'newcomer' })).toEqual(new Set(['a', 'b']));
});

test('sessions may come back after the window has reset', async () => {
  await start({ a: { '5h': 97 }, b: { '5h': 10 } });
  await usedBy(12);
  expect(await usedBy(12)).toEqual(new Set(['b']));
  setUses({ a: { '5h': 1 }, b: { '5h': 10 } });
  await world.pass(5 * HOUR);
  expect(await usedBy(24, { client: 'newcomer' })).toEqual(new Set(['a', 'b']));
});

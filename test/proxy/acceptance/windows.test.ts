import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DAY, HOUR, MINUTE, SECOND } from './time.ts';
import { healthy, message, type Reply, unified } from './upstream.ts';
import { eventually, startWorld, tokens, type World } from './world.ts';

let world: World;
let now: number;

beforeEach(async () => {
  world = await startWorld();
  now = world.clock.now();
});

afterEach(() => world.close());

const UNIFIED = 'anthropic-ratelimit-unified';

/** Lets one client see an answer. */
const see = async (reply: Reply): Promise<void> => {
  world.upstream.answer(() => reply);
  await world.ask();
};

const week = (used: number, resetsAt: number, date?: number): Reply =>
  message(
    {},
    {
      ...unified({ '7d': { used, resetsAt } }),
      ...(date === undefined ? {} : { date: new Date(date).toUTCString() }),
    },
  );

const value = async (metric: string, window = '7d'): Promise<number> =>
  (await world.scrape()).value(metric, { window });

const utilization = (window?: string) => value('proxy_usage_utilization', window);
const resets = (window?: string) => value('proxy_usage_resets_total', window);

describe('the newest answer is true', () => {
  test('when its reset is earlier than the one before', async () => {
    await see(week(50, now + 5 * DAY));
    await see(week(97, now + 4 * DAY));
    expect(await utilization()).toBe(97);
    expect(await value('proxy_usage_resets_at')).toBe(Math.floor((now + 4 * DAY) / 1_000));
    expect(await resets()).toBe(0);
  });

  test('when its reset moves forward day by day: a correction and no end of a period', async () => {
    for (const [day, used] of [60, 61, 62].entries()) await see(week(used, now + (5 + day) * DAY));
    expect(await utilization()).toBe(62);
    expect(await resets()).toBe(0);
    expect(
      (await world.scrape())
        .series('proxy_window_tokens', { window: '7d', direction: 'output' })
        .map((one) => one.value),
    ).toEqual([300]);
  });

  test.each([
    ['by hours', 3 * HOUR],
    ['by a second', 1_000],
  ])('and one that was made earlier %s and arrives later changes nothing', async (_what, ms) => {
    await see(week(70, now + 5 * DAY, now));
    await see(week(55, now + 6 * DAY, now - ms));
    expect(await utilization()).toBe(70);
    expect(await value('proxy_usage_resets_at')).toBe(Math.floor((now + 5 * DAY) / 1_000));
  });

  test('and a window that it does not name stays as it was', async () => {
    await see(
      message({}, unified({ '5h': { used: 10, resetsAt: now + HOUR }, '7d': { used: 40, resetsAt: now + DAY } })),
    );
    await see(message({}, unified({ '5h': { used: 11, resetsAt: now + HOUR } })));
    expect(await utilization('7d')).toBe(40);
    expect(await utilization('5h')).toBe(11);
  });
});

describe('a period ends', () => {
  test('when its time has come', async () => {
    await see(week(60, now + HOUR));
    await world.pass(HOUR + MINUTE);
    expect(await utilization()).toBe(0);
    expect(await resets()).toBe(1);
    expect(world.lines('window_reset')).toHaveLength(1);
  });

  test.each([
    ['with its time moved', 62, 1, 6 * DAY],
    ['with its time as it was', 62, 3, 5 * DAY],
    ['from full', 100, 0, 7 * DAY],
  ])('when its utilization falls sharply, %s', async (_what, before, after, ahead) => {
    await see(week(before, now + 5 * DAY));
    await world.pass(MINUTE);
    await see(week(after, now + ahead));
    expect(await utilization()).toBe(after);
    expect(await resets()).toBe(1);
  });

  test.each([
    [62, 55],
    [30, 21],
    [3, 2],
  ])('not when its utilization falls from %i to %i', async (before, after) => {
    await see(week(before, now + 5 * DAY));
    await world.pass(MINUTE);
    await see(week(after, now + 5 * DAY));
    expect(await utilization()).toBe(after);
    expect(await resets()).toBe(0);
  });
});

describe('a reset time beyond the length of its window is refused', () => {
  test.each([
    ['5h', 30 * DAY],
    ['5h', 6 * HOUR],
    ['7d', 30 * DAY],
    ['7d', 8.64e15],
  ])('%s', async (window, ahead) => {
    await see(message({}, unified({ [window]: { used: 20, resetsAt: now + 2 * HOUR } })));
    await see(message({}, unified({ [window]: { used: 30, resetsAt: now + ahead } })));
    expect(await value('proxy_usage_resets_at', window)).toBe(Math.floor((now + 2 * HOUR) / 1_000));
    expect((await world.windows()).map((row) => row.window)).toEqual([window]);
  });
});

describe('a number', () => {
  test.each([
    ['1e-05', 0.001],
    ['5E-1', 50],
    ['+0.5', 50],
    ['.5', 50],
    ['1', 100],
    ['1.27', 127],
    ['-0.01', 0],
  ])('%s is read as %d percent', async (text, percent) => {
    await see(
      message({}, { [`${UNIFIED}-7d-utilization`]: text, [`${UNIFIED}-7d-reset`]: String(now / 1_000 + 3_600) }),
    );
    expect(await utilization()).toBeCloseTo(percent, 6);
  });

  test.each(['NaN', 'Infinity', 'a lot', '0x10', '1e400'])('%s is none, and what was known stays', async (text) => {
    await see(week(40, now + HOUR));
    await see(message({}, { [`${UNIFIED}-7d-utilization`]: text }));
    expect(await utilization()).toBe(40);
  });
});

test.each([
  ['ten minutes ahead', 10 * MINUTE],
  ['ten minutes behind', -10 * MINUTE],
])('a clock of the proxy that is %s is corrected by the upstream’s', async (_what, ms) => {
  const upstreamNow = now - ms;
  for (let index = 0; index < 5; index += 1) {
    await see(week(30, upstreamNow + DAY, upstreamNow + index * SECOND));
  }
  const late = { '5h': { used: 80, resetsAt: upstreamNow + 5 * MINUTE } };
  await see(message({}, { ...unified(late), date: new Date(upstreamNow + 6 * SECOND).toUTCString() }));
  await world.pass(2 * SECOND);
  expect(await utilization('5h')).toBe(80);
  expect(await resets('5h')).toBe(0);
  await world.pass(6 * MINUTE);
  expect(await utilization('5h')).toBe(0);
  expect(await resets('5h')).toBe(1);
});

describe('headers and poll name one window alike', () => {
  const poll = (usage: object) =>
    world.upstream.answer((asked) =>
      asked.path === '/api/oauth/usage' ? { status: 200, body: JSON.stringify(usage) } : healthy(asked),
    );

  const scoped = (model: string, percent: number, resetsAt: number) => ({
    limits: [
      {
        kind: 'weekly_scoped',
        percent,
        resets_at: new Date(resetsAt).toISOString(),
        scope: { model: { display_name: model } },
      },
    ],
  });

  const CASES = [
    ['Fable', '7d_oi', (at: number) => scoped('Fable', 82, at)],
    ['Opus', '7d_opus', (at: number) => scoped('Opus', 82, at)],
    ['Sonnet', '7d_sonnet', (at: number) => scoped('Sonnet', 82, at)],
    [
      'Fable, by its key',
      '7d_oi',
      (at: number) => ({ seven_day_overage_included: { utilization: 82, resets_at: new Date(at).toISOString() } }),
    ],
  ] as const;

  test.each(CASES)('%s is %s', async (_scope, window, usageAt) => {
    await world.close();
    world = await startWorld({ pool: tokens('a'), settings: { poolOauth: 'true' } });
    const resetsAt = world.clock.now() + 3 * DAY;
    world.upstream.answer(() => message({}, unified({ [window]: { used: 60, resetsAt } })));
    await world.ask({ model: 'claude-fable-5-2' });
    poll(usageAt(resetsAt));
    await eventually(async () => {
      await world.pass(6 * MINUTE);
      expect(await utilization(window)).toBe(82);
    });
    expect((await world.windows()).map((row) => row.window)).toEqual([window]);
  });

  test.each([
    ['claude-fable-5-2', '7d_oi'],
    ['claude-opus-5-5', '7d_opus'],
    ['claude-sonnet-5-5', '7d_sonnet'],
  ])('tokens of %s count in %s and in no other family’s window', async (model, window) => {
    const all = Object.fromEntries(
      ['7d_oi', '7d_opus', '7d_sonnet'].map((name) => [name, { used: 10, resetsAt: now + DAY }]),
    );
    world.upstream.answer(() => message({ model }, unified(all)));
    await world.ask({ model });
    const counted = (await world.scrape()).series('proxy_window_tokens', { direction: 'input' });
    expect(counted.filter((one) => one.value > 0).map(({ labels }) => labels.window)).toEqual([window]);
  });

  test('a window of no known name keeps working', async () => {
    await see(message({}, unified({ '30d_new': { used: 33, resetsAt: now + 20 * DAY } })));
    expect(await utilization('30d_new')).toBe(33);
  });
});

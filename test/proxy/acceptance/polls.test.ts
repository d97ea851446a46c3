import { afterEach, describe, expect, test } from 'vitest';
import { HOUR, MINUTE } from './time.ts';
import { failure, healthy } from './upstream.ts';
import { errorOf, eventually, keys, names, startWorld, tally, tokens, type World } from './world.ts';

let world: World;

afterEach(() => world.close());

const POLLED = '/api/oauth/usage';

const polls = () => world.upstream.asked.filter(({ path }) => path === POLLED);

const usageOf = (percent: number) => ({
  status: 200,
  body: JSON.stringify({
    seven_day: { utilization: percent, resets_at: new Date(world.clock.now() + 48 * HOUR).toISOString() },
  }),
});

describe('OAuth tokens in a pool', () => {
  test('are refused with a repair unless a setting allows them', async () => {
    world = await startWorld({ pool: tokens('a') });
    await world.pass(10 * MINUTE);
    const answer = await world.ask();
    expect(answer.status).toBe(503);
    expect(errorOf(answer).message).toContain("'a'");
    expect(polls()).toEqual([]);
    const problem = JSON.stringify(world.lines('proxy_failed'));
    expect(problem).toContain('terms');
    expect(problem).toContain('TIDEWATCH_POOL_OAUTH');
    expect(problem).not.toContain('sk-ant-oat01-a');
  });

  test('beside keys do not keep the keys from serving', async () => {
    world = await startWorld({ pool: { ...tokens('a'), ...keys('b') } });
    expect((await world.ask()).status).toBe(200);
    expect(await world.states()).toEqual({ b: 'ready' });
  });

  test('are used and polled where the setting allows them, with a warning about the terms', async () => {
    world = await startWorld({ pool: { ...tokens('a'), ...keys('b') }, settings: { poolOauth: 'true' } });
    await eventually(async () => {
      await world.pass(MINUTE);
      expect(polls().length).toBeGreaterThan(0);
    });
    expect(tally(polls().map(({ credential }) => credential))).toEqual({ a: polls().length });
    expect(polls()[0]?.headers['user-agent']).toBe('tidewatch/0.0.0');
    expect(JSON.stringify(world.lines('proxy_failed'))).toContain('terms');
  });
});

describe('polls', () => {
  test('name themselves as configured', async () => {
    world = await startWorld({ pool: tokens('a'), settings: { poolOauth: 'true', userAgent: 'our-proxy/1' } });
    await eventually(async () => {
      await world.pass(MINUTE);
      expect(polls()[0]?.headers['user-agent']).toBe('our-proxy/1');
    });
  });

  test('of one credential that hangs delay no other’s', async () => {
    const all = names(8);
    world = await startWorld({ pool: tokens(...all), settings: { poolOauth: 'true' } });
    world.upstream.answer((asked) => {
      if (asked.path !== POLLED) return healthy(asked);
      return asked.credential === 'key-0' ? () => undefined : usageOf(7);
    });
    await eventually(async () => {
      await world.pass(MINUTE);
      const known = (await world.scrape()).series('proxy_usage_utilization', { window: '7d' });
      expect(known.map(({ labels }) => labels.credential).toSorted()).toEqual(all.slice(1));
    });
  });

  test('that are answered with 403 by something between go on', async () => {
    world = await startWorld({ pool: tokens('a'), settings: { poolOauth: 'true' } });
    const blocked = { status: 403, headers: { 'content-type': 'text/html' }, body: '<html>blocked</html>' };
    world.upstream.answer((asked) => (asked.path === POLLED ? blocked : healthy(asked)));
    await eventually(async () => {
      await world.pass(MINUTE);
      expect(world.lines('usage_poll_failed')).not.toEqual([]);
    });
    expect(world.lines('usage_poll_failed')[0]).toMatchObject({ status: '403', retry_seconds: expect.any(Number) });
    world.upstream.answer((asked) => (asked.path === POLLED ? usageOf(12) : healthy(asked)));
    await eventually(async () => {
      await world.pass(30 * MINUTE);
      expect((await world.scrape()).value('proxy_usage_utilization', { window: '7d', credential: 'a' })).toBe(12);
    });
  });

  test.each([
    [500, 'api_error'],
    [429, 'rate_limit_error'],
    [503, 'overloaded_error'],
  ])('that fail with %i are logged with the time of the next, and go on', async (status, type) => {
    world = await startWorld({ pool: tokens('a'), settings: { poolOauth: 'true' } });
    world.upstream.answer((asked) => (asked.path === POLLED ? failure(status, type, 'failed') : healthy(asked)));
    await eventually(async () => {
      await world.pass(MINUTE);
      expect(world.lines('usage_poll_failed')).not.toEqual([]);
    });
    expect(world.lines('usage_poll_failed')[0]).toMatchObject({
      ...{ credential: 'a', status: String(status) },
      retry_seconds: expect.any(Number),
    });
    world.upstream.answer((asked) => (asked.path === POLLED ? usageOf(12) : healthy(asked)));
    await eventually(async () => {
      await world.pass(10 * MINUTE);
      expect((await world.scrape()).value('proxy_usage_utilization', { window: '7d', credential: 'a' })).toBe(12);
    });
    expect(await world.states()).toEqual({ a: 'ready' });
  });
});

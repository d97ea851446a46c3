import { afterEach, describe, expect, test } from 'vitest';
import { HOUR, MINUTE } from './time.ts';
import { type Asked, failure, healthy, type Script } from './upstream.ts';
import { inTurn, keys, sessions, startWorld, statuses, type World } from './world.ts';

let world: World;

afterEach(() => world.close());

const limited = (seconds: number | string) =>
  failure(429, 'rate_limit_error', 'This request would exceed the rate limit for your organization.', {
    'retry-after': String(seconds),
  });

const limiting =
  (isLimited: (asked: Asked) => boolean, seconds: number | string = 30): Script =>
  (asked) =>
    !asked.isProbe && isLimited(asked) ? limited(seconds) : healthy(asked);

const MODELS = { opus: 'claude-opus-5-5', haiku: 'claude-haiku-5-5', sonnet: 'claude-sonnet-5-5' } as const;

describe('a limit a minute', () => {
  test('of count_tokens leaves messages alone', async () => {
    world = await startWorld({ pool: keys('a', 'b') });
    world.upstream.answer(limiting(({ path }) => path.endsWith('/count_tokens')));
    await inTurn(world, sessions(4, { path: '/v1/messages/count_tokens' }));
    const before = performance.now();
    expect(statuses(await inTurn(world, sessions(8)))).toEqual(Array(8).fill(200));
    expect(performance.now() - before).toBeLessThan(2_000);
    expect(await world.states()).toEqual({ a: 'ready', b: 'ready' });
  });

  test('of one family of models leaves the others alone', async () => {
    world = await startWorld({ pool: keys('a', 'b') });
    world.upstream.answer(limiting(({ model }) => model === MODELS.opus));
    expect(statuses(await inTurn(world, sessions(4, { model: MODELS.opus })))).toEqual(Array(4).fill(429));
    for (const model of [MODELS.haiku, MODELS.sonnet]) {
      expect(statuses(await inTurn(world, sessions(8, { model })))).toEqual(Array(8).fill(200));
    }
  });

  test('of one credential slows nobody while another is ready', async () => {
    world = await startWorld({ pool: keys('a', 'b') });
    world.upstream.answer(limiting(({ credential }) => credential === 'a'));
    const timed = async (session: string) => {
      const begun = performance.now();
      const { status } = await world.ask({ session });
      return { status, ms: performance.now() - begun };
    };
    const answers = await Promise.all(Array.from({ length: 50 }, (_, index) => timed(`s-${index}`)));
    expect(answers.map(({ status }) => status)).toEqual(Array(50).fill(200));
    expect(Math.max(...answers.map(({ ms }) => ms))).toBeLessThan(3_000);
    expect(world.upstream.messages().length).toBeLessThanOrEqual(100);
    const scrape = await world.scrape();
    expect(scrape.value('proxy_credential_cooldowns_total', { credential: 'a', reason: 'minute' })).toBe(1);
    expect(scrape.value('proxy_credential_state', { credential: 'a', state: 'ready' })).toBe(1);
    const learned = world.upstream.messages().length;
    await inTurn(world, sessions(20));
    expect(
      world.upstream
        .messages()
        .slice(learned)
        .map(({ credential }) => credential),
    ).not.toContain('a');
  });

  test('that ends within seconds is waited for', async () => {
    world = await startWorld({ pool: keys('a', 'b') });
    let refused = 0;
    world.upstream.answer((asked) => {
      refused += 1;
      return refused <= 2 ? limited(1) : healthy(asked);
    });
    expect((await world.ask()).status).toBe(200);
    expect(world.upstream.messages()).toHaveLength(3);
  });

  test.each([
    ['a number of days', '600000'],
    ['a date next year', 'Fri, 01 Jan 2027 00:00:00 GMT'],
    ['an absurd number', '1e300'],
  ])('lasts minutes at most, whatever retry-after says: %s', async (_what, asked) => {
    world = await startWorld({ pool: keys('a', 'b') });
    world.upstream.answer(limiting(() => true, asked));
    await inTurn(world, sessions(4));
    world.upstream.answer(healthy);
    await world.pass(6 * MINUTE);
    expect(statuses(await inTurn(world, sessions(8)))).toEqual(Array(8).fill(200));
    expect(
      new Set(
        world.upstream
          .messages()
          .slice(-8)
          .map(({ credential }) => credential),
      ),
    ).toEqual(new Set(['a', 'b']));
  });

  test.each([
    ['an error page', { status: 429, headers: { 'content-type': 'text/html', 'retry-after': '60' }, body: '<html>' }],
    [
      'a refusal while the limits have room',
      failure(429, 'rate_limit_error', 'This request would exceed the rate limit for your organization.', {
        'retry-after': '60',
        'anthropic-ratelimit-requests-remaining': '49',
        'anthropic-ratelimit-input-tokens-remaining': '9000',
      }),
    ],
  ])('is not concluded from %s: it is passed on, and nobody else is refused', async (_what, refusal) => {
    world = await startWorld({ pool: keys('a', 'b') });
    world.upstream.answer((asked) => (asked.headers['x-bad'] === undefined ? healthy(asked) : refusal));
    const bad = await inTurn(world, sessions(6, { headers: { 'x-bad': '1' } }));
    expect(statuses(bad)).toEqual(Array(6).fill(429));
    expect(statuses(await inTurn(world, sessions(12)))).toEqual(Array(12).fill(200));
    expect(await world.states()).toEqual({ a: 'ready', b: 'ready' });
  });

  test.each([1, 5, 600])('of %i s of a single credential is passed on at once', async (seconds) => {
    world = await startWorld({ pool: keys('a') });
    world.upstream.answer(limiting(() => true, seconds));
    const begun = performance.now();
    const answer = await world.ask();
    expect(performance.now() - begun).toBeLessThan(900);
    expect([answer.status, answer.headers['retry-after']]).toEqual([429, String(seconds)]);
    expect(world.upstream.messages()).toHaveLength(1);
  });

  test('of all credentials is refused with the time to come back', async () => {
    world = await startWorld({ pool: keys('a', 'b') });
    world.upstream.answer(limiting(() => true, 60));
    await inTurn(world, sessions(4));
    const asked = world.upstream.messages().length;
    const answer = await world.ask();
    expect(answer.status).toBe(429);
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(30);
    expect(Number(answer.headers['retry-after'])).toBeLessThanOrEqual(61);
    expect(world.upstream.messages()).toHaveLength(asked);
  });

  test('by the limit’s own headers is seen without retry-after', async () => {
    world = await startWorld({ pool: keys('a', 'b') });
    const reset = new Date(world.clock.now() + MINUTE).toISOString();
    const headers = {
      'anthropic-ratelimit-input-tokens-limit': '50000',
      'anthropic-ratelimit-input-tokens-remaining': '0',
      'anthropic-ratelimit-input-tokens-reset': reset,
    };
    world.upstream.answer((asked) =>
      asked.credential === 'a' ? failure(429, 'rate_limit_error', 'limited', headers) : healthy(asked),
    );
    expect(statuses(await inTurn(world, sessions(8)))).toEqual(Array(8).fill(200));
    expect(world.upstream.messages().filter(({ credential }) => credential === 'a')).toHaveLength(1);
  });
});

describe('the limits of API keys', () => {
  const KINDS = { requests: 4_000, 'input-tokens': 2_000_000, 'output-tokens': 400_000 } as const;

  const headersAt = (share: number, resetsAt: number): Readonly<Record<string, string>> =>
    Object.fromEntries(
      Object.entries(KINDS).flatMap(([kind, limit]) => [
        [`anthropic-ratelimit-${kind}-limit`, String(limit)],
        [`anthropic-ratelimit-${kind}-remaining`, String(Math.round(limit * share))],
        [`anthropic-ratelimit-${kind}-reset`, new Date(resetsAt).toISOString()],
      ]),
    );

  test.each([
    ['pool', { pool: keys('a') }],
    ['pass-through', {}],
  ])('are gauges of what remains, in %s', async (_mode, options) => {
    world = await startWorld(options);
    world.upstream.answer(() => ({ ...healthyMessage(), headers: headersAt(0.25, world.clock.now() + MINUTE) }));
    await world.ask({ headers: { 'x-api-key': 'sk-ant-api03-carol' } });
    const scrape = await world.scrape();
    expect(scrape.series('proxy_key_limit', { kind: 'requests' }).map(({ value }) => value)).toEqual([4_000]);
    expect(scrape.series('proxy_key_limit_remaining', { kind: 'requests' }).map(({ value }) => value)).toEqual([1_000]);
    expect(scrape.series('proxy_key_limit_remaining', { kind: 'input_tokens' }).map(({ value }) => value)).toEqual([
      500_000,
    ]);
    expect(scrape.series('proxy_key_limit_remaining', { kind: 'output_tokens' }).map(({ value }) => value)).toEqual([
      100_000,
    ]);
    await world.pass(HOUR);
    expect(
      (await world.scrape()).series('proxy_key_limit_remaining', { kind: 'requests' }).map(({ value }) => value),
    ).not.toContain(0);
  });
});

const healthyMessage = () => ({ status: 200, body: '{"type":"message","usage":{"input_tokens":1,"output_tokens":1}}' });

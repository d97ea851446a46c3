import { afterEach, describe, expect, test } from 'vitest';
import { DAY, HOUR, MINUTE } from './time.ts';
import { type ByHand, failure, healthy, message, type Reply, unified, windowsAt } from './upstream.ts';
import { errorOf, eventually, inTurn, sessions, startWorld, statuses, together, tokens, type World } from './world.ts';

let world: World;

afterEach(() => world.close());

const subscriptions = async (...accounts: readonly string[]): Promise<void> => {
  world = await startWorld({ pool: tokens(...accounts), settings: { poolOauth: 'true' } });
};

const rateLimited = (headers: Readonly<Record<string, string>>, text = 'This request would exceed your rate limit.') =>
  failure(429, 'rate_limit_error', text, headers);

/** The week of one account is used up, the others have room. */
const weekOver = (dead: ReadonlySet<string>, resetsAt: number) => {
  world.upstream.answer((asked) => {
    if (asked.path !== '/v1/messages' || asked.isProbe) return healthy(asked);
    if (!dead.has(asked.credential)) return message({}, windowsAt(world.clock.now(), 20));
    const seconds = Math.ceil((resetsAt - world.clock.now()) / 1_000);
    return rateLimited({ ...unified({ '7d': { used: 100, resetsAt } }), 'retry-after': String(seconds) });
  });
};

/** Answers with room in the week once the test calls what is pushed. */
const later =
  (held: (() => void)[]): ByHand =>
  (response) =>
    void held.push(() => {
      const now = world.clock.now();
      const headers = unified({ '7d': { used: 40, resetsAt: now + 7 * DAY } });
      response.writeHead(200, { ...headers, date: new Date(now).toUTCString() }).end('{}');
    });

describe('a used-up window of an account', () => {
  test.each([
    ['7d rejected', { '7d': { used: 100, resetsAt: 0 } }],
    ['5h rejected', { '5h': { used: 101, resetsAt: 0 }, '7d': { used: 60, resetsAt: 0 } }],
    ['5h rejected below 100 %', { '5h': { used: 97, resetsAt: 0, status: 'rejected' } }],
  ])('cools the credential until it resets: %s', async (_what, windows) => {
    await subscriptions('a', 'b');
    const resetsAt = world.clock.now() + 3 * HOUR;
    const headers = unified(
      Object.fromEntries(Object.entries(windows).map(([name, window]) => [name, { ...window, resetsAt }])),
    );
    world.upstream.answer((asked) =>
      asked.credential === 'a' && !asked.isProbe && asked.path === '/v1/messages'
        ? rateLimited(headers)
        : healthy(asked),
    );
    expect(statuses(await inTurn(world, sessions(8)))).toEqual(Array(8).fill(200));
    const { a } = await world.credentials();
    expect(a).toMatchObject({ state: 'cooling' });
    expect(Math.abs(Date.parse(a?.until ?? '') - resetsAt)).toBeLessThan(MINUTE);
    expect(a?.evidence).toMatch(/window (5h|7d)/);
    expect(world.upstream.messages().filter(({ credential }) => credential === 'a')).toHaveLength(1);
    world.upstream.answer(healthy);
    await world.pass(3 * HOUR + MINUTE);
    expect((await world.states()).a).toBe('ready');
  });

  test('of every credential is refused with what refuses it and until when', async () => {
    await subscriptions('a', 'b', 'c');
    weekOver(new Set(['a', 'b', 'c']), world.clock.now() + 5 * DAY);
    await inTurn(world, sessions(9));
    const before = world.upstream.messages().length;
    const answer = await world.ask();
    expect(answer.status).toBe(429);
    expect(errorOf(answer).message).toContain('7d');
    expect(world.upstream.messages()).toHaveLength(before);
  });
});

describe('a cooldown ends', () => {
  test('when a poll reports room in the window', async () => {
    await subscriptions('a', 'b');
    weekOver(new Set(['a', 'b']), world.clock.now() + 5 * DAY);
    await inTurn(world, sessions(6));
    expect(await world.states()).toEqual({ a: 'cooling', b: 'cooling' });
    const resets = new Date(world.clock.now() + 7 * DAY).toISOString();
    const usage = { five_hour: null, seven_day: { utilization: 2, resets_at: resets } };
    world.upstream.answer((asked) =>
      asked.path === '/api/oauth/usage' ? { status: 200, body: JSON.stringify(usage) } : healthy(asked),
    );
    await eventually(async () => {
      await world.pass(10 * MINUTE);
      expect(await world.states()).toEqual({ a: 'ready', b: 'ready' });
    });
    expect((await world.scrape()).value('proxy_usage_utilization', { window: '7d', credential: 'a' })).toBe(2);
    expect((await world.ask()).status).toBe(200);
  });

  test('when an answer to another endpoint reports room', async () => {
    await subscriptions('a', 'b');
    weekOver(new Set(['a', 'b']), world.clock.now() + 5 * DAY);
    await inTurn(world, sessions(8));
    expect(await world.states()).toEqual({ a: 'cooling', b: 'cooling' });
    await world.pass(MINUTE);
    const roomy = unified({ '7d': { used: 5, resetsAt: world.clock.now() + 7 * DAY } });
    world.upstream.answer((asked) =>
      asked.path === '/v1/messages/count_tokens'
        ? { status: 200, headers: roomy, body: '{"input_tokens":1}' }
        : healthy(asked),
    );
    await inTurn(world, sessions(8, { client: 'newcomer', path: '/v1/messages/count_tokens' }));
    expect(Object.values(await world.states())).toContain('ready');
    expect((await world.ask()).status).toBe(200);
  });

  test('when the answer to a request that was under way reports room', async () => {
    await subscriptions('a', 'b');
    const held: (() => void)[] = [];
    world.upstream.answer((asked) => (asked.credential === 'a' && !asked.isProbe ? later(held) : healthy(asked)));
    const waiting = together(world, sessions(8));
    await eventually(() => expect(held.length).toBeGreaterThan(0));
    weekOver(new Set(['a']), world.clock.now() + 5 * DAY);
    await inTurn(world, sessions(8, { client: 'newcomer' }));
    expect((await world.states()).a).toBe('cooling');
    await world.pass(MINUTE);
    for (const answer of held) answer();
    expect(statuses(await waiting)).toEqual(Array(8).fill(200));
    expect((await world.states()).a).toBe('ready');
  });

  test('with its window also after a restart', async () => {
    await subscriptions('a', 'b');
    weekOver(new Set(['a']), world.clock.now() + 5 * DAY);
    await inTurn(world, sessions(8));
    await world.restart();
    expect(await world.states()).toEqual({ a: 'cooling', b: 'ready' });
    world.upstream.answer(healthy);
    await world.pass(5 * DAY + HOUR);
    expect((await world.states()).a).toBe('ready');
  });
});

describe('a 429 without evidence about the account', () => {
  const allowed = (now: number) => windowsAt(now, 11, 4);
  const REJECTED = (now: number): Readonly<Record<string, string>> => ({
    ...unified(
      {
        '5h': { used: 11, resetsAt: now + HOUR },
        '7d': { used: 4, resetsAt: now + 4 * DAY },
        '7d_oi': { used: 0, resetsAt: now + 4 * DAY },
      },
      {
        status: 'rejected',
        'representative-claim': 'seven_day',
        reset: String(Math.floor((now + 4 * DAY) / 1_000)),
        'overage-status': 'rejected',
        'overage-disabled-reason': 'org_level_disabled',
      },
    ),
    'retry-after': '97200',
  });

  const CASES: readonly (readonly [string, (now: number) => Reply])[] = [
    ['long context', (now) => rateLimited(allowed(now), 'Extra usage is required for long context requests.')],
    ['usage credits', (now) => rateLimited(allowed(now), 'Usage credits are required for long context requests.')],
    ['extra usage, without any header', () => rateLimited({}, 'Extra usage is required for long context requests.')],
    ['no word of why', () => rateLimited({}, 'Error')],
    ['a rejected status beside windows that are allowed', (now) => rateLimited(REJECTED(now))],
  ];

  test.each(CASES)('is its client’s alone: %s', async (_what, refusal) => {
    await subscriptions('a', 'b', 'c');
    world.upstream.answer((asked) => (asked.body.includes('fable') ? refusal(world.clock.now()) : healthy(asked)));
    const refused = await inTurn(world, sessions(6, { model: 'claude-fable-5-2' }));
    expect(new Set(statuses(refused))).toEqual(new Set([429]));
    expect(world.upstream.messages().length).toBeLessThanOrEqual(12);
    expect(await world.states()).toEqual({ a: 'ready', b: 'ready', c: 'ready' });
    expect(statuses(await inTurn(world, sessions(6)))).toEqual(Array(6).fill(200));
    const scrape = await world.scrape();
    for (const reason of ['quota', 'spend']) {
      for (const credential of ['a', 'b', 'c']) {
        expect(scrape.value('proxy_credential_cooldowns_total', { credential, reason })).toBe(0);
      }
    }
    await world.pass(5 * MINUTE);
    world.upstream.answer(healthy);
    const later = await inTurn(world, sessions(6, { model: 'claude-fable-5-2' }));
    expect(statuses(later)).toEqual(Array(6).fill(200));
  });
});

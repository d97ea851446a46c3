import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Credential, parseCredential } from '../../../proxy/credentials/credential.ts';
import type { UpstreamAnswer } from '../../../proxy/pool/classify.ts';
import { createPool, type PoolOptions, type Selected } from '../../../proxy/pool/pool.ts';
import { manualTime } from '../../support/manual-time.ts';

const NOON = Date.UTC(2026, 9, 20, 12);
const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const U = 'anthropic-ratelimit-unified';
const NONE: ReadonlySet<string> = new Set();

const credential = (id: string, secret = `sk-ant-oat01-${id}`): Credential => {
  const parsed = parseCredential(id, secret);
  if ('problem' in parsed) throw new Error(parsed.problem);
  return parsed;
};

const open = (ids: readonly string[] = ['alpha', 'beta', 'gamma'], options: Partial<PoolOptions> = {}) => {
  const time = manualTime(NOON);
  const told: unknown[] = [];
  const pool = createPool({
    clock: time.clock,
    random: () => 0,
    events: {
      onCooldown: ({ credential: id, reason, until }) => told.push(['cooldown', id, reason, until - NOON]),
      onExpired: ({ credential: id }) => told.push(['expired', id]),
      onChange: () => {},
    },
    ...options,
  });
  pool.reload(ids.map((id) => credential(id)));
  const select = (session: string | null, exclude: readonly string[] = []): string => {
    const chosen = pool.select({ client: 'c', session }, new Set(exclude));
    return 'allCooling' in chosen ? `all cooling until +${(chosen.retryAt - NOON) / SECOND} s` : chosen.id;
  };
  const state = (id: string) => pool.states().find((one) => one.id === id);
  return { pool, time, told, select, state };
};

const answer = (status: number, headers: UpstreamAnswer['headers'] = {}, type = 'any_error'): UpstreamAnswer => ({
  status,
  headers,
  error: { type, message: 'm' },
});
const seconds = (at: number) => String(at / SECOND);
const quota = (resetsAt = NOON + HOUR) =>
  answer(429, {
    [`${U}-status`]: 'rejected',
    [`${U}-reset`]: seconds(resetsAt),
    [`${U}-5h-status`]: 'rejected',
    [`${U}-5h-reset`]: seconds(resetsAt),
  });
const minute = (retryAfter: number) => answer(429, { 'retry-after': String(retryAfter) });
const spend = answer(429, {}, 'rate_limit_error');
const overloaded = answer(529, {}, 'overloaded_error');
const expired = answer(401, {}, 'authentication_error');

const SESSIONS = Array.from({ length: 300 }, (_, index) => `session ${index}`);
/** Sessions whose own credential is `alpha`, as test/proxy/pool/rendezvous.test.ts has it for names. */
const atHomeIn = (select: (session: string) => string, id: string) =>
  SESSIONS.filter((session) => select(session) === id);

describe('selection', () => {
  test('gives the headers that authenticate with the credential', () => {
    const { pool } = open(['alpha']);
    const chosen = pool.select({ client: 'c', session: null }, NONE) as Selected;
    expect(chosen).toStrictEqual({
      id: 'alpha',
      headers: { authorization: 'Bearer sk-ant-oat01-alpha', 'anthropic-beta': 'oauth-2025-04-20' },
    });
  });

  test('keeps a session with its credential and spreads sessions over all', () => {
    const { select } = open();
    const first = SESSIONS.map((session) => select(session));
    expect(SESSIONS.map((session) => select(session))).toStrictEqual(first);
    for (const id of ['alpha', 'beta', 'gamma']) expect(first.filter((one) => one === id).length).toBeGreaterThan(70);
  });

  test('agrees among replicas, whatever the order of their files', () => {
    const one = open(['alpha', 'beta', 'gamma']);
    const other = open(['gamma', 'alpha', 'beta']);
    expect(SESSIONS.map((session) => one.select(session))).toStrictEqual(
      SESSIONS.map((session) => other.select(session)),
    );
  });

  test('tells clients and sessions apart, and knows a client without a session again', () => {
    const { pool } = open();
    const ids = (key: (index: number) => { client: string; session: string | null }) =>
      new Set(SESSIONS.map((_, index) => (pool.select(key(index), NONE) as Selected).id)).size;
    expect(ids((index) => ({ client: `c${index}`, session: null }))).toBe(3);
    expect(ids((index) => ({ client: 'c', session: `s${index}` }))).toBe(3);
    expect(ids(() => ({ client: 'c', session: null }))).toBe(1);
  });

  test('passes over credentials that the request has tried', () => {
    const { select } = open(['alpha', 'beta']);
    expect(select('s', ['alpha'])).toBe('beta');
    expect(select('s', ['alpha', 'beta'])).toBe('all cooling until +1 s');
  });

  test('without any credential asks to come back in a minute', () => {
    expect(open([]).select('s')).toBe('all cooling until +60 s');
  });
});

describe('a used-up quota', () => {
  test('puts the credential aside until the reset and goes on with another', () => {
    const { pool, select, state, told } = open(['alpha', 'beta']);
    expect(pool.report('alpha', quota())).toStrictEqual({ kind: 'rotate' });
    expect(state('alpha')).toStrictEqual({ id: 'alpha', state: 'cooling', until: NOON + HOUR });
    expect(SESSIONS.every((session) => select(session) === 'beta')).toBe(true);
    expect(told).toStrictEqual([['cooldown', 'alpha', 'quota', HOUR]]);
  });

  test('is over the moment the reset has come', () => {
    const { pool, time, select, state } = open(['alpha']);
    pool.report('alpha', quota());
    time.set(NOON + HOUR - 1);
    expect(select('s')).toBe('all cooling until +3600 s');
    time.set(NOON + HOUR);
    expect(select('s')).toBe('alpha');
    expect(state('alpha')).toStrictEqual({ id: 'alpha', state: 'ready', until: null });
  });

  const limits = (headers: Record<string, string>) => answer(429, { [`${U}-status`]: 'rejected', ...headers });
  test.each([
    [
      'of the window that is rejected, not of the one with room',
      {
        [`${U}-5h-reset`]: seconds(NOON + HOUR),
        [`${U}-5h-status`]: 'allowed',
        [`${U}-7d-status`]: 'rejected',
        [`${U}-7d-reset`]: seconds(NOON + 50 * HOUR),
      },
      50 * HOUR,
    ],
    [
      'of the later one of two rejected windows',
      {
        [`${U}-5h-reset`]: seconds(NOON + HOUR),
        [`${U}-5h-status`]: 'rejected',
        [`${U}-7d-status`]: 'rejected',
        [`${U}-7d-reset`]: seconds(NOON + 50 * HOUR),
      },
      50 * HOUR,
    ],
    [
      'of the window that is full',
      { [`${U}-5h-utilization`]: '1', [`${U}-5h-reset`]: seconds(NOON + 2 * HOUR) },
      2 * HOUR,
    ],
    ['of the subscription as a whole', { [`${U}-reset`]: seconds(NOON + 3 * HOUR), 'retry-after': '60' }, 3 * HOUR],
    ['that retry-after gives', { 'retry-after': '120' }, 2 * MINUTE],
    ['that retry-after gives as a date', { 'retry-after': new Date(NOON + 5 * MINUTE).toUTCString() }, 5 * MINUTE],
    ['that is known otherwise', {}, 7 * MINUTE],
    ['that lies ahead, not behind', { [`${U}-reset`]: seconds(NOON - HOUR), 'retry-after': '120' }, 2 * MINUTE],
    [
      'that lies ahead, also where the rejected window’s own is behind',
      { [`${U}-5h-status`]: 'rejected', [`${U}-5h-reset`]: seconds(NOON - HOUR), 'retry-after': '120' },
      2 * MINUTE,
    ],
    ['within eight days', { [`${U}-reset`]: seconds(NOON + 9_999 * HOUR) }, 192 * HOUR],
  ])('lasts until the reset %s', (_, headers, ms) => {
    const { pool, state } = open(['alpha'], { fallbackReset: () => NOON + 7 * MINUTE });
    pool.report('alpha', limits(headers));
    expect((state('alpha')?.until ?? 0) - NOON).toBe(ms);
  });

  test('lasts five minutes where nobody knows', () => {
    const { pool, state } = open(['alpha']);
    pool.report('alpha', limits({}));
    expect((state('alpha')?.until ?? 0) - NOON).toBe(5 * MINUTE);
  });

  test('is one cooldown for all requests that meet it together', () => {
    const { pool, told } = open(['alpha', 'beta']);
    for (let index = 0; index < 5; index += 1) pool.report('alpha', quota(NOON + HOUR + index * SECOND));
    expect(told).toHaveLength(1);
  });

  test('is not shortened by a shorter one', () => {
    const { pool, state } = open(['alpha', 'beta']);
    pool.report('alpha', quota(NOON + 9 * HOUR));
    pool.report('alpha', quota(NOON + HOUR));
    expect(state('alpha')?.until).toBe(NOON + 9 * HOUR);
  });

  test('of all credentials gives the earliest reset', () => {
    const { pool, select } = open(['alpha', 'beta']);
    pool.report('alpha', quota(NOON + 2 * HOUR));
    pool.report('beta', quota(NOON + HOUR));
    expect(select('s')).toBe('all cooling until +3600 s');
  });

  test('for some models alone leaves the credential to the others and moves the session', () => {
    const { pool, select, state, told } = open(['alpha', 'beta']);
    const [session = '', other = ''] = atHomeIn(select, 'alpha');
    const scoped = limits({ [`${U}-7d_oi-status`]: 'rejected', [`${U}-7d_oi-reset`]: seconds(NOON + 50 * HOUR) });
    expect(pool.report('alpha', scoped)).toStrictEqual({ kind: 'rotate' });
    expect(state('alpha')?.state).toBe('ready');
    expect(told).toStrictEqual([]);
    expect(select(session, ['alpha'])).toBe('beta');
    expect(select(session)).toBe('beta');
    expect(select(other)).toBe('alpha');
    pool.report('beta', scoped);
    expect(select(session, ['alpha', 'beta'])).toBe(`all cooling until +${50 * 3_600} s`);
  });
});

describe('a per-minute limit', () => {
  test('waits on the same credential, as long as asked', () => {
    const { pool, told, state } = open();
    expect(pool.report('alpha', minute(4))).toStrictEqual({ kind: 'wait', ms: 4_000 });
    expect(pool.report('alpha', answer(429, { 'retry-after-ms': '2500' }))).toStrictEqual({ kind: 'wait', ms: 2_500 });
    expect(state('alpha')?.state).toBe('ready');
    expect(told).toStrictEqual([]);
  });

  test('waits until its own reset where there is no retry-after', () => {
    const { pool } = open();
    const headers = {
      'anthropic-fast-input-tokens-remaining': '0',
      'anthropic-fast-input-tokens-reset': new Date(NOON + 3 * SECOND).toISOString(),
      'anthropic-fast-output-tokens-remaining': '9',
      'anthropic-fast-output-tokens-reset': new Date(NOON + 9 * SECOND).toISOString(),
    };
    expect(pool.report('alpha', answer(429, headers))).toStrictEqual({ kind: 'wait', ms: 3_000 });
  });

  test('waits a second at least, and spreads those who wait', () => {
    expect(open().pool.report('alpha', minute(0))).toStrictEqual({ kind: 'wait', ms: 1_000 });
    expect(open(['alpha'], { random: () => 0.5 }).pool.report('alpha', minute(4))).toStrictEqual({
      kind: 'wait',
      ms: 4_200,
    });
  });

  test('ends the waits of a request at the bound: the credential rests and another one is tried', () => {
    const { pool, told } = open();
    let waited = 0;
    let decision = pool.report('alpha', minute(0), waited);
    let attempts = 1;
    while (decision.kind === 'wait') {
      waited += decision.ms;
      attempts += 1;
      decision = pool.report('alpha', minute(0), waited);
    }
    expect(decision).toStrictEqual({ kind: 'rotate' });
    expect(waited).toBeLessThanOrEqual(10_000);
    expect(attempts).toBeLessThanOrEqual(5);
    expect(told).toStrictEqual([['cooldown', 'alpha', 'minute', 1_000]]);
  });

  test('that lasts longer than the bound puts the credential aside at once', () => {
    const { pool, state, told } = open();
    expect(pool.report('alpha', minute(11))).toStrictEqual({ kind: 'rotate' });
    expect(state('alpha')?.until).toBe(NOON + 11 * SECOND);
    expect(told).toStrictEqual([['cooldown', 'alpha', 'minute', 11_000]]);
  });

  test('has a bound that can be set', () => {
    expect(open(['alpha'], { maxWaitMs: 60_000 }).pool.report('alpha', minute(50))).toStrictEqual({
      kind: 'wait',
      ms: 50_000,
    });
  });
});

describe('a spend cap', () => {
  test('is not tried again: the answer goes to the client and the credential rests', () => {
    const { pool, state, told } = open();
    expect(pool.report('alpha', spend)).toStrictEqual({ kind: 'stop' });
    expect(state('alpha')).toMatchObject({ state: 'cooling', until: NOON + 15 * MINUTE });
    expect(told).toStrictEqual([['cooldown', 'alpha', 'spend', 15 * MINUTE]]);
  });
});

describe('an overloaded upstream', () => {
  test('is asked once more, then another credential is tried', () => {
    const { pool, told } = open();
    expect(pool.report('alpha', overloaded)).toStrictEqual({ kind: 'wait', ms: 1_000 });
    expect(pool.report('alpha', overloaded, 1_000)).toStrictEqual({ kind: 'rotate' });
    expect(told).toStrictEqual([['cooldown', 'alpha', 'overloaded', 30_000]]);
  });

  test('never puts the last ready credential aside', () => {
    const { pool, state, told } = open(['alpha', 'beta']);
    pool.report('beta', quota());
    expect(pool.report('alpha', overloaded, 1_000)).toStrictEqual({ kind: 'pass' });
    expect(state('alpha')?.state).toBe('ready');
    expect(told).toHaveLength(1);
  });

  test('rests as long as retry-after asks where that is longer', () => {
    const { pool, state } = open();
    pool.report('alpha', answer(529, { 'retry-after': '45' }), 1_000);
    expect(state('alpha')?.until).toBe(NOON + 45 * SECOND);
  });
});

describe('a 401', () => {
  test('makes the credential expired, once, for as long as its secret is the same', () => {
    const { pool, time, select, state, told } = open(['alpha', 'beta']);
    expect(pool.report('alpha', expired)).toStrictEqual({ kind: 'rotate' });
    pool.report('alpha', expired);
    expect(told).toStrictEqual([['expired', 'alpha']]);
    expect(state('alpha')).toStrictEqual({ id: 'alpha', state: 'expired', until: null });
    time.set(NOON + 999 * HOUR);
    pool.reload([credential('alpha'), credential('beta')]);
    expect(state('alpha')?.state).toBe('expired');
    expect(select('s', ['beta'])).toBe(`all cooling until +${999 * 3_600 + 1} s`);
    pool.reload([credential('alpha', 'sk-ant-oat01-new'), credential('beta')]);
    expect(state('alpha')?.state).toBe('ready');
  });

  test('of every credential asks to come back in a minute', () => {
    const { pool, select } = open(['alpha', 'beta']);
    pool.report('alpha', expired);
    pool.report('beta', expired);
    expect(select('s')).toBe('all cooling until +60 s');
  });

  test('just after a secret was replaced is the answer to the old one', () => {
    const { pool, time, state } = open(['alpha']);
    pool.reload([credential('alpha', 'sk-ant-oat01-new')]);
    expect(pool.report('alpha', expired)).toStrictEqual({ kind: 'rotate' });
    expect(state('alpha')?.state).toBe('ready');
    time.set(NOON + 10 * SECOND);
    pool.report('alpha', expired);
    expect(state('alpha')?.state).toBe('expired');
  });

  test('ends the polls', () => {
    const { pool } = open([]);
    pool.reload([credential('alpha'), credential('beta'), credential('key', 'sk-ant-api03-x')]);
    pool.expire('beta');
    expect(pool.pollable().map(({ id }) => id)).toStrictEqual(['alpha']);
  });
});

describe('other answers', () => {
  test.each([200, 204, 302, 400, 402, 403, 404, 413, 500, 502, 504])(
    '%i goes to the client and changes nothing',
    (status) => {
      const { pool, told, state } = open(['alpha']);
      expect(pool.report('alpha', { status, headers: {}, error: null })).toStrictEqual({ kind: 'pass' });
      expect(told).toStrictEqual([]);
      expect(state('alpha')?.state).toBe('ready');
    },
  );

  test('of a credential that is gone go to the client', () => {
    expect(open(['alpha']).pool.report('gone', quota())).toStrictEqual({ kind: 'pass' });
  });
});

describe('prompt caches', () => {
  test('a session stays where it had to go, even when its own credential is back', () => {
    const { pool, time, select } = open(['alpha', 'beta', 'gamma']);
    const [session = ''] = atHomeIn(select, 'alpha');
    pool.report('alpha', quota(NOON + 10 * MINUTE));
    const moved = select(session);
    for (let minutes = 1; minutes < 120; minutes += 30) {
      time.set(NOON + minutes * MINUTE);
      expect(select(session)).toBe(moved);
    }
  });

  test('a session that was silent for longer than a cache lives goes home', () => {
    const { pool, time, select } = open();
    const [session = ''] = atHomeIn(select, 'alpha');
    pool.report('alpha', quota(NOON + 10 * MINUTE));
    select(session);
    time.set(NOON + HOUR + 1);
    expect(select(session)).toBe('alpha');
  });

  test('a session whose refuge cools too moves on', () => {
    const { pool, select } = open();
    const [session = ''] = atHomeIn(select, 'alpha');
    pool.report('alpha', quota());
    const refuge = select(session);
    pool.report(refuge, quota());
    expect(['alpha', refuge]).not.toContain(select(session));
  });

  test('sessions of a credential that cools spread over all others, so that the next one is not exhausted in turn', () => {
    const { pool, select } = open(['alpha', 'beta', 'gamma']);
    const homeless = atHomeIn(select, 'alpha');
    pool.report('alpha', quota());
    const refuges = homeless.map((session) => select(session));
    for (const id of ['beta', 'gamma'])
      expect(refuges.filter((one) => one === id).length).toBeGreaterThan(homeless.length / 4);
  });
});

describe('a reload', () => {
  test('keeps the cooldown of a secret that stays, and forgets it with a new one', () => {
    const { pool, state } = open(['alpha', 'beta']);
    pool.report('alpha', quota());
    pool.report('beta', quota());
    pool.reload([credential('alpha'), credential('beta', 'sk-ant-oat01-new')]);
    expect(state('alpha')?.state).toBe('cooling');
    expect(state('beta')?.state).toBe('ready');
  });

  test('adds and removes', () => {
    const { pool, select } = open(['alpha']);
    pool.reload([credential('delta')]);
    expect(select('s')).toBe('delta');
    expect(pool.states().map(({ id }) => id)).toStrictEqual(['delta']);
  });
});

describe('a change that is worth keeping', () => {
  const changes = (act: (pool: ReturnType<typeof open>['pool']) => void): number => {
    let count = 0;
    const events = { onCooldown: () => {}, onExpired: () => {}, onChange: () => (count += 1) };
    const { pool } = open(['alpha', 'beta'], { events });
    const before = count;
    act(pool);
    return count - before;
  };

  test.each<[string, (pool: ReturnType<typeof open>['pool']) => unknown, number]>([
    ['a cooldown', (pool) => pool.report('alpha', quota()), 1],
    ['an expiry', (pool) => pool.report('alpha', expired), 1],
    ['a reload', (pool) => pool.reload([credential('alpha')]), 1],
    ['an answer that changes nothing', (pool) => pool.report('alpha', answer(200)), 0],
    ['a selection', (pool) => pool.select({ client: 'c', session: null }, NONE), 0],
  ])('is told by %s', (_, act, expected) => {
    expect(changes(act)).toBe(expected);
  });

  test('is told by a session that has to move', () => {
    expect(
      changes((pool) => {
        for (const session of SESSIONS.slice(0, 20)) pool.select({ client: 'c', session }, new Set(['alpha']));
      }),
    ).toBeGreaterThan(0);
  });
});

describe('a restart', () => {
  const restarted = (state: unknown, secret?: string) => {
    const fresh = open([]);
    fresh.time.set(NOON + MINUTE);
    fresh.pool.reload([credential('alpha', secret), credential('beta'), credential('gamma')]);
    return { ...fresh, lost: fresh.pool.import(state) };
  };
  const left = () => {
    const opened = open();
    const [session = ''] = atHomeIn(opened.select, 'alpha');
    opened.pool.report('alpha', quota());
    opened.pool.report('beta', expired);
    const moved = opened.select(session);
    return { session, moved, state: JSON.parse(JSON.stringify(opened.pool.export())) as object };
  };

  test('brings back cooldowns, expiry and where sessions are', () => {
    const { session, moved, state } = left();
    const { pool, time, select, state: stateOf, lost } = restarted(state);
    expect(lost).toBe(0);
    expect(stateOf('alpha')).toStrictEqual({ id: 'alpha', state: 'cooling', until: NOON + HOUR });
    expect(stateOf('beta')?.state).toBe('expired');
    expect(moved).toBe('gamma');
    time.set(NOON + HOUR);
    expect(select(session)).toBe('gamma');
    expect(pool.export().moves).toHaveLength(1);
  });

  test('brings back nothing for a secret that was replaced meanwhile', () => {
    expect(restarted(left().state, 'sk-ant-oat01-new').state('alpha')?.state).toBe('ready');
  });

  test('keeps no secret in the state', () => {
    const opened = open(['alpha']);
    opened.pool.select({ client: 'sk-ant-api03-client', session: 's' }, new Set(['none']));
    opened.pool.report('alpha', quota());
    expect(JSON.stringify(opened.pool.export())).not.toMatch(/sk-ant/);
  });

  test.each([
    ['nothing', undefined, 0],
    ['a text', 'x', 1],
    [
      'entries of a wrong form',
      {
        credentials: [1, { id: 'alpha' }],
        moves: [
          [1, 2],
          ['k', 'id', 5],
        ],
      },
      3,
    ],
  ])('with %s in the file starts ready', (_, state, expected) => {
    const { lost, state: stateOf } = restarted(state);
    expect(lost).toBe(expected);
    expect(stateOf('alpha')?.state).toBe('ready');
  });

  test('does not believe a cooldown of years', () => {
    const { state } = left();
    const [first] = (state as { credentials: { until: number | null }[] }).credentials;
    Object.assign(first ?? {}, { until: NOON + 99_999 * HOUR });
    expect(restarted(state).state('alpha')?.until).toBe(NOON + MINUTE + 192 * HOUR);
  });
});

test('whatever upstreams answer in whatever order, a selected credential is ready and a refusal names a time to come', () => {
  const anyAnswer = fc.constantFrom(
    quota(NOON + 20 * MINUTE),
    quota(NOON + 5 * HOUR),
    minute(2),
    minute(40),
    spend,
    overloaded,
    expired,
    answer(200),
    answer(500),
  );
  const step = fc.record({
    session: fc.integer({ min: 0, max: 5 }),
    passMs: fc.integer({ min: 0, max: 20 * MINUTE }),
    answer: anyAnswer,
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60, size: 'max' }), (steps) => {
      const { pool, time } = open(['alpha', 'beta', 'gamma'], { random: () => 0.5 });
      for (const one of steps) {
        time.set(time.clock.now() + one.passMs);
        const tried = new Set<string>();
        // As a request does it: each credential once at most, answered alike everywhere.
        for (let attempts = 0; ; attempts += 1) {
          expect(attempts).toBeLessThanOrEqual(3);
          const chosen = pool.select({ client: 'c', session: String(one.session) }, tried);
          if ('allCooling' in chosen) {
            expect(chosen.retryAt).toBeGreaterThan(time.clock.now());
            break;
          }
          expect(tried.has(chosen.id)).toBe(false);
          expect(pool.states().find(({ id }) => id === chosen.id)?.state).toBe('ready');
          if (pool.report(chosen.id, one.answer, 9_999).kind !== 'rotate') break;
          tried.add(chosen.id);
        }
      }
    }),
    { numRuns: 500 },
  );
});

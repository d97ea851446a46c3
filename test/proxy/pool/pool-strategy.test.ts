import { describe, expect, test } from 'vitest';
import type { RequestFacts } from '../../../proxy/credentials/strategy.ts';
import { createPoolStrategy } from '../../../proxy/pool/pool-strategy.ts';
import {
  type Asked,
  credential,
  DAY,
  familyView,
  HOUR,
  INVALID,
  LOW_CREDIT,
  MINUTE,
  minute,
  NOON,
  OK,
  OVERLOADED,
  openWorld,
  quota,
  REVOKED,
  type Reply,
  SECOND,
  type Served,
  sessionsAt,
  UNAUTHORIZED,
  unexplained,
  view,
  type World,
} from './world.ts';

const IDS = (count: number) => Array.from({ length: count }, (_, index) => `key-${index + 1}`);
const SESSIONS = (count: number) => Array.from({ length: count }, (_, index) => `session ${index}`);

const states = (world: World) => [...new Set(world.pool.states().map(({ state }) => state))];

/** A session whose own credential is the given one. */
const at = (world: World, id: string): string => sessionsAt(world, id)[0] ?? '';

/** Serves one request a session. */
const serveAll = (
  world: World,
  sessions: readonly string[],
  asked: Asked,
  upstream: (id: string) => Reply,
): readonly Served[] => sessions.map((session) => world.request({ ...asked, session }, upstream));

describe('an answer that says nothing of the credential', () => {
  test.each<[string, Reply]>([
    ['a success', OK],
    ['a bad request', INVALID],
    ['a missing object', { status: 404, type: 'not_found_error', message: 'no' }],
    ['a fault', { status: 500, type: 'api_error', message: 'Internal server error' }],
    [
      'a request for extra usage',
      {
        status: 429,
        headers: { 'anthropic-ratelimit-unified-status': 'allowed' },
        type: 'rate_limit_error',
        message: 'Extra usage is required for long context requests.',
      },
    ],
    [
      'a request for usage credits',
      { status: 429, type: 'rate_limit_error', message: 'Usage credits are required for long context requests.' },
    ],
    ['a 429 that explains nothing', { status: 429, type: 'rate_limit_error', message: 'Error' }],
    ['a 429 in HTML', { status: 429, headers: { 'retry-after': '60' } }],
  ])('%s goes to the client at once and changes nothing', (_, reply) => {
    const world = openWorld();
    for (const session of SESSIONS(20)) {
      expect(world.request({ session }, () => reply)).toMatchObject({ status: reply.status, waitedMs: 0 });
    }
    expect(world.request({}, () => reply).sent).toHaveLength(1);
    expect(states(world)).toStrictEqual(['ready']);
    expect(world.events).toStrictEqual([]);
    expect(world.probed).toStrictEqual([]);
  });
});

describe('a 401', () => {
  test('expires the credential where another one is accepted for the same message', () => {
    const world = openWorld(['alpha', 'beta']);
    const session = at(world, 'alpha');
    const served = world.request({ session }, (id) => (id === 'alpha' ? UNAUTHORIZED : OK));
    expect(served).toMatchObject({ status: 200, sent: ['alpha', 'beta'] });
    expect(world.events).toStrictEqual([['expired', 'alpha']]);
    expect(world.request({ session }, () => OK).sent).toStrictEqual(['beta']);
    expect(world.pool.states()[0]?.evidence).toBe("401 authentication_error; 'beta' was accepted for the same request");
  });

  test('of every credential is the request’s: it is passed on and probes find all accepted', async () => {
    const world = openWorld();
    expect(world.request({}, () => UNAUTHORIZED)).toMatchObject({ status: 401, waitedMs: 0 });
    expect(world.probed).toHaveLength(2);
    await world.time.advance(HOUR);
    expect(states(world)).toStrictEqual(['ready']);
    expect(world.events).toStrictEqual([]);
    expect(world.probed).toHaveLength(2);
  });

  test('expires the credential where a probe confirms it', async () => {
    const world = openWorld(['alpha']);
    world.probeReplies.set('alpha', UNAUTHORIZED);
    expect(world.request({}, () => UNAUTHORIZED).status).toBe(401);
    expect(world.state('alpha')).toBe('ready');
    await world.time.advance(0);
    expect(world.events).toStrictEqual([['expired', 'alpha']]);
    expect(world.request({}, () => OK).refusal?.error).toBe('no_credential');
  });

  test.each(['count_tokens', 'models', 'other'] as const)(
    'of %s goes to another credential and leads to a probe alone',
    (endpoint) => {
      const world = openWorld(['alpha', 'beta']);
      const served = world.request({ session: at(world, 'alpha'), endpoint }, (id) =>
        id === 'alpha' ? UNAUTHORIZED : OK,
      );
      expect(served).toMatchObject({ status: 200, sent: ['alpha', 'beta'] });
      expect(world.events).toStrictEqual([]);
      expect(world.probed).toStrictEqual(['alpha']);
    },
  );

  test('of the usage endpoint leads to a probe alone', async () => {
    const world = openWorld(['alpha', 'beta']);
    world.pool.suspect('alpha');
    world.pool.suspect('nobody');
    await world.time.advance(MINUTE);
    expect(world.probed).toStrictEqual(['alpha']);
    expect(world.events).toStrictEqual([]);
  });

  test('of a request that cannot be repeated goes to the client, and a probe decides', async () => {
    const world = openWorld(['alpha', 'beta']);
    world.probeReplies.set('alpha', UNAUTHORIZED);
    const session = at(world, 'alpha');
    expect(world.request({ session, canRepeat: false }, () => UNAUTHORIZED)).toMatchObject({
      status: 401,
      sent: ['alpha'],
    });
    await world.time.advance(0);
    expect(world.events).toStrictEqual([['expired', 'alpha']]);
  });

  test('beside an error of the request leads to a probe alone', () => {
    const world = openWorld(['alpha', 'beta']);
    const session = at(world, 'alpha');
    expect(world.request({ session }, (id) => (id === 'alpha' ? UNAUTHORIZED : INVALID)).status).toBe(400);
    expect(world.events).toStrictEqual([]);
    expect(world.probed).toStrictEqual(['alpha']);
  });

  test('of an upstream fault for a while leaves no credential expired', async () => {
    const world = openWorld();
    for (const id of ['alpha', 'beta', 'gamma']) world.probeReplies.set(id, UNAUTHORIZED);
    for (const session of SESSIONS(30)) world.request({ session }, () => UNAUTHORIZED);
    await world.time.advance(MINUTE);
    expect(states(world)).toStrictEqual(['expired']);
    world.probeReplies.clear();
    await world.time.advance(15 * MINUTE);
    expect(states(world)).toStrictEqual(['ready']);
    expect(world.request({}, () => OK).status).toBe(200);
  });
});

describe('an answer that another credential does not give', () => {
  const forbidden = (message: string, status = 403, type = 'permission_error'): Reply => ({ status, type, message });

  test.each<[string, Reply]>([
    ['403 with words that are not known', forbidden('Access for this seat has ended')],
    ['400 of an archived workspace', forbidden('This workspace has been archived.', 400, 'invalid_request_error')],
    ['400 of a disabled key', forbidden('API key is disabled', 400, 'invalid_request_error')],
    ['400 of a revoked token', forbidden('OAuth token has been revoked', 400, 'invalid_request_error')],
  ])('%s expires the credential where a probe confirms it', async (_, reply) => {
    const world = openWorld(['alpha', 'beta']);
    world.probeReplies.set('alpha', reply);
    const session = at(world, 'alpha');
    const upstream = (id: string) => (id === 'alpha' ? reply : OK);
    expect(world.request({ session }, upstream)).toMatchObject({ status: 200, sent: ['alpha', 'beta'] });
    expect(world.request({ session }, upstream).sent).toStrictEqual(['beta']);
    await world.time.advance(0);
    expect(world.events).toStrictEqual([['expired', 'alpha']]);
  });

  test('403 for a model sends requests for its family elsewhere for minutes where the probe is accepted', async () => {
    const world = openWorld(['alpha', 'beta']);
    const session = at(world, 'alpha');
    const reply = forbidden('Your key may not use this model');
    const opus = { session, model: 'claude-opus-4-5' };
    expect(world.request(opus, (id) => (id === 'alpha' ? reply : OK)).sent).toStrictEqual(['alpha', 'beta']);
    await world.time.advance(0);
    expect(world.probed).toStrictEqual(['alpha']);
    expect(world.events).toStrictEqual([]);
    expect(states(world)).toStrictEqual(['ready']);
    expect(world.request(opus, () => OK).sent).toStrictEqual(['beta']);
    expect(world.request({ session }, () => OK).sent).toStrictEqual(['alpha']);
    world.time.set(NOON + 5 * MINUTE);
    expect(world.pool.states().flatMap(({ limits }) => limits)).toStrictEqual([]);
  });

  test.each<[string, Reply]>([
    ['403', forbidden('Your key may not use this model')],
    ['403 in HTML', { status: 403 }],
  ])('%s of every credential goes to the client, and leads to probes alone', async (_, reply) => {
    const world = openWorld();
    for (const id of ['alpha', 'beta', 'gamma']) world.probeReplies.set(id, reply.type === undefined ? reply : INVALID);
    expect(world.request({}, () => reply)).toMatchObject({ status: 403, waitedMs: 0 });
    expect(world.probed).toHaveLength(2);
    await world.time.advance(MINUTE);
    expect(states(world)).toStrictEqual(['ready']);
    expect(world.events).toStrictEqual([]);
    expect(world.request({}, () => OK).status).toBe(200);
  });

  test('400 about the words of a client is asked once', () => {
    const world = openWorld();
    const reply = forbidden('messages.0: this workspace has been archived', 400, 'invalid_request_error');
    expect(world.request({}, () => reply).sent).toHaveLength(1);
    expect(world.probed).toStrictEqual([]);
  });
});

describe('a pool without an accepted credential', () => {
  const down = async (ids: readonly string[], lastingMs: number) => {
    const world = openWorld(ids);
    for (const id of ids) world.probeReplies.set(id, UNAUTHORIZED);
    for (const session of SESSIONS(12)) world.request({ session }, () => UNAUTHORIZED);
    await world.time.advance(lastingMs);
    expect(states(world)).toStrictEqual(['expired']);
    return world;
  };

  test.each<[string, Reply]>([
    ['400', INVALID],
    ['422', { status: 422 }],
    ['429', { status: 429 }],
  ])('is back within a minute after hours of 401, by probes answered %s', async (_, reply) => {
    const world = await down(['alpha', 'beta'], 3 * HOUR);
    for (const id of ['alpha', 'beta']) world.probeReplies.set(id, reply);
    await world.time.advance(MINUTE);
    expect(states(world)).toStrictEqual(['ready']);
  });

  test('brings forward the probes of those that had expired before', async () => {
    const world = openWorld(['alpha', 'beta']);
    for (const id of ['alpha', 'beta']) world.probeReplies.set(id, UNAUTHORIZED);
    world.request({ session: at(world, 'alpha') }, (id) => (id === 'alpha' ? UNAUTHORIZED : OK));
    await world.time.advance(3 * HOUR + MINUTE);
    world.request({}, () => UNAUTHORIZED);
    await world.time.advance(0);
    expect(states(world)).toStrictEqual(['expired']);
    world.probeReplies.clear();
    await world.time.advance(35 * SECOND);
    expect(states(world)).toStrictEqual(['ready']);
  });

  test('brings forward the probes of those that are left where the last accepted one is removed', async () => {
    const world = openWorld(['alpha', 'beta']);
    world.probeReplies.set('alpha', UNAUTHORIZED);
    world.request({ session: at(world, 'alpha') }, (id) => (id === 'alpha' ? UNAUTHORIZED : OK));
    await world.time.advance(3 * HOUR + MINUTE);
    world.load(['alpha']);
    world.probeReplies.clear();
    await world.time.advance(35 * SECOND);
    expect(states(world)).toStrictEqual(['ready']);
  });

  test('probes no more seldom where the clock of the machine is set back', async () => {
    const world = openWorld(['alpha']);
    world.pool.suspect('alpha');
    await world.time.advance(0);
    await world.time.advance(31 * SECOND);
    world.skew(-HOUR);
    world.pool.suspect('alpha');
    await world.time.advance(0);
    expect(world.probed).toStrictEqual(['alpha', 'alpha']);
  });

  test.each<[string, Reply | null]>([
    ['404', { status: 404 }],
    ['502', { status: 502 }],
    ['nothing', null],
  ])('lets one request try after three probes answered %s', async (_, reply) => {
    const world = await down(['alpha'], 0);
    world.probeReplies.set('alpha', reply);
    await world.time.advance(61 * SECOND);
    expect(world.request({}, () => OK).refusal?.error).toBe('no_credential');
    await world.time.advance(30 * SECOND);
    expect(world.request({}, () => ({ status: 502 }))).toMatchObject({ status: 502, sent: ['alpha'] });
    expect(world.request({}, () => OK).refusal?.error).toBe('no_credential');
    await world.time.advance(90 * SECOND);
    expect(world.request({}, () => OK)).toMatchObject({ status: 200, sent: ['alpha'] });
    expect(world.state('alpha')).toBe('ready');
  });
});

describe('credentials that do not answer 401', () => {
  test.each<[string, Reply, string]>([
    ['were revoked', REVOKED, 'expired'],
    ['have no balance left', LOW_CREDIT, 'cooling'],
    [
      'belong to a disabled organization',
      { status: 403, type: 'permission_error', message: 'This organization has been disabled.' },
      'cooling',
    ],
    [
      'have reached their spend limit',
      { status: 400, type: 'invalid_request_error', message: 'You have reached your specified API usage limits.' },
      'cooling',
    ],
    ['have to be paid for', { status: 402, type: 'billing_error', message: 'Payment required' }, 'cooling'],
  ])('and %s serve nobody after the first request', (_, reply, state) => {
    const world = openWorld(IDS(40));
    const dead = new Set(IDS(22));
    for (const id of dead) world.probeReplies.set(id, reply);
    const upstream = (id: string) => (dead.has(id) ? reply : OK);
    const sessions = SESSIONS(400);
    for (let round = 0; round < 6; round += 1) serveAll(world, sessions, {}, upstream);
    const last = serveAll(world, sessions, {}, upstream);
    expect(last.every(({ status, sent }) => status === 200 && sent.length === 1)).toBe(true);
    expect(world.pool.states().filter((one) => one.state === state).length).toBe(22);
  });

  test('and cannot pay are tried again after a quarter of an hour', () => {
    const world = openWorld(['alpha', 'beta']);
    const session = at(world, 'alpha');
    expect(world.request({ session }, (id) => (id === 'alpha' ? LOW_CREDIT : OK)).sent).toStrictEqual([
      'alpha',
      'beta',
    ]);
    expect(world.events).toStrictEqual([['cooldown', 'alpha', 'spend', 15 * MINUTE]]);
    world.time.set(NOON + 15 * MINUTE);
    expect(world.state('alpha')).toBe('ready');
  });
});

describe('a used-up quota', () => {
  const full = (resetsAt: number) => view('7d', { status: 'rejected', utilization: 100, resetsAt });

  test('goes on with another credential', () => {
    const world = openWorld(['alpha', 'beta']);
    const served = world.request({ session: at(world, 'alpha') }, (id) =>
      id === 'alpha' ? quota(full(NOON + DAY)) : OK,
    );
    expect(served).toMatchObject({ status: 200, sent: ['alpha', 'beta'], waitedMs: 0 });
    expect(world.events).toStrictEqual([['cooldown', 'alpha', 'quota', DAY]]);
  });

  test('of all credentials is refused with the time at which the first is back', () => {
    const world = openWorld(['alpha', 'beta']);
    const resets: Readonly<Record<string, number>> = { alpha: NOON + 2 * DAY, beta: NOON + DAY };
    const served = world.request({}, (id) => quota(full(resets[id] ?? 0)));
    expect(served.sent).toHaveLength(2);
    expect(served.refusal).toMatchObject({ error: 'rate_limited', retryAt: NOON + DAY });
    expect(world.request({}, () => OK)).toMatchObject({ sent: [], status: null });
  });

  test('of the only credential is passed on each time', () => {
    const world = openWorld(['alpha']);
    for (let index = 0; index < 3; index += 1) {
      expect(world.request({}, () => quota(full(NOON + DAY)))).toMatchObject({
        status: 429,
        sent: ['alpha'],
        waitedMs: 0,
      });
    }
    expect(world.events).toHaveLength(1);
    expect(world.request({}, () => OK).status).toBe(200);
  });

  test('is tried with two credentials a request at most', () => {
    const world = openWorld(IDS(8));
    expect(world.request({}, () => quota(full(NOON + DAY)))).toMatchObject({ status: 429 });
    expect(world.events).toHaveLength(2);
  });
});

describe('a window of a family', () => {
  const fable = familyView('7d_oi', 'fable', { status: 'rejected', utilization: 100, resetsAt: NOON + 3 * DAY });

  test('that all credentials have used up costs two calls a request until all are known, and none from then on', () => {
    const world = openWorld(IDS(8));
    const served = serveAll(world, SESSIONS(30), { model: 'claude-fable-5' }, () => quota(fable));
    expect(served.every(({ sent }) => sent.length <= 2)).toBe(true);
    expect(served.flatMap(({ sent }) => sent)).toHaveLength(8);
    expect(served.at(-1)?.refusal?.message).toBe(
      'every credential of this proxy is limited for messages requests for fable models (8 by window 7d_oi); the first is expected back at 2026-10-23T12:00:00.000Z',
    );
    expect(served.at(-1)?.refusal?.retryAt).toBe(NOON + 3 * DAY);
    expect(states(world)).toStrictEqual(['ready']);
  });

  test.each(['claude-haiku-4-5', 'claude-opus-4-5', null])('leaves requests for %s alone', (model) => {
    const world = openWorld(['alpha', 'beta']);
    for (const session of SESSIONS(4)) world.request({ session, model: 'claude-fable-5' }, () => quota(fable));
    const served = serveAll(world, SESSIONS(20), { model }, () => OK);
    expect(served.every(({ status, sent }) => status === 200 && sent.length === 1)).toBe(true);
  });

  test('of one credential is used in choosing', () => {
    const world = openWorld(['alpha', 'beta']);
    const session = at(world, 'alpha');
    world.request({ session, model: 'claude-fable-5', canRepeat: false }, () => quota(fable));
    const served = serveAll(world, SESSIONS(30), { model: 'claude-fable-5-1' }, () => OK);
    expect(new Set(served.flatMap(({ sent }) => sent))).toStrictEqual(new Set(['beta']));
  });

  test('is over when a newer answer says so', () => {
    const world = openWorld(['alpha', 'beta']);
    for (const session of SESSIONS(4)) world.request({ session, model: 'claude-fable-5' }, () => quota(fable));
    expect(world.request({ model: 'claude-fable-5' }, () => OK).status).toBe(null);
    world.windows.set('alpha', [
      familyView('7d_oi', 'fable', { utilization: 3, status: 'allowed', resetsAt: NOON + 7 * DAY }),
    ]);
    expect(world.request({ model: 'claude-fable-5' }, () => OK)).toMatchObject({ status: 200, sent: ['alpha'] });
  });
});

describe('a rejection that no window explains', () => {
  test('cools nothing, and requests of the kind go elsewhere for minutes', () => {
    const world = openWorld(['alpha', 'beta', 'gamma']);
    const session = at(world, 'alpha');
    const asked = { session, model: 'claude-fable-5' };
    expect(world.request(asked, () => unexplained())).toMatchObject({ status: 429 });
    expect(states(world)).toStrictEqual(['ready']);
    expect(world.events).toStrictEqual([]);
    expect(world.request(asked, () => OK).sent).not.toContain('alpha');
    world.time.set(NOON + 2 * MINUTE);
    expect(world.pool.states().flatMap(({ limits }) => limits)).toStrictEqual([]);
  });

  test('of all credentials refuses nobody', () => {
    const world = openWorld(['alpha', 'beta', 'gamma']);
    serveAll(world, SESSIONS(10), { model: 'claude-fable-5' }, () => unexplained());
    const served = serveAll(world, SESSIONS(10), { model: 'claude-fable-5' }, () => OK);
    expect(served.every(({ status }) => status === 200)).toBe(true);
  });
});

describe('a limit by the minute', () => {
  test('of one class leaves the other classes alone', () => {
    const world = openWorld(['alpha', 'beta']);
    const session = at(world, 'alpha');
    world.request({ session, endpoint: 'count_tokens', canRepeat: false }, () => minute(60));
    world.request({ session, model: 'claude-opus-4-5', canRepeat: false }, () => minute(60));
    expect(world.request({ session }, () => OK).sent).toStrictEqual(['alpha']);
    expect(world.request({ session, model: 'claude-haiku-4-5' }, () => OK).sent).toStrictEqual(['alpha']);
    expect(world.request({ session: at(world, 'alpha'), endpoint: 'count_tokens' }, () => OK).sent).toStrictEqual([
      'beta',
    ]);
    expect(states(world)).toStrictEqual(['ready']);
    expect(world.events).toStrictEqual([
      ['cooldown', 'alpha', 'minute', MINUTE],
      ['cooldown', 'alpha', 'minute', MINUTE],
    ]);
  });

  test('goes to another credential at once where it lasts', () => {
    const world = openWorld(['alpha', 'beta']);
    const served = world.request({ session: at(world, 'alpha') }, (id) => (id === 'alpha' ? minute(3) : OK));
    expect(served).toMatchObject({ status: 200, sent: ['alpha', 'beta'], waitedMs: 0 });
  });

  test('is waited for once where it ends within two seconds, because the prompts are cached there', () => {
    const world = openWorld(['alpha', 'beta']);
    const session = at(world, 'alpha');
    expect(world.request({ session }, (_, attempt) => (attempt === 1 ? minute(2) : OK))).toMatchObject({
      ...{ status: 200, sent: ['alpha', 'alpha'], waitedMs: 2_000 },
    });
    expect(world.request({ session }, (id) => (id === 'alpha' ? minute(1) : OK))).toMatchObject({
      ...{ status: 200, sent: ['alpha', 'alpha', 'beta'], waitedMs: 1_000 },
    });
  });

  test('of all credentials is waited for, ten seconds at most, then passed on or refused', () => {
    const world = openWorld(['alpha', 'beta']);
    const short = world.request({}, (_, attempt) => (attempt <= 2 ? minute(4) : OK));
    expect(short).toMatchObject({ status: 200, waitedMs: 4_000 });
    const long = world.request({ model: 'claude-haiku-4-5' }, () => minute(11));
    expect(long.waitedMs).toBe(0);
    expect(long.refusal).toMatchObject({ error: 'rate_limited', retryAt: world.time.clock.now() + 11 * SECOND });
  });

  test.each([0, 1, 5, 600_000])(
    'of %i s of the only credential is passed on at once, and so is the next',
    (seconds) => {
      const world = openWorld(['alpha']);
      for (let index = 0; index < 2; index += 1) {
        expect(world.request({}, () => minute(seconds))).toMatchObject({ status: 429, sent: ['alpha'], waitedMs: 0 });
      }
      expect(world.request({}, () => OK)).toMatchObject({ status: 200, waitedMs: 0 });
    },
  );

  test('of the only credential that is accepted is passed on at once', () => {
    const world = openWorld(['alpha', 'beta']);
    world.request({ session: at(world, 'beta') }, (id) => (id === 'beta' ? UNAUTHORIZED : OK));
    expect(world.state('beta')).toBe('expired');
    expect(world.request({}, () => minute(2))).toMatchObject({ status: 429, sent: ['alpha'], waitedMs: 0 });
  });

  test('of a model of no known family leaves other models alone, and requests without one', () => {
    const world = openWorld(['alpha', 'beta']);
    for (const session of SESSIONS(6)) world.request({ session, model: 'claude-nimbus-1' }, () => minute(60));
    expect(world.request({ model: 'claude-nimbus-1' }, () => OK).refusal).toMatchObject({
      ...{ error: 'rate_limited', retryAt: NOON + MINUTE },
      message: expect.stringContaining('limited for messages requests for this model'),
    });
    for (const model of ['claude-quill-1', 'claude-nimbus-2', 'claude-sonnet-4-5', null]) {
      expect(world.request({ model }, () => OK)).toMatchObject({ status: 200, waitedMs: 0 });
    }
  });

  test('of names that clients make up is remembered for a hundred classes at most', () => {
    const world = openWorld(['alpha', 'beta']);
    for (let index = 0; index < 150; index += 1) {
      world.request({ session: at(world, 'alpha'), model: `m-${index}`, canRepeat: false }, () => minute(60));
    }
    const { limits } = world.pool.states().find(({ id }) => id === 'alpha') ?? { limits: [] };
    expect(limits).toHaveLength(100);
    expect(limits.at(-1)?.model).toBe('m-149');
  });

  test.each([
    ['room in every limit', { 'anthropic-ratelimit-requests-remaining': '49', 'retry-after': '60' }],
    ['no known words', { 'retry-after': '60' }],
  ])('is not concluded from a refusal with %s: another credential is tried, and nobody is refused', (what, headers) => {
    const words = what === 'no known words' ? 'Slow down' : 'Your account has hit a rate limit.';
    const reply: Reply = { status: 429, headers, type: 'rate_limit_error', message: words };
    const world = openWorld(['alpha', 'beta']);
    const session = at(world, 'alpha');
    expect(world.request({ session }, (id) => (id === 'alpha' ? reply : OK))).toMatchObject({ status: 200 });
    expect(world.request({ session }, () => OK).sent).toStrictEqual(['beta']);
    expect(world.request({ session }, () => reply)).toMatchObject({ status: 429, waitedMs: 0 });
    expect(serveAll(world, SESSIONS(20), {}, () => OK).every(({ status }) => status === 200)).toBe(true);
    expect(world.events).toStrictEqual([]);
  });

  test('that is known is not lifted by a later refusal that explains less', async () => {
    const world = openWorld(['alpha', 'beta']);
    const session = at(world, 'alpha');
    const replies: readonly Reply[] = [minute(60), { ...minute(100), message: 'Slow down' }];
    const served = replies.map((reply) => world.requestInTime({ session, canRepeat: false }, () => reply, 10));
    await world.time.advance(SECOND);
    expect((await Promise.all(served)).map(({ sent }) => sent)).toStrictEqual([['alpha'], ['alpha']]);
    expect(world.pool.states().flatMap(({ limits }) => limits)).toMatchObject([
      { until: NOON + 10 + MINUTE, evidence: '429 rate_limit_error: rate limit exceeded' },
    ]);
    expect(world.request({ session }, () => OK).sent).toStrictEqual(['beta']);
  });

  test.each<[string, number, Reply, number]>([
    ['limit by the minute', -HOUR, minute(60), MINUTE],
    ['limit by the minute', -DAY, minute(600_000), 5 * MINUTE],
    ['limit by the minute', HOUR, minute(60), MINUTE],
    ['spend cooldown', -DAY, LOW_CREDIT, 15 * MINUTE],
    ['quota that names no reset', -HOUR, quota(view('5h', { status: 'rejected', resetsAt: null })), 5 * MINUTE],
  ])('does not outlast its length where the clock is set off: a %s, by %i ms', (_, ms, reply, lengthMs) => {
    const world = openWorld(['alpha', 'beta']);
    for (const session of SESSIONS(6)) world.request({ session }, () => reply);
    world.skew(ms);
    const { refusal } = world.request({}, () => OK);
    if (ms < 0) expect((refusal?.retryAt ?? 0) - (NOON + ms)).toBe(lengthMs);
    world.time.set(NOON + lengthMs);
    expect(world.request({}, () => OK)).toMatchObject({ status: 200, waitedMs: 0 });
  });

  test('that never ends holds a request for ten seconds and four attempts at most', () => {
    const world = openWorld(['alpha', 'beta']);
    const served = world.request({}, () => minute(1));
    expect(served.status === 429 || served.refusal?.error === 'rate_limited').toBe(true);
    expect(served.waitedMs).toBeLessThanOrEqual(10_000);
    expect(served.sent.length).toBeLessThanOrEqual(4);
  });

  test('is shared by all requests of its class, so that those who come later do not ask', () => {
    const world = openWorld(['alpha', 'beta']);
    const sessions = sessionsAt(world, 'alpha');
    world.request({ session: sessions[0] ?? '' }, (id) => (id === 'alpha' ? minute(60) : OK));
    const served = serveAll(world, sessions.slice(1), {}, () => OK);
    expect(served.every(({ sent }) => sent.length === 1 && sent[0] === 'beta')).toBe(true);
    expect(world.events).toHaveLength(1);
  });

  test.each([1, 2, 3, 20])(
    'of one key with %i seconds to wait holds none of fifty requests for long while another is idle',
    async (seconds) => {
      const world = openWorld(['alpha', 'beta'], { random: () => 0.5 });
      let freeAt = 0;
      const upstream = (id: string): Reply => {
        if (id === 'beta') return OK;
        const now = world.time.clock.now();
        if (now < freeAt) return minute(seconds);
        freeAt = now + seconds * SECOND;
        return OK;
      };
      const served = Promise.all(SESSIONS(50).map((session) => world.requestInTime({ session }, upstream, 50)));
      await world.time.advance(30 * SECOND);
      const results = await served;
      expect(results.every(({ status }) => status === 200)).toBe(true);
      expect(Math.max(...results.map(({ waitedMs }) => waitedMs))).toBeLessThanOrEqual(2_300);
      expect(results.flatMap(({ sent }) => sent).length).toBeLessThanOrEqual(125);
    },
  );
});

describe('an overloaded upstream', () => {
  test('cools no credential where all are overloaded, and two are asked at most', () => {
    const world = openWorld(IDS(20));
    const served = serveAll(world, SESSIONS(100), {}, () => OVERLOADED);
    expect(served.every(({ status, sent }) => status === 529 && sent.length === 2)).toBe(true);
    expect(world.events).toStrictEqual([]);
    expect(states(world)).toStrictEqual(['ready']);
  });

  test('cools a credential for half a minute where another one was answered meanwhile', () => {
    const world = openWorld(IDS(20));
    const session = at(world, 'key-7');
    expect(world.request({ session }, (id) => (id === 'key-7' ? OVERLOADED : OK))).toMatchObject({ status: 200 });
    expect(world.events).toStrictEqual([['cooldown', 'key-7', 'overloaded', 30 * SECOND]]);
    world.time.set(NOON + 30 * SECOND);
    expect(states(world)).toStrictEqual(['ready']);
  });

  test('of the only credential is passed on', () => {
    const world = openWorld(['alpha']);
    expect(world.request({}, () => OVERLOADED)).toMatchObject({ status: 529, sent: ['alpha'] });
    expect(world.state('alpha')).toBe('ready');
  });
});

describe('a secret that is replaced while a request is under way', () => {
  const fresh = credential('alpha', 'sk-ant-oat01-new');

  test.each<[string, Reply]>([
    ['not accepted', UNAUTHORIZED],
    ['revoked', REVOKED],
    ['used up', quota(view('5h', { status: 'rejected', utilization: 100 }))],
    ['without balance', LOW_CREDIT],
  ])('is followed: the old one is %s, and the request goes on with the new one', (_, reply) => {
    const world = openWorld(['alpha']);
    const secrets: string[] = [];
    const served = world.request({}, (_id, attempt, secret) => {
      secrets.push(secret);
      if (attempt > 1) return { ...OK, windows: [] };
      world.load([fresh]);
      return reply;
    });
    expect(served.status).toBe(200);
    expect(secrets).toStrictEqual(['sk-ant-oat01-alpha', 'sk-ant-oat01-new']);
    expect(world.state('alpha')).toBe('ready');
    expect(world.events).toStrictEqual([['removed', 'alpha']]);
    expect(world.probed).toStrictEqual([]);
  });

  test('is sent after a wait for the credential that holds the prompts', async () => {
    const world = openWorld(['alpha', 'beta']);
    const secrets: string[] = [];
    const served = world.requestInTime(
      { session: at(world, 'alpha') },
      (_id, attempt, secret) => {
        secrets.push(secret);
        return attempt === 1 ? minute(2) : OK;
      },
      10,
    );
    await world.time.advance(SECOND);
    world.load([fresh, 'beta']);
    await world.time.advance(10 * SECOND);
    expect((await served).status).toBe(200);
    expect(secrets).toStrictEqual(['sk-ant-oat01-alpha', 'sk-ant-oat01-new']);
  });

  test('is sent after a wait for two credentials that are limited', async () => {
    const world = openWorld(['alpha', 'beta']);
    const served = world.requestInTime(
      { session: at(world, 'alpha') },
      (_id, _attempt, secret) => (secret === 'sk-ant-oat01-new' ? OK : minute(8)),
      10,
    );
    await world.time.advance(2 * SECOND);
    world.load([fresh, 'beta']);
    await world.time.advance(10 * SECOND);
    expect(await served).toMatchObject({ status: 200, sent: ['alpha', 'beta', 'alpha'] });
  });

  test('that is removed leaves the request to another credential', () => {
    const world = openWorld(['alpha', 'beta']);
    const served = world.request({ session: at(world, 'alpha') }, (id) => {
      if (id === 'beta') return OK;
      world.load(['beta']);
      return UNAUTHORIZED;
    });
    expect(served).toMatchObject({ status: 200, sent: ['alpha', 'beta'] });
  });

  test('leaves the answer to the client where the request cannot be repeated or is at fault itself', () => {
    for (const [reply, canRepeat] of [
      [UNAUTHORIZED, false],
      [INVALID, true],
    ] as const) {
      const world = openWorld(['alpha']);
      const served = world.request({ canRepeat }, () => {
        world.load([fresh]);
        return reply;
      });
      expect(served).toMatchObject({ status: reply.status, sent: ['alpha'] });
      expect(world.state('alpha')).toBe('ready');
    }
  });
});

describe('batches and files', () => {
  test.each(['batches', 'files'] as const)(
    'of a client stay with one credential, whatever its session: %s',
    (endpoint) => {
      const world = openWorld();
      const placed = serveAll(world, SESSIONS(30), { endpoint, model: null }, () => OK);
      expect(new Set(placed.flatMap(({ sent }) => sent)).size).toBe(1);
      const clients = SESSIONS(30).map((client) => world.request({ client, endpoint, model: null }, () => OK).sent[0]);
      expect(new Set(clients).size).toBe(3);
    },
  );

  test('are with the same credential', () => {
    const world = openWorld();
    for (const client of SESSIONS(20)) {
      const [file] = world.request({ client, endpoint: 'files' }, () => OK).sent;
      expect(world.request({ client, endpoint: 'batches' }, () => OK).sent).toStrictEqual([file]);
    }
  });

  test('stay there when it is limited, near its end, or others come', () => {
    const world = openWorld(['alpha', 'beta']);
    const [home = ''] = world.request({ endpoint: 'batches' }, () => OK).sent;
    world.windows.set(home, [view('7d', { utilization: 99 })]);
    world.load(['alpha', 'beta', ...IDS(20)]);
    expect(world.request({ endpoint: 'batches' }, () => OK).sent).toStrictEqual([home]);
    expect(world.request({ endpoint: 'batches' }, () => quota(view('7d', { status: 'rejected' })))).toMatchObject({
      ...{ status: 429, sent: [home] },
    });
    expect(world.request({ endpoint: 'batches' }, () => OK)).toMatchObject({ status: 200, sent: [home] });
    expect(world.request({ endpoint: 'batches' }, () => OVERLOADED)).toMatchObject({ status: 529, sent: [home] });
  });

  test('are refused, and not sent elsewhere, while their credential is not accepted', () => {
    const world = openWorld(['alpha', 'beta']);
    const [home = ''] = world.request({ endpoint: 'batches' }, () => OK).sent;
    world.request({ session: at(world, home) }, (id) => (id === home ? UNAUTHORIZED : OK));
    expect(world.request({ endpoint: 'files' }, () => OK).refusal).toStrictEqual({
      error: 'no_credential',
      message: `the credential '${home}' that holds the batches and files of this client is not accepted any more; replace its secret, or remove its file to begin anew with another`,
      retryAt: NOON + MINUTE,
    });
  });

  test('begin anew when their credential is removed', () => {
    const world = openWorld(['alpha', 'beta']);
    const [home = ''] = world.request({ endpoint: 'batches' }, () => OK).sent;
    const other = home === 'alpha' ? 'beta' : 'alpha';
    world.load([other]);
    expect(world.request({ endpoint: 'batches' }, () => OK).sent).toStrictEqual([other]);
  });

  test('are found again after a restart', () => {
    const world = openWorld(['alpha', 'beta']);
    const [home = ''] = world.request({ endpoint: 'batches' }, () => OK).sent;
    const next = openWorld(['alpha', 'beta', ...IDS(20)]);
    next.pool.import(JSON.parse(JSON.stringify(world.pool.export())));
    expect(next.request({ endpoint: 'batches' }, () => OK).sent).toStrictEqual([home]);
  });

  test.each(['batches', 'files'] as const)('draw the messages of their client to their credential: %s', (endpoint) => {
    const world = openWorld();
    const [home = ''] = world.request({ endpoint, model: null }, () => OK).sent;
    const served = serveAll(world, SESSIONS(30), {}, () => OK);
    expect(new Set(served.flatMap(({ sent }) => sent))).toStrictEqual(new Set([home]));
    expect(new Set(serveAll(world, SESSIONS(30), { client: 'other' }, () => OK).flatMap(({ sent }) => sent)).size).toBe(
      3,
    );
    expect(world.pool.export().moves).toStrictEqual([]);
  });

  test.each<[string, Reply]>([
    ['limited', minute(60)],
    ['used up', quota(view('7d', { status: 'rejected', utilization: 100 }))],
    ['without balance', LOW_CREDIT],
    ['not accepted', UNAUTHORIZED],
  ])('leave the messages of their client to others while their credential is %s', (_, reply) => {
    const world = openWorld();
    const [home = ''] = world.request({ endpoint: 'files', model: null }, () => OK).sent;
    const upstream = (id: string) => (id === home ? reply : OK);
    expect(world.request({}, upstream)).toMatchObject({ status: 200, sent: [home, expect.any(String)] });
    const next = world.request({}, upstream);
    expect(next).toMatchObject({ status: 200 });
    expect(next.sent).not.toContain(home);
  });

  test('of a client whose first request meets a dead credential begin with another one', () => {
    const world = openWorld(['alpha', 'beta']);
    const [home = ''] = openWorld(['alpha', 'beta']).request({ endpoint: 'batches' }, () => OK).sent;
    const served = world.request({ endpoint: 'batches' }, (id) => (id === home ? UNAUTHORIZED : OK));
    expect(served.status).toBe(200);
    expect(world.request({ endpoint: 'batches' }, () => OK).sent).toStrictEqual([served.sent[1]]);
  });
});

test('the headers of a choice authenticate with the credential', () => {
  const facts: RequestFacts = {
    ...{ headers: {}, remoteAddress: '', session: null, endpoint: 'messages', method: 'POST', path: '/v1/messages' },
    model: null,
  };
  const strategy = createPoolStrategy(openWorld(['alpha']).pool);
  expect(strategy.repeats).toBe(true);
  expect(strategy.open(facts).next()).toStrictEqual({
    ...{ kind: 'send', credential: 'alpha' },
    headers: { authorization: 'Bearer sk-ant-oat01-alpha', 'anthropic-beta': 'oauth-2025-04-20' },
    fingerprint: expect.stringMatching(/^[\w-]{8}$/),
  });
});

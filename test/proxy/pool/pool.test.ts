import { describe, expect, test } from 'vitest';
import type { WindowView } from '../../../proxy/pool/window-view.ts';
import {
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
  openWorld,
  quota,
  REVOKED,
  type Reply,
  SECOND,
  sessionsAt,
  UNAUTHORIZED,
  view,
  type World,
} from './world.ts';

const SESSIONS = Array.from({ length: 300 }, (_, index) => `session ${index}`);

/** Where each session goes. */
const placesOf = (world: World, sessions: readonly string[] = SESSIONS) =>
  sessions.map((session) => world.request({ session }, () => OK).sent[0] ?? '');

const full = (resetsAt = NOON + HOUR) => view('5h', { status: 'rejected', utilization: 100, resetsAt });

/** Has a credential meet a used-up quota, by a request that nobody else can serve. */
const exhaust = (world: World, id: string, resetsAt = NOON + HOUR) => {
  const [session = ''] = sessionsAt(world, id);
  world.request({ session, canRepeat: false }, () => quota(full(resetsAt)));
  return session;
};

/** Has a credential expire, confirmed by another one. */
const expire = (world: World, id: string) => {
  const [session = ''] = sessionsAt(world, id);
  world.request({ session }, (sent) => (sent === id ? UNAUTHORIZED : OK));
  return session;
};

describe('the choice', () => {
  test('keeps a session with its credential and spreads sessions over all', () => {
    const world = openWorld();
    const first = placesOf(world);
    expect(placesOf(world)).toStrictEqual(first);
    for (const id of ['alpha', 'beta', 'gamma']) expect(first.filter((one) => one === id).length).toBeGreaterThan(70);
  });

  test('agrees among replicas, whatever the order of their files', () => {
    expect(placesOf(openWorld(['alpha', 'beta', 'gamma']))).toStrictEqual(
      placesOf(openWorld(['gamma', 'alpha', 'beta'])),
    );
  });

  test('tells clients and sessions apart, and recognizes a client without a session', () => {
    const world = openWorld();
    const ids = (asked: (index: number) => { client?: string; session: string | null }) =>
      new Set(SESSIONS.map((_, index) => world.request(asked(index), () => OK).sent[0])).size;
    expect(ids((index) => ({ client: `c${index}`, session: null }))).toBe(3);
    expect(ids((index) => ({ session: `s${index}` }))).toBe(3);
    expect(ids(() => ({ session: null }))).toBe(1);
  });

  test('moves a session on when its second credential is limited too', () => {
    const world = openWorld();
    const session = exhaust(world, 'alpha');
    const [second = ''] = placesOf(world, [session]);
    world.windows.set(second, []);
    world.request({ session, canRepeat: false }, () => quota(full()));
    expect(['alpha', second]).not.toContain(placesOf(world, [session])[0]);
  });

  test('spreads the sessions of a limited credential over all others', () => {
    const world = openWorld();
    const displaced = sessionsAt(world, 'alpha');
    exhaust(world, 'alpha');
    const places = placesOf(world, displaced);
    for (const id of ['beta', 'gamma']) {
      expect(places.filter((one) => one === id).length).toBeGreaterThan(displaced.length / 4);
    }
  });

  test('keeps a moved session where its prompts are cached, until it was silent for as long as a cache lives', () => {
    const world = openWorld();
    const session = exhaust(world, 'alpha', NOON + 10 * MINUTE);
    const [refuge = ''] = placesOf(world, [session]);
    world.time.set(NOON + 30 * MINUTE);
    expect(placesOf(world, [session])).toStrictEqual([refuge]);
    world.time.set(NOON + 90 * MINUTE + 1);
    expect(placesOf(world, [session])).toStrictEqual(['alpha']);
  });
});

describe('rotation before exhaustion', () => {
  const at = (utilization: number, known = {}) =>
    view('7d', { utilization, status: 'allowed_warning', resetsAt: NOON + DAY, ...known });

  test('sends sessions, old and new, to credentials with more room', () => {
    const world = openWorld();
    const sessions = sessionsAt(world, 'alpha');
    world.windows.set('alpha', [view('5h', { utilization: 10 }), at(95)]);
    expect(placesOf(world, sessions)).not.toContain('alpha');
    expect(placesOf(world, SESSIONS)).not.toContain('alpha');
    expect(world.state('alpha')).toBe('ready');
  });

  test.each([
    ['below the line', at(94.9)],
    ['in a window that has elapsed', at(99, { elapsed: true })],
    ['in a window whose time has come', at(99, { resetsAt: NOON })],
    ['in the window of another family', at(99, { counts: 'opus' })],
    ['in a window of which nobody knows what it counts', at(99, { counts: null })],
  ])('does not begin %s', (_, window) => {
    const world = openWorld();
    const sessions = sessionsAt(world, 'alpha');
    world.windows.set('alpha', [window]);
    expect(new Set(placesOf(world, sessions))).toStrictEqual(new Set(['alpha']));
  });

  test('looks at the window of the family that a request is for', () => {
    const world = openWorld();
    const [session = ''] = sessionsAt(world, 'alpha');
    world.windows.set('alpha', [familyView('7d_opus', 'opus', { utilization: 97 })]);
    expect(world.request({ session: null, client: session, model: 'claude-haiku-4-5' }, () => OK).sent).toHaveLength(1);
    expect(world.request({ session, model: 'claude-opus-4-5' }, () => OK).sent).not.toContain('alpha');
  });

  test('moves a session for one family of models and leaves its other requests where their prompts are cached', () => {
    const world = openWorld();
    const [session = ''] = sessionsAt(world, 'alpha');
    world.windows.set('alpha', [familyView('7d_opus', 'opus', { utilization: 97 })]);
    const [opus = ''] = world.request({ session, model: 'claude-opus-4-5' }, () => OK).sent;
    expect(opus).not.toBe('alpha');
    expect(world.request({ session, model: 'claude-haiku-4-5' }, () => OK).sent).toStrictEqual(['alpha']);
    world.windows.set('alpha', []);
    expect(world.request({ session, model: 'claude-opus-4-5' }, () => OK).sent).toStrictEqual([opus]);
  });

  test('does not steer requests that bill against no window', () => {
    const world = openWorld();
    const [session = ''] = sessionsAt(world, 'alpha');
    world.windows.set('alpha', [at(99)]);
    expect(world.request({ session }, () => OK).sent).not.toContain('alpha');
    expect(world.request({ session, endpoint: 'count_tokens' }, () => OK).sent).toStrictEqual(['alpha']);
  });

  test('leaves sessions where they are when all credentials are near the end', () => {
    const world = openWorld();
    const before = placesOf(world);
    for (const id of ['alpha', 'beta', 'gamma']) world.windows.set(id, [at(96)]);
    expect(placesOf(world)).toStrictEqual(before);
  });

  test('prefers credentials near the end to those that have reached it', () => {
    const world = openWorld(['alpha', 'beta']);
    world.windows.set('alpha', [at(100, { status: null })]);
    world.windows.set('beta', [at(99)]);
    expect(new Set(placesOf(world))).toStrictEqual(new Set(['beta']));
  });

  test('begins at the line that is set', () => {
    const world = openWorld(['alpha', 'beta'], { rotateAtPercent: 50 });
    world.windows.set('alpha', [at(50)]);
    world.windows.set('beta', [at(49)]);
    expect(new Set(placesOf(world))).toStrictEqual(new Set(['beta']));
  });
});

describe('a cooldown for a quota', () => {
  test('lasts until the reset of the window that refused', () => {
    const world = openWorld(['alpha', 'beta']);
    exhaust(world, 'alpha');
    expect(world.state('alpha')).toBe('cooling');
    expect(world.events).toStrictEqual([['cooldown', 'alpha', 'quota', HOUR]]);
    expect(new Set(placesOf(world))).toStrictEqual(new Set(['beta']));
    world.time.set(NOON + HOUR - 1);
    expect(world.state('alpha')).toBe('cooling');
    world.time.set(NOON + HOUR);
    expect(world.state('alpha')).toBe('ready');
  });

  test.each([
    ['has room', view('5h', { utilization: 2, status: 'allowed', resetsAt: NOON + HOUR })],
    [
      'has room, in a poll that brings no status',
      view('5h', { utilization: 2, status: 'rejected', resetsAt: NOON + HOUR }),
    ],
    ['is of another period', view('5h', { utilization: 40, status: 'rejected', resetsAt: NOON + 6 * HOUR })],
    ['has elapsed', view('5h', { utilization: 0, status: null, elapsed: true })],
  ])('ends when a newer answer says that the window %s', (_, window) => {
    const world = openWorld(['alpha', 'beta']);
    exhaust(world, 'alpha');
    exhaust(world, 'beta', NOON + DAY);
    expect(world.request({}, () => OK).status).toBe(null);
    world.windows.set('alpha', [window]);
    expect(world.pool.states()[0]).toMatchObject({ state: 'ready', until: null, evidence: null });
    expect(world.request({}, () => OK)).toMatchObject({ status: 200, sent: ['alpha'] });
  });

  test('that has ended does not come back by a window that fills without refusing anybody', () => {
    const world = openWorld(['alpha', 'beta']);
    exhaust(world, 'alpha');
    world.windows.set('alpha', [view('5h', { utilization: 2 })]);
    expect(world.state('alpha')).toBe('ready');
    world.windows.set('alpha', [view('5h', { utilization: 100 })]);
    expect(world.state('alpha')).toBe('ready');
  });

  test('goes on until a corrected reset time', () => {
    const world = openWorld(['alpha', 'beta']);
    exhaust(world, 'alpha');
    world.windows.set('alpha', [full(NOON + 3 * HOUR)]);
    expect(world.pool.states()[0]).toMatchObject({ state: 'cooling', until: NOON + 3 * HOUR });
  });

  test('goes on after its reset time where the clock of the upstream is behind', () => {
    let known: readonly WindowView[] = [];
    const world = openWorld(['alpha', 'beta'], { windowsOf: (id) => (id === 'alpha' ? known : []) });
    const [session = ''] = sessionsAt(world, 'alpha');
    known = [full()];
    world.load(['alpha']);
    world.request({ session }, () => quota());
    world.time.set(NOON + HOUR + MINUTE);
    expect(world.pool.states()[0]).toMatchObject({ state: 'cooling', until: NOON + HOUR + MINUTE + SECOND });
  });

  test('lasts five minutes where the window names no reset time', () => {
    const world = openWorld(['alpha', 'beta']);
    const [session = ''] = sessionsAt(world, 'alpha');
    world.request({ session, canRepeat: false }, () => quota(view('5h', { status: 'rejected', resetsAt: null })));
    expect(world.pool.states()[0]).toMatchObject({ state: 'cooling', until: NOON + 5 * MINUTE });
    world.time.set(NOON + 5 * MINUTE);
    expect(world.state('alpha')).toBe('ready');
  });

  test('is bounded where the reset time is absurd', () => {
    const world = openWorld(['alpha', 'beta']);
    const [session = ''] = sessionsAt(world, 'alpha');
    world.request({ session, canRepeat: false }, () => quota(view('5h', { status: 'rejected', resetsAt: 9e15 })));
    expect(world.pool.states()[0]).toMatchObject({
      state: 'cooling',
      until: NOON + 8 * DAY,
      evidence: 'window 5h rejected',
    });
    expect(world.events).toStrictEqual([['cooldown', 'alpha', 'quota', 8 * DAY]]);
  });

  test('is one for all requests that meet it together', () => {
    const world = openWorld(['alpha', 'beta']);
    const sessions = sessionsAt(world, 'alpha').slice(0, 5);
    exhaust(world, 'alpha');
    for (const session of sessions) world.request({ session }, () => OK);
    expect(world.events).toHaveLength(1);
  });

  test('does not keep requests away that bill against no window', () => {
    const world = openWorld(['alpha', 'beta']);
    exhaust(world, 'alpha', NOON + DAY);
    exhaust(world, 'beta', NOON + DAY);
    expect(world.request({ endpoint: 'messages' }, () => OK).refusal?.error).toBe('rate_limited');
    expect(world.request({ endpoint: 'count_tokens' }, () => OK).status).toBe(200);
    expect(world.request({ endpoint: 'models', model: null }, () => OK).status).toBe(200);
  });
});

test('a quota that refuses a request which bills against no window sends such requests elsewhere for minutes', () => {
  const world = openWorld(['alpha', 'beta']);
  const [session = ''] = sessionsAt(world, 'alpha');
  const asked = { session, endpoint: 'count_tokens' } as const;
  expect(world.request(asked, (id) => (id === 'alpha' ? quota(full()) : OK)).sent).toStrictEqual(['alpha', 'beta']);
  expect(world.request(asked, () => OK).sent).toStrictEqual(['beta']);
  world.time.set(NOON + 2 * MINUTE);
  expect(world.request(asked, () => OK).sent).toStrictEqual(['alpha']);
});

describe('a refusal', () => {
  test('says what limits the credentials, and when the first is back', () => {
    const world = openWorld(['alpha', 'beta']);
    exhaust(world, 'alpha', NOON + 2 * HOUR);
    exhaust(world, 'beta', NOON + HOUR);
    expect(world.request({}, () => OK).refusal).toStrictEqual({
      error: 'rate_limited',
      message:
        'every credential of this proxy is limited for messages requests for sonnet models (2 by window 5h); the first is expected back at 2026-10-20T13:00:00.000Z',
      retryAt: NOON + HOUR,
    });
  });

  test('without any credential is none for a limit and says what is wrong with the files', () => {
    const world = openWorld([]);
    world.load([], ["'ci' holds a refresh token; mount the access token (sk-ant-oat…)", "'x' is empty"]);
    expect(world.request({}, () => OK).refusal).toStrictEqual({
      error: 'no_credential',
      message:
        "this proxy has no credential that the upstream accepts: its folder holds none; the file 'ci' holds a refresh token; mount the access token (sk-ant-oat…) (and 1 more)",
      retryAt: NOON + MINUTE,
    });
  });

  test('where all have expired counts them and gives the evidence of one', async () => {
    const world = openWorld(['alpha', 'beta']);
    expire(world, 'alpha');
    world.probeReplies.set('beta', UNAUTHORIZED);
    expect(world.request({}, () => UNAUTHORIZED).status).toBe(401);
    await world.time.advance(SECOND);
    expect(world.request({}, () => OK).refusal).toStrictEqual({
      error: 'no_credential',
      message:
        "this proxy has no credential that the upstream accepts: 2 expired (alpha: 401 authentication_error; 'beta' was accepted for the same request)",
      retryAt: NOON + SECOND + MINUTE,
    });
  });
});

describe('a reload', () => {
  test('keeps what is known of a secret that stays, and begins anew with another one', () => {
    const world = openWorld(['alpha', 'beta']);
    expire(world, 'alpha');
    world.load(['alpha', 'beta']);
    expect(world.state('alpha')).toBe('expired');
    world.load([credential('alpha', 'sk-ant-oat01-new'), 'beta']);
    expect(world.state('alpha')).toBe('ready');
  });

  test('reports credentials that are gone and those with another secret', () => {
    const world = openWorld(['alpha', 'beta', 'gamma']);
    world.load(['alpha', credential('beta', 'sk-ant-oat01-new'), 'delta']);
    expect(world.events).toStrictEqual([
      ['removed', 'beta'],
      ['removed', 'gamma'],
    ]);
    world.load(['alpha', credential('beta', 'sk-ant-oat01-new'), 'delta']);
    expect(world.events).toHaveLength(2);
  });

  test('gives the credentials to poll for: OAuth tokens that are accepted', () => {
    const world = openWorld(['alpha', 'beta']);
    world.load(['alpha', 'beta', credential('key', 'sk-ant-api03-key')]);
    expire(world, 'alpha');
    expect(world.pool.pollable().map(({ id }) => id)).toStrictEqual(['beta']);
  });
});

describe('a view of a credential', () => {
  test('shows its utilization, its limits, and the evidence of its state', () => {
    const world = openWorld(['alpha', 'beta', 'gamma']);
    const [session = ''] = sessionsAt(world, 'alpha');
    world.request({ session, model: 'claude-opus-4-5', canRepeat: false }, () => minute(60));
    world.request({ session, model: 'claude-fable-5', canRepeat: false }, () =>
      quota(
        familyView('7d_oi', 'fable', { status: 'rejected', utilization: 100, resetsAt: NOON + DAY }),
        view('5h', { utilization: 20 }),
        view('7d', { utilization: 60 }),
      ),
    );
    expect(world.pool.states().find(({ id }) => id === 'alpha')).toStrictEqual({
      id: 'alpha',
      state: 'ready',
      until: null,
      evidence: null,
      utilization: 60,
      limits: [
        {
          ...{ endpoint: 'messages', family: 'fable', model: null, until: NOON + DAY },
          evidence: 'window 7d_oi rejected until 2026-10-21T12:00:00.000Z',
        },
        {
          ...{ endpoint: 'messages', family: 'opus', model: null, until: NOON + MINUTE },
          evidence: '429 rate_limit_error: rate limit exceeded',
        },
      ],
    });
  });

  test('shows no limit that is over', () => {
    const world = openWorld(['alpha', 'beta']);
    const [session = ''] = sessionsAt(world, 'alpha');
    world.request({ session, canRepeat: false }, () => minute(60));
    world.time.set(NOON + MINUTE);
    expect(world.pool.states().flatMap(({ limits }) => limits)).toStrictEqual([]);
  });

  test('gives the words by which a rest is concluded', () => {
    const world = openWorld(['alpha', 'beta']);
    const [session = ''] = sessionsAt(world, 'alpha');
    world.request({ session }, (id) => (id === 'alpha' ? LOW_CREDIT : OK));
    expect(world.pool.states()[0]).toMatchObject({
      ...{ state: 'cooling', until: NOON + 15 * MINUTE },
      evidence: '400 invalid_request_error: credit balance is too low',
    });
  });
});

describe('a change that is worth keeping', () => {
  const changesBy = (act: (world: World) => void): number => {
    const world = openWorld(['alpha', 'beta']);
    sessionsAt(world, 'alpha');
    const before = world.changes();
    act(world);
    return world.changes() - before;
  };
  const atAlpha = sessionsAt(openWorld(['alpha', 'beta']), 'alpha')[0] ?? '';

  test.each<[string, (world: World) => unknown, number]>([
    ['a cooldown', (world) => world.request({ session: atAlpha, canRepeat: false }, () => quota(full())), 1],
    [
      'an expiry and the move of its session',
      (world) => world.request({ session: atAlpha }, (id) => (id === 'alpha' ? REVOKED : OK)),
      2,
    ],
    ['a reload', (world) => world.load(['alpha']), 1],
    ['a new binding', (world) => world.request({ endpoint: 'batches' }, () => OK), 1],
    ['an answer', (world) => world.request({ session: atAlpha }, () => OK), 0],
    ['an error that says nothing of a credential', (world) => world.request({ session: atAlpha }, () => INVALID), 0],
  ])('is reported by %s', (_, act, expected) => {
    expect(changesBy(act)).toBe(expected);
  });
});

describe('a restart', () => {
  const restarted = (state: unknown, { secret, probe }: { secret?: string; probe?: Reply } = {}) => {
    const world = openWorld([]);
    for (const id of ['alpha', 'beta', 'gamma']) world.probeReplies.set(id, probe ?? INVALID);
    world.load([credential('alpha', secret), 'beta', 'gamma']);
    world.time.set(NOON + MINUTE);
    const { passedOver, kept } = world.pool.import(state);
    return { world, lost: passedOver, kept: [...kept] };
  };
  const left = () => {
    const world = openWorld();
    const session = exhaust(world, 'alpha');
    expire(world, 'beta');
    const [moved] = placesOf(world, [session]);
    return { session, moved, state: JSON.parse(JSON.stringify(world.pool.export())) as object };
  };

  test('goes on with a cooldown whose window the tracker knows to be used up', () => {
    const { world, lost } = restarted(left().state);
    world.windows.set('alpha', [full()]);
    expect(lost).toBe(0);
    expect(world.pool.states()[0]).toMatchObject({ id: 'alpha', state: 'cooling', until: NOON + HOUR });
  });

  test.each([
    ['does not know', []],
    ['knows to have room', [view('5h', { utilization: 3, status: 'allowed' })]],
    ['knows to be over', [view('5h', { utilization: 0, elapsed: true })]],
  ])('drops a cooldown whose window the tracker %s', (_, windows) => {
    const { world } = restarted(left().state);
    world.windows.set('alpha', windows);
    expect(world.state('alpha')).toBe('ready');
  });

  test('keeps nothing of rests and limits that no window proves', () => {
    const before = openWorld(['alpha', 'beta', 'gamma']);
    for (const [id, reply] of [
      ['alpha', LOW_CREDIT],
      ['beta', minute(200)],
    ] as const) {
      const [session = ''] = sessionsAt(before, id);
      before.request({ session, canRepeat: false }, () => reply);
    }
    const { world } = restarted(JSON.parse(JSON.stringify(before.pool.export())));
    expect(world.pool.states().map(({ state, limits }) => [state, limits])).toStrictEqual([
      ['ready', []],
      ['ready', []],
      ['ready', []],
    ]);
  });

  test('probes what had expired at once, and takes it back where it is accepted', async () => {
    const { world } = restarted(left().state);
    expect(world.state('beta')).toBe('expired');
    expect(world.probed).toStrictEqual(['beta']);
    await world.time.advance(0);
    expect(world.state('beta')).toBe('ready');
    expect(world.events).toStrictEqual([['ready', 'beta']]);
  });

  test('leaves out of rotation what a probe does not find to be accepted', async () => {
    const { world } = restarted(left().state, { probe: UNAUTHORIZED });
    await world.time.advance(0);
    expect(world.state('beta')).toBe('expired');
    expect(world.events).toStrictEqual([]);
  });

  test('tries an expired credential before it refuses a request', () => {
    const all = openWorld(['alpha', 'beta', 'gamma']).pool.export();
    const state = { ...all, credentials: all.credentials.map((one) => ({ ...one, expired: '401' })) };
    const { world } = restarted(state, { probe: UNAUTHORIZED });
    const { status, sent } = world.request({}, () => OK);
    expect({ status, attempts: sent.length }).toStrictEqual({ status: 200, attempts: 1 });
    expect(world.state(sent[0] ?? '')).toBe('ready');
    expect(world.pool.states().filter((one) => one.state === 'expired')).toHaveLength(2);
  });

  test('finds sessions where they were', () => {
    const { session, moved, state } = left();
    const { world } = restarted(state);
    expect(placesOf(world, [session])).toStrictEqual([moved]);
  });

  test('keeps nothing of a secret that was replaced meanwhile', () => {
    const { world, kept } = restarted(left().state, { secret: 'sk-ant-oat01-new' });
    expect(kept).toStrictEqual(['beta', 'gamma']);
    world.windows.set('alpha', [full()]);
    expect(world.state('alpha')).toBe('ready');
  });

  test('keeps no secret in the state', () => {
    const world = openWorld(['alpha', 'beta']);
    world.request({ client: 'sk-ant-api03-client', endpoint: 'batches' }, () => OK);
    expire(world, 'alpha');
    exhaust(world, 'beta');
    expect(JSON.stringify(world.pool.export())).not.toMatch(/sk-ant/);
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
        bindings: [null],
      },
      4,
    ],
  ])('with %s in the file starts ready', (_, state, expected) => {
    const { lost, world } = restarted(state);
    expect(lost).toBe(expected);
    expect(world.state('alpha')).toBe('ready');
  });

  test('does not believe a refusal of the future', () => {
    const { state } = left();
    const [first] = (state as { credentials: { refusals: { at: number }[] }[] }).credentials;
    Object.assign(first?.refusals[0] ?? {}, { at: NOON + 99_999 * DAY, resetsAt: 9e15 });
    const { world } = restarted(state);
    world.windows.set('alpha', [view('5h', { utilization: 100, status: 'rejected', resetsAt: 9e15 })]);
    expect(world.pool.states()[0]?.until).toBe(NOON + MINUTE + 8 * DAY);
  });
});

import { describe, expect, test } from 'vitest';
import {
  accountLabel,
  claim,
  HOUR,
  MINUTE,
  NOON,
  observe,
  record,
  SECOND,
  tokensOf,
  unified,
  usage,
} from './recorder.ts';

const DAY = 24 * HOUR;
const MODEL = 'claude-opus-4-6';

/** The headers of an account whose windows end at these times. */
const windows = (five: number, seven: number, utilization = 0.5) => ({
  ...unified('5h', { utilization, resetsAt: five }),
  ...unified('7d', { utilization, resetsAt: seven }),
});

const ANNA = windows(NOON + 2 * HOUR, NOON + 3 * DAY, 0.3);
const MALLORY = windows(NOON + 2 * HOUR, NOON + 5 * DAY, 0.9);

const passThrough = (maxAccounts = 100) => record({ mode: 'pass-through', maxAccounts });

describe('who pays in pass-through', () => {
  test('is the account that the client claims, in the organization of the answer', () => {
    const { tracker, window } = passThrough();
    expect(claim(tracker, 'token-1', 'anna', ANNA)).toBe('/org/anna');
    expect(window('5h', '/org/anna')?.utilization).toBe(30);
    const payer = { credential: 'token-9', fingerprint: null, claimedAccount: 'anna' };
    expect(tracker.observeAnswer(payer, { 'anthropic-organization-id': 'other', ...MALLORY })).toBe('/other/anna');
    expect(window('5h', '/org/anna')?.utilization).toBe(30);
  });

  test('is the credential where the client claims nothing', () => {
    const { tracker } = passThrough();
    expect(observe(tracker, 'token-1', ANNA)).toBe('token-1');
    expect(tracker.snapshot().map(({ credential }) => credential)).toStrictEqual(['token-1', 'token-1']);
  });

  test('is the credential in pool mode, whatever a client claims', () => {
    const { tracker } = record({ mode: 'pool' });
    expect(claim(tracker, 'team-a', 'anna', ANNA)).toBe('team-a');
  });

  test.each([
    ['has no rate-limit headers', {}],
    ['has those of an API key', { 'anthropic-ratelimit-requests-limit': '50' }],
    ['has a status alone', { 'anthropic-ratelimit-unified-status': 'rejected' }],
  ])('is the credential where the answer %s: the claim is not believed', (_, headers) => {
    const { tracker } = passThrough();
    expect(claim(tracker, 'token-1', 'anna', headers)).toBe('token-1');
    expect(tracker.snapshot()).toStrictEqual([]);
    claim(tracker, 'token-1', 'anna', ANNA);
    expect(claim(tracker, 'token-1', 'anna', headers)).toBe('/org/anna');
  });

  test('stays the account where an answer does not name its organization', () => {
    const { tracker } = passThrough();
    claim(tracker, 'token-1', 'anna', ANNA);
    expect(tracker.observeAnswer({ credential: 'token-1', fingerprint: null, claimedAccount: 'anna' }, ANNA)).toBe(
      '/org/anna',
    );
  });

  test('is the account too where some requests of its credential claim nothing', () => {
    const { tracker } = passThrough();
    observe(tracker, 'token-1', ANNA);
    expect(claim(tracker, 'token-1', 'anna', ANNA)).toBe('/org/anna');
    expect(observe(tracker, 'token-1', ANNA)).toBe('/org/anna');
    expect(new Set(tracker.snapshot().map(({ credential }) => credential))).toStrictEqual(new Set(['/org/anna']));
  });

  test('is one account on two machines and after renewal of the token', () => {
    const { tracker, time, window } = passThrough();
    claim(tracker, 'token-1', 'anna', ANNA);
    tracker.recordUsage('/org/anna', [usage(MODEL, { input: 1 })]);
    expect(claim(tracker, 'laptop', 'anna', windows(NOON + 2 * HOUR + SECOND, NOON + 3 * DAY, 0.31))).toBe('/org/anna');
    tracker.recordUsage('/org/anna', [usage(MODEL, { input: 2 })]);
    time.set(NOON + HOUR);
    expect(claim(tracker, 'token-2', 'anna', windows(NOON + 2 * HOUR, NOON + 3 * DAY, 0.32))).toBe('/org/anna');
    expect(window('5h', '/org/anna')?.utilization).toBe(32);
    expect(tokensOf(window('5h', '/org/anna'), 'input')).toBe(3);
    expect(tracker.snapshot()).toHaveLength(2);
  });

  test.each([
    ['a moment before', -SECOND],
    ['at the very time of', 0],
    ['a moment after', SECOND],
  ])('is the same account with a token that is renewed %s the end of both windows', (_, ms) => {
    const { tracker, time, of } = passThrough();
    const end = NOON + 2 * HOUR;
    claim(tracker, 'token-1', 'anna', windows(end, end));
    time.set(end + ms);
    expect(claim(tracker, 'token-2', 'anna', windows(end + 5 * HOUR - MINUTE, end + 7 * DAY - MINUTE, 0.01))).toBe(
      '/org/anna',
    );
    expect(tracker.snapshot()).toHaveLength(2);
    expect(of('forgotten')).toStrictEqual([]);
  });

  test('stays an account whose times are moved', () => {
    const { tracker, window } = passThrough();
    claim(tracker, 'token-1', 'anna', ANNA);
    expect(claim(tracker, 'token-1', 'anna', windows(NOON + HOUR, NOON + 4 * DAY))).toBe('/org/anna');
    expect(window('7d', '/org/anna')?.resetsAt).toBe(NOON + 4 * DAY);
    expect(claim(tracker, 'token-2', 'anna', windows(NOON + HOUR, NOON + 4 * DAY))).toBe('/org/anna');
  });

  test('stays one account after a restart', () => {
    const before = passThrough();
    claim(before.tracker, 'token-1', 'anna', ANNA);
    const { tracker } = record({ mode: 'pass-through', start: NOON + MINUTE });
    expect(tracker.import(JSON.parse(JSON.stringify(before.tracker.export())))).toBe(0);
    expect(claim(tracker, 'mallory', 'anna', MALLORY)).toBe('mallory');
    expect(claim(tracker, 'token-2', 'anna', ANNA)).toBe('/org/anna');
  });
});

describe('a client that claims the account of a colleague', () => {
  test.each([
    ['another week', MALLORY],
    ['other five hours', windows(NOON + HOUR, NOON + 3 * DAY)],
    ['windows of its own alone', unified('7d_oi', { utilization: 0.9, resetsAt: NOON + DAY })],
    ['no times', unified('5h', { utilization: 0.9 })],
    ['times that cannot be true', windows(NOON + 90 * DAY, NOON + 90 * DAY)],
  ])('with %s is tracked under its own credential and changes nothing of it', (_, headers) => {
    const { tracker, window } = passThrough();
    claim(tracker, 'token-1', 'anna', ANNA);
    for (let time = 0; time < 3; time += 1) expect(claim(tracker, 'mallory', 'anna', headers)).toBe('mallory');
    expect(window('5h', '/org/anna')).toMatchObject({ utilization: 30, resetsAt: NOON + 2 * HOUR });
    expect(window('7d', '/org/anna')).toMatchObject({ utilization: 30, resetsAt: NOON + 3 * DAY });
    expect(claim(tracker, 'token-2', 'anna', ANNA)).toBe('/org/anna');
  });

  test('first has the name, and the colleague is one account under another, over renewals too', () => {
    const { tracker, window } = passThrough();
    expect(claim(tracker, 'mallory', 'anna', MALLORY)).toBe('/org/anna');
    expect(claim(tracker, 'token-1', 'anna', ANNA)).toBe('token-1');
    expect(claim(tracker, 'token-2', 'anna', ANNA)).toBe('token-1');
    expect(claim(tracker, 'mallory', 'anna', MALLORY)).toBe('/org/anna');
    expect(window('5h', 'token-1')?.utilization).toBe(30);
    expect(window('5h', '/org/anna')?.utilization).toBe(90);
  });

  test('while the colleague was away has to agree again when the colleague is back', () => {
    const { tracker, time, window } = passThrough();
    const week = (start: number, days: number, utilization: number) =>
      windows(start + 4 * HOUR, start + days * DAY, utilization);
    claim(tracker, 'setup-token', 'anna', week(NOON, 1, 0.2));
    time.set(NOON + 2 * DAY);
    expect(claim(tracker, 'mallory', 'anna', week(NOON + 2 * DAY, 6, 0.9))).toBe('/org/anna');
    expect(claim(tracker, 'setup-token', 'anna', week(NOON + 2 * DAY, 7, 0.1))).toBe('setup-token');
    expect(observe(tracker, 'setup-token', week(NOON + 2 * DAY, 7, 0.1))).toBe('setup-token');
    expect(window('7d', '/org/anna')?.utilization).toBe(90);
    expect(window('7d', 'setup-token')?.utilization).toBe(10);
  });

  test('cannot pass off a credential for the account', () => {
    const { tracker, window } = passThrough();
    claim(tracker, 'token-1', 'anna', ANNA);
    expect(claim(tracker, 'mallory', '/org/anna', MALLORY)).toBe('/org//org/anna');
    expect(window('5h', '/org/anna')?.utilization).toBe(30);
  });
});

describe('a client that claims many accounts', () => {
  test('has four, and beyond that its credential', () => {
    const { tracker } = passThrough();
    const labels = Array.from({ length: 10_000 }, (_, index) => claim(tracker, 'mallory', `u${index}`, MALLORY));
    expect(labels.slice(0, 4)).toStrictEqual(['/org/u0', '/org/u1', '/org/u2', '/org/u3']);
    expect(new Set(labels.slice(4))).toStrictEqual(new Set(['mallory']));
    expect(tracker.export().accounts).toHaveLength(5);
    expect(claim(tracker, 'mallory', 'u2', MALLORY)).toBe('/org/u2');
  });

  test('takes no room from others: its own accounts make room for it', () => {
    const { tracker, time, window } = passThrough(3);
    claim(tracker, 'token-1', 'anna', ANNA);
    claim(tracker, 'token-2', 'bert', windows(NOON + HOUR, NOON + 2 * DAY));
    claim(tracker, 'mallory', 'u0', MALLORY);
    time.set(NOON + 30 * MINUTE);
    for (let index = 1; index < 1_000; index += 1) claim(tracker, 'mallory', `u${index}`, MALLORY);
    expect(window('5h', '/org/anna')?.utilization).toBe(30);
    expect(window('5h', '/org/bert')?.utilization).toBe(50);
    expect(tracker.export().accounts).toHaveLength(3);
  });

  test('with as many made-up credentials, which the upstream does not accept, leaves no trace', () => {
    const { tracker, events } = passThrough();
    for (let index = 0; index < 10_000; index += 1) claim(tracker, `made-up-${index}`, `u${index}`, {});
    expect(events).toStrictEqual([]);
    expect(tracker.export()).toStrictEqual({ accounts: [] });
    expect(tracker.untracked()).toBe(0);
  });
});

describe('an account in pass-through', () => {
  test.each([
    ['an answer with windows', ANNA],
    ['an answer without any', {}],
  ])('is exported for two hours after %s', (_, headers) => {
    const { tracker, time } = passThrough();
    claim(tracker, 'token-1', 'anna', ANNA);
    time.set(NOON + HOUR);
    claim(tracker, 'token-1', 'anna', headers);
    time.set(NOON + 3 * HOUR);
    expect(tracker.snapshot()).toHaveLength(2);
    time.set(NOON + 3 * HOUR + 1);
    expect(tracker.snapshot()).toStrictEqual([]);
  });

  test('that is polled counts as seen', () => {
    const { tracker, time } = passThrough();
    claim(tracker, 'token-1', 'anna', ANNA);
    time.set(NOON + 2 * HOUR);
    tracker.observePoll('/org/anna', { seven_day: { utilization: 31, resets_at: null } }, {});
    time.set(NOON + 4 * HOUR);
    expect(tracker.snapshot()).toHaveLength(2);
  });

  test('is remembered until its last reset, and comes back with all that was counted', () => {
    const { tracker, time, window, of } = passThrough();
    claim(tracker, 'token-1', 'anna', ANNA);
    tracker.recordUsage('/org/anna', [usage(MODEL, { input: 5 })]);
    time.set(NOON + 2 * DAY);
    expect(tracker.snapshot()).toStrictEqual([]);
    claim(tracker, 'token-7', 'anna', windows(NOON + 2 * DAY + HOUR, NOON + 3 * DAY, 0.4));
    expect(tokensOf(window('7d', '/org/anna'), 'input')).toBe(5);
    expect(of('forgotten')).toStrictEqual([]);
    time.set(NOON + 3 * DAY);
    tracker.tick();
    expect(of('forgotten')).toStrictEqual([{ credential: '/org/anna' }]);
    expect(tracker.export()).toStrictEqual({ accounts: [] });
  });

  test('is left out where there are more in use than there is room, and counted for two hours', () => {
    const { tracker, time, of } = passThrough(2);
    claim(tracker, 'a', 'a', ANNA);
    claim(tracker, 'b', 'b', ANNA);
    for (const name of ['c', 'd', 'c']) expect(claim(tracker, name, name, ANNA)).toBe(accountLabel(name));
    expect(new Set(tracker.snapshot().map(({ credential }) => credential))).toStrictEqual(
      new Set(['/org/a', '/org/b']),
    );
    expect(tracker.untracked()).toBe(2);
    expect(of('dropped')).toHaveLength(2);
    time.set(NOON + 2 * HOUR + 1);
    expect(tracker.untracked()).toBe(0);
  });

  test('that is not in use makes room, the least recently used one first', () => {
    const { tracker, time, of } = passThrough(2);
    claim(tracker, 'a', 'a', ANNA);
    time.set(NOON + MINUTE);
    claim(tracker, 'b', 'b', ANNA);
    time.set(NOON + 10 * MINUTE - 1);
    claim(tracker, 'c', 'c', ANNA);
    expect(of('forgotten')).toStrictEqual([]);
    expect(tracker.untracked()).toBe(1);
    time.set(NOON + 10 * MINUTE);
    claim(tracker, 'c', 'c', ANNA);
    expect(of('forgotten')).toStrictEqual([{ credential: '/org/a' }]);
    expect(new Set(tracker.snapshot().map(({ credential }) => credential))).toStrictEqual(
      new Set(['/org/b', '/org/c']),
    );
    expect(tracker.untracked()).toBe(1);
  });

  test('of a pool is exported however long it is not seen', () => {
    const { tracker, time } = record({ mode: 'pool' });
    observe(tracker, 'one', ANNA);
    time.set(NOON + 60 * DAY);
    expect(tracker.snapshot()).toHaveLength(2);
  });
});

test('as many accounts without room as anybody makes are counted up to a bound', () => {
  const { tracker } = passThrough(1);
  for (let index = 0; index < 12_000; index += 1) observe(tracker, `c${index}`, ANNA);
  expect(tracker.untracked()).toBe(10_000);
});

describe('a secret of the pool that was replaced or removed', () => {
  const headers = unified('5h', { utilization: 0.9, resetsAt: NOON + HOUR });

  test.each([
    ['replaced', 'new'],
    ['removed', null],
  ])('is no source of figures or tokens once it was %s', (_, present) => {
    let mounted: string | null = 'old';
    const { tracker, window } = record({ fingerprintOf: () => mounted });
    const answerTo = (fingerprint: string) =>
      tracker.observeAnswer({ credential: 'one', fingerprint, claimedAccount: null }, headers);
    answerTo('old');
    tracker.recordUsage('one', [usage('claude-opus-4-8', { output: 5 })], 'old');
    expect(tokensOf(window('5h'), 'output')).toBe(5);
    mounted = present;
    tracker.forget('one');
    answerTo('old');
    expect(tracker.snapshot()).toStrictEqual([]);
    if (present === null) return;
    answerTo(present);
    tracker.recordUsage('one', [usage('claude-opus-4-8', { output: 7 })], 'old');
    expect(tokensOf(window('5h'), 'output')).toBe(0);
    tracker.recordUsage('one', [usage('claude-opus-4-8', { output: 7 })], present);
    expect(tokensOf(window('5h'), 'output')).toBe(7);
  });
});

import { describe, expect, test } from 'vitest';
import { type Credential, parseCredential } from '../../../proxy/credentials/credential.ts';
import { firstPoll, nextPoll } from '../../../proxy/tracker/poll-schedule.ts';
import { createPoller, type UsageAnswer } from '../../../proxy/tracker/poller.ts';
import { manualTime } from '../../support/manual-time.ts';
import { HOUR, MINUTE, NOON, SECOND } from './recorder.ts';

const INTERVAL = 5 * MINUTE;

const credential = (id: string, secret = `sk-ant-oat01-${id}`): Credential => {
  const parsed = parseCredential(id, secret);
  if ('problem' in parsed) throw new Error(parsed.problem);
  return parsed;
};

const OK: UsageAnswer = { status: 200, headers: {}, body: { five_hour: { utilization: 5 } } };
const answer = (status: number, headers = {}): UsageAnswer => ({ status, headers, body: { error: {} } });

interface Setting {
  readonly credentials?: readonly Credential[];
  readonly answers?: readonly (UsageAnswer | Error)[];
  readonly isMine?: (name: string) => boolean;
}

const start = ({ credentials = [credential('one')], answers = [], isMine = () => true }: Setting) => {
  const time = manualTime(NOON);
  const mounted = { credentials };
  const asked: { at: number; headers: Readonly<Record<string, string>> }[] = [];
  const told: unknown[] = [];
  const poller = createPoller({
    clock: time.clock,
    timers: time.timers,
    random: () => 0.5,
    intervalMs: INTERVAL,
    userAgent: 'claude-code/1.2.3',
    credentials: () => mounted.credentials,
    replicas: async () => isMine,
    fetchUsage: async (headers) => {
      asked.push({ at: time.clock.now() - NOON, headers });
      const next = answers[asked.length - 1] ?? OK;
      if (next instanceof Error) throw next;
      return next;
    },
    events: {
      onUsage: (id, body) => told.push(['usage', id, body]),
      onResult: ({ credential: id, result, status }) => told.push(['result', id, result, status]),
      onUnauthorized: (id) => told.push(['unauthorized', id]),
    },
  });
  poller.start();
  return { time, poller, mounted, asked, told, times: () => asked.map(({ at }) => at) };
};

describe('the poller', () => {
  test('asks soon after the start and every five minutes from then on', async () => {
    const { time, times } = start({});
    await time.advance(21 * MINUTE);
    expect(times()).toStrictEqual([
      10 * SECOND,
      5 * MINUTE + 10 * SECOND,
      10 * MINUTE + 10 * SECOND,
      15 * MINUTE + 10 * SECOND,
      20 * MINUTE + 10 * SECOND,
    ]);
  });

  test('asks in the name that is configured, with the token and its beta', async () => {
    const { time, asked } = start({});
    await time.advance(MINUTE);
    expect(asked[0]?.headers).toStrictEqual({
      authorization: 'Bearer sk-ant-oat01-one',
      'anthropic-beta': 'oauth-2025-04-20',
      'user-agent': 'claude-code/1.2.3',
      accept: 'application/json',
    });
  });

  test('hands on what it was told and how the poll ended', async () => {
    const { time, told } = start({});
    await time.advance(MINUTE);
    expect(told).toStrictEqual([
      ['result', 'one', 'ok', 200],
      ['usage', 'one', OK.body],
    ]);
  });

  test.each([
    ['403', answer(403), ['result', 'one', 'forbidden', 403]],
    ['429', answer(429), ['result', 'one', 'rate_limited', 429]],
    ['500', answer(500), ['result', 'one', 'error', 500]],
    ['401', answer(401), ['result', 'one', 'error', 401]],
    ['a page in HTML', { ...OK, body: null }, ['result', 'one', 'error', 200]],
    ['no answer', new Error('reset'), ['result', 'one', 'error', null]],
  ])('counts %s and hands nothing on', async (_, given, result) => {
    const { time, told } = start({ answers: [given] });
    await time.advance(MINUTE);
    expect(told[0]).toStrictEqual(result);
    expect(told.filter((one) => Array.isArray(one) && one[0] === 'usage')).toStrictEqual([]);
  });

  test('tells of a credential that is not accepted any more', async () => {
    const { time, told } = start({ answers: [answer(401)] });
    await time.advance(MINUTE);
    expect(told.at(-1)).toStrictEqual(['unauthorized', 'one']);
  });

  test('never asks again after 403, until the secret is another one', async () => {
    const { time, times, mounted } = start({ answers: [answer(403)] });
    await time.advance(48 * HOUR);
    expect(times()).toHaveLength(1);
    mounted.credentials = [credential('one', 'sk-ant-oat01-new')];
    await time.advance(MINUTE);
    expect(times()).toHaveLength(2);
  });

  test('backs off from 429, twice as long each time up to 80 minutes, and comes back to the usual after an answer', async () => {
    const limited = Array.from({ length: 6 }, () => answer(429));
    const { time, times } = start({ answers: limited });
    await time.advance(7 * HOUR);
    const minutes = times().map((at, index, all) => Math.round((at - (all[index - 1] ?? at)) / MINUTE));
    expect(minutes.slice(0, 9)).toStrictEqual([0, 10, 20, 40, 80, 80, 80, 5, 5]);
  });

  test('waits as long as retry-after asks', async () => {
    const { time, times } = start({ answers: [answer(429, { 'retry-after': '3600' })] });
    await time.advance(59 * MINUTE);
    expect(times()).toHaveLength(1);
    await time.advance(2 * MINUTE);
    expect(times()).toHaveLength(2);
  });

  test('asks for its own credentials only, and for others when they become its own', async () => {
    const mine = new Set(['one']);
    const { time, asked } = start({
      credentials: [credential('one'), credential('two')],
      isMine: (name) => mine.has(name),
    });
    await time.advance(4 * MINUTE);
    expect(asked.map(({ headers }) => headers.authorization)).toStrictEqual(['Bearer sk-ant-oat01-one']);
    mine.add('two');
    await time.advance(2 * MINUTE);
    expect(asked).toHaveLength(3);
  });

  test('stops asking for a credential that is gone', async () => {
    const { time, mounted, times } = start({});
    await time.advance(MINUTE);
    mounted.credentials = [];
    await time.advance(HOUR);
    expect(times()).toHaveLength(1);
  });

  test('started twice asks no more often; stopped asks no more', async () => {
    const { time, poller, times } = start({});
    poller.start();
    await time.advance(MINUTE);
    expect(time.pending()).toBe(1);
    poller.stop();
    await time.advance(HOUR);
    expect(times()).toHaveLength(1);
    expect(time.pending()).toBe(0);
  });
});

test('a poller that is stopped while it asks does not look again', async () => {
  const time = manualTime(NOON);
  const waiting: (() => void)[] = [];
  const poller = createPoller({
    clock: time.clock,
    timers: time.timers,
    random: () => 0,
    intervalMs: INTERVAL,
    userAgent: 'claude-code/1.2.3',
    credentials: () => [credential('one')],
    replicas: async () => () => true,
    fetchUsage: () => new Promise((resolve) => waiting.push(() => resolve(OK))),
    events: { onUsage: () => {}, onResult: () => {}, onUnauthorized: () => {} },
  });
  poller.start();
  await time.advance(MINUTE);
  expect(waiting).toHaveLength(1);
  poller.stop();
  waiting[0]?.();
  await time.advance(0);
  expect(time.pending()).toBe(0);
});

describe('the schedule', () => {
  test.each([
    [0, 0],
    [0.999, 14_985],
  ])('puts the first poll somewhere in 15 seconds', (random, at) => {
    expect(firstPoll(0, { intervalMs: INTERVAL, random: () => random }).at).toBeCloseTo(at);
  });

  test.each([
    [0, 270_000],
    [0.5, 300_000],
    [1, 330_000],
  ])('spreads polls by a tenth of the interval to both sides', (random, at) => {
    const plan = nextPoll({ at: 0, failures: 3 }, { result: 'ok', retryAfterMs: null }, 0, {
      intervalMs: INTERVAL,
      random: () => random,
    });
    expect(plan).toStrictEqual({ at, failures: 0 });
  });

  test('does not believe a retry-after of days', () => {
    const rhythm = { intervalMs: INTERVAL, random: () => 0.5 };
    expect(nextPoll({ at: 0, failures: 0 }, { result: 'rate_limited', retryAfterMs: 100 * HOUR }, 0, rhythm).at).toBe(
      6 * HOUR,
    );
  });
});

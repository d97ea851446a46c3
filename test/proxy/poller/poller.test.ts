import { describe, expect, test } from 'vitest';
import { type Credential, parseCredential } from '../../../proxy/credentials/credential.ts';
import type { UpstreamReply } from '../../../proxy/credentials/upstream-call.ts';
import { firstPoll, nextPoll } from '../../../proxy/poller/poll-schedule.ts';
import { createPoller, MAX_CONCURRENT } from '../../../proxy/poller/poller.ts';
import { manualTime } from '../../support/manual-time.ts';

const NOON = Date.UTC(2026, 9, 20, 12);
const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const INTERVAL = 5 * MINUTE;

const credential = (id: string, secret = `sk-ant-oat01-${id}`): Credential => {
  const parsed = parseCredential(id, secret);
  if ('problem' in parsed) throw new Error(parsed.problem);
  return parsed;
};

const OK: UpstreamReply = {
  status: 200,
  headers: { date: 'Tue, 20 Oct 2026 12:00:00 GMT' },
  body: { five_hour: { utilization: 5 } },
};
const answer = (status: number, headers = {}): UpstreamReply => ({
  ...{ status, headers },
  body: { type: 'error', error: { type: 'permission_error', message: 'no' } },
});

interface Setting {
  readonly credentials?: readonly Credential[];
  readonly answers?: readonly (UpstreamReply | Error | Promise<UpstreamReply>)[];
  readonly isMine?: (name: string) => boolean;
}

const start = ({ credentials = [credential('one')], answers = [], isMine = () => true }: Setting) => {
  const time = manualTime(NOON);
  const mounted = { credentials };
  const asked: { at: number; asked: string; headers: Readonly<Record<string, string>> }[] = [];
  const reported: unknown[] = [];
  let skewMs = 0;
  const poller = createPoller({
    clock: { now: () => time.clock.now() + skewMs, monotonic: () => time.clock.monotonic() },
    timers: time.timers,
    random: () => 0.5,
    intervalMs: INTERVAL,
    credentials: () => mounted.credentials,
    replicas: async () => isMine,
    call: async ({ method, path, credential: headers }) => {
      asked.push({ at: time.clock.now() - NOON, asked: `${method} ${path}`, headers });
      const next = answers[asked.length - 1] ?? OK;
      if (next instanceof Error) throw next;
      return next;
    },
    events: {
      onUsage: (id, body, headers) => reported.push(['usage', id, body, headers.date]),
      onResult: ({ credential: id, result, status, nextMs }) => reported.push(['result', id, result, status, nextMs]),
      onUnauthorized: (id) => reported.push(['unauthorized', id]),
    },
  });
  poller.start();
  const skew = (ms: number) => {
    skewMs = ms;
  };
  return { time, poller, mounted, asked, reported, skew, times: () => asked.map(({ at }) => at) };
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

  test('asks the usage endpoint with the token and its beta', async () => {
    const { time, asked } = start({});
    await time.advance(MINUTE);
    expect(asked[0]).toMatchObject({
      asked: 'GET /api/oauth/usage',
      headers: { authorization: 'Bearer sk-ant-oat01-one', 'anthropic-beta': 'oauth-2025-04-20' },
    });
  });

  test('hands on body and headers of the answer, how the poll ended, and when the next is', async () => {
    const { time, reported } = start({});
    await time.advance(MINUTE);
    expect(reported).toStrictEqual([
      ['result', 'one', 'ok', 200, INTERVAL],
      ['usage', 'one', OK.body, 'Tue, 20 Oct 2026 12:00:00 GMT'],
    ]);
  });

  test.each([
    ['403', answer(403), ['forbidden', 403, null]],
    ['403 in HTML', { ...answer(403), body: null }, ['error', 403, 2 * INTERVAL]],
    ['403 in JSON of something between', { ...answer(403), body: { error: 'denied' } }, ['error', 403, 2 * INTERVAL]],
    ['429', answer(429), ['rate_limited', 429, 2 * INTERVAL]],
    ['429 with a time', answer(429, { 'retry-after': '3600' }), ['rate_limited', 429, HOUR]],
    ['500', answer(500), ['error', 500, 2 * INTERVAL]],
    ['401', answer(401), ['error', 401, 2 * INTERVAL]],
    ['a page in HTML', { ...OK, body: null }, ['error', 200, 2 * INTERVAL]],
    ['no answer', new Error('reset'), ['error', null, 2 * INTERVAL]],
  ])('reports %s with the delay until the next poll, and hands nothing on', async (_, given, result) => {
    const { time, reported } = start({ answers: [given] });
    await time.advance(MINUTE);
    expect(reported[0]).toStrictEqual(['result', 'one', ...result]);
    expect(reported.filter((one) => Array.isArray(one) && one[0] === 'usage')).toStrictEqual([]);
  });

  test('reports a credential that the endpoint does not accept', async () => {
    const { time, reported } = start({ answers: [answer(401)] });
    await time.advance(MINUTE);
    expect(reported.at(-1)).toStrictEqual(['unauthorized', 'one']);
  });

  const many = (count: number) => Array.from({ length: count }, (_, index) => credential(`c${index}`));
  const never = () => new Promise<never>(() => {});

  test.each([
    ['replaced, with figures', [credential('one', 'sk-ant-oat01-new')], OK],
    ['removed, with figures', [], OK],
    ['replaced, with 401', [credential('one', 'sk-ant-oat01-new')], answer(401)],
  ])('hands on nothing that is answered to a secret after it was %s', async (_, mountedNext, late) => {
    const held = Promise.withResolvers<UpstreamReply>();
    const { time, mounted, reported } = start({ answers: [held.promise] });
    await time.advance(11 * SECOND);
    mounted.credentials = mountedNext;
    held.resolve(late);
    await time.advance(SECOND);
    expect(reported).toMatchObject([['result', 'one', late === OK ? 'ok' : 'error', late.status, expect.anything()]]);
  });

  test('asks for several credentials at once, four at most', async () => {
    const { time, asked } = start({ credentials: many(10), answers: Array.from({ length: 10 }, never) });
    await time.advance(11 * SECOND);
    expect(MAX_CONCURRENT).toBe(4);
    expect(asked).toHaveLength(4);
    expect(new Set(asked.map(({ headers }) => headers.authorization)).size).toBe(4);
  });

  test('is not delayed by one that hangs', async () => {
    const { time, asked, reported } = start({ credentials: many(30), answers: [never(), never(), never()] });
    await time.advance(16 * SECOND);
    expect(asked).toHaveLength(30);
    expect(reported.filter((one) => Array.isArray(one) && one[0] === 'usage')).toHaveLength(27);
    await time.advance(INTERVAL);
    expect(asked).toHaveLength(57);
  });

  test.each([null, { error: {} }, { message: 'blocked' }])(
    'goes on after a 403 that is not the API’s: %j',
    async (body) => {
      const { time, times, reported } = start({ answers: Array.from({ length: 6 }, () => ({ ...answer(403), body })) });
      await time.advance(7 * HOUR);
      const minutes = times().map((at, index, all) => Math.round((at - (all[index - 1] ?? at)) / MINUTE));
      expect(minutes.slice(0, 8)).toStrictEqual([0, 10, 20, 40, 80, 80, 80, 5]);
      expect(reported.filter((one) => Array.isArray(one) && one[0] === 'usage').length).toBeGreaterThan(0);
    },
  );

  test('asks as often as before where the clock of the machine is set back', async () => {
    const { time, times, skew } = start({});
    await time.advance(MINUTE);
    skew(-HOUR);
    await time.advance(10 * MINUTE);
    expect(times()).toHaveLength(3);
  });

  test('never asks again after 403 of the API, until the secret is another one', async () => {
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
  const answers: ((reply: UpstreamReply) => void)[] = [];
  const pending = () => new Promise<UpstreamReply>((resolve) => answers.push(resolve));
  const { time, poller, asked } = start({
    credentials: Array.from({ length: 5 }, (_, index) => credential(`c${index}`)),
    answers: Array.from({ length: 4 }, pending),
  });
  await time.advance(MINUTE);
  expect(asked).toHaveLength(4);
  poller.stop();
  for (const end of answers) end(OK);
  await time.advance(MINUTE);
  expect(asked).toHaveLength(4);
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

import { describe, expect, test } from 'vitest';
import { MAX_WINDOWS, MODEL_IDS, WINDOW_NAMES } from '#catalog';
import {
  HOUR,
  MINUTE,
  made,
  NOON,
  observe,
  poll,
  polled,
  record,
  SECOND,
  tokensOf,
  unified,
  usage,
} from './recorder.ts';

const SONNET = 'claude-sonnet-4-5-20250929';
const OPUS = 'claude-opus-4-6';

describe('learning', () => {
  test('headers give percent and times of a window', () => {
    const { tracker, window } = record();
    observe(tracker, 'one', unified('5h', { utilization: 0.29, resetsAt: NOON + HOUR, status: 'allowed' }));
    expect(window('5h')).toStrictEqual({
      credential: 'one',
      window: '5h',
      lengthSeconds: 18_000,
      utilization: 29,
      resetsAt: NOON + HOUR,
      status: 'allowed',
      source: 'header',
      learnedAt: NOON,
      tokensSince: NOON,
      tokens: [],
    });
  });

  test('a poll gives percent and times of its windows, and the newest source wins', () => {
    const { tracker, time, window } = record();
    observe(tracker, 'one', unified('5h', { utilization: 0.3, resetsAt: NOON + HOUR }));
    time.set(NOON + MINUTE);
    poll(tracker, 'one', { five_hour: polled(31.5, NOON + HOUR), seven_day_sonnet: polled(4, NOON + 50 * HOUR) });
    expect(window('5h')).toMatchObject({ utilization: 31.5, source: 'poll', learnedAt: NOON + MINUTE });
    expect(window('7d_sonnet')).toMatchObject({ utilization: 4, lengthSeconds: 604_800, tokensSince: NOON + MINUTE });
  });

  test('utilization can exceed 100', () => {
    const { tracker, window } = record();
    observe(tracker, 'one', unified('5h', { utilization: 1.07 }));
    expect(window('5h')?.utilization).toBe(107);
  });

  test('a window that one answer does not mention is kept', () => {
    const { tracker, window } = record();
    observe(tracker, 'one', unified('7d', { utilization: 0.5, resetsAt: NOON + 90 * HOUR }));
    observe(tracker, 'one', unified('5h', { utilization: 0.1, resetsAt: NOON + HOUR }));
    poll(tracker, 'one', { five_hour: polled(11, NOON + HOUR), seven_day: null });
    expect(window('7d')).toMatchObject({ utilization: 50, resetsAt: NOON + 90 * HOUR, source: 'header' });
  });

  test('a field that one answer does not mention is kept', () => {
    const { tracker, time, window } = record();
    observe(tracker, 'one', unified('5h', { utilization: 0.5, resetsAt: NOON + HOUR, status: 'allowed' }));
    time.set(NOON + MINUTE);
    observe(tracker, 'one', unified('5h', { resetsAt: NOON + HOUR }));
    expect(window('5h')).toMatchObject({ utilization: 50, learnedAt: NOON, status: 'allowed' });
    observe(tracker, 'one', unified('5h', { utilization: 0.6 }));
    expect(window('5h')).toMatchObject({ utilization: 60, resetsAt: NOON + HOUR });
  });

  test('a window without a reset time is shown and never elapses', () => {
    const { tracker, time, window, of } = record();
    observe(tracker, 'one', unified('5h', { utilization: 0.5 }));
    time.set(NOON + 100 * HOUR);
    expect(window('5h')).toMatchObject({ utilization: 50, resetsAt: null, source: 'header' });
    expect(of('reset')).toStrictEqual([]);
  });

  test('credentials do not share windows', () => {
    const { tracker, window } = record();
    observe(tracker, 'one', unified('5h', { utilization: 0.5 }));
    observe(tracker, 'two', unified('5h', { utilization: 0.9 }));
    expect(window('5h')?.utilization).toBe(50);
    expect(tracker.snapshot()).toHaveLength(2);
  });

  test('an answer without rate-limit headers leaves no trace', () => {
    const { tracker, events } = record();
    observe(tracker, 'one', { 'request-id': 'req_1', 'anthropic-ratelimit-unified-status': 'allowed' });
    poll(tracker, 'one', { error: { type: 'rate_limit_error' } });
    tracker.recordUsage('one', [usage(SONNET, { input: 5 })]);
    expect(events).toStrictEqual([]);
    expect(tracker.snapshot()).toStrictEqual([]);
  });

  test('a status alone makes no window', () => {
    const { tracker } = record();
    observe(tracker, 'one', unified('9h', { status: 'allowed' }));
    expect(tracker.snapshot()).toStrictEqual([]);
  });

  test('extra usage is no window and has figures of its own', () => {
    const { tracker } = record();
    const extra_usage = { is_enabled: true, monthly_limit: 5_000, used_credits: 1_250, utilization: 25 };
    poll(tracker, 'one', { extra_usage });
    expect(tracker.snapshot()).toStrictEqual([]);
    expect(tracker.extraUsage()).toStrictEqual([
      { credential: 'one', enabled: true, limitCredits: 5_000, usedCredits: 1_250, utilization: 25 },
    ]);
    poll(tracker, 'one', { five_hour: polled(1, null) });
    expect(tracker.extraUsage()).toHaveLength(1);
  });

  test('each window is announced once', () => {
    const { tracker, of } = record();
    observe(tracker, 'one', unified('5h', { utilization: 0.1 }));
    observe(tracker, 'one', unified('5h', { utilization: 0.2 }));
    expect(of('window')).toStrictEqual([{ credential: 'one', window: '5h' }]);
  });
});

describe('a moved reset time', () => {
  test.each([
    ['a second later', SECOND],
    ['a minute earlier', -MINUTE],
    ['an hour later', HOUR],
    ['two hours earlier', -2 * HOUR],
    ['a day earlier', -24 * HOUR],
    ['a day later', 24 * HOUR],
  ])('%s is a correction: the newest value and time are true, tokens stay, nothing is counted', (_, ms) => {
    const { tracker, time, window, of } = record();
    observe(tracker, 'one', unified('7d', { utilization: 0.5, resetsAt: NOON + 120 * HOUR }));
    tracker.recordUsage('one', [usage(SONNET, { input: 7 })]);
    time.set(NOON + MINUTE);
    observe(tracker, 'one', unified('7d', { utilization: 0.97, resetsAt: NOON + 120 * HOUR + ms }));
    expect(window('7d')).toMatchObject({ utilization: 97, resetsAt: NOON + 120 * HOUR + ms, tokensSince: NOON });
    expect(tokensOf(window('7d'), 'input')).toBe(7);
    expect(of('reset')).toStrictEqual([]);
    expect(of('high')).toHaveLength(1);
  });

  test('twice by a day while utilization rises counts no reset', () => {
    const { tracker, time, window, of } = record();
    for (const [day, utilization] of [0.6, 0.61, 0.62].entries()) {
      time.set(NOON + day * HOUR);
      observe(tracker, 'one', unified('7d', { utilization, resetsAt: NOON + (100 + 24 * day) * HOUR }));
      tracker.recordUsage('one', [usage(SONNET, { input: 10 })]);
    }
    expect(window('7d')).toMatchObject({ utilization: 62, resetsAt: NOON + 148 * HOUR });
    expect(tokensOf(window('7d'), 'input')).toBe(30);
    expect(of('reset')).toStrictEqual([]);
  });

  test('into the past ends the period', () => {
    const { tracker, window, of } = record();
    observe(tracker, 'one', unified('7d', { utilization: 0.5, resetsAt: NOON + 20 * HOUR }));
    observe(tracker, 'one', unified('7d', { utilization: 0.5, resetsAt: NOON - MINUTE }));
    expect(window('7d')).toMatchObject({ utilization: 0, source: 'elapsed', resetsAt: NOON - MINUTE });
    expect(of('reset')).toHaveLength(1);
  });
});

describe('elapsing', () => {
  const elapsed = () => {
    const recorded = record();
    observe(
      recorded.tracker,
      'one',
      unified('5h', { utilization: 0.9, resetsAt: NOON + HOUR, status: 'allowed_warning' }),
    );
    recorded.tracker.recordUsage('one', [usage(SONNET, { input: 1, cacheRead: 2, cacheWrite5m: 4, output: 3 })]);
    return recorded;
  };

  test('does not happen a moment before the reset time', () => {
    const { time, window, of } = elapsed();
    time.set(NOON + HOUR - 1);
    expect(window('5h')).toMatchObject({ utilization: 90, source: 'header' });
    expect(of('reset')).toStrictEqual([]);
  });

  test('happens at the reset time: nothing is used, tokens are gone, one reset is reported', () => {
    const { tracker, time, window, of } = elapsed();
    time.set(NOON + HOUR);
    tracker.tick();
    tracker.tick();
    expect(window('5h')).toMatchObject({
      utilization: 0,
      source: 'elapsed',
      status: null,
      resetsAt: NOON + HOUR,
      learnedAt: NOON + HOUR,
      tokensSince: NOON + HOUR,
      tokens: [],
    });
    expect(of('reset')).toStrictEqual([
      {
        credential: 'one',
        window: '5h',
        resetsAt: NOON + HOUR,
        nextResetsAt: null,
        utilization: 90,
        tokensIn: 7,
        tokensOut: 3,
      },
    ]);
  });

  test.each([
    ['a tick', 'tick'],
    ['a snapshot', 'snapshot'],
    ['usage', 'recordUsage'],
    ['an answer', 'observe'],
  ] as const)('is noticed by %s', (_, by) => {
    const { tracker, time, of } = elapsed();
    time.set(NOON + HOUR + MINUTE);
    const act = {
      tick: () => tracker.tick(),
      snapshot: () => tracker.snapshot(),
      recordUsage: () => tracker.recordUsage('one', [usage(SONNET, { input: 1 })]),
      observe: () => observe(tracker, 'one', unified('5h', { utilization: 0.01, resetsAt: NOON + 6 * HOUR })),
    };
    act[by]();
    expect(of('reset')).toHaveLength(1);
  });

  test('an answer of the window that is over changes nothing', () => {
    const { tracker, time, window } = elapsed();
    time.set(NOON + HOUR + SECOND);
    observe(tracker, 'one', unified('5h', { utilization: 0.95, resetsAt: NOON + HOUR + 2 * SECOND }));
    observe(tracker, 'one', unified('5h', { utilization: 0.96 }));
    expect(window('5h')).toMatchObject({ utilization: 0, source: 'elapsed' });
  });

  test('the later time that the next answer brings starts the new window silently', () => {
    const { tracker, time, window, of } = elapsed();
    time.set(NOON + 2 * HOUR);
    tracker.tick();
    tracker.recordUsage('one', [usage(SONNET, { input: 4 })]);
    observe(tracker, 'one', unified('5h', { utilization: 0.02, resetsAt: NOON + 6 * HOUR }));
    expect(window('5h')).toMatchObject({
      utilization: 2,
      source: 'header',
      resetsAt: NOON + 6 * HOUR,
      tokensSince: NOON + HOUR,
    });
    expect(tokensOf(window('5h'), 'input')).toBe(4);
    expect(of('reset')).toHaveLength(1);
  });

  test('an older answer that comes late does not bring a period back which a newer one calls over', () => {
    const { tracker, time, window, of } = elapsed();
    time.set(NOON + HOUR + MINUTE);
    const end = NOON + HOUR;
    const answer = (madeAt: number, resetsAt: number) =>
      observe(tracker, 'one', { ...unified('5h', { utilization: 0.95, resetsAt }), ...made(madeAt) });
    answer(end + 5 * SECOND, end + 30 * SECOND);
    answer(end - 10 * SECOND, end + 2 * HOUR);
    expect(window('5h')).toMatchObject({ utilization: 0, source: 'elapsed', resetsAt: end + 30 * SECOND });
    time.set(NOON + 2 * HOUR);
    observe(tracker, 'one', unified('5h', { utilization: 0.02, resetsAt: NOON + 6 * HOUR }));
    expect(window('5h')).toMatchObject({ utilization: 2, source: 'header', tokensSince: end });
    time.set(NOON + 6 * HOUR);
    tracker.tick();
    expect(of('reset')).toHaveLength(2);
  });

  test('a late answer that had moved the time lets the period go on, and its end is counted once', () => {
    const { tracker, time, window, of } = elapsed();
    const end = NOON + HOUR;
    time.set(end + MINUTE);
    const moved = unified('5h', { utilization: 0.95, resetsAt: end + 2 * HOUR });
    observe(tracker, 'one', { ...moved, ...made(end - 10 * SECOND) });
    expect(window('5h')).toMatchObject({ utilization: 95, source: 'header', resetsAt: end + 2 * HOUR });
    time.set(end + 2 * HOUR);
    expect(window('5h')).toMatchObject({ utilization: 0, source: 'elapsed' });
    expect(of('reset')).toHaveLength(1);
  });

  test('the new window elapses in its turn', () => {
    const { tracker, time, window, of } = elapsed();
    time.set(NOON + 2 * HOUR);
    observe(tracker, 'one', unified('5h', { utilization: 0.02, resetsAt: NOON + 6 * HOUR }));
    time.set(NOON + 6 * HOUR);
    expect(window('5h')).toMatchObject({ utilization: 0, source: 'elapsed', tokensSince: NOON + 6 * HOUR });
    expect(of('reset')).toHaveLength(2);
  });

  test('headers do not hide a roll-over: with traffic all the time the reset is seen and tokens start again', () => {
    const { tracker, time, window, of } = record();
    for (let minute = 0; minute < 120; minute += 1) {
      time.set(NOON + minute * MINUTE);
      const resetsAt = minute < 60 ? NOON + HOUR : NOON + 6 * HOUR;
      observe(tracker, 'one', unified('5h', { utilization: 0.01 * (minute % 60), resetsAt }));
      tracker.recordUsage('one', [usage(SONNET, { input: 10 })]);
    }
    expect(of('reset')).toStrictEqual([
      {
        credential: 'one',
        window: '5h',
        resetsAt: NOON + HOUR,
        nextResetsAt: null,
        utilization: 59,
        tokensIn: 600,
        tokensOut: 0,
      },
    ]);
    expect(tokensOf(window('5h'), 'input')).toBe(600);
    expect(window('5h')?.tokensSince).toBe(NOON + HOUR);
  });

  test('a time that has passed when an answer first gives it is a window that is over', () => {
    const { tracker, window, of } = record();
    observe(tracker, 'one', unified('5h', { utilization: 0.99, resetsAt: NOON - HOUR }));
    expect(window('5h')).toMatchObject({ utilization: 0, source: 'elapsed', tokensSince: NOON });
    expect(of('reset')).toHaveLength(1);
    expect(of('high')).toStrictEqual([]);
  });
});

describe('a sharp fall of utilization', () => {
  test.each([
    ['in headers', 0, 169],
    ['in a poll', 1, 169],
    ['in headers, with the same time', 0, 20],
    ['in a poll, with the same time', 1, 20],
  ])('%s ends a period before its time', (_, source, hours) => {
    const { tracker, time, window, of } = record();
    observe(tracker, 'one', unified('7d', { utilization: 0.7, resetsAt: NOON + 20 * HOUR, status: 'rejected' }));
    tracker.recordUsage('one', [usage(SONNET, { input: 7 })]);
    time.set(NOON + HOUR);
    if (source === 0) observe(tracker, 'one', unified('7d', { utilization: 0.01, resetsAt: NOON + hours * HOUR }));
    else poll(tracker, 'one', { seven_day: polled(1, NOON + hours * HOUR) });
    expect(window('7d')).toMatchObject({
      utilization: 1,
      resetsAt: NOON + hours * HOUR,
      status: null,
      source: source === 0 ? 'header' : 'poll',
      tokensSince: NOON + HOUR,
      tokens: [],
    });
    expect(of('reset')).toStrictEqual([
      {
        credential: 'one',
        window: '7d',
        resetsAt: NOON + 20 * HOUR,
        nextResetsAt: NOON + hours * HOUR,
        utilization: 70,
        tokensIn: 7,
        tokensOut: 0,
      },
    ]);
  });

  test.each([
    [70, 19.9, 1],
    [38, 19, 1],
    [10, 5, 1],
    [2, 0, 1],
    [70, 20, 0],
    [39, 19.9, 0],
    [10, 6, 0],
    [0, 0, 0],
    [50, 60, 0],
  ])('from %d to %d counts %d resets', (before, after, resets) => {
    const { tracker, window, of } = record();
    poll(tracker, 'one', { seven_day: polled(before, NOON + HOUR) });
    poll(tracker, 'one', { seven_day: polled(after, NOON + HOUR) });
    expect(window('7d')?.utilization).toBe(after);
    expect(of('reset')).toHaveLength(resets);
  });

  test('without a time makes the known time void, even for an older answer that comes late', () => {
    const { tracker, time, window, of } = record();
    observe(tracker, 'one', { ...unified('7d', { utilization: 0.7, resetsAt: NOON + HOUR }), ...made(NOON) });
    time.set(NOON + MINUTE);
    observe(tracker, 'one', { ...unified('7d', { utilization: 0.01 }), ...made(NOON + MINUTE) });
    observe(tracker, 'one', { ...unified('7d', { utilization: 0.71, resetsAt: NOON + HOUR }), ...made(NOON + SECOND) });
    expect(window('7d')).toMatchObject({ utilization: 1, resetsAt: null });
    time.set(NOON + 2 * HOUR);
    expect(window('7d')).toMatchObject({ utilization: 1, source: 'header' });
    expect(of('reset')).toHaveLength(1);
  });

  test('moments before the time has come is the same end', () => {
    const { tracker, time, of } = record();
    observe(tracker, 'one', unified('5h', { utilization: 0.7, resetsAt: NOON + HOUR }));
    time.set(NOON + HOUR - 2 * SECOND);
    observe(tracker, 'one', unified('5h', { utilization: 0, resetsAt: NOON + HOUR }));
    time.set(NOON + HOUR);
    tracker.tick();
    expect(of('reset')).toHaveLength(1);
  });
});

describe('reset times that cannot be true', () => {
  test.each([
    ['5h', 30 * 24 * HOUR],
    ['5h', 5 * HOUR + 61 * SECOND],
    ['5h', -6 * HOUR],
    ['7d', 8 * 24 * HOUR],
    ['7d_oi', 8 * 24 * HOUR],
    ['7d_haiku', 8 * 24 * HOUR],
    ['nimbus', 36 * 24 * HOUR],
    ['nimbus', NOON * 1_000],
    ['nimbus', -NOON],
  ])('of %s, %d ms off, are not believed, whatever else the answer says is', (name, ms) => {
    const { tracker, window, of } = record();
    observe(tracker, 'one', unified(name, { utilization: 0.1, resetsAt: NOON + HOUR }));
    observe(tracker, 'one', unified(name, { utilization: 0.2, resetsAt: NOON + ms, status: 'allowed' }));
    expect(window(name)).toMatchObject({ utilization: 20, resetsAt: NOON + HOUR, status: 'allowed' });
    poll(tracker, 'one', {
      [name]: { utilization: 21, resets_at: new Date(Math.min(NOON + ms, 8.64e15)).toISOString() },
    });
    expect(window(name)).toMatchObject({ utilization: 21, resetsAt: NOON + HOUR });
    expect(of('reset')).toStrictEqual([]);
  });

  test.each([
    ['5h', 5 * HOUR + MINUTE],
    ['7d', 7 * 24 * HOUR + MINUTE],
    ['nimbus', 35 * 24 * HOUR],
  ])('end where the length of %s does, with a minute to spare', (name, ms) => {
    const { tracker, window } = record();
    observe(tracker, 'one', unified(name, { utilization: 0.1, resetsAt: NOON + ms }));
    expect(window(name)?.resetsAt).toBe(NOON + ms);
  });
});

describe('the newest answer', () => {
  const at = (seconds: number, utilization: number, hours: number) => ({
    ...unified('5h', { utilization, resetsAt: NOON + hours * HOUR, status: `at ${seconds}` }),
    ...made(NOON + seconds * SECOND),
  });

  test('by the time it was made is true, though an older one comes later', () => {
    const { tracker, time, window, of } = record();
    time.set(NOON + MINUTE);
    observe(tracker, 'one', at(30, 0.926, 4));
    observe(tracker, 'one', at(10, 0.615, 3));
    expect(window('5h')).toMatchObject({
      ...{ utilization: 92.6, resetsAt: NOON + 4 * HOUR, status: 'at 30' },
      learnedAt: NOON + 30 * SECOND,
    });
    expect(of('reset')).toStrictEqual([]);
  });

  test('is a poll as well as a header', () => {
    const { tracker, time, window } = record();
    time.set(NOON + MINUTE);
    poll(tracker, 'one', { five_hour: polled(92.6, NOON + HOUR) }, made(NOON + 30 * SECOND));
    observe(tracker, 'one', at(29, 0.615, 1));
    expect(window('5h')).toMatchObject({ utilization: 92.6, source: 'poll' });
    poll(tracker, 'one', { five_hour: polled(50, NOON + HOUR) }, made(NOON + 20 * SECOND));
    expect(window('5h')).toMatchObject({ utilization: 92.6, source: 'poll' });
    observe(tracker, 'one', at(31, 0.93, 1));
    expect(window('5h')).toMatchObject({ utilization: 93, source: 'header' });
  });

  test('of one second is the one that comes later', () => {
    const { tracker, time, window } = record();
    time.set(NOON + MINUTE);
    observe(tracker, 'one', at(30, 0.5, 1));
    observe(tracker, 'one', at(30, 0.4, 1));
    expect(window('5h')?.utilization).toBe(40);
  });

  test('lets an older one fill what it does not say', () => {
    const { tracker, time, window } = record();
    time.set(NOON + MINUTE);
    observe(tracker, 'one', { ...unified('5h', { utilization: 0.5 }), ...made(NOON + 30 * SECOND) });
    observe(tracker, 'one', at(10, 0.1, 1));
    expect(window('5h')).toMatchObject({ utilization: 50, resetsAt: NOON + HOUR, status: 'at 10' });
  });

  test('gives extra usage its figures', () => {
    const { tracker, time } = record();
    time.set(NOON + MINUTE);
    poll(tracker, 'one', { extra_usage: { is_enabled: true, used_credits: 9 } }, made(NOON + 30 * SECOND));
    poll(tracker, 'one', { extra_usage: { is_enabled: false, used_credits: 7 } }, made(NOON + 20 * SECOND));
    expect(tracker.extraUsage()).toMatchObject([{ enabled: true, usedCredits: 9 }]);
  });

  test.each([
    ['none', {}],
    ['one that is no date', { date: 'yesterday' }],
    ['one of another form', { date: '2026-10-20T12:00:00Z' }],
    ['one of 1970', { date: 'Thu, 01 Jan 1970 00:00:00 GMT' }],
    ['one of next week', made(NOON + 168 * HOUR)],
  ])('with %s as its date was made when it came', (_, date) => {
    const { tracker, time, window } = record();
    observe(tracker, 'one', at(0, 0.1, 1));
    time.set(NOON + MINUTE);
    observe(tracker, 'one', { ...unified('5h', { utilization: 0.2 }), ...date });
    expect(window('5h')).toMatchObject({ utilization: 20, learnedAt: NOON + MINUTE });
    time.set(NOON + 2 * MINUTE);
    observe(tracker, 'one', at(119, 0.3, 1));
    expect(window('5h')?.utilization).toBe(30);
  });
});

describe('tokens', () => {
  test('go to the windows that count their model, by model of the price table', () => {
    const { tracker, window } = record();
    const windows = { five_hour: polled(1, null), seven_day: polled(1, null) };
    poll(tracker, 'one', {
      ...windows,
      seven_day_sonnet: polled(1, null),
      seven_day_opus: polled(1, null),
      new_one: polled(1, null),
    });
    observe(tracker, 'one', unified('7d_oi', { utilization: 0.1 }));
    tracker.recordUsage('one', [
      usage(SONNET, { input: 1, output: 2, cacheRead: 4, cacheWrite5m: 8, cacheWrite1h: 16 }),
      usage(OPUS, { input: 100 }),
      usage('claude-sonnet-99', { input: 1_000 }),
      usage('claude-fable-5', { input: 10_000 }),
    ]);
    const sonnet = [
      { model: 'claude-sonnet-4-5', direction: 'input', tokens: 1 },
      { model: 'claude-sonnet-4-5', direction: 'output', tokens: 2 },
      { model: 'claude-sonnet-4-5', direction: 'cache_read', tokens: 4 },
      { model: 'claude-sonnet-4-5', direction: 'cache_write', tokens: 24 },
    ];
    expect(window('5h')?.tokens).toEqual(expect.arrayContaining(sonnet));
    expect(tokensOf(window('5h'), 'input')).toBe(11_101);
    expect(tokensOf(window('7d'), 'input')).toBe(11_101);
    expect(tokensOf(window('7d_sonnet'), 'input')).toBe(1_001);
    expect(tokensOf(window('7d_opus'), 'input')).toBe(100);
    expect(tokensOf(window('7d_oi'), 'input')).toBe(10_000);
    expect(window('new_one')).toMatchObject({ tokens: [], tokensSince: null, lengthSeconds: null });
  });

  test('of models without a price share one row', () => {
    const { tracker, window } = record();
    observe(tracker, 'one', unified('5h', { utilization: 0.1 }));
    tracker.recordUsage('one', [usage('gpt-1', { input: 1 }), usage('gpt-2', { input: 2 })]);
    expect(window('5h')?.tokens.filter(({ tokens }) => tokens > 0)).toStrictEqual([
      { model: 'other', direction: 'input', tokens: 3 },
    ]);
  });

  test('belong to the window that is current when they are recorded, not when the request began', () => {
    const { tracker, time, window } = record();
    observe(tracker, 'one', unified('5h', { utilization: 0.1, resetsAt: NOON + HOUR }));
    time.set(NOON + HOUR);
    tracker.recordUsage('one', [usage(SONNET, { output: 9 })]);
    expect(tokensOf(window('5h'), 'output')).toBe(9);
  });

  test('every model of the price table has rows of its own', () => {
    const { tracker, window } = record();
    observe(tracker, 'one', unified('5h', { utilization: 0.1 }));
    tracker.recordUsage(
      'one',
      MODEL_IDS.map((model) => usage(model, { input: 1 })),
    );
    expect(window('5h')?.tokens).toHaveLength(MODEL_IDS.length * 4);
  });
});

describe('the warning', () => {
  test('comes above 80 %, once a window and period', () => {
    const { tracker, time, of } = record();
    const answer = (name: string, utilization: number, resetsAt: number) =>
      observe(tracker, 'one', unified(name, { utilization, resetsAt }));
    answer('5h', 0.8, NOON + HOUR);
    expect(of('high')).toStrictEqual([]);
    answer('5h', 0.81, NOON + HOUR);
    answer('5h', 0.5, NOON + HOUR);
    answer('5h', 0.99, NOON + HOUR);
    expect(of('high')).toStrictEqual([{ credential: 'one', window: '5h', utilization: 81, resetsAt: NOON + HOUR }]);
    answer('7d', 0.95, NOON + 30 * HOUR);
    expect(of('high')).toHaveLength(2);
    time.set(NOON + HOUR);
    answer('5h', 0.9, NOON + 6 * HOUR);
    answer('5h', 0.95, NOON + 6 * HOUR);
    expect(of('high')).toHaveLength(3);
    answer('5h', 0.1, NOON + 6 * HOUR);
    answer('5h', 0.85, NOON + 6 * HOUR);
    expect(of('high')).toHaveLength(4);
  });
});

describe('bounds', () => {
  test('at most 16 windows are tracked, further ones are dropped and counted, known ones always have room', () => {
    const { tracker, of } = record();
    for (let index = 0; index < 20; index += 1) {
      observe(tracker, `c${index % 2}`, unified(`w${index}`, { utilization: 0.1 }));
    }
    for (const name of WINDOW_NAMES) observe(tracker, 'one', unified(name, { utilization: 0.1 }));
    const names = new Set(tracker.snapshot().map(({ window }) => window));
    expect(names.size).toBe(MAX_WINDOWS);
    expect(WINDOW_NAMES.every((name) => names.has(name))).toBe(true);
    expect(of('dropped')).toStrictEqual(Array.from({ length: 9 }, () => ({ label: 'window' })));
    observe(tracker, 'two', unified('w0', { utilization: 0.1 }));
    expect(of('dropped')).toHaveLength(9);
  });

  test('a name that no label should carry is dropped and counted', () => {
    const { tracker, of } = record();
    poll(tracker, 'one', { 'a b': polled(1, null), ['x'.repeat(33)]: polled(1, null), '"': polled(1, null) });
    expect(tracker.snapshot()).toStrictEqual([]);
    expect(of('dropped')).toHaveLength(3);
  });

  test('a pool has room for as many credentials as are configured, further ones are counted once', () => {
    const { tracker, of } = record({ maxAccounts: 2 });
    for (const credential of ['a', 'b', 'c', 'c', 'd']) {
      observe(tracker, credential, unified('5h', { utilization: 0.1, resetsAt: NOON + HOUR }));
    }
    expect(tracker.snapshot().map(({ credential }) => credential)).toStrictEqual(['a', 'b']);
    expect(of('dropped')).toStrictEqual([{ label: 'credential' }, { label: 'credential' }]);
    expect(tracker.untracked()).toBe(2);
  });
});

describe('a change that is worth keeping', () => {
  const changes = (act: (recorded: ReturnType<typeof record>) => void): number => {
    const recorded = record();
    observe(recorded.tracker, 'one', unified('5h', { utilization: 0.1, resetsAt: NOON + HOUR }));
    const before = recorded.of('change').length;
    act(recorded);
    return recorded.of('change').length - before;
  };

  test.each<[string, (recorded: ReturnType<typeof record>) => void, number]>([
    ['headers', ({ tracker }) => observe(tracker, 'one', unified('5h', { utilization: 0.2 })), 1],
    ['a poll', ({ tracker }) => poll(tracker, 'one', { five_hour: polled(30, null) }), 1],
    ['extra usage alone', ({ tracker }) => poll(tracker, 'one', { extra_usage: {} }), 1],
    ['usage', ({ tracker }) => tracker.recordUsage('one', [usage(SONNET, { input: 1 })]), 1],
    ['no usage', ({ tracker }) => tracker.recordUsage('one', []), 0],
    ['a moment in which nothing ends', ({ tracker }) => tracker.tick(), 0],
    [
      'a reset',
      ({ tracker, time }) => {
        time.set(NOON + HOUR);
        tracker.tick();
      },
      1,
    ],
  ])('is reported once by %s', (_, act, expected) => {
    expect(changes(act)).toBe(expected);
  });
});

describe('the windows of an account', () => {
  test('say what choosing among credentials takes', () => {
    const { tracker, time } = record();
    poll(tracker, 'one', {
      five_hour: polled(12, NOON + HOUR),
      limits: [{ kind: 'weekly_scoped', percent: 100, resets_at: null, scope: { model: { display_name: 'Opus' } } }],
      nimbus: polled(3, null),
    });
    observe(tracker, 'one', { ...unified('7d_oi', { utilization: 1, status: 'rejected' }), ...made(NOON) });
    time.set(NOON + HOUR);
    const week = { lengthSeconds: 604_800, resetsAt: null, madeAt: NOON, elapsed: false };
    expect(tracker.windowsOf('one')).toStrictEqual([
      {
        ...{ window: '5h', counts: 'all', lengthSeconds: 18_000, utilization: 0, resetsAt: NOON + HOUR, status: null },
        ...{ madeAt: NOON, elapsed: true },
      },
      { ...week, window: 'nimbus', counts: null, lengthSeconds: null, utilization: 3, status: null },
      { ...week, window: '7d_opus', counts: 'opus', utilization: 100, status: null },
      { ...week, window: '7d_oi', counts: 'fable', utilization: 100, status: 'rejected' },
    ]);
    expect(tracker.windowsOf('two')).toStrictEqual([]);
  });
});

describe('a window that was rejected', () => {
  const rejected = () => {
    const recorded = record();
    const seven = unified('7d', { utilization: 1, resetsAt: NOON + 120 * HOUR, status: 'rejected' });
    observe(recorded.tracker, 'one', { ...seven, ...made(NOON) });
    recorded.time.set(NOON + HOUR);
    return recorded;
  };
  const view = ({ tracker }: ReturnType<typeof record>) => tracker.windowsOf('one')[0];

  test.each([
    ['2 % of another period', polled(2, NOON + 168 * HOUR), 2],
    ['2 % of the same period', polled(2, NOON + 120 * HOUR), 2],
    ['60 % of the same period', polled(60, NOON + 120 * HOUR), 60],
    ['99.9 % and no time', polled(99.9, null), 99.9],
  ])('is not any more when a poll gives %s', (_, seven_day, utilization) => {
    const recorded = rejected();
    poll(recorded.tracker, 'one', { seven_day }, made(NOON + HOUR));
    expect(view(recorded)).toMatchObject({ utilization, status: null, madeAt: NOON + HOUR, elapsed: false });
  });

  test.each([
    ['a poll gives 100 %', { seven_day: polled(100, NOON + 120 * HOUR) }, NOON + HOUR],
    ['a poll gives 101 %', { seven_day: polled(101, NOON + 120 * HOUR) }, NOON + HOUR],
    ['an older poll gives 60 %', { seven_day: polled(60, NOON + 120 * HOUR) }, NOON - HOUR],
    ['a poll describes other windows', { five_hour: polled(1, NOON + 2 * HOUR) }, NOON + HOUR],
  ])('still is when %s', (_, body, madeAt) => {
    const recorded = rejected();
    poll(recorded.tracker, 'one', body, made(madeAt));
    expect(view(recorded)).toMatchObject({ window: '7d', status: 'rejected' });
  });

  test('still is when the answer itself gives less than 100 %', () => {
    const recorded = rejected();
    observe(recorded.tracker, 'one', unified('7d', { utilization: 0.99, status: 'rejected' }));
    expect(view(recorded)).toMatchObject({ utilization: 99, status: 'rejected' });
  });
});

describe('forgetting an account', () => {
  test('drops its windows, extra usage and limits at once, and says so', () => {
    const { tracker, of } = record();
    observe(tracker, 'one', {
      ...unified('7d', { utilization: 0.9, resetsAt: NOON + 90 * HOUR }),
      'anthropic-ratelimit-requests-limit': '50',
    });
    poll(tracker, 'one', { extra_usage: {} });
    tracker.forget('one');
    tracker.forget('two');
    expect(tracker.snapshot()).toStrictEqual([]);
    expect(tracker.extraUsage()).toStrictEqual([]);
    expect(tracker.keyLimits()).toStrictEqual([]);
    expect(tracker.windowsOf('one')).toStrictEqual([]);
    expect(tracker.export()).toStrictEqual({ accounts: [] });
    expect(of('forgotten')).toStrictEqual([{ credential: 'one' }]);
  });

  test('lets another secret of the same name begin with its own figures', () => {
    const { tracker, of } = record();
    observe(tracker, 'one', unified('7d', { utilization: 0.9, resetsAt: NOON + 90 * HOUR }));
    tracker.recordUsage('one', [usage(SONNET, { input: 7 })]);
    tracker.forget('one');
    observe(tracker, 'one', unified('5h', { utilization: 0.1, resetsAt: NOON + HOUR }));
    expect(tracker.snapshot()).toMatchObject([{ window: '5h', utilization: 10, tokens: [] }]);
    expect(of('reset')).toStrictEqual([]);
  });
});

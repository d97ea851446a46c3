import { describe, expect, test } from 'vitest';
import { MAX_WINDOWS, MODEL_IDS, WINDOW_NAMES } from '#catalog';
import { HOUR, MINUTE, NOON, polled, record, SECOND, tokensOf, unified, usage } from './recorder.ts';

const SONNET = 'claude-sonnet-4-5-20250929';
const OPUS = 'claude-opus-4-6';

describe('learning', () => {
  test('headers give percent and times of a window', () => {
    const { tracker, window } = record();
    tracker.observeHeaders('one', unified('5h', { utilization: 0.29, resetsAt: NOON + HOUR, status: 'allowed' }));
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

  test('a poll gives percent and times of its windows, and the latest source wins', () => {
    const { tracker, time, window } = record();
    tracker.observeHeaders('one', unified('5h', { utilization: 0.3, resetsAt: NOON + HOUR }));
    time.set(NOON + MINUTE);
    tracker.observePoll('one', { five_hour: polled(31.5, NOON + HOUR), seven_day_sonnet: polled(4, NOON + 50 * HOUR) });
    expect(window('5h')).toMatchObject({ utilization: 31.5, source: 'poll', learnedAt: NOON + MINUTE });
    expect(window('7d_sonnet')).toMatchObject({ utilization: 4, lengthSeconds: 604_800, tokensSince: NOON + MINUTE });
  });

  test('utilization can exceed 100', () => {
    const { tracker, window } = record();
    tracker.observeHeaders('one', unified('5h', { utilization: 1.07 }));
    expect(window('5h')?.utilization).toBe(107);
  });

  test('a window that one answer does not mention is kept', () => {
    const { tracker, window } = record();
    tracker.observeHeaders('one', unified('7d', { utilization: 0.5, resetsAt: NOON + 90 * HOUR }));
    tracker.observeHeaders('one', unified('5h', { utilization: 0.1, resetsAt: NOON + HOUR }));
    tracker.observePoll('one', { five_hour: polled(11, NOON + HOUR), seven_day: null });
    expect(window('7d')).toMatchObject({ utilization: 50, resetsAt: NOON + 90 * HOUR, source: 'header' });
  });

  test('a field that one answer does not mention is kept', () => {
    const { tracker, time, window } = record();
    tracker.observeHeaders('one', unified('5h', { utilization: 0.5, resetsAt: NOON + HOUR, status: 'allowed' }));
    time.set(NOON + MINUTE);
    tracker.observeHeaders('one', unified('5h', { resetsAt: NOON + HOUR }));
    expect(window('5h')).toMatchObject({ utilization: 50, learnedAt: NOON, status: 'allowed' });
    tracker.observeHeaders('one', unified('5h', { utilization: 0.6 }));
    expect(window('5h')).toMatchObject({ utilization: 60, resetsAt: NOON + HOUR });
  });

  test('a window without a reset time is shown and never elapses', () => {
    const { tracker, time, window, of } = record();
    tracker.observeHeaders('one', unified('5h', { utilization: 0.5 }));
    time.set(NOON + 100 * HOUR);
    expect(window('5h')).toMatchObject({ utilization: 50, resetsAt: null, source: 'header' });
    expect(of('reset')).toStrictEqual([]);
  });

  test('credentials do not share windows', () => {
    const { tracker, window } = record();
    tracker.observeHeaders('one', unified('5h', { utilization: 0.5 }));
    tracker.observeHeaders('two', unified('5h', { utilization: 0.9 }));
    expect(window('5h')?.utilization).toBe(50);
    expect(tracker.snapshot()).toHaveLength(2);
  });

  test('an answer without rate-limit headers leaves no trace', () => {
    const { tracker, told } = record();
    tracker.observeHeaders('one', { 'request-id': 'req_1', 'anthropic-ratelimit-unified-status': 'allowed' });
    tracker.observePoll('one', { error: { type: 'rate_limit_error' } });
    tracker.recordUsage('one', [usage(SONNET, { input: 5 })]);
    expect(told).toStrictEqual([]);
    expect(tracker.snapshot()).toStrictEqual([]);
  });

  test('a status alone makes no window', () => {
    const { tracker } = record();
    tracker.observeHeaders('one', unified('9h', { status: 'allowed' }));
    expect(tracker.snapshot()).toStrictEqual([]);
  });

  test('extra usage is no window and has figures of its own', () => {
    const { tracker } = record();
    const extra_usage = { is_enabled: true, monthly_limit: 5_000, used_credits: 1_250, utilization: 25 };
    tracker.observePoll('one', { extra_usage });
    expect(tracker.snapshot()).toStrictEqual([]);
    expect(tracker.extraUsage()).toStrictEqual([
      { credential: 'one', enabled: true, limitCredits: 5_000, usedCredits: 1_250, utilization: 25 },
    ]);
    tracker.observePoll('one', { five_hour: polled(1, null) });
    expect(tracker.extraUsage()).toHaveLength(1);
  });

  test('each window is announced once', () => {
    const { tracker, of } = record();
    tracker.observeHeaders('one', unified('5h', { utilization: 0.1 }));
    tracker.observeHeaders('one', unified('5h', { utilization: 0.2 }));
    expect(of('window')).toStrictEqual([{ credential: 'one', window: '5h' }]);
  });
});

describe('the same window', () => {
  test.each([
    ['a minute later', 60],
    ['a second later', 1],
    ['a second earlier', -1],
    ['a minute earlier', -60],
  ])('is meant by a reset time %s', (_, seconds) => {
    const { tracker, window, of } = record();
    tracker.observeHeaders('one', unified('5h', { utilization: 0.3, resetsAt: NOON + HOUR }));
    tracker.recordUsage('one', [usage(SONNET, { input: 7 })]);
    tracker.observePoll('one', { five_hour: polled(31, NOON + HOUR + seconds * SECOND) });
    expect(window('5h')).toMatchObject({ utilization: 31, resetsAt: NOON + HOUR, source: 'poll' });
    expect(tokensOf(window('5h'), 'input')).toBe(7);
    expect(of('reset')).toStrictEqual([]);
  });

  test('does not creep: times are compared with the first one', () => {
    const { tracker, of } = record();
    for (const seconds of [0, 60, 61]) {
      tracker.observeHeaders('one', unified('5h', { resetsAt: NOON + HOUR + seconds * SECOND }));
    }
    expect(of('reset')).toHaveLength(1);
  });

  test('is not meant by an earlier time: the answer is old and ignored as a whole', () => {
    const { tracker, window, of } = record();
    tracker.observeHeaders('one', unified('5h', { utilization: 0.1, resetsAt: NOON + 5 * HOUR, status: 'allowed' }));
    tracker.observeHeaders(
      'one',
      unified('5h', { utilization: 0.99, resetsAt: NOON + 5 * HOUR - 61 * SECOND, status: 'rejected' }),
    );
    expect(window('5h')).toMatchObject({ utilization: 10, resetsAt: NOON + 5 * HOUR, status: 'allowed' });
    expect(of('reset')).toStrictEqual([]);
    expect(of('high')).toStrictEqual([]);
  });
});

describe('elapsing', () => {
  const elapsed = () => {
    const recorded = record();
    recorded.tracker.observeHeaders(
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

  test('happens at the reset time: nothing is used, tokens are gone, one reset is told', () => {
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
    ['an answer', 'observeHeaders'],
  ] as const)('is noticed by %s', (_, by) => {
    const { tracker, time, of } = elapsed();
    time.set(NOON + HOUR + MINUTE);
    const act = {
      tick: () => tracker.tick(),
      snapshot: () => tracker.snapshot(),
      recordUsage: () => tracker.recordUsage('one', [usage(SONNET, { input: 1 })]),
      observeHeaders: () =>
        tracker.observeHeaders('one', unified('5h', { utilization: 0.01, resetsAt: NOON + 6 * HOUR })),
    };
    act[by]();
    expect(of('reset')).toHaveLength(1);
  });

  test('an answer of the window that is over changes nothing', () => {
    const { tracker, time, window } = elapsed();
    time.set(NOON + HOUR + SECOND);
    tracker.observeHeaders('one', unified('5h', { utilization: 0.95, resetsAt: NOON + HOUR + 2 * SECOND }));
    tracker.observeHeaders('one', unified('5h', { utilization: 0.96 }));
    expect(window('5h')).toMatchObject({ utilization: 0, source: 'elapsed' });
  });

  test('the later time that the next answer brings starts the new window silently', () => {
    const { tracker, time, window, of } = elapsed();
    time.set(NOON + 2 * HOUR);
    tracker.tick();
    tracker.recordUsage('one', [usage(SONNET, { input: 4 })]);
    tracker.observeHeaders('one', unified('5h', { utilization: 0.02, resetsAt: NOON + 6 * HOUR }));
    expect(window('5h')).toMatchObject({
      utilization: 2,
      source: 'header',
      resetsAt: NOON + 6 * HOUR,
      tokensSince: NOON + HOUR,
    });
    expect(tokensOf(window('5h'), 'input')).toBe(4);
    expect(of('reset')).toHaveLength(1);
  });

  test('the new window elapses in its turn', () => {
    const { tracker, time, window, of } = elapsed();
    time.set(NOON + 2 * HOUR);
    tracker.observeHeaders('one', unified('5h', { utilization: 0.02, resetsAt: NOON + 6 * HOUR }));
    time.set(NOON + 6 * HOUR);
    expect(window('5h')).toMatchObject({ utilization: 0, source: 'elapsed', tokensSince: NOON + 6 * HOUR });
    expect(of('reset')).toHaveLength(2);
  });

  test('headers do not hide a roll-over: with traffic all the time the reset is seen and tokens start again', () => {
    const { tracker, time, window, of } = record();
    for (let minute = 0; minute < 120; minute += 1) {
      time.set(NOON + minute * MINUTE);
      const resetsAt = minute < 60 ? NOON + HOUR : NOON + 6 * HOUR;
      tracker.observeHeaders('one', unified('5h', { utilization: 0.01 * (minute % 60), resetsAt }));
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

  test('a time that has passed when it is first heard is a window that is over', () => {
    const { tracker, window, of } = record();
    tracker.observeHeaders('one', unified('5h', { utilization: 0.99, resetsAt: NOON - HOUR }));
    expect(window('5h')).toMatchObject({ utilization: 0, source: 'elapsed', tokensSince: NOON });
    expect(of('reset')).toHaveLength(1);
    expect(of('high')).toStrictEqual([]);
  });
});

describe('a later time before the stored one has passed', () => {
  test.each([
    ['in headers', { header: true }],
    ['in a poll', { header: false }],
  ])('%s is a reset too', (_, { header }) => {
    const { tracker, time, window, of } = record();
    tracker.observeHeaders('one', unified('7d', { utilization: 0.7, resetsAt: NOON + 20 * HOUR }));
    tracker.recordUsage('one', [usage(SONNET, { input: 7 })]);
    time.set(NOON + HOUR);
    if (header) tracker.observeHeaders('one', unified('7d', { utilization: 0.01, resetsAt: NOON + 169 * HOUR }));
    else tracker.observePoll('one', { seven_day: polled(1, NOON + 169 * HOUR) });
    expect(window('7d')).toMatchObject({
      utilization: 1,
      source: header ? 'header' : 'poll',
      tokensSince: NOON + HOUR,
      tokens: [],
    });
    expect(of('reset')).toStrictEqual([
      {
        credential: 'one',
        window: '7d',
        resetsAt: NOON + 20 * HOUR,
        nextResetsAt: NOON + 169 * HOUR,
        utilization: 70,
        tokensIn: 7,
        tokensOut: 0,
      },
    ]);
  });

  test('without a utilization the new window begins at 0', () => {
    const { tracker, window } = record();
    tracker.observeHeaders('one', unified('7d', { utilization: 0.7, resetsAt: NOON + HOUR }));
    tracker.observeHeaders('one', unified('7d', { resetsAt: NOON + 9 * HOUR }));
    expect(window('7d')).toMatchObject({ utilization: 0, source: 'elapsed', resetsAt: NOON + 9 * HOUR });
  });

  test('61 seconds are enough', () => {
    const { tracker, of } = record();
    tracker.observeHeaders('one', unified('7d', { utilization: 0.7, resetsAt: NOON + HOUR }));
    tracker.observeHeaders('one', unified('7d', { utilization: 0.7, resetsAt: NOON + HOUR + 61 * SECOND }));
    expect(of('reset')).toHaveLength(1);
  });

  test('an absurd time is not believed, because nothing could follow it', () => {
    const { tracker, window } = record();
    tracker.observeHeaders('one', unified('5h', { utilization: 0.1, resetsAt: NOON * 1_000 }));
    tracker.observeHeaders('one', unified('5h', { utilization: 0.2, resetsAt: NOON + HOUR }));
    expect(window('5h')).toMatchObject({ utilization: 20, resetsAt: NOON + HOUR });
  });
});

describe('tokens', () => {
  test('go to the windows that count their model, by model of the price table', () => {
    const { tracker, window } = record();
    const windows = { five_hour: polled(1, null), seven_day: polled(1, null) };
    tracker.observePoll('one', {
      ...windows,
      seven_day_sonnet: polled(1, null),
      seven_day_opus: polled(1, null),
      new_one: polled(1, null),
    });
    tracker.observeHeaders('one', unified('7d_oi', { utilization: 0.1 }));
    tracker.recordUsage('one', [
      usage(SONNET, { input: 1, output: 2, cacheRead: 4, cacheWrite5m: 8, cacheWrite1h: 16 }),
      usage(OPUS, { input: 100 }),
      usage('claude-sonnet-99', { input: 1_000 }),
    ]);
    const sonnet = [
      { model: 'claude-sonnet-4-5', direction: 'input', tokens: 1 },
      { model: 'claude-sonnet-4-5', direction: 'output', tokens: 2 },
      { model: 'claude-sonnet-4-5', direction: 'cache_read', tokens: 4 },
      { model: 'claude-sonnet-4-5', direction: 'cache_write', tokens: 24 },
    ];
    expect(window('5h')?.tokens).toEqual(expect.arrayContaining(sonnet));
    expect(tokensOf(window('5h'), 'input')).toBe(1_101);
    expect(tokensOf(window('7d'), 'input')).toBe(1_101);
    expect(tokensOf(window('7d_sonnet'), 'input')).toBe(1_001);
    expect(tokensOf(window('7d_opus'), 'input')).toBe(100);
    expect(window('7d_oi')).toMatchObject({ tokens: [], tokensSince: null });
    expect(window('new_one')).toMatchObject({ tokens: [], tokensSince: null, lengthSeconds: null });
  });

  test('of models without a price share one row', () => {
    const { tracker, window } = record();
    tracker.observeHeaders('one', unified('5h', { utilization: 0.1 }));
    tracker.recordUsage('one', [usage('gpt-1', { input: 1 }), usage('gpt-2', { input: 2 })]);
    expect(window('5h')?.tokens.filter(({ tokens }) => tokens > 0)).toStrictEqual([
      { model: 'other', direction: 'input', tokens: 3 },
    ]);
  });

  test('belong to the window that is current when they are recorded, not when the request began', () => {
    const { tracker, time, window } = record();
    tracker.observeHeaders('one', unified('5h', { utilization: 0.1, resetsAt: NOON + HOUR }));
    time.set(NOON + HOUR);
    tracker.recordUsage('one', [usage(SONNET, { output: 9 })]);
    expect(tokensOf(window('5h'), 'output')).toBe(9);
  });

  test('every model of the price table has rows of its own', () => {
    const { tracker, window } = record();
    tracker.observeHeaders('one', unified('5h', { utilization: 0.1 }));
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
    const hear = (name: string, utilization: number, resetsAt: number) =>
      tracker.observeHeaders('one', unified(name, { utilization, resetsAt }));
    hear('5h', 0.8, NOON + HOUR);
    expect(of('high')).toStrictEqual([]);
    hear('5h', 0.81, NOON + HOUR);
    hear('5h', 0.5, NOON + HOUR);
    hear('5h', 0.99, NOON + HOUR);
    expect(of('high')).toStrictEqual([{ credential: 'one', window: '5h', utilization: 81, resetsAt: NOON + HOUR }]);
    hear('7d', 0.95, NOON + 30 * HOUR);
    expect(of('high')).toHaveLength(2);
    time.set(NOON + HOUR);
    hear('5h', 0.9, NOON + 6 * HOUR);
    hear('5h', 0.95, NOON + 6 * HOUR);
    expect(of('high')).toHaveLength(3);
    hear('5h', 0.85, NOON + 8 * HOUR);
    expect(of('high')).toHaveLength(4);
  });
});

describe('bounds', () => {
  test('at most 16 windows are tracked, further ones are dropped and counted, known ones always have room', () => {
    const { tracker, of } = record();
    for (let index = 0; index < 20; index += 1) {
      tracker.observeHeaders(`c${index % 2}`, unified(`w${index}`, { utilization: 0.1 }));
    }
    for (const name of WINDOW_NAMES) tracker.observeHeaders('one', unified(name, { utilization: 0.1 }));
    const names = new Set(tracker.snapshot().map(({ window }) => window));
    expect(names.size).toBe(MAX_WINDOWS);
    expect(WINDOW_NAMES.every((name) => names.has(name))).toBe(true);
    expect(of('dropped')).toStrictEqual(Array.from({ length: 9 }, () => ({ label: 'window' })));
    tracker.observeHeaders('two', unified('w0', { utilization: 0.1 }));
    expect(of('dropped')).toHaveLength(9);
  });

  test('a name that no label should carry is dropped and counted', () => {
    const { tracker, of } = record();
    tracker.observePoll('one', { 'a b': polled(1, null), ['x'.repeat(33)]: polled(1, null), '"': polled(1, null) });
    expect(tracker.snapshot()).toStrictEqual([]);
    expect(of('dropped')).toHaveLength(3);
  });

  const fill = (recorded: ReturnType<typeof record>, resetsAt: number) => {
    for (let index = 0; index < 100; index += 1) {
      recorded.time.set(NOON + index);
      recorded.tracker.observeHeaders(`c${index}`, unified('5h', { utilization: 0.1, resetsAt }));
    }
  };

  test('the 101st credential is dropped and counted while all others have windows that run', () => {
    const recorded = record();
    fill(recorded, NOON + HOUR);
    recorded.tracker.observeHeaders('late', unified('5h', { utilization: 0.1, resetsAt: NOON + HOUR }));
    expect(recorded.of('dropped')).toStrictEqual([{ label: 'credential' }]);
    expect(recorded.tracker.snapshot()).toHaveLength(100);
  });

  test('a credential of which one window still runs does not make room', () => {
    const recorded = record();
    fill(recorded, NOON + HOUR);
    for (let index = 0; index < 100; index += 1) {
      recorded.tracker.observeHeaders(`c${index}`, unified('7d', { utilization: 0.1, resetsAt: NOON + 90 * HOUR }));
    }
    recorded.time.set(NOON + 2 * HOUR);
    recorded.tracker.observeHeaders('late', unified('5h', { utilization: 0.1, resetsAt: NOON + 3 * HOUR }));
    expect(recorded.of('dropped')).toStrictEqual([{ label: 'credential' }]);
    expect(recorded.tracker.snapshot()).toHaveLength(200);
  });

  test('a credential whose windows are over makes room, the longest silent one first, with its window names', () => {
    const recorded = record();
    for (let index = 0; index < 11; index += 1) {
      recorded.tracker.observeHeaders('c0', unified(`w${index}`, { utilization: 0.1, resetsAt: NOON + HOUR }));
    }
    fill(recorded, NOON + HOUR);
    recorded.time.set(NOON + 2 * HOUR);
    recorded.tracker.observeHeaders('late', unified('fresh', { utilization: 0.1, resetsAt: NOON + 3 * HOUR }));
    const credentials = recorded.tracker.snapshot().map(({ credential }) => credential);
    expect(credentials).toHaveLength(100);
    expect(credentials).toContain('late');
    expect(credentials).not.toContain('c0');
    expect(recorded.of('dropped')).toStrictEqual([]);
  });
});

describe('a change that is worth keeping', () => {
  const changes = (act: (recorded: ReturnType<typeof record>) => void): number => {
    const recorded = record();
    recorded.tracker.observeHeaders('one', unified('5h', { utilization: 0.1, resetsAt: NOON + HOUR }));
    const before = recorded.of('change').length;
    act(recorded);
    return recorded.of('change').length - before;
  };

  test.each<[string, (recorded: ReturnType<typeof record>) => void, number]>([
    ['headers', ({ tracker }) => tracker.observeHeaders('one', unified('5h', { utilization: 0.2 })), 1],
    ['a poll', ({ tracker }) => tracker.observePoll('one', { five_hour: polled(3, null) }), 1],
    ['extra usage alone', ({ tracker }) => tracker.observePoll('one', { extra_usage: {} }), 1],
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
  ])('is told once by %s', (_, act, expected) => {
    expect(changes(act)).toBe(expected);
  });
});

describe('the earliest reset', () => {
  test('is the next one to come of a credential', () => {
    const { tracker, time } = record();
    tracker.observeHeaders('one', unified('7d', { resetsAt: NOON + 90 * HOUR }));
    tracker.observeHeaders('one', unified('5h', { resetsAt: NOON + HOUR }));
    expect(tracker.earliestReset('one')).toBe(NOON + HOUR);
    time.set(NOON + HOUR);
    expect(tracker.earliestReset('one')).toBe(NOON + 90 * HOUR);
    expect(tracker.earliestReset('two')).toBe(null);
  });
});

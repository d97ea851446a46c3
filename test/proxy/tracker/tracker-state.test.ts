import { describe, expect, test } from 'vitest';
import { HOUR, NOON, observe, poll, polled, record, tokensOf, unified, usage } from './recorder.ts';

const MODEL = 'claude-opus-4-6';

/** What a file holds of a tracker that has learned something. */
const kept = () => {
  const { tracker } = record();
  observe(tracker, 'one', unified('5h', { utilization: 0.9, resetsAt: NOON + HOUR, status: 'allowed_warning' }));
  poll(tracker, 'one', {
    seven_day: polled(5, NOON + 90 * HOUR),
    extra_usage: { is_enabled: true, used_credits: 7 },
  });
  tracker.recordUsage('one', [usage(MODEL, { input: 40, cacheWrite1h: 2 })]);
  const state: unknown = JSON.parse(JSON.stringify(tracker.export()));
  return {
    state: state as { accounts: [{ windows: Record<string, unknown>[] } & Record<string, unknown>] },
    before: tracker,
  };
};

describe('a restart', () => {
  test('brings back windows, tokens and extra usage', () => {
    const { state, before } = kept();
    const { tracker } = record({ start: NOON + 1 });
    expect(tracker.import(state)).toBe(0);
    expect(tracker.snapshot()).toStrictEqual(before.snapshot());
    expect(tracker.extraUsage()).toStrictEqual(before.extraUsage());
  });

  test('does not repeat a warning of the same period', () => {
    const { state } = kept();
    const { tracker, of } = record({ start: NOON + 1 });
    tracker.import(state);
    observe(tracker, 'one', unified('5h', { utilization: 0.95, resetsAt: NOON + HOUR }));
    expect(of('high')).toStrictEqual([]);
  });

  test('after the reset time has passed finds the window over and reports the reset', () => {
    const { state } = kept();
    const { tracker, window, of } = record({ start: NOON + 2 * HOUR });
    tracker.import(state);
    expect(of('reset')).toMatchObject([{ window: '5h', utilization: 90, tokensIn: 42, tokensOut: 0 }]);
    expect(window('5h')).toMatchObject({ utilization: 0, source: 'elapsed', tokens: [] });
    expect(tokensOf(window('7d'), 'input')).toBe(40);
  });

  test('announces the windows it brings back', () => {
    const { state } = kept();
    const { tracker, of } = record();
    tracker.import(state);
    expect(of('window')).toHaveLength(2);
  });

  test('gives the tokens of a model that lost its price to other', () => {
    const { state } = kept();
    const [account] = state.accounts;
    const tokens = {
      'claude-gone-1': { input: 1, output: 1, cache_read: 1, cache_write: 1 },
      other: { input: 2, output: 4, cache_read: 8, cache_write: 16 },
    };
    Object.assign(account.windows[0] ?? {}, { tokens });
    const { tracker, window } = record();
    expect(tracker.import(state)).toBe(0);
    expect(window('5h')?.tokens).toStrictEqual([
      { model: 'other', direction: 'input', tokens: 3 },
      { model: 'other', direction: 'output', tokens: 5 },
      { model: 'other', direction: 'cache_read', tokens: 9 },
      { model: 'other', direction: 'cache_write', tokens: 17 },
    ]);
  });
});

describe('a state that is damaged in part', () => {
  test.each([
    ['no state', undefined, 0],
    ['null', null, 0],
    ['a text', 'x', 1],
    ['an object of another kind', { windows: [] }, 1],
    ['accounts that are none', { accounts: [1, null, {}] }, 3],
  ])('%s brings back nothing and is counted', (_, state, lost) => {
    const { tracker } = record();
    expect(tracker.import(state)).toBe(lost);
    expect(tracker.snapshot()).toStrictEqual([]);
  });

  test.each([
    ['utilization', 90],
    ['utilization', { value: -1, madeAt: NOON, source: 'header' }],
    ['utilization', { value: 9, madeAt: NOON, source: 'guess' }],
    ['resetsAt', { value: 'soon', madeAt: NOON }],
    ['resetsAt', { value: 1e300, madeAt: NOON }],
    ['ends', [{ at: 8.65e15, by: NOON, next: null }]],
    ['overcounted', -1],
    ['from', -1],
    ['tokens', { [MODEL]: { input: 1 } }],
    ['since', null],
  ])('loses the window with a wrong %s and keeps the other', (field, value) => {
    const { state } = kept();
    Object.assign(state.accounts[0].windows[0] ?? {}, { [field]: value });
    const { tracker } = record();
    expect(tracker.import(state)).toBe(1);
    expect(tracker.snapshot().map(({ window }) => window)).toStrictEqual(['7d']);
  });

  test('loses extra usage of a wrong form alone', () => {
    const { state } = kept();
    Object.assign(state.accounts[0], { extraUsage: { enabled: 'yes' } });
    const { tracker } = record();
    tracker.import(state);
    expect(tracker.extraUsage()).toStrictEqual([]);
    expect(tracker.snapshot()).toHaveLength(2);
  });

  test.each([
    ['milliseconds taken for seconds', NOON * 1_000],
    ['a month on for a window of five hours', NOON + 720 * HOUR],
    ['the last date there is', 8.64e15],
  ])('does not believe a reset time that is %s', (_, value) => {
    const { state } = kept();
    Object.assign(state.accounts[0].windows[0] ?? {}, { resetsAt: { value, madeAt: NOON } });
    const { tracker, window } = record();
    expect(tracker.import(state)).toBe(0);
    expect(window('5h')).toMatchObject({ utilization: 90, resetsAt: null });
  });

  test.each([
    ['the present period began', { from: 8.64e15 }],
    ['tokens were counted', { since: 8.64e15 }],
    ['a reset time came', { elapsed: true, ends: [{ at: 8.64e15, by: 8.64e15, next: 8.64e15 }] }],
    ['no reset time came though one did', { elapsed: true, ends: [] }],
  ])('does not believe that in the future %s', (_, future) => {
    const { state } = kept();
    Object.assign(state.accounts[0].windows[0] ?? {}, future);
    const { tracker, window } = record();
    tracker.import(state);
    const seen = window('5h');
    expect(seen?.tokensSince).toBe(NOON);
    for (const at of [seen?.resetsAt, seen?.learnedAt]) expect(() => new Date(at ?? 0).toISOString()).not.toThrow();
    observe(tracker, 'one', unified('5h', { utilization: 0.95, resetsAt: NOON + HOUR }));
    expect(window('5h')).toMatchObject({ utilization: 95, resetsAt: NOON + HOUR, source: 'header' });
  });

  test('takes an answer of the future for one of now, so that the next one counts', () => {
    const { state } = kept();
    const utilization = { value: 90, madeAt: NOON + 1_000 * HOUR, source: 'header' };
    Object.assign(state.accounts[0].windows[0] ?? {}, { utilization });
    const { tracker, window } = record({ start: NOON + 1 });
    tracker.import(state);
    expect(window('5h')?.learnedAt).toBe(NOON);
    observe(tracker, 'one', unified('5h', { utilization: 0.95 }));
    expect(window('5h')?.utilization).toBe(95);
  });

  test('takes in the accounts that are wanted alone', () => {
    const { state } = kept();
    const { tracker } = record();
    expect(tracker.import(state, (account) => account !== 'one')).toBe(0);
    expect(tracker.export()).toStrictEqual({ accounts: [] });
  });

  test('counts windows and accounts that have no room', () => {
    const { state } = kept();
    const [account] = state.accounts;
    account.windows = Array.from({ length: 20 }, (_, index) => ({ ...account.windows[0], name: `w${index}` }));
    const { tracker } = record();
    expect(tracker.import(state)).toBe(9);
    const many = {
      accounts: Array.from({ length: 101 }, (_, index) => ({ ...kept().state.accounts[0], credential: `c${index}` })),
    };
    expect(record().tracker.import(many)).toBe(2);
  });
});

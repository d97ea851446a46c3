import { expect, test } from 'vitest';
import { readPoll } from '../../../proxy/tracker/poll.ts';

const AT = Date.UTC(2026, 9, 20, 15);
const TEXT = '2026-10-20T15:00:00.000123+00:00';

test('the older shape has a key a window', () => {
  const body = {
    five_hour: { utilization: 37, resets_at: TEXT },
    seven_day: { utilization: 12.5, resets_at: '2026-10-20T17:00:00+02:00' },
    seven_day_sonnet: { utilization: 3, resets_at: null },
    seven_day_opus: null,
    nimbus_quill: { utilization: 0, resets_at: null, limit_dollars: null },
    seven_day_breakdown: { rows: [] },
    extra_usage: { is_enabled: true, monthly_limit: 5_000, used_credits: 1_250.5, utilization: 25.01 },
  };
  expect(readPoll(body)).toStrictEqual({
    windows: [
      { window: '5h', utilization: 37, resetsAt: AT, status: null },
      { window: '7d', utilization: 12.5, resetsAt: AT, status: null },
      { window: '7d_sonnet', utilization: 3, resetsAt: null, status: null },
      { window: 'nimbus_quill', utilization: 0, resetsAt: null, status: null },
    ],
    extraUsage: { enabled: true, limitCredits: 5_000, usedCredits: 1_250.5, utilization: 25.01 },
  });
});

test('the newer shape has a list; windows for one model are named after it', () => {
  const scoped = (model: unknown, percent = 21) => ({
    kind: 'weekly_scoped',
    percent,
    resets_at: TEXT,
    scope: { model },
  });
  const limits = [
    {
      kind: 'session',
      group: 'session',
      percent: 9,
      severity: 'normal',
      resets_at: TEXT,
      scope: null,
      is_active: false,
    },
    { kind: 'weekly_all', percent: 26, resets_at: TEXT, scope: null },
    scoped({ id: null, display_name: 'Opus' }),
    scoped({ id: 'claude-x', display_name: null }),
    scoped({ id: null, display_name: 'Fable (5)' }),
    { kind: 'weekly_scoped', percent: 1, resets_at: TEXT, scope: 'sonnet' },
    scoped(null),
    { kind: 'inactive_pool', percent: 100 },
    { kind: 'session', percent: 99 },
    null,
    'text',
  ];
  expect(
    readPoll({ five_hour: null, limits }).windows.map(({ window, utilization }) => [window, utilization]),
  ).toStrictEqual([
    ['5h', 9],
    ['7d', 26],
    ['7d_opus', 21],
    ['7d_claude_x', 21],
    ['7d_oi', 21],
    ['7d_sonnet', 1],
  ]);
});

test('where both shapes describe a window the key counts', () => {
  const body = { limits: [{ kind: 'session', percent: 9 }], five_hour: { utilization: 10, resets_at: null } };
  expect(readPoll(body).windows).toStrictEqual([{ window: '5h', utilization: 10, resetsAt: null, status: null }]);
});

test.each([
  ['a text', 'x'],
  ['a number', 4],
  ['nothing', null],
  ['nothing at all', undefined],
  ['a list', [{ utilization: 1 }]],
  ['an error', { type: 'error', error: { type: 'authentication_error', message: 'no' } }],
  [
    'windows of a wrong form',
    { five_hour: { utilization: '37', resets_at: 5 }, seven_day: [1], limits: { kind: 'session' } },
  ],
  [
    'impossible figures',
    { five_hour: { utilization: 1e9, resets_at: '2026-13-45T00:00:00Z' }, x: { utilization: Number.NaN } },
  ],
])('%s as the body says nothing', (_, body) => {
  expect(readPoll(body)).toStrictEqual({ windows: [], extraUsage: null });
});

test.each([
  ['2026-10-20T15:00:00Z', AT],
  ['2026-10-20 15:00:00.5Z', AT + 500],
  ['2026-10-20T15:00:00.123456789+00:00', AT + 123],
  ['2026-10-20', null],
  ['1792515600', null],
  ['tomorrow', null],
])('the time %j is read as RFC 3339 or not at all', (resets_at, expected) => {
  expect(readPoll({ five_hour: { utilization: 1, resets_at } }).windows[0]?.resetsAt).toBe(expected);
});

test('extra usage may lack any field', () => {
  expect(readPoll({ extra_usage: {} }).extraUsage).toStrictEqual({
    enabled: false,
    usedCredits: null,
    limitCredits: null,
    utilization: null,
  });
});

const scopedTo = (name: string) => ({
  limits: [{ kind: 'weekly_scoped', percent: 82, scope: { model: { display_name: name } } }],
});

test.each([
  ['a key for Fable', { seven_day_overage_included: { utilization: 82 } }, '7d_oi'],
  ['a key with the name of Fable', { seven_day_fable: { utilization: 82 } }, '7d_oi'],
  ['a limit for Fable', scopedTo('Fable'), '7d_oi'],
  ['a limit for a version of Fable', scopedTo('Claude Fable 5.1'), '7d_oi'],
  ['a key for Opus', { seven_day_opus: { utilization: 82 } }, '7d_opus'],
  ['a limit for Opus', scopedTo('claude-opus-4-6'), '7d_opus'],
  ['a limit for Sonnet', scopedTo('SONNET'), '7d_sonnet'],
  ['a key for Haiku', { seven_day_haiku: { utilization: 82 } }, '7d_haiku'],
  ['a limit for Haiku', scopedTo('Haiku'), '7d_haiku'],
  ['a key for something new', { seven_day_cowork: { utilization: 82 } }, '7d_cowork'],
  ['a limit for something new', scopedTo('Cowork'), '7d_cowork'],
  ['a limit for more than a model', scopedTo('Opus plugins'), '7d_opus_plugins'],
])('%s means the window that headers name alike', (_, body, window) => {
  expect(readPoll(body).windows).toStrictEqual([{ window, utilization: 82, resetsAt: null, status: null }]);
});

test('a figure below zero is zero', () => {
  expect(readPoll({ five_hour: { utilization: -1 } }).windows).toMatchObject([{ utilization: 0 }]);
});

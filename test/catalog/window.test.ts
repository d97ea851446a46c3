import { describe, expect, test } from 'vitest';
import {
  fromSeconds,
  MAX_WINDOWS,
  RATE_LIMIT_WINDOWS,
  RESET_TOLERANCE_SECONDS,
  WINDOW_LENGTHS,
  windowNamed,
  windowOfLimit,
  windowTraits,
} from '#catalog';

describe('rate-limit windows', () => {
  test('are known by the names of their two sources, their length and the tokens they count', () => {
    const week = { lengthSeconds: 604_800 };
    const scoped = { ...week, limit: 'weekly_scoped' };
    expect(RATE_LIMIT_WINDOWS).toEqual({
      '5h': { header: '5h', poll: 'five_hour', limit: 'session', lengthSeconds: 18_000, counts: 'all' },
      '7d': { ...week, header: '7d', poll: 'seven_day', limit: 'weekly_all', counts: 'all' },
      '7d_sonnet': { ...scoped, header: null, poll: 'seven_day_sonnet', counts: 'sonnet' },
      '7d_opus': { ...scoped, header: null, poll: 'seven_day_opus', counts: 'opus' },
      '7d_oi': { ...scoped, header: '7d_oi', poll: 'seven_day_overage_included', counts: 'fable' },
    });
  });

  test('each belong to one length', () => {
    expect(WINDOW_LENGTHS.map(({ name, windows }) => [name, windows])).toEqual([
      ['5h', ['5h']],
      ['7d', ['7d', '7d_sonnet', '7d_opus', '7d_oi']],
    ]);
  });

  test('have lengths that are named for what they are', () => {
    expect(WINDOW_LENGTHS.map(({ lengthSeconds }) => fromSeconds(lengthSeconds))).toEqual(['5h', '1w']);
  });

  test('are limited in number, and a reset time may differ by a minute', () => {
    expect([MAX_WINDOWS, RESET_TOLERANCE_SECONDS]).toEqual([16, 60]);
  });
});

describe('the names of windows', () => {
  test.each([
    ['5h', '5h'],
    ['five_hour', '5h'],
    ['7d_oi', '7d_oi'],
    ['seven_day_overage_included', '7d_oi'],
    ['7d_overage_included', '7d_oi'],
    ['7d_fable', '7d_oi'],
    ['7d-Opus', '7d_opus'],
    ['seven_day_claude_sonnet_5', '7d_sonnet'],
    ['5h_opus', '5h_opus'],
    ['seven_day_mythos', '7d_mythos'],
    ['seven_day_oauth_apps', '7d_oauth_apps'],
    ['nimbus_quill', 'nimbus_quill'],
    ['7d_', '7d_'],
    ['constructor', 'constructor'],
  ])('%s means %s', (name, window) => {
    expect(windowNamed(name)).toBe(window);
  });

  test.each([
    ['session', null, '5h'],
    ['weekly_all', 'Opus', '7d'],
    ['weekly_scoped', 'Fable', '7d_oi'],
    ['weekly_scoped', 'Claude Opus 4.6', '7d_opus'],
    ['weekly_scoped', 'Haiku', '7d_haiku'],
    ['weekly_scoped', 'New thing', '7d_new_thing'],
    ['weekly_scoped', null, null],
    ['weekly_scoped', '?', null],
    ['inactive_pool', 'Opus', null],
    [undefined, null, null],
  ])('a limit of kind %j with scope %j means %j', (kind, scope, window) => {
    expect(windowOfLimit(kind, scope)).toBe(window);
  });

  test.each([
    ['5h', 18_000, 'all'],
    ['7d_oi', 604_800, 'fable'],
    ['7d_haiku', 604_800, 'haiku'],
    ['5h_opus', 18_000, 'opus'],
    ['7d_new_thing', 604_800, null],
    ['nimbus_quill', null, null],
    ['toString', null, null],
  ])('%s tells a length of %j seconds and that it counts %j', (name, lengthSeconds, counts) => {
    expect(windowTraits(name)).toMatchObject({ lengthSeconds, counts });
  });
});

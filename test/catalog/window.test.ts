import { describe, expect, test } from 'vitest';
import { fromSeconds, MAX_WINDOWS, RATE_LIMIT_WINDOWS, RESET_TOLERANCE_SECONDS, WINDOW_LENGTHS } from '#catalog';

describe('rate-limit windows', () => {
  test('are known by the names of their two sources, their length and the tokens they count', () => {
    expect(RATE_LIMIT_WINDOWS).toEqual({
      '5h': { header: '5h', poll: 'five_hour', lengthSeconds: 18_000, counts: 'all' },
      '7d': { header: '7d', poll: 'seven_day', lengthSeconds: 604_800, counts: 'all' },
      '7d_sonnet': { header: null, poll: 'seven_day_sonnet', lengthSeconds: 604_800, counts: 'sonnet' },
      '7d_opus': { header: null, poll: 'seven_day_opus', lengthSeconds: 604_800, counts: 'opus' },
      '7d_oi': { header: '7d_oi', poll: null, lengthSeconds: 604_800, counts: 'none' },
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

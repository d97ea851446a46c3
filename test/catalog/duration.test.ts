import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DURATION_PATTERN, type Duration, fromSeconds, toSeconds } from '#catalog';

describe('a duration', () => {
  test.each([
    [0.25, '250ms'],
    [1.5, '1500ms'],
    [1, '1s'],
    [90, '1m30s'],
    [300, '5m'],
    [5_400, '1h30m'],
    [18_000, '5h'],
    [60_480, '16h48m'],
    [86_400, '1d'],
    [90_000, '1d1h'],
    [604_800, '1w'],
    [691_200, '8d'],
    [90_061, '1501m1s'],
  ])('of %d s is %s', (seconds, text) => {
    expect(fromSeconds(seconds)).toBe(text);
    expect(toSeconds(text)).toBe(seconds);
  });

  test.each([
    ['0s', 0],
    ['7d', 604_800],
    ['1w2d3h4m5s6ms', 788_645.006],
    ['3ms', 0.003],
  ])('%s takes %d s', (text, seconds) => {
    expect(toSeconds(text)).toBe(seconds);
  });

  test.each(['', '5', '5min', '1.5h', '-5m', '5 m', '5m1h', '1y', '$__range'])('is not %j', (text) => {
    expect(() => toSeconds(text)).toThrow(
      `'${text}' is not a valid duration; write an integer and a unit, such as 30s, 5m, 16h48m or 7d`,
    );
  });

  test.each([0, -1, 0.0004, Number.NaN, Number.POSITIVE_INFINITY, 1e300])('cannot be %d s long', (seconds) => {
    expect(() => fromSeconds(seconds)).toThrow(`a duration must be positive and finite; received ${seconds} s`);
  });

  test('comes back from its text as long as it was, to the millisecond', () => {
    const milliseconds = fc.oneof(
      fc.integer({ min: 1, max: 10_000_000_000 }),
      fc.integer({ min: 1, max: 100_000 }).map((minutes) => minutes * 60_000),
    );
    fc.assert(
      fc.property(milliseconds, (length) => {
        const text = fromSeconds(length / 1_000);
        expect(text).toMatch(DURATION_PATTERN);
        expect(toSeconds(text)).toBe(length / 1_000);
      }),
    );
  });

  test('compiles in one unit or two, and in no other', () => {
    const written: readonly Duration[] = ['5m', '16h48m', '1m30s', '250ms', '2w'];
    // @ts-expect-error a wrong unit
    const unit: Duration = '5min';
    // @ts-expect-error no unit
    const none: Duration = '5';
    // @ts-expect-error the greater unit comes first
    const order: Duration = '30s1m';
    expect([...written, unit, none, order]).toHaveLength(8);
  });
});

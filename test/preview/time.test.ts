import { describe, expect, test } from 'vitest';
import {
  formatDuration,
  intervalOf,
  parseDuration,
  parseMoment,
  rateInterval,
  safeStep,
} from '../../dashboards/preview/time.ts';

const NOW = Date.UTC(2026, 10, 25, 15, 30);
const HOUR = 3_600_000;

describe('parseMoment', () => {
  test.each([
    ['now', 'to', '2026-11-25T15:30:00.000Z'],
    ['now-7d', 'from', '2026-11-18T15:30:00.000Z'],
    ['now-1h+30m', 'from', '2026-11-25T15:00:00.000Z'],
    ['now/d', 'from', '2026-11-25T00:00:00.000Z'],
    ['now-1d/d', 'to', '2026-11-24T23:59:59.999Z'],
    ['now/w', 'from', '2026-11-23T00:00:00.000Z'],
    ['now-1M/M', 'from', '2026-10-01T00:00:00.000Z'],
    ['now/y', 'to', '2026-12-31T23:59:59.999Z'],
    ['2026-11-20', 'from', '2026-11-20T00:00:00.000Z'],
    ['2026-11-20T12:00:00+02:00', 'from', '2026-11-20T10:00:00.000Z'],
    ['1795618800000', 'from', '2026-11-25T15:00:00.000Z'],
  ] as const)('reads %s as the %s edge %s', (text, edge, expected) => {
    expect(new Date(parseMoment(text, NOW, edge) ?? 0).toISOString()).toBe(expected);
  });

  test.each(['yesterday', 'now-7', 'now-7x', '7d', '2026-13-40', ''])('refuses %j', (text) => {
    expect(parseMoment(text, NOW)).toBeUndefined();
  });
});

test.each([
  ['75s', 75_000],
  ['1h30m', 5_400_000],
  ['500ms', 500],
  ['1.5h', 5_400_000],
])('parseDuration reads %s', (text, expected) => {
  expect(parseDuration(text)).toBe(expected);
});

test.each(['', '5', 's', '5 m', '-1h'])('parseDuration refuses %j', (text) => {
  expect(parseDuration(text)).toBeUndefined();
});

test.each([
  [75_000, '75s'],
  [240_000, '4m'],
  [21_600_000, '6h'],
  [604_800_000, '7d'],
  [1_500, '1500ms'],
])('formatDuration writes %d ms as %s', (ms, expected) => {
  expect(formatDuration(ms)).toBe(expected);
});

describe('the interval', () => {
  const range = { from: NOW - 6 * HOUR, to: NOW };
  test.each([
    // As Grafana asked for the recordings of a Loki: half of 1600 pixels, and all of them.
    [800, 1_000, 30_000],
    [1_600, 1_000, 15_000],
    [800, 60_000, 60_000],
    [800, 75_000, 75_000],
    [100, 15_000, 300_000],
  ])('of six hours at %d points, at least %d ms, is %d ms', (maxDataPoints, minInterval, expected) => {
    expect(intervalOf({ range, maxDataPoints, minInterval })).toBe(expected);
  });

  test('of a week at 800 points is 15 minutes', () => {
    const week = { from: NOW - 168 * HOUR, to: NOW };
    expect(intervalOf({ range: week, maxDataPoints: 800, minInterval: 15_000 })).toBe(900_000);
  });

  test('grows where Prometheus would refuse that many points', () => {
    const year = { from: NOW - 365 * 24 * HOUR, to: NOW };
    const step = safeStep(year, 15_000);
    expect((year.to - year.from) / step).toBeLessThan(11_000);
    expect(safeStep(range, 15_000)).toBe(15_000);
  });
});

// https://grafana.com/docs/grafana/latest/datasources/prometheus/template-variables/#use-__rate_interval
test.each([
  [15_000, 15_000, 60_000],
  [30_000, 60_000, 240_000],
  [900_000, 30_000, 930_000],
])('the rate interval of an interval of %d ms, scraped every %d ms, is %d ms', (interval, scrape, expected) => {
  expect(rateInterval(interval, scrape)).toBe(expected);
});

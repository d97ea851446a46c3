import { describe, expect, test } from 'vitest';
import type { Figures } from '../../../proxy/demo/figures.ts';
import { cut, plainLine, type Surroundings, screen, short, span } from '../../../proxy/demo/screen.ts';

const NOW = Date.UTC(2026, 9, 14, 12);
const later = (seconds: number): string => new Date(NOW + seconds * 1_000).toISOString();

const FIGURES: Figures = {
  requestsPerSecond: 4.21,
  promptTokensPerSecond: 38_123,
  outputTokensPerSecond: 950,
  cachedShare: 0.917,
  requests: 1_234,
  costUsd: 1.239,
  inFlight: 9,
  firstByteP50: 0.9,
  firstByteP95: 2.44,
  overheadP50: 0.000_31,
  answers: [
    ['200', 1_200],
    ['429', 34],
  ],
  upstreamErrors: [['overloaded', 4]],
  outcomes: [['finished', 1_234]],
  cooldowns: [],
  windows: [
    { credential: 'a', window: '7d', utilization: 12, resetsAt: later(90_000) },
    { credential: 'a', window: '5h', utilization: 84, resetsAt: later(131) },
    { credential: 'a', window: '7d_opus', utilization: 3, resetsAt: null },
  ],
  credentials: [
    { id: 'a', state: 'cooling', until: later(92) },
    { id: 'b', state: 'expired', until: null },
  ],
};

const AROUND: Surroundings = {
  now: NOW,
  seconds: 83,
  act: 'a usual day',
  hints: ['curl http://127.0.0.1:8080/', 'x'.repeat(100)],
  columns: 80,
  rows: 24,
  colored: false,
};

describe('the screen', () => {
  test('shows traffic, credentials with their windows, counts and what to try', () => {
    expect(screen(FIGURES, AROUND)).toEqual([
      'Tidewatch with a simulated upstream, 1m23s   now: a usual day',
      '',
      'requests    4.2/s   in flight 9   since the start 1.2k',
      'tokens      in 38.1k/s (92 % cached)   out 950/s   cost $1.24',
      'first byte  p50 900 ms   p95 2.4 s   the proxy’s own part p50 0.3 ms',
      '',
      'credential      state           5h                      7d                     ',
      'a               cooling 1m32s   ████████░░  84 % 2m11s  █░░░░░░░░░  12 % 25h00m',
      'b               expired         –                       –                      ',
      '',
      'answers     200 1.2k  429 34',
      'outcomes    finished 1.2k',
      'upstream    overloaded 4',
      'cooldowns   none',
      '',
      'curl http://127.0.0.1:8080/',
      'x'.repeat(100),
    ]);
  });

  test('has more windows where it is wider', () => {
    const [head] = screen(FIGURES, { ...AROUND, columns: 120 }).filter((line) => line.startsWith('credential'));
    expect(head?.split(/ +/)).toEqual(['credential', 'state', '5h', '7d', '7d_opus', '']);
  });

  test.each([
    [24, 40],
    [16, 80],
    [6, 80],
  ])('fits into %i rows of %i columns', (rows, columns) => {
    const lines = screen(FIGURES, { ...AROUND, rows, columns });
    const used = lines.reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length / columns)), 0);
    expect(used).toBeLessThanOrEqual(rows);
  });

  test.each([
    [50, 32],
    [81, 33],
    [96, 31],
  ])('paints a window of %i percent in colour %i', (utilization, color) => {
    const windows = [{ credential: 'a', window: '5h', utilization, resetsAt: null }];
    const line = screen({ ...FIGURES, windows }, { ...AROUND, colored: true }).find((one) => one.startsWith('a '));
    expect(line).toContain(`\u001b[${color}m█`);
  });
});

test('a line is cut to columns, in which colours take no room', () => {
  expect(cut('\u001b[32mabc\u001b[0mdef', 4)).toBe('\u001b[32mabc\u001b[0md');
});

test('without a screen there is one line', () => {
  expect(plainLine(FIGURES, AROUND)).toBe(
    '1m23s  4.2 requests/s | 38.1k tokens in/s | 950 out/s | a cooling 84 %, b expired | upstream errors: overloaded 4 | a usual day',
  );
});

test.each([
  [0, '0'],
  [7.25, '7.3'],
  [999, '999'],
  [1_500, '1.5k'],
  [123_456, '123k'],
  [2_000_000, '2.0M'],
])('%d is written %s', (value, text) => {
  expect(short(value)).toBe(text);
});

test.each([
  [-3, '0s'],
  [59.4, '59s'],
  [61, '1m01s'],
  [3_599, '59m59s'],
  [5_000, '1h23m'],
])('%d seconds are written %s', (seconds, text) => {
  expect(span(seconds)).toBe(text);
});

import { describe, expect, test } from 'vitest';
import { samplesOf } from '../../../proxy/demo/exposition.ts';
import { figuresOf, quantile } from '../../../proxy/demo/figures.ts';
import type { Snapshot } from '../../../proxy/demo/snapshot.ts';

const snapshot = (at: number, exposition: string): Snapshot => ({
  at,
  samples: samplesOf(exposition),
  windows: [],
  credentials: [],
});

const EARLIER = `# TYPE proxy_request_count_total counter
proxy_request_count_total{stream="true",status_code="200"} 10
proxy_request_count_total{stream="false",status_code="200"} 0
proxy_tokens_input_total{model="claude-opus-5-5"} 100
proxy_tokens_cache_read_total{model="claude-opus-5-5"} 0
proxy_time_to_first_byte_seconds_bucket{stream="true",le="1"} 5
proxy_time_to_first_byte_seconds_bucket{stream="true",le="+Inf"} 10
`;

const LATER = `proxy_request_count_total{stream="true",status_code="200"} 25
proxy_request_count_total{stream="false",status_code="200"} 5
proxy_request_count_total{stream="true",status_code="429"} 40
proxy_tokens_input_total{model="claude-opus-5-5"} 400
proxy_tokens_cache_read_total{model="claude-opus-5-5"} 700
proxy_time_to_first_byte_seconds_bucket{stream="true",le="1"} 15
proxy_time_to_first_byte_seconds_bucket{stream="true",le="+Inf"} 20
proxy_cost_usd_total{model="claude-opus-5-5"} 1.5e+00
`;

describe('figures', () => {
  const figures = figuresOf(snapshot(1_000, EARLIER), snapshot(11_000, LATER));

  test('have rates of the time between two snapshots', () => {
    expect(figures.requestsPerSecond).toBe(6);
    expect(figures.promptTokensPerSecond).toBe(100);
    expect(figures.cachedShare).toBe(0.7);
  });

  test('have totals of the later one, without what never happened', () => {
    expect(figures.requests).toBe(70);
    expect(figures.costUsd).toBe(1.5);
    expect(figures.answers).toEqual([
      ['429', 40],
      ['200', 30],
    ]);
    expect(figures.upstreamErrors).toEqual([]);
  });

  test('have quantiles of the requests between two snapshots alone', () => {
    expect(figures.firstByteP50).toBe(0.5);
    expect(figures.overheadP50).toBeNull();
  });
});

describe('quantile', () => {
  test.each([
    [0.5, 1],
    [0.75, 2],
    [0.95, 2],
  ])('%d is %d', (share, value) => {
    expect(
      quantile(share, [
        [1, 4],
        [2, 6],
        [Number.POSITIVE_INFINITY, 8],
      ]),
    ).toBe(value);
  });
});

test('samples are read with escaped labels and without comments', () => {
  expect(samplesOf('# HELP a b\na{b="c\\"d",e="f"} 1.5 # {x="y"} 1\nc +Inf\n')).toEqual([
    { name: 'a', labels: { b: 'c\\"d', e: 'f' }, value: 1.5 },
    { name: 'c', labels: {}, value: Number.POSITIVE_INFINITY },
  ]);
});

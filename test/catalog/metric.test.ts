import { describe, expect, test } from 'vitest';
import { histogram, proxy, seriesNames } from '#catalog';

describe('a histogram', () => {
  const declared = (buckets: readonly number[]) => () =>
    histogram({ name: 'wait_seconds', help: 'Waiting.', unit: 'seconds', buckets });

  test.each([
    ['none', [], '[]'],
    ['a repeat', [1, 1], '[1, 1]'],
    ['a step back', [1, 3, 2], '[1, 3, 2]'],
  ])('refuses buckets with %s', (_, buckets, got) => {
    expect(declared(buckets)).toThrow(
      `buckets of 'wait_seconds' must ascend, received ${got}; sort them and drop repeats`,
    );
  });

  test('takes buckets that ascend', () => {
    expect(declared([-1, 0, 2.5])().buckets).toEqual([-1, 0, 2.5]);
  });
});

describe('the names of a metric’s series', () => {
  test('are three for a histogram', () => {
    expect(seriesNames(proxy.overhead)).toEqual([
      'proxy_overhead_seconds_bucket',
      'proxy_overhead_seconds_sum',
      'proxy_overhead_seconds_count',
    ]);
  });

  test('are one for a counter and a gauge', () => {
    expect(seriesNames(proxy.requests)).toEqual(['proxy_request_count_total']);
    expect(seriesNames(proxy.utilization)).toEqual(['proxy_usage_utilization']);
  });
});

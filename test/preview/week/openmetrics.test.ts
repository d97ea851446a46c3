import { describe, expect, test } from 'vitest';
import { toOpenMetrics } from '../../../dashboards/preview/week/openmetrics.ts';
import type { Scrape } from '../../../dashboards/preview/week/week.ts';

const proxyAt = (at: number, up: boolean): Scrape => ({
  at,
  targets: [
    {
      job: 'anthropic-proxy',
      instance: 'a',
      up,
      samples: up
        ? [
            { name: 'proxy_usage_records_total', labels: { result: 'written' }, value: at },
            { name: 'proxy_overhead_seconds_count', labels: {}, value: 2 },
          ]
        : [],
    },
  ],
});

describe('toOpenMetrics', () => {
  test('writes a family at a time, with timestamps, target labels and up', () => {
    expect([...toOpenMetrics([proxyAt(60, true), proxyAt(120, false), proxyAt(180, true)])].join('')).toBe(
      [
        '# HELP proxy_usage_records Usage records, by what became of them.',
        '# TYPE proxy_usage_records counter',
        'proxy_usage_records_total{result="written",job="anthropic-proxy",instance="a"} 60 60',
        'proxy_usage_records_total{result="written",job="anthropic-proxy",instance="a"} 180 180',
        '# HELP proxy_overhead_seconds Time that a request spent in the proxy itself.',
        '# TYPE proxy_overhead_seconds histogram',
        'proxy_overhead_seconds_count{job="anthropic-proxy",instance="a"} 2 60',
        'proxy_overhead_seconds_count{job="anthropic-proxy",instance="a"} 2 180',
        '# HELP up Whether the last scrape of a target worked.',
        '# TYPE up gauge',
        'up{job="anthropic-proxy",instance="a"} 1 60',
        'up{job="anthropic-proxy",instance="a"} 0 120',
        'up{job="anthropic-proxy",instance="a"} 1 180',
        '# EOF',
        '',
      ].join('\n'),
    );
  });

  test('refuses a series that no metric of the catalog has', () => {
    const stranger = { name: 'stranger', labels: {}, value: 1 };
    const scraped = { at: 1, targets: [{ job: 'a', instance: 'b', up: true, samples: [stranger] }] };
    expect(() => [...toOpenMetrics([scraped])]).toThrow("no metric of the catalog has the series 'stranger'");
  });
});

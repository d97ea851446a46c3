import { expect, test } from 'vitest';
import { knownSeries } from '#promql';
import { type Measure, measureOf } from '../../../src/checks/queries/measure.ts';
import { parsedOnce } from '../../../src/checks/queries/queries.ts';

const known = knownSeries();
const { promql } = parsedOnce();

const measured = (text: string): string => {
  const read = promql(text);
  if (read.fault !== undefined) throw new Error(read.fault.problem);
  const measure = measureOf(read.says.tree, known);
  return measure === undefined ? 'unknown' : written(measure);
};

const written = ({ unit, perSecond, times }: Measure): string => `${times} ${unit}${perSecond ? '/s' : ''}`;

test.each([
  ['a gauge', 'proxy_usage_utilization', '1 percent'],
  ['a sum of it', 'sum by (job) (proxy_usage_utilization)', '1 percent'],
  ['how many there are', 'count(proxy_usage_utilization)', '1 events'],
  ['a rate', 'rate(proxy_tokens_input_total[5m])', '1 tokens/s'],
  ['a rate a minute', '60 * sum(rate(proxy_tokens_input_total[5m]))', '60 tokens/s'],
  ['a rate by an hour', 'rate(proxy_cost_usd_total[5m]) / (1 / 3600)', '3600 usd/s'],
  ['growth', 'increase(proxy_tokens_input_total[1h])', '1 tokens'],
  ['a quantile', 'histogram_quantile(0.9, sum by (le) (rate(proxy_overhead_seconds_bucket[5m])))', '1 seconds'],
  ['observations', 'rate(proxy_overhead_seconds_count[5m])', '1 events/s'],
  ['what was observed', 'increase(proxy_overhead_seconds_sum[5m])', '1 seconds'],
  ['a share', 'sum(rate(proxy_requests_x[5m])) / 2', 'unknown'],
  [
    'a share of one unit',
    'sum(rate(proxy_request_count_total[5m])) / sum(rate(proxy_request_count_total[1h]))',
    '1 ratio',
  ],
  ['a share in percent', '100 * (proxy_window_tokens / proxy_window_tokens)', '100 ratio'],
  ['a rate by a size', 'rate(proxy_tokens_input_total[5m]) / proxy_window_tokens', 'unknown'],
  ['an age', 'time() - proxy_usage_resets_at', '1 seconds'],
  ['a moment', 'proxy_usage_resets_at - 3600', '1 unixSeconds'],
  ['a moment and an age', 'proxy_usage_resets_at + proxy_usage_age_seconds', '1 unixSeconds'],
  ['a sum of two units', 'proxy_usage_age_seconds + proxy_usage_utilization', 'unknown'],
  ['what is compared', 'proxy_usage_utilization > 80', '1 percent'],
  ['whether it is', 'proxy_usage_utilization > bool 80', '1 state'],
  ['the left of and', 'proxy_usage_utilization and proxy_window_tokens', '1 percent'],
  ['alternatives of a unit', 'sum(proxy_window_tokens) or vector(0)', '1 tokens'],
  ['alternatives of two', 'proxy_usage_utilization or proxy_window_tokens', 'unknown'],
  ['a root', 'sqrt(proxy_usage_utilization)', 'unknown'],
])('%s', (_, text, expected) => {
  expect(measured(text)).toBe(expected);
});

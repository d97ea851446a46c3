import { describe, expect, test } from 'vitest';
import { isServerError, prometheus, proxy, RATE_LIMITED, statusCodesWhere } from '#catalog';
import {
  add,
  and,
  avgOverTime,
  bucketRate,
  clampMin,
  div,
  groupLeft,
  gt,
  histogramQuantile,
  maxBy,
  mul,
  not,
  on,
  or,
  print,
  printOnOneLine,
  rate,
  sub,
  subquery,
  sumBuckets,
  sumBy,
  time,
  unchecked,
  unless,
  value,
  variable,
  vector,
} from '#promql';
import { CONSTRUCTORS } from './constructors.ts';

const up = value(prometheus.up);

describe('a constructor prints', () => {
  test.each(CONSTRUCTORS)('%s', (_, expression, text) => {
    expect(printOnOneLine(expression)).toBe(text);
  });
});

describe('parentheses', () => {
  test.each([
    ['left to right', sub(sub(up, 1), 2), 'up - 1 - 2'],
    ['right to left', sub(up, sub(up, 2)), 'up - (up - 2)'],
    ['a product in a sum', add(mul(up, 2), 1), 'up * 2 + 1'],
    ['a sum in a product', mul(2, add(up, 1)), '2 * (up + 1)'],
    ['a quotient below a product', div(up, mul(up, 2)), 'up / (up * 2)'],
    ['a product of a quotient', mul(div(up, 3), 2), 'up / 3 * 2'],
    ['a power to the right', unchecked('up ^ (up ^ 2)', ['job', 'instance']), 'up ^ up ^ 2'],
    ['a power to the left', unchecked('(up ^ up) ^ 2', ['job', 'instance']), '(up ^ up) ^ 2'],
    ['a comparison of sums', gt(add(up, 1), 2), 'up + 1 > 2'],
    ['a sum of comparisons', unchecked('(up > bool 1) + 2', ['job', 'instance']), '(up > bool 1) + 2'],
    ['a comparison of a comparison', gt(gt(up, 1), 2), 'up > 1 > 2'],
    ['and before or', or(and(up, up), up), 'up and up or up'],
    ['or before and', and(or(up, up), up), '(up or up) and up'],
    ['and with unless', unless(and(up, up), up), 'up and up unless up'],
    ['unless with and', unless(up, and(up, up)), 'up unless (up and up)'],
    ['a minus before a name', unchecked('(-up) * 2', ['job', 'instance']), '-up * 2'],
    ['a minus before a sum', unchecked('-(up + 1)', ['job', 'instance']), '-(up + 1)'],
    ['a minus before a product', unchecked('-(up * 2)', ['job', 'instance']), '-(up * 2)'],
    ['a minus before a power', unchecked('-(up ^ 2)', ['job', 'instance']), '-up ^ 2'],
    ['a minus before a power of a number', unchecked('-(2 ^ 2)'), '-(2 ^ 2)'],
    ['a power of a minus', unchecked('(-up) ^ 2', ['job', 'instance']), '(-up) ^ 2'],
    ['a power of a negative number', unchecked('(-2) ^ 2'), '(-2) ^ 2'],
    ['a minus in the exponent', unchecked('up ^ (-up)', ['job', 'instance']), 'up ^ -up'],
    ['a negative number on the right', sub(up, -2), 'up - -2'],
    ['a negative number on the left', mul(-2, up), '-2 * up'],
    ['a minus before a minus', unchecked('-(-up)', ['job', 'instance']), '--up'],
    ['a subquery of a name', avgOverTime(subquery(up, '1h')), 'avg_over_time(up[1h:])'],
    ['a subquery of a sum', avgOverTime(subquery(add(up, 1), '1h')), 'avg_over_time((up + 1)[1h:])'],
    ['a subquery of a minus', unchecked('avg_over_time((-up)[1h:])', ['job', 'instance']), 'avg_over_time((-up)[1h:])'],
    ['arguments of functions', clampMin(add(up, 1), sub(1, 2)), 'clamp_min(up + 1, 1 - 2)'],
    ['a matched operator', unchecked('up / on (job) (up + up)', ['job']), 'up / on (job) (up + up)'],
  ])('%s', (_, expression, text) => {
    expect(print(expression)).toBe(text);
  });
});

const where = { job: variable('job'), instance: variable('instance') };
const serverErrors = () => sumBy(['job'], rate(proxy.requests, '5m', { status_code: statusCodesWhere(isServerError) }));
const requests = () => sumBy(['job'], rate(proxy.requests, '5m', { status_code: not('499') }));
const utilization = () => maxBy(['job', 'window', 'credential'], value(proxy.utilization, { window: '5h' }));
const resetsAt = () => maxBy(['job', 'window', 'credential'], value(proxy.resetsAt, { window: '5h' }));

describe('a long expression', () => {
  test('puts the operator between its operands', () => {
    expect(print(div(serverErrors(), requests()))).toBe(
      `
  sum by (job) (rate(proxy_request_count_total{status_code=~"500|502|503|504|529"}[5m]))
/
  sum by (job) (rate(proxy_request_count_total{status_code!="499"}[5m]))
`.slice(1, -1),
    );
  });

  test('keeps a threshold on its operator’s line', () => {
    expect(print(gt(div(serverErrors(), requests()), 0.05))).toBe(
      `
    sum by (job) (rate(proxy_request_count_total{status_code=~"500|502|503|504|529"}[5m]))
  /
    sum by (job) (rate(proxy_request_count_total{status_code!="499"}[5m]))
> 0.05
`.slice(1, -1),
    );
  });

  test('keeps a factor on the line of the parenthesis that it multiplies', () => {
    expect(print(mul(100, div(serverErrors(), requests())))).toBe(
      `
100 * (
    sum by (job) (rate(proxy_request_count_total{status_code=~"500|502|503|504|529"}[5m]))
  /
    sum by (job) (rate(proxy_request_count_total{status_code!="499"}[5m]))
)
`.slice(1, -1),
    );
  });

  test('opens a long right side on its operator’s line', () => {
    expect(print(sub(utilization(), sub(utilization(), mul(resetsAt(), sub(resetsAt(), time())))))).toBe(
      `
  max by (job, window, credential) (proxy_usage_utilization{window="5h"})
- (
    max by (job, window, credential) (proxy_usage_utilization{window="5h"})
  -
      max by (job, window, credential) (proxy_usage_resets_at{window="5h"})
    *
      (max by (job, window, credential) (proxy_usage_resets_at{window="5h"}) - time())
)
`.slice(1, -1),
    );
  });

  test('has conditions that belong together at one depth', () => {
    const conditions = unless(and(gt(utilization(), 80), gt(sub(resetsAt(), time()), 0)), gt(utilization(), 95));
    expect(print(conditions)).toBe(
      `
  max by (job, window, credential) (proxy_usage_utilization{window="5h"}) > 80
and
  max by (job, window, credential) (proxy_usage_resets_at{window="5h"}) - time() > 0
unless
  max by (job, window, credential) (proxy_usage_utilization{window="5h"}) > 95
`.slice(1, -1),
    );
  });

  test('has alternatives above the conditions that they are made of', () => {
    expect(print(or(and(utilization(), resetsAt()), and(resetsAt(), gt(utilization(), 80))))).toBe(
      `
    max by (job, window, credential) (proxy_usage_utilization{window="5h"})
  and
    max by (job, window, credential) (proxy_usage_resets_at{window="5h"})
or
    max by (job, window, credential) (proxy_usage_resets_at{window="5h"})
  and
    max by (job, window, credential) (proxy_usage_utilization{window="5h"}) > 80
`.slice(1, -1),
    );
  });

  test('says how its sides match on the operator’s line', () => {
    expect(print(groupLeft(utilization(), '*', requests(), { by: on('job') }))).toBe(
      `
  max by (job, window, credential) (proxy_usage_utilization{window="5h"})
* on (job) group_left
  sum by (job) (rate(proxy_request_count_total{status_code!="499"}[5m]))
`.slice(1, -1),
    );
  });

  test('has an argument a line, but a selector stays in its function', () => {
    const buckets = bucketRate(proxy.requestDuration, '$__rate_interval', { ...where, stream: 'true' });
    expect(print(histogramQuantile(0.95, sumBuckets(['job', 'le'], buckets)))).toBe(
      `
histogram_quantile(
  0.95,
  sum by (job, le) (
    rate(proxy_request_duration_ms_milliseconds_bucket{job=~"$job", instance=~"$instance", stream="true"}[$__rate_interval])
  )
)
`.slice(1, -1),
    );
  });

  test('ends in a short alternative', () => {
    const limited = rate(proxy.requests, '$__rate_interval', { ...where, status_code: RATE_LIMITED });
    expect(print(or(sumBy([], limited), vector(0)))).toBe(
      `
  sum(
    rate(proxy_request_count_total{job=~"$job", instance=~"$instance", status_code="429"}[$__rate_interval])
  )
or vector(0)
`.slice(1, -1),
    );
  });

  test('follows its parentheses with the range of a subquery', () => {
    expect(print(avgOverTime(subquery(div(serverErrors(), requests()), '1h', '1m')))).toBe(
      `
avg_over_time(
  (
      sum by (job) (rate(proxy_request_count_total{status_code=~"500|502|503|504|529"}[5m]))
    /
      sum by (job) (rate(proxy_request_count_total{status_code!="499"}[5m]))
  )[1h:1m]
)
`.slice(1, -1),
    );
  });
});

import { describe, expect, test } from 'vitest';
import { prometheus, proxy } from '#catalog';
import {
  absent,
  absentOverTime,
  at,
  type Expression,
  history,
  not,
  offset,
  printOnOneLine,
  rate,
  restrict,
  subquery,
  sumBy,
  value,
  vector,
  walk,
} from '#promql';

const up = value(prometheus.up, { job: 'a' });

describe('what the compiler cannot see is refused', () => {
  test.each<[string, () => unknown, string]>([
    [
      'an empty list',
      () => rate(proxy.requests, '5m', { status_code: [] }),
      "no value for label 'status_code': the list is empty, so nothing could match; name at least one",
    ],
    ['an empty list after not', () => not([]), "no value after 'not': the list is empty; name at least one"],
    [
      'a range in fractions',
      () => rate(proxy.requests, '1.5h'),
      "'1.5h' is no duration; write a whole number and a unit, such as 30s, 5m, 16h48m or 7d",
    ],
    [
      'a range into the future',
      () => history(proxy.requestsInFlight, '-5m'),
      "'-5m' is no duration; write a whole number and a unit, such as 30s, 5m, 16h48m or 7d",
    ],
    ['an empty range', () => subquery(up, '0s'), "a range must be longer than nothing, got '0s'"],
    ['an empty step', () => subquery(up, '1h', '0m'), "a range must be longer than nothing, got '0m'"],
    [
      'an offset in fractions',
      () => offset(up, '1.5h'),
      "'1.5h' is no duration; write a whole number and a unit, such as 30s, 5m, 16h48m or 7d",
    ],
    [
      'an offset of an aggregation',
      () => offset(sumBy([], up), '1d'),
      "offset and @ apply to a selector or a subquery, got 'aggregation'; apply them to the selectors inside",
    ],
    [
      'a time of a function',
      () => at(vector(1), 'end'),
      "offset and @ apply to a selector or a subquery, got 'call'; apply them to the selectors inside",
    ],
    [
      'a second offset',
      () => offset(at(offset(up, '1d'), 'end'), '1d'),
      'the expression has an offset already; shift it once',
    ],
    ['a second time', () => at(at(up, 'end'), 0), 'the expression has an @ already; shift it once'],
    [
      'a label that absent loses',
      () => absent(up, ['job', 'instance']),
      "absent loses the label 'instance'; match it by equality in the selector, or do not name it",
    ],
    [
      'a label that absent_over_time loses',
      () => absentOverTime(history(proxy.utilization, '5m', { window: not('5h') }), ['window']),
      "absent_over_time loses the label 'window'; match it by equality in the selector, or do not name it",
    ],
  ])('%s', (_, build, message) => {
    expect(build).toThrow(message);
  });
});

describe('restrict', () => {
  const variables = [
    { label: 'job', op: '=~', value: '$job' },
    { label: 'window', op: '=~', value: '$window' },
  ] as const;

  test.each<[string, Expression, string]>([
    [
      'adds the conditions before those of the author',
      value(proxy.utilization, { credential: 'a' }),
      'proxy_usage_utilization{job=~"$job", window=~"$window", credential="a"}',
    ],
    [
      'leaves out conditions on labels that the metric lacks',
      sumBy([], rate(proxy.requests, '5m')),
      'sum(rate(proxy_request_count_total{job=~"$job"}[5m]))',
    ],
    [
      'leaves a label alone that the author has a condition on',
      value(proxy.utilization, { window: '5h' }),
      'proxy_usage_utilization{job=~"$job", window="5h"}',
    ],
    [
      'adds those on target labels to those of the author',
      value(proxy.utilization, { job: 'a' }),
      'proxy_usage_utilization{job=~"$job", window=~"$window", job="a"}',
    ],
  ])('%s', (_, expression, text) => {
    expect(printOnOneLine(restrict(expression, variables))).toBe(text);
  });
});

test('walk visits every node, the root first', () => {
  const kinds = walk(sumBy(['job'], rate(proxy.requests, '5m')).node).map(({ kind }) => kind);
  expect(kinds).toEqual(['aggregation', 'call', 'matrix', 'selector']);
});

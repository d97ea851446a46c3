import { describe, expect, test } from 'vitest';
import { prometheus, proxy } from '#catalog';
import {
  absent,
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
  unchecked,
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
      "'1.5h' is not a valid duration; write an integer and a unit, such as 30s, 5m, 16h48m or 7d",
    ],
    [
      'a range into the future',
      () => history(proxy.requestsInFlight, '-5m'),
      "'-5m' is not a valid duration; write an integer and a unit, such as 30s, 5m, 16h48m or 7d",
    ],
    ['an empty range', () => subquery(up, '0s'), "a range must be longer than 0; received '0s'"],
    ['an empty step', () => subquery(up, '1h', '0m'), "a range must be longer than 0; received '0m'"],
    [
      'an offset in fractions',
      () => offset(up, '1.5h'),
      "'1.5h' is not a valid duration; write an integer and a unit, such as 30s, 5m, 16h48m or 7d",
    ],
    [
      'an offset of an aggregation',
      () => offset(sumBy([], up), '1d'),
      "offset and @ apply to a selector or a subquery; received 'aggregation'; apply them to the selectors inside",
    ],
    [
      'a time of a function',
      () => at(vector(1), 'end'),
      "offset and @ apply to a selector or a subquery; received 'call'; apply them to the selectors inside",
    ],
    [
      'a second offset',
      () => offset(at(offset(up, '1d'), 'end'), '1d'),
      'the expression already has an offset; shift it once',
    ],
    ['a second time', () => at(at(up, 'end'), 0), 'the expression already has an @; shift it once'],
    [
      'a label that absent loses',
      () => absent(up, ['job', 'instance']),
      "absent loses the label 'instance'; match it by equality in the selector, or do not name it",
    ],
    [
      'text that does not parse',
      () => unchecked('sum(up'),
      "invalid PromQL at line 1, column 7: received the end after 'sum(up'; correct the query there, or build it from the expression tree",
    ],
    [
      'a declared label that does not remain',
      () => unchecked('sum by (job) (up)', ['job', 'instance']),
      "'sum by (job) (up)' declares the labels instance, job; received job; declare those that remain",
    ],
    [
      'a label that is not declared',
      () => unchecked('up'),
      "'up' declares the labels none; received instance, job; declare those that remain",
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
    [
      'reaches the selectors of text, by the labels that the catalog knows',
      unchecked('topk(3, proxy_usage_utilization) / on () group_left sum(up)', [
        'job',
        'instance',
        'window',
        'credential',
      ]),
      'topk(3, proxy_usage_utilization{job=~"$job", window=~"$window"}) / on () group_left sum(up{job=~"$job"})',
    ],
  ])('%s', (_, expression, text) => {
    expect(printOnOneLine(restrict(expression, variables))).toBe(text);
  });
});

test('walk visits every node, the root first', () => {
  const kinds = walk(sumBy(['job'], rate(proxy.requests, '5m')).node).map(({ kind }) => kind);
  expect(kinds).toEqual(['aggregation', 'call', 'matrix', 'selector']);
});

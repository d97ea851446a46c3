// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Grafana writes its variables so
import { describe, expect, test } from 'vitest';
import { checkLogql, checkPromql } from '#checks';

describe('PromQL', () => {
  test.each([
    ['a rate', 'sum by (job) (rate(requests_total{job=~"$job"}[5m]))'],
    ['the rate interval', 'rate(requests_total[$__rate_interval])'],
    ['variables in braces, with a format', 'rate(requests_total{job=~"${job:regex}"}[${window}])'],
    ['a subquery over variables', 'max_over_time(up[$__range:$__interval])'],
    ['a variable with a unit after it', 'increase(requests_total[${__range_s}s])'],
    ['a variable after offset', 'up offset $back'],
    ['a metric and labels by variable', 'topk($k, sum by ($label) ($metric{job="a"}))'],
    ['a time by variable', 'up @ $__to'],
    [
      'brackets and quotes in strings and comments',
      `up{job=~"[a-z\\"$]+", instance=~'[$x'} # it's [\n + $metric{job="a"}`,
    ],
    ['several lines', 'sum(\n  rate(requests_total[5m])\n)\n/\nsum(up)'],
  ])('%s parses', (_, query) => {
    expect(checkPromql(query)).toEqual([]);
  });

  test.each([
    ['an empty text', ' ', 'the PromQL query is empty', 'write one, or remove it'],
    [
      'a window with a wrong unit',
      'sum(rate(requests_total[5min]))',
      "invalid PromQL at line 1, column 27: received 'in]))' after 'sum(rate(requests_total[5m'",
      'correct the query there, or build it from the expression tree',
    ],
    [
      'a parenthesis that is not closed',
      'sum(rate(requests_total[5m])',
      "invalid PromQL at line 1, column 29: received the end after 'sum(rate(requests_total[5m])'",
      'correct the query there, or build it from the expression tree',
    ],
    [
      'an unknown function',
      'rates(requests_total[$__rate_interval])',
      "invalid PromQL at line 1, column 6: received '(requests_total[$__rate_interval])' after 'rates'",
      "name a function of PromQL instead of 'rates'",
    ],
    [
      'a mistake on a later line, after a variable',
      'sum(\n  up{job="$job"} @ $__from\n  by',
      "invalid PromQL at line 3, column 3: received 'by' after 'sum(\n  up{job=\"$job\"} @ $__from'",
      'correct the query there, or build it from the expression tree',
    ],
    [
      'an aggregation of LogQL',
      '{job="a"} |= "x"',
      'invalid PromQL at line 1, column 11: received \'|= "x"\' after \'{job="a"}\'',
      'correct the query there, or build it from the expression tree',
    ],
  ])('%s is found', (_, query, problem, fix) => {
    expect(checkPromql(query, 'panel 3, query A')).toEqual([{ path: 'panel 3, query A', problem, fix }]);
  });
});

describe('LogQL', () => {
  test.each([
    ['a pipeline', '{service_name="anthropic-proxy"} |= "upstream error" | json | status="429"'],
    ['variables in strings', '{job=~"$job"} |~ `$search` | json | model=~"${model:pipe}"'],
    ['a range by variable', 'sum by ($label) (count_over_time({job="a"} | json [$__auto]))'],
    ['numbers by variable', 'topk($k, sum by (model) (rate({job="a"} | json | status > $least [5m])))'],
  ])('%s parses', (_, query) => {
    expect(checkLogql(query)).toEqual([]);
  });

  test.each([
    [
      'a stage that is missing',
      '{job="a"} | json |',
      'invalid LogQL at line 1, column 19: received the end after \'{job="a"} | json |\'',
    ],
    ['a value without quotes', '{job=$job}', "invalid LogQL at line 1, column 6: received '$job}' after '{job='"],
    ['PromQL', 'sum(up)', "invalid LogQL at line 1, column 5: received 'up)' after 'sum('"],
  ])('%s is found', (_, query, problem) => {
    expect(checkLogql(query, 'annotation')).toEqual([
      { path: 'annotation', problem, fix: 'correct the query there, or build it from the expression tree' },
    ]);
  });
});

import { describe, expect, test } from 'vitest';
import { type Alert, alert, record } from '#alerts';
import { ANTHROPIC_PROXY_PANELS, prometheus, proxy, proxyRecorded, TARGETS } from '#catalog';
import {
  absent,
  add,
  and,
  at,
  avgOverTime,
  bucketRate,
  div,
  type Expression,
  groupLeft,
  gt,
  histogramQuantile,
  history,
  lt,
  maxBy,
  mul,
  not,
  num,
  offset,
  on,
  or,
  printOnOneLine,
  rate,
  sub,
  subquery,
  sumBuckets,
  sumBy,
  time,
  unchecked,
  unless,
  type Vector,
  value,
  vector,
  vectorOf,
} from '#promql';
import { anthropicProxySignals } from '#signals';
import { conditions } from './conditions.ts';
import { mutantsOf, ruleName, ruleText } from './mutants.ts';
import * as operators from './operators.ts';
import { type Vary, variations } from './tree.ts';

const used = value(proxy.utilization, { window: '5h' });
const resets = value(proxy.resetsAt);
const up = value(prometheus.up);
const UP_LABELS = ['job', 'instance'] as const;

/** Every tree that an operator makes, as text. */
const made = (vary: Vary, { node }: Expression): readonly string[] =>
  variations(node, vary).map((one) => printOnOneLine({ node: one.node }));

describe('an operator makes exactly the mutants', () => {
  const table: readonly (readonly [string, Vary, Expression, readonly string[]])[] = [
    ['of a limit', operators.threshold, gt(up, 50), ['up > 45', 'up > 55']],
    ['of a limit of 0', operators.threshold, gt(up, 0), ['up > -1', 'up > 1']],
    ['of a limit below 0', operators.threshold, lt(up, -2), ['up < -1.8', 'up < -2.2']],
    [
      'of a limit that is computed',
      operators.threshold,
      lt(up, add(time(), mul(num(0.5), 60))),
      ['up < time() + 0.45 * 60', 'up < time() + 0.55 * 60', 'up < time() + 0.5 * 54', 'up < time() + 0.5 * 66'],
    ],
    ['of no number that is only reckoned with', operators.threshold, gt(mul(up, 100), up), []],
    [
      'of what a function takes',
      operators.threshold,
      histogramQuantile(0.5, sumBuckets(['le'], bucketRate(proxy.requestDuration, '5m'))),
      [
        'histogram_quantile(0.45, sum by (le) (rate(proxy_request_duration_ms_milliseconds_bucket[5m])))',
        'histogram_quantile(0.55, sum by (le) (rate(proxy_request_duration_ms_milliseconds_bucket[5m])))',
      ],
    ],
    [
      'of what an aggregation takes',
      operators.threshold,
      unchecked('topk(10, up)', UP_LABELS),
      ['topk(9, up)', 'topk(11, up)'],
    ],
    [
      'of both comparisons',
      operators.comparison,
      and(gt(up, 1), unchecked('up == 2', UP_LABELS)),
      ['up < 1 and up == 2', 'up > 1 and up != 2'],
    ],
    [
      'of a limit that is taken in or left out',
      operators.boundary,
      and(gt(up, 1), lt(up, 2)),
      ['up >= 1 and up < 2', 'up > 1 and up <= 2'],
    ],
    ['of no equality that could take its limit in', operators.boundary, unchecked('up == 1', UP_LABELS), []],
    [
      'of a range',
      operators.range,
      avgOverTime(history(prometheus.up, '5m')),
      ['avg_over_time(up[2m30s])', 'avg_over_time(up[10m])'],
    ],
    [
      'of a subquery and of a range in it',
      operators.range,
      avgOverTime(subquery(rate(proxy.requests, '1m'), '1h', '1m')),
      [
        'avg_over_time(rate(proxy_request_count_total[1m])[30m:1m])',
        'avg_over_time(rate(proxy_request_count_total[1m])[2h:1m])',
        'avg_over_time(rate(proxy_request_count_total[30s])[1h:1m])',
        'avg_over_time(rate(proxy_request_count_total[2m])[1h:1m])',
      ],
    ],
    [
      'of an offset, also at a time',
      operators.range,
      at(offset(up, '1h'), 'end'),
      ['up offset 30m @ end()', 'up offset 2h @ end()'],
    ],
    ['of and', operators.setOperator, and(up, up), ['up or up', 'up unless up']],
    [
      'of or within unless',
      operators.setOperator,
      unless(or(up, up), up),
      ['(up or up) and up', 'up or up or up', 'up and up unless up', 'up unless up unless up'],
    ],
    [
      'of labels that are kept',
      operators.grouping,
      sumBy(['job', 'instance'], up),
      ['sum by (instance) (up)', 'sum by (job) (up)'],
    ],
    ['of a label that is kept alone', operators.grouping, sumBy(['job'], up), ['sum by () (up)']],
    [
      'of labels that are dropped',
      operators.grouping,
      unchecked('max without (instance) (up)', ['job']),
      ['max without () (up)'],
    ],
    ['of no labels', operators.grouping, sumBy([], up), []],
    [
      'of labels that match',
      operators.matching,
      unchecked('up / on (job, instance) up', UP_LABELS),
      ['up / on (instance) up', 'up / on (job) up'],
    ],
    [
      'of labels that are ignored',
      operators.matching,
      unchecked('up / ignoring (instance) up', ['job']),
      ['up / ignoring () up'],
    ],
    [
      'of labels that are taken over',
      operators.matching,
      groupLeft(up, '*', up, { by: on('job'), include: ['instance'] }),
      ['up * on () group_left (instance) up', 'up * on (job) group_left up'],
    ],
    ['of a sum', operators.aggregation, sumBy(['job'], up), ['max by (job) (up)', 'avg by (job) (up)']],
    [
      'of a maximum in a sum',
      operators.aggregation,
      sumBy([], maxBy(['job'], up)),
      ['max(max by (job) (up))', 'avg(max by (job) (up))', 'sum(min by (job) (up))', 'sum(sum by (job) (up))'],
    ],
  ];

  test.each(table)('%s', (_, vary, expression, expected) => {
    expect(made(vary, expression)).toStrictEqual(expected);
  });

  test('of a node that stands at two places at each of them alone', () => {
    const late = gt(up, 10);
    expect(made(operators.threshold, and(late, late))).toStrictEqual([
      'up > 9 and up > 10',
      'up > 11 and up > 10',
      'up > 10 and up > 9',
      'up > 10 and up > 11',
    ]);
  });
});

const job = TARGETS.proxy.job;
const account = ['job', 'window', 'credential'] as const;

describe('a matcher is dropped', () => {
  const dropped = ({ node }: Expression): readonly string[] =>
    conditions(node).map(({ drop }) => printOnOneLine({ node: drop(node) }));

  const table: readonly (readonly [string, Expression, readonly string[]])[] = [
    [
      'one by one',
      value(prometheus.up, { job, instance: not('a') }),
      ['up{instance!="a"}', 'up{job="anthropic-proxy"}'],
    ],
    [
      'from both sides of a join that match by its label',
      and(used, used),
      ['proxy_usage_utilization and proxy_usage_utilization'],
    ],
    [
      'from all operands of a chain, through aggregations that keep its label',
      div(maxBy(account, used), sub(maxBy(account, used), maxBy(account, resets))),
      [
        'max by (job, window, credential) (proxy_usage_utilization) / (max by (job, window, credential) (proxy_usage_utilization) - max by (job, window, credential) (proxy_usage_resets_at))',
      ],
    ],
    [
      'from each side whose aggregation has dropped its label',
      div(maxBy(['job'], used), maxBy(['job'], used)),
      [
        'max by (job) (proxy_usage_utilization) / max by (job) (proxy_usage_utilization{window="5h"})',
        'max by (job) (proxy_usage_utilization{window="5h"}) / max by (job) (proxy_usage_utilization)',
      ],
    ],
    [
      'from each side where they match without its label',
      and(used, used, on('job')),
      [
        'proxy_usage_utilization and on (job) proxy_usage_utilization{window="5h"}',
        'proxy_usage_utilization{window="5h"} and on (job) proxy_usage_utilization',
      ],
    ],
    [
      'from each side of what is no join',
      or(used, used),
      [
        'proxy_usage_utilization or proxy_usage_utilization{window="5h"}',
        'proxy_usage_utilization{window="5h"} or proxy_usage_utilization',
      ],
    ],
    [
      'from each side where their values differ',
      and(value(prometheus.up, { job: 'a' }), value(prometheus.up, { job: 'b' })),
      ['up and up{job="b"}', 'up{job="a"} and up'],
    ],
    [
      'where a function makes labels of it',
      and(absent(value(prometheus.up, { job: 'a' }), ['job']), maxBy(['job'], value(prometheus.up, { job: 'a' }))),
      ['absent(up{job="a"}) and max by (job) (up)', 'absent(up) and max by (job) (up{job="a"})'],
    ],
  ];

  test.each(table)('%s', (_, expression, expected) => {
    expect(dropped(expression)).toStrictEqual(expected);
  });
});

const sample = (expr: (threshold: number) => Vector<'job'>): Alert => ({
  ...alert({
    name: 'Sample',
    severity: 'ticket',
    for: '10m',
    threshold: { value: 20, because: 'it is a sample' },
    panel: ANTHROPIC_PROXY_PANELS.targetsUp,
    signal: anthropicProxySignals.readyCredentials,
    summary: () => 'A sample.',
    description: () => 'A sample.',
    action: 'None.',
  }),
  expr,
});

describe('the mutants of a rule', () => {
  test('are those of its tree, with its own threshold, and of its wait', () => {
    const rule = sample((threshold) => gt(sumBy(['job'], value(prometheus.up, { job })), threshold));
    expect(mutantsOf(rule).map((one) => [one.operator, one.change, ruleText(one.rule)])).toStrictEqual([
      ['threshold', '> 20: 20 → 18', 'sum by (job) (up{job="anthropic-proxy"}) > 18\nfor 10m'],
      ['threshold', '> 20: 20 → 22', 'sum by (job) (up{job="anthropic-proxy"}) > 22\nfor 10m'],
      ['comparison', '> 20 → <', 'sum by (job) (up{job="anthropic-proxy"}) < 20\nfor 10m'],
      ['boundary', '> 20 → >=', 'sum by (job) (up{job="anthropic-proxy"}) >= 20\nfor 10m'],
      ['grouping label', 'sum by (job) without job', 'sum by () (up{job="anthropic-proxy"}) > 20\nfor 10m'],
      ['aggregation', 'sum by (job) → max', 'max by (job) (up{job="anthropic-proxy"}) > 20\nfor 10m'],
      ['aggregation', 'sum by (job) → avg', 'avg by (job) (up{job="anthropic-proxy"}) > 20\nfor 10m'],
      ['matcher', 'up without job="anthropic-proxy"', 'sum by (job) (up) > 20\nfor 10m'],
      ['for', 'for 10m → 5m', 'sum by (job) (up{job="anthropic-proxy"}) > 20\nfor 5m'],
      ['for', 'for 10m → 20m', 'sum by (job) (up{job="anthropic-proxy"}) > 20\nfor 20m'],
    ]);
  });

  test('are numbered where they say the same', () => {
    const rule = sample(() => and(sumBy(['job'], up), sumBy(['job'], up)));
    const [first, second] = mutantsOf(rule).filter(({ change }) => change === 'sum by (job) → max');
    expect([first?.place, second?.place]).toStrictEqual([1, 2]);
  });

  test('are made once where two operators make the same', () => {
    const rule = sample(() => vectorOf<'job'>(gt(vector(1), 0).node));
    expect(mutantsOf(rule).map(({ change }) => change)).toStrictEqual([
      'vector(1) >: 1 → 0.9',
      'vector(1) >: 1 → 1.1',
      '> 0: 0 → -1',
      '> 0: 0 → 1',
      '> 0 → <',
      '> 0 → >=',
      'for 10m → 5m',
      'for 10m → 20m',
    ]);
  });

  test('of a recording have no wait, and its name tells it from others of its series', () => {
    const rule = record({
      series: proxyRecorded.projectedUtilization,
      labels: { instance: 'account', length: '5h' },
      expr: () => vectorOf<'job' | 'window' | 'credential'>(gt(maxBy(account, used), 10).node),
    });
    expect(mutantsOf(rule).map(({ operator }) => operator)).not.toContain('for');
    expect(ruleName(rule)).toBe(
      'window_credential:proxy_usage_utilization:projected_at_reset{instance="account", length="5h"}',
    );
  });
});

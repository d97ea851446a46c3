import { prometheus, proxy, RATE_LIMITED } from '#catalog';
import {
  abs,
  absent,
  add,
  and,
  at,
  avgOverTime,
  bucketRate,
  clampMin,
  countBy,
  countValues,
  deriv,
  div,
  type Expression,
  ge,
  groupLeft,
  groupRight,
  gt,
  histogramQuantile,
  history,
  increase,
  labelReplace,
  le,
  lt,
  maxBy,
  minBy,
  minWithout,
  mul,
  not,
  num,
  observations,
  offset,
  on,
  or,
  pattern,
  predictLinear,
  rate,
  rateOf,
  round,
  sub,
  subquery,
  sumBuckets,
  sumBy,
  time,
  unchecked,
  unless,
  value,
  vector,
  withLabel,
} from '#promql';

const up = value(prometheus.up);
const gauge = value(proxy.requestsInFlight);
const over = history(proxy.requestsInFlight, '5m');
const perStream = sumBy(['job', 'stream'], gauge);
const perJob = sumBy(['job'], up);

const SUM_UP = 'sum by (job) (up)';
const SUM_STREAMS = 'sum by (job, stream) (proxy_requests_in_flight)';
const GAUGE = 'proxy_requests_in_flight';

type Row = readonly [title: string, expression: Expression, text: string];

/** Selectors, and how their samples are chosen. */
const SELECTORS: readonly Row[] = [
  ['a gauge', gauge, GAUGE],
  ['a matcher of a value', value(proxy.utilization, { window: '5h' }), 'proxy_usage_utilization{window="5h"}'],
  [
    'matchers of several values, as patterns and ruled out',
    rate(proxy.requests, '5m', { job: pattern('a|b'), stream: ['true', 'false'], status_code: not(RATE_LIMITED) }),
    'rate(proxy_request_count_total{job=~"a|b", stream=~"true|false", status_code!="429"}[5m])',
  ],
  [
    'a list that is ruled out',
    rate(proxy.requests, '5m', { status_code: not(['429', '529']) }),
    'rate(proxy_request_count_total{status_code!~"429|529"}[5m])',
  ],
  [
    'a list of one value',
    rate(proxy.requests, '5m', { status_code: ['429'] }),
    'rate(proxy_request_count_total{status_code="429"}[5m])',
  ],
  [
    'values that look like patterns',
    value(proxy.utilization, { credential: ['a.b', 'c+d'] }),
    'proxy_usage_utilization{credential=~"a\\\\.b|c\\\\+d"}',
  ],
  [
    'quotes and line ends in a value',
    value(proxy.utilization, { credential: 'a"b\\c\nd' }),
    'proxy_usage_utilization{credential="a\\"b\\\\c\\nd"}',
  ],
  [
    'a character that stands for broken text',
    value(proxy.utilization, { credential: 'a\uFFFDb' }),
    'proxy_usage_utilization{credential="a\\ufffdb"}',
  ],
  ['an offset', offset(up, '1d'), 'up offset 1d'],
  ['an offset into the future', offset(up, '-5m'), 'up offset -5m'],
  ['a fixed time', at(up, 1_609_746_000), 'up @ 1609746000'],
  ['the start of the query', at(up, 'start'), 'up @ start()'],
  ['an offset from the end of the query', at(offset(up, '1w'), 'end'), 'up offset 1w @ end()'],
  [
    'a shifted range',
    rateOf(offset(observations(proxy.overhead, '5m'), '1d')),
    'rate(proxy_overhead_seconds_count[5m] offset 1d)',
  ],
  [
    'a subquery, shifted',
    avgOverTime(offset(subquery(perJob, '1h', '1m'), '1d')),
    `avg_over_time(${SUM_UP}[1h:1m] offset 1d)`,
  ],
  ['a subquery without a step', avgOverTime(subquery(add(perJob, 1), '1h')), `avg_over_time((${SUM_UP} + 1)[1h:])`],
];

/** Functions. */
const FUNCTIONS: readonly Row[] = [
  ['rate', rate(proxy.polls, '5m'), 'rate(proxy_usage_polls_total[5m])'],
  ['increase', increase(proxy.polls, '5m'), 'increase(proxy_usage_polls_total[5m])'],
  ['deriv', deriv(over), `deriv(${GAUGE}[5m])`],
  ['avgOverTime', avgOverTime(over), `avg_over_time(${GAUGE}[5m])`],
  ['predictLinear', predictLinear(over, 3_600), `predict_linear(${GAUGE}[5m], 3600)`],
  ['abs', abs(up), 'abs(up)'],
  ['clampMin', clampMin(up, 1), 'clamp_min(up, 1)'],
  ['round', round(up), 'round(up, 1)'],
  ['round to a multiple', round(up, 0.5), 'round(up, 0.5)'],
  ['time', time(), 'time()'],
  ['vector', vector(0), 'vector(0)'],
  ['absent', absent(value(prometheus.up, { job: 'a' }), ['job']), 'absent(up{job="a"})'],
  ['absent, shifted', absent(offset(up, '1d')), 'absent(up offset 1d)'],
  [
    'labelReplace',
    labelReplace(up, { target: 'component', replacement: '$1', source: 'job', regex: '(\\w+)-.*' }),
    'label_replace(up, "component", "$1", "job", "(\\\\w+)-.*")',
  ],
  ['withLabel', withLabel(up, 'instance', 'account'), 'label_replace(up, "instance", "account", "", "")'],
  [
    'histogramQuantile',
    histogramQuantile(0.95, sumBuckets(['le'], bucketRate(proxy.overhead, '5m'))),
    'histogram_quantile(0.95, sum by (le) (rate(proxy_overhead_seconds_bucket[5m])))',
  ],
];

/** Aggregations. */
const AGGREGATIONS: readonly Row[] = [
  ['sumBy', perJob, SUM_UP],
  ['sumBy nothing', sumBy([], up), 'sum(up)'],
  ['countBy', countBy(['job', 'instance'], up), 'count by (job, instance) (up)'],
  ['minWithout', minWithout(['job'], up), 'min without (job) (up)'],
  ['maxBy', maxBy(['job', 'window'], value(proxy.utilization)), 'max by (job, window) (proxy_usage_utilization)'],
  ['minBy', minBy([], up), 'min(up)'],
  ['countValues', countValues('state', ['job'], up), 'count_values by (job) ("state", up)'],
];

/** Operators and how their sides match. */
const OPERATORS: readonly Row[] = [
  ['add', add(up, up), 'up + up'],
  ['sub', sub(up, 1), 'up - 1'],
  ['mul', mul(60, up), '60 * up'],
  ['div', div(up, up), 'up / up'],
  ['gt', gt(up, up), 'up > up'],
  ['ge', ge(up, time()), 'up >= time()'],
  ['lt', lt(up, 1), 'up < 1'],
  ['le', le(up, 1), 'up <= 1'],
  ['and', and(up, up), 'up and up'],
  ['or', or(up, up), 'up or up'],
  ['unless', unless(up, up), 'up unless up'],
  ['and on nothing', and(up, vector(1), on()), 'up and on () vector(1)'],
  ['or on', or(up, up, on('job')), 'up or on (job) up'],
  ['groupLeft', groupLeft(perStream, '*', perJob, { by: on('job') }), `${SUM_STREAMS} * on (job) group_left ${SUM_UP}`],
  [
    'groupRight with labels taken over',
    groupRight(perStream, '*', up, { by: on('job'), include: ['stream'] }),
    `${SUM_STREAMS} * on (job) group_right (stream) up`,
  ],
  [
    'groupLeft before parentheses, which would pass for its list',
    groupLeft(perStream, '*', add(perJob, 1), { by: on('job') }),
    `${SUM_STREAMS} * on (job) group_left () (${SUM_UP} + 1)`,
  ],
];

/** Text, which is parsed and printed again. */
const UNCHECKED: readonly Row[] = [
  ['an operator that has no function', unchecked('up % 2', ['job', 'instance']), 'up % 2'],
  ['a comparison as 0 and 1', unchecked('up > bool 1', ['job', 'instance']), 'up > bool 1'],
  ['an aggregation with a parameter', unchecked('topk by (job) (3,up)', ['job', 'instance']), 'topk by (job) (3, up)'],
  [
    'a match that ignores a label',
    unchecked(`${SUM_STREAMS} * ignoring (stream) group_left ${SUM_UP}`, ['job', 'stream']),
    `${SUM_STREAMS} * ignoring (stream) group_left ${SUM_UP}`,
  ],
  ['a minus', unchecked('-sum(up)'), '-sum(up)'],
  ['a function of no argument', unchecked('hour()'), 'hour()'],
];

/** Numbers as their author wrote them. */
const NUMBERS: readonly Row[] = [
  ['a factor that is not computed', mul(14.4, sub(1, 0.999)), '14.4 * (1 - 0.999)'],
  ['a small number', num(1e-7), '1e-7'],
  ['a large number', num(1e21), '1e+21'],
  ['a negative number', num(-2.5), '-2.5'],
  ['no number', num(Number.NaN), 'NaN'],
  ['infinity', num(Number.POSITIVE_INFINITY), 'Inf'],
  ['negative infinity', num(Number.NEGATIVE_INFINITY), '-Inf'],
];

/** What every constructor prints. */
export const CONSTRUCTORS: readonly Row[] = [
  ...SELECTORS,
  ...FUNCTIONS,
  ...AGGREGATIONS,
  ...OPERATORS,
  ...UNCHECKED,
  ...NUMBERS,
];

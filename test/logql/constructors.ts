import { LOG_EVENTS, RATE_LIMITED } from '#catalog';
import {
  above,
  absentOverTime,
  add,
  and,
  atLeast,
  atMost,
  avgBy,
  avgOverTime,
  avgWithout,
  below,
  bool,
  bottomk,
  bytesOverTime,
  bytesRate,
  countBy,
  countOverTime,
  div,
  drop,
  type Expression,
  eq,
  equal,
  firstOverTime,
  ge,
  groupLeft,
  groupRight,
  gt,
  ignoring,
  json,
  keep,
  labelFormat,
  labelReplace,
  lastOverTime,
  le,
  lineContains,
  lineFormat,
  lineLacks,
  lineMatches,
  lineMismatches,
  lines,
  logfmt,
  lt,
  matched,
  matching,
  maxBy,
  maxOverTime,
  maxWithout,
  minBy,
  minOverTime,
  minWithout,
  mod,
  mul,
  ne,
  not,
  num,
  offset,
  on,
  or,
  pattern,
  pow,
  proxyLines,
  quantileOverTime,
  rate,
  rateCounter,
  rateOf,
  regexp,
  rename,
  sort,
  sortDesc,
  stddevBy,
  stddevOverTime,
  stdvarBy,
  stdvarOverTime,
  streams,
  sub,
  sumBy,
  sumOverTime,
  sumWithout,
  topk,
  unequal,
  unless,
  unwrap,
  unwrapBytes,
  unwrapDuration,
  variable,
  vector,
  where,
  withoutErrors,
} from '#logql';

const { requestFinished, upstreamError } = LOG_EVENTS;

const loki = streams({ service_name: 'loki' });
const errors = lines(upstreamError);
const finished = lines(requestFinished);
const parsed = json(finished);
const ms = unwrap(parsed, 'duration');
const tokens = unwrap(finished, 'input_tokens');
const count = countOverTime(finished, '5m');
const perModel = sumBy(['model'], count);
const perModelAndStatus = sumBy(['model', 'status'], count);
const one = vector(1);

const LOKI = '{service_name="loki"}';
const ERRORS = '{service_name="anthropic-proxy"} |= "upstream error"';
const FINISHED = '{service_name="anthropic-proxy"} |= "completed"';
const MS = `${FINISHED} | json | unwrap duration | __error__="" [5m]`;
const TOKENS = `${FINISHED} | unwrap input_tokens | __error__="" [5m]`;
const COUNT = `count_over_time(${FINISHED} [5m])`;
const PER_MODEL = `sum by (model) (${COUNT})`;
const PER_BOTH = `sum by (model, status) (${COUNT})`;

type Row = readonly [title: string, expression: Expression, text: string];

/** Streams, line filters and conditions on labels. */
const SELECTORS: readonly Row[] = [
  ['the lines of an event', errors, ERRORS],
  [
    'the lines of an event in some streams',
    lines(upstreamError, { level: ['warn', 'error'], instance: variable('instance') }),
    '{service_name="anthropic-proxy", level=~"warn|error", instance=~"$instance"} |= "upstream error"',
  ],
  [
    'all lines of the proxy but some',
    proxyLines({ namespace: not('default'), level: not(['debug', 'info']) }),
    '{service_name="anthropic-proxy", namespace!="default", level!~"debug|info"}',
  ],
  ['lines of another service', loki, LOKI],
  ['lines that contain a text', lineContains(loki, 'a "b"\n'), `${LOKI} |= "a \\"b\\"\\n"`],
  ['lines that lack a text', lineLacks(loki, 'x'), `${LOKI} != "x"`],
  ['lines that match', lineMatches(loki, '4..|5..'), `${LOKI} |~ "4..|5.."`],
  ['lines that do not match', lineMismatches(loki, '\\d'), `${LOKI} !~ "\\\\d"`],
  [
    'a line filter after labels were dropped, which would take it for a condition',
    lineLacks(drop(loki, ['instance']), 'x'),
    `${LOKI} != "x" | drop instance`,
  ],
  [
    'conditions, each a stage of its own',
    where(errors, { status: RATE_LIMITED, credential: not(matching('pool-.*')) }),
    `${ERRORS} | status="429" | credential!~"pool-.*"`,
  ],
  [
    'several values, taken literally',
    where(finished, { model: ['a.b', 'c|d'] }),
    `${FINISHED} | model=~"a\\\\.b|c\\\\|d"`,
  ],
  [
    'conditions of which one record has to be met',
    where(json(errors), [
      { status: '429' },
      { error_type: ['timeout', 'reset'], attempt: above(1) },
      { attempt: above(3) },
    ]),
    `${ERRORS} | json | status="429" or error_type=~"timeout|reset" and attempt > 1 or attempt > 3`,
  ],
  ['above', where(parsed, { duration: above(5_000) }), `${FINISHED} | json | duration > 5000`],
  ['atLeast', where(parsed, { cost_usd: atLeast(0.5) }), `${FINISHED} | json | cost_usd >= 0.5`],
  ['below', where(parsed, { tokens_total: below(1e21) }), `${FINISHED} | json | tokens_total < 1e+21`],
  ['atMost', where(finished, { input_tokens: atMost(-1) }), `${FINISHED} | input_tokens <= -1`],
  ['equal', where(finished, { input_tokens: equal(0) }), `${FINISHED} | input_tokens == 0`],
  ['unequal', where(finished, { input_tokens: unequal(0) }), `${FINISHED} | input_tokens != 0`],
  ['lines that could be read', withoutErrors(parsed), `${FINISHED} | json | __error__=""`],
];

/** Parsers and what changes lines and labels. */
const STAGES: readonly Row[] = [
  ['all fields of JSON', parsed, `${FINISHED} | json`],
  ['some fields of JSON', json(finished, ['duration', 'outcome']), `${FINISHED} | json duration, outcome`],
  [
    'fields of JSON under other names',
    json(finished, { took: 'duration', cached: 'tokens.cache_read' }),
    `${FINISHED} | json took="duration", cached="tokens.cache_read"`,
  ],
  [
    'pairs, with a duration and a size to compare',
    where(logfmt(loki, { duration: 'duration', size: 'bytes', query: 'text' }), {
      duration: above('1m30s'),
      size: atLeast('1.5MB'),
      query: not(''),
    }),
    `${LOKI} | logfmt duration, size, query | duration > 1m30s | size >= 1.5MB | query!=""`,
  ],
  [
    'a pattern',
    pattern(loki, 'took <took> for <_> as <user>', { took: 'duration', user: 'value' }),
    `${LOKI} | pattern "took <took> for <_> as <user>"`,
  ],
  [
    'a regular expression',
    regexp(loki, 'status=(?P<code>\\d+)', { code: 'value' }),
    `${LOKI} | regexp "status=(?P<code>\\\\d+)"`,
  ],
  [
    'lineFormat',
    lineFormat(parsed, ({ msg, model }) => `${msg} by ${model}`),
    `${FINISHED} | json | line_format "{{.msg}} by {{.model}}"`,
  ],
  [
    'labelFormat',
    labelFormat(finished, { what: ({ status, model }) => `${status}/${model}`, all: () => 'all' }),
    `${FINISHED} | label_format what="{{.status}}/{{.model}}", all="all"`,
  ],
  ['rename', rename(finished, { code: 'status' }), `${FINISHED} | label_format code=status`],
  ['drop', drop(parsed, ['request_id', 'msg']), `${FINISHED} | json | drop request_id, msg`],
  ['keep', keep(parsed, ['model']), `${FINISHED} | json | keep model`],
];

/** Aggregations over a range. */
const RANGES: readonly Row[] = [
  ['countOverTime', count, COUNT],
  ['rate', rate(finished, '$__auto'), `rate(${FINISHED} [$__auto])`],
  ['bytesOverTime', bytesOverTime(finished, '$__range'), `bytes_over_time(${FINISHED} [$__range])`],
  ['bytesRate', bytesRate(finished, '$__interval'), `bytes_rate(${FINISHED} [$__interval])`],
  [
    'absentOverTime',
    absentOverTime(streams({ service_name: 'loki' }), '1h', ['service_name']),
    `absent_over_time(${LOKI} [1h])`,
  ],
  [
    'lines that may be no JSON, which would fail the query',
    countOverTime(where(parsed, { duration: above(1) }), '5m'),
    `count_over_time(${FINISHED} | json | duration > 1 | __error__="" [5m])`,
  ],
  [
    'lines that were chosen by whether they could be read',
    countOverTime(withoutErrors(parsed), '5m'),
    `count_over_time(${FINISHED} | json | __error__="" [5m])`,
  ],
  ['sumOverTime', sumOverTime(tokens, '5m'), `sum_over_time(${TOKENS})`],
  ['rateOf', rateOf(tokens, '5m'), `rate(${TOKENS})`],
  ['rateCounter', rateCounter(tokens, '5m'), `rate_counter(${TOKENS})`],
  ['avgOverTime', avgOverTime(ms, '5m'), `avg_over_time(${MS})`],
  ['minOverTime by nothing', minOverTime(ms, '5m', []), `min_over_time(${MS}) by ()`],
  ['maxOverTime', maxOverTime(ms, '5m', ['model', 'status']), `max_over_time(${MS}) by (model, status)`],
  ['stddevOverTime', stddevOverTime(ms, '5m', ['model']), `stddev_over_time(${MS}) by (model)`],
  ['stdvarOverTime', stdvarOverTime(ms, '5m', ['model']), `stdvar_over_time(${MS}) by (model)`],
  ['firstOverTime', firstOverTime(ms, '5m', ['model']), `first_over_time(${MS}) by (model)`],
  ['lastOverTime', lastOverTime(ms, '5m', ['model']), `last_over_time(${MS}) by (model)`],
  ['quantileOverTime', quantileOverTime(0.95, ms, '5m'), `quantile_over_time(0.95, ${MS})`],
  [
    'quantileOverTime by a label',
    quantileOverTime(0.5, ms, '5m', ['model']),
    `quantile_over_time(0.5, ${MS}) by (model)`,
  ],
  [
    'a duration as seconds',
    maxOverTime(unwrapDuration(logfmt(loki, { took: 'duration' }), 'took'), '5m', []),
    `max_over_time(${LOKI} | logfmt took | unwrap duration(took) | __error__="" [5m]) by ()`,
  ],
  [
    'a size as bytes',
    maxOverTime(unwrapBytes(logfmt(loki, { size: 'bytes' }), 'size'), '5m', []),
    `max_over_time(${LOKI} | logfmt size | unwrap bytes(size) | __error__="" [5m]) by ()`,
  ],
  ['an offset', offset(count, '1d'), `count_over_time(${FINISHED} [5m] offset 1d)`],
  [
    'an offset into the future, of values',
    offset(sumOverTime(unwrap(proxyLines(), 'input_tokens'), '5m'), '-1h'),
    'sum_over_time({service_name="anthropic-proxy"} | unwrap input_tokens | __error__="" [5m] offset -1h)',
  ],
  [
    'an offset of days into the future, which Loki reads in hours',
    offset(count, '-1d12h'),
    `count_over_time(${FINISHED} [5m] offset -36h)`,
  ],
  [
    'an offset of odd length into the future',
    offset(count, '-1d1s'),
    `count_over_time(${FINISHED} [5m] offset -86401s)`,
  ],
  [
    'an offset of values after other stages, which editors read in front alone',
    offset(sumOverTime(tokens, '5m'), '1d'),
    'sum_over_time({service_name="anthropic-proxy"} [5m] offset 1d |= "completed" | unwrap input_tokens | __error__="")',
  ],
];

/** Aggregations over series. */
const AGGREGATIONS: readonly Row[] = [
  ['sumBy', perModel, PER_MODEL],
  ['sumBy nothing', sumBy([], count), `sum(${COUNT})`],
  ['avgBy', avgBy(['model'], count), `avg by (model) (${COUNT})`],
  ['minBy', minBy(['model'], count), `min by (model) (${COUNT})`],
  ['maxBy', maxBy(['model', 'status'], count), `max by (model, status) (${COUNT})`],
  ['countBy', countBy(['model'], count), `count by (model) (${COUNT})`],
  ['stddevBy', stddevBy(['model'], count), `stddev by (model) (${COUNT})`],
  ['stdvarBy', stdvarBy(['model'], count), `stdvar by (model) (${COUNT})`],
  ['sumWithout', sumWithout(['instance', 'input_tokens'], count), `sum without (instance, input_tokens) (${COUNT})`],
  ['avgWithout', avgWithout(['instance'], count), `avg without (instance) (${COUNT})`],
  ['minWithout', minWithout(['instance'], count), `min without (instance) (${COUNT})`],
  ['maxWithout', maxWithout(['instance'], count), `max without (instance) (${COUNT})`],
  ['topk', topk(3, perModel), `topk(3, ${PER_MODEL})`],
  ['bottomk within a label', bottomk(3, perModel, ['model']), `bottomk by (model) (3, ${PER_MODEL})`],
  ['sort', sort(perModel), `sort(${PER_MODEL})`],
  ['sortDesc', sortDesc(perModel), `sort_desc(${PER_MODEL})`],
  [
    'labelReplace',
    labelReplace(perModel, { target: 'family', replacement: '$1', source: 'model', regex: '(\\w+)-.*' }),
    `label_replace(${PER_MODEL}, "family", "$1", "model", "(\\\\w+)-.*")`,
  ],
];

/** Operators and how their sides match. */
const OPERATORS: readonly Row[] = [
  ['add', add(one, one), 'vector(1) + vector(1)'],
  ['sub', sub(one, 1), 'vector(1) - 1'],
  ['mul', mul(60, one), '60 * vector(1)'],
  ['div', div(perModel, perModel), `${PER_MODEL} / ${PER_MODEL}`],
  ['mod', mod(one, 2), 'vector(1) % 2'],
  ['pow', pow(one, 2), 'vector(1) ^ 2'],
  ['eq', eq(one, 1), 'vector(1) == 1'],
  ['ne', ne(one, 1), 'vector(1) != 1'],
  ['gt', gt(one, one), 'vector(1) > vector(1)'],
  ['ge', ge(one, 1), 'vector(1) >= 1'],
  ['lt', lt(one, 1), 'vector(1) < 1'],
  ['le', le(one, -1), 'vector(1) <= -1'],
  ['bool.eq', bool.eq(one, 1), 'vector(1) == bool 1'],
  ['bool.ne', bool.ne(one, 1), 'vector(1) != bool 1'],
  ['bool.gt', bool.gt(one, 1), 'vector(1) > bool 1'],
  ['bool.ge', bool.ge(one, 1), 'vector(1) >= bool 1'],
  ['bool.lt', bool.lt(one, 1), 'vector(1) < bool 1'],
  ['bool.le', bool.le(one, 1), 'vector(1) <= bool 1'],
  ['and', and(one, one), 'vector(1) and vector(1)'],
  ['or', or(sumBy([], count), vector(0)), `sum(${COUNT}) or vector(0)`],
  ['unless', unless(one, one), 'vector(1) unless vector(1)'],
  ['and on nothing', and(perModel, one, on()), `${PER_MODEL} and on () vector(1)`],
  [
    'unless ignoring',
    unless(perModelAndStatus, perModel, ignoring('status')),
    `${PER_BOTH} unless ignoring (status) ${PER_MODEL}`,
  ],
  ['matched on', matched(perModelAndStatus, '/', perModel, on('model')), `${PER_BOTH} / on (model) ${PER_MODEL}`],
  [
    'matched ignoring, as 0 and 1',
    matched(perModelAndStatus, '> bool', perModelAndStatus, ignoring('status')),
    `${PER_BOTH} > bool ignoring (status) ${PER_BOTH}`,
  ],
  [
    'groupLeft',
    groupLeft(perModelAndStatus, '/', perModel, { by: on('model') }),
    `${PER_BOTH} / on (model) group_left ${PER_MODEL}`,
  ],
  [
    'groupRight with labels taken over',
    groupRight(perModelAndStatus, '*', perModel, { by: on('model'), include: ['status'] }),
    `${PER_BOTH} * on (model) group_right (status) ${PER_MODEL}`,
  ],
  [
    'groupLeft before parentheses, which would pass for its list',
    groupLeft(perModelAndStatus, '*', add(perModel, 1), { by: on('model') }),
    `${PER_BOTH} * on (model) group_left () (${PER_MODEL} + 1)`,
  ],
];

/** Numbers as their author wrote them. */
const NUMBERS: readonly Row[] = [
  ['a factor that is not computed', mul(14.4, sub(1, 0.999)), '14.4 * (1 - 0.999)'],
  ['a small number', num(1e-7), '1e-7'],
  ['a large number', num(1e21), '1e+21'],
  ['a negative number', num(-2.5), '-2.5'],
  ['a vector in fractions', vector(0.5), 'vector(0.5)'],
];

/** What every constructor prints. */
export const CONSTRUCTORS: readonly Row[] = [
  ...SELECTORS,
  ...STAGES,
  ...RANGES,
  ...AGGREGATIONS,
  ...OPERATORS,
  ...NUMBERS,
];

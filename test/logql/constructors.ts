import { LOG_EVENTS, RATE_LIMITED } from '#catalog';
import {
  AUTO,
  atLeast,
  countOverTime,
  type Expression,
  json,
  lineContains,
  lines,
  logQuery,
  not,
  proxyLines,
  sumBy,
  unchecked,
  variable,
  where,
} from '#logql';

const { requestFinished, upstreamError } = LOG_EVENTS;

const errors = lines(upstreamError);
const finished = lines(requestFinished);
const parsed = json(finished);
const count = countOverTime(finished, '5m');

const ERRORS = '{service_name="anthropic-proxy"} |= "upstream error"';
const FINISHED = '{service_name="anthropic-proxy"} |= "completed"';
const COUNT = `count_over_time(${FINISHED} [5m])`;

type Row = readonly [title: string, expression: Expression, text: string];

/** What every constructor prints. */
export const CONSTRUCTORS: readonly Row[] = [
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
  ['lines that contain a text', lineContains(errors, 'a "b"\n'), `${ERRORS} |= "a \\"b\\"\\n"`],
  ['lines of JSON', parsed, `${FINISHED} | json`],
  ['some fields of JSON', json(finished, ['duration', 'outcome']), `${FINISHED} | json duration, outcome`],
  [
    'conditions on text',
    where(errors, { status: RATE_LIMITED, credential: not(['a.b', 'c']) }),
    `${ERRORS} | status="429" | credential!~"a\\\\.b|c"`,
  ],
  ['a comparison', where(parsed, { duration: atLeast(5_000) }), `${FINISHED} | json | duration >= 5000`],
  [
    'a comparison with a variable',
    where(parsed, { duration: atLeast('$slow') }),
    `${FINISHED} | json | duration >= $slow`,
  ],
  [
    'parsed lines of an event',
    logQuery(requestFinished, { level: 'info', outcome: 'finished' }),
    '{service_name="anthropic-proxy", level="info"} |= "completed" | json | outcome="finished"',
  ],
  ['countOverTime', count, COUNT],
  ['countOverTime of the range of a panel', countOverTime(finished, AUTO), `count_over_time(${FINISHED} [$__auto])`],
  [
    'countOverTime of what may not parse',
    countOverTime(parsed, '5m'),
    `count_over_time(${FINISHED} | json | __error__="" [5m])`,
  ],
  [
    'countOverTime of what may not be a number',
    countOverTime(where(finished, { input_tokens: atLeast(1) }), '5m'),
    `count_over_time(${FINISHED} | input_tokens >= 1 | __error__="" [5m])`,
  ],
  ['sumBy', sumBy(['model', 'status'], count), `sum by (model, status) (${COUNT})`],
  ['sumBy nothing', sumBy([], count), `sum(${COUNT})`],
  [
    'lines as text',
    unchecked('{service_name="loki"} | logfmt | took > 5s'),
    '{service_name="loki"} | logfmt | took > 5s',
  ],
  [
    'a metric as text',
    unchecked('topk(3, sum by (model) (rate({service_name="loki"} [5m])))', ['model']),
    'topk(3, sum by (model) (rate({service_name="loki"} [5m])))',
  ],
];

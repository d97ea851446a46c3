import { describe, expect, test } from 'vitest';
import { LOG_EVENTS } from '#catalog';
import {
  atLeast,
  countOverTime,
  type Expression,
  lines,
  logQuery,
  not,
  print,
  restrict,
  sumBy,
  unchecked,
  variable,
  where,
} from '#logql';

const { requestFinished, upstreamError } = LOG_EVENTS;
const finished = lines(requestFinished);

describe('what the compiler cannot see is refused', () => {
  test.each<[string, () => unknown, string]>([
    [
      'an empty list',
      () => where(finished, { model: [] }),
      "no value for field 'model': the list is empty, so nothing could match; name at least one",
    ],
    [
      'an empty list that is ruled out, in a stream',
      () => lines(upstreamError, { level: not([]) }),
      "no value for field 'level': the list is empty, so nothing could match; name at least one",
    ],
    [
      'no number',
      () => where(finished, { input_tokens: atLeast(Number.NaN) }),
      'LogQL cannot write NaN; use a finite number',
    ],
    ['an empty range', () => countOverTime(finished, '0s'), "a range must be longer than 0; received '0s'"],
    [
      'a range into the future',
      () => countOverTime(finished, '-5m'),
      "'-5m' is not a valid duration; write an integer and a unit, such as 30s, 5m, 16h48m or 7d",
    ],
    [
      'text that does not parse',
      () => unchecked('{a="b"'),
      `invalid LogQL at line 1, column 7: received the end after '{a="b"'; correct the query there, or build it from the expression tree`,
    ],
    [
      'a metric query without labels',
      () => unchecked('rate({a="b"} [5m])'),
      `received a metric query without labels: 'rate({a="b"} [5m])'; declare labels for a metric query, and none for lines`,
    ],
    [
      'labels of lines',
      () => unchecked('{a="b"}', ['a']),
      `received labels of a query for lines: '{a="b"}'; declare labels for a metric query, and none for lines`,
    ],
  ])('%s', (_, build, message) => {
    expect(build).toThrow(message);
  });
});

describe('restrict', () => {
  const conditions = { level: ['warn', 'error'], instance: variable('instance') } as const;

  test.each<[string, Expression, string]>([
    [
      'adds the conditions to the selector of lines',
      finished,
      '{service_name="anthropic-proxy", level=~"warn|error", instance=~"$instance"} |= "completed"',
    ],
    [
      'adds them to every selector of a metric',
      sumBy(['model'], countOverTime(finished, '5m')),
      'sum by (model) (count_over_time({service_name="anthropic-proxy", level=~"warn|error", instance=~"$instance"} |= "completed" [5m]))',
    ],
    [
      'leaves a label alone that the author has a condition on',
      lines(requestFinished, { level: 'info' }),
      '{service_name="anthropic-proxy", level="info", instance=~"$instance"} |= "completed"',
    ],
    [
      'reaches every selector of text',
      unchecked('sum(rate({a="b"} [5m])) / sum(rate({level="info"} [5m]))', []),
      'sum(rate({a="b", level=~"warn|error", instance=~"$instance"} [5m])) / sum(rate({level="info", instance=~"$instance"} [5m]))',
    ],
  ])('%s', (_, expression, text) => {
    expect(print(restrict(expression, conditions))).toBe(text);
  });

  test('brings the text of lines up to date', () => {
    expect(restrict(logQuery(upstreamError), { namespace: 'a' }).text).toBe(
      '{service_name="anthropic-proxy", namespace="a"} |= "upstream error" | json',
    );
  });
});

test('conditions on labels of the stream go into its selector', () => {
  expect(logQuery(requestFinished, { outcome: 'finished', level: 'info', duration: atLeast('$slow') }).text).toBe(
    '{service_name="anthropic-proxy", level="info"} |= "completed" | json | outcome="finished" | duration >= $slow',
  );
});

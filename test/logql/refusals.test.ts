import { describe, expect, test } from 'vitest';
import { LOG_EVENTS } from '#catalog';
import {
  above,
  absentOverTime,
  countOverTime,
  type Expression,
  json,
  lines,
  logfmt,
  logQuery,
  matching,
  not,
  num,
  offset,
  pattern,
  print,
  quantileOverTime,
  rate,
  regexp,
  restrict,
  streams,
  sumBy,
  topk,
  unwrap,
  vector,
  walk,
  where,
} from '#logql';

const { requestFinished, upstreamError } = LOG_EVENTS;
const finished = lines(requestFinished);
const loki = streams({ service_name: 'loki' });

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
      'no conditions to choose from',
      () => where(finished, []),
      'no conditions: the list is empty, so nothing could match; name at least one',
    ],
    [
      'a condition that says nothing among several',
      () => where(finished, [{ model: 'a' }, {}]),
      'one of several conditions is empty, so every line would match; fill it or remove it',
    ],
    [
      'no number',
      () => where(finished, { input_tokens: above(Number.NaN) }),
      'LogQL cannot write NaN; give a finite number',
    ],
    ['infinity', () => num(Number.POSITIVE_INFINITY), 'LogQL cannot write Infinity; give a finite number'],
    [
      'a duration in fractions',
      () => where(logfmt(loki, { took: 'duration' }), { took: above('1.5h') }),
      "'1.5h' is no duration; write a whole number and a unit, such as 30s, 5m, 16h48m or 7d",
    ],
    [
      'a negative size',
      () => where(logfmt(loki, { size: 'bytes' }), { size: above('-5KiB') }),
      "'-5KiB' is no size; write a number and a unit, such as 512B or 4KiB",
    ],
    ['an empty range', () => rate(finished, '0s'), "a range must be longer than nothing, got '0s'"],
    [
      'a range into the future',
      () => rate(finished, '-5m'),
      "'-5m' is no duration; write a whole number and a unit, such as 30s, 5m, 16h48m or 7d",
    ],
    [
      'an offset in fractions',
      () => offset(rate(finished, '5m'), '1.5h'),
      "'1.5h' is no duration; write a whole number and a unit, such as 30s, 5m, 16h48m or 7d",
    ],
    [
      'an offset of an aggregation of series',
      () => offset(sumBy([], rate(finished, '5m')), '1d'),
      "offset applies to an aggregation over a range, got 'aggregation'; apply it to those inside",
    ],
    [
      'a second offset',
      () => offset(offset(rate(finished, '5m'), '1d'), '1d'),
      'the expression has an offset already; shift it once',
    ],
    [
      'a label that absent loses',
      () => absentOverTime(lines(upstreamError, { level: ['warn', 'error'] }), '5m', ['service_name', 'level']),
      "absent_over_time loses the label 'level'; match it by equality in the stream selector, or do not name it",
    ],
    [
      'a quantile above all',
      () => quantileOverTime(95, unwrap(finished, 'input_tokens'), '5m'),
      'a quantile is a number from 0 to 1, got 95',
    ],
    ['half a series', () => topk(2.5, rate(finished, '5m')), 'topk takes a whole number above 0, got 2.5'],
    ['no series', () => topk(0, rate(finished, '5m')), 'topk takes a whole number above 0, got 0'],
    ['a negative vector', () => vector(-1), "LogQL's vector() takes no negative number, got -1; subtract from it"],
    [
      'a pattern without a declared field',
      () => pattern(loki, 'took <took> for <_>', { user: 'value' }),
      "the pattern captures 'took' but 'user' are declared; name the same, at least one",
    ],
    [
      'a pattern with a field that is not declared',
      () => pattern(loki, '<took> <user>', { user: 'value' }),
      "the pattern captures 'took, user' but 'user' are declared; name the same, at least one",
    ],
    [
      'a regular expression without a group',
      () => regexp(loki, '.*', {}),
      "the regexp captures '' but '' are declared; name the same, at least one",
    ],
  ])('%s', (_, build, message) => {
    expect(build).toThrow(message);
  });
});

describe('restrict', () => {
  const conditions = { level: ['warn', 'error'], instance: matching('$instance') } as const;

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
  expect(logQuery(requestFinished, { outcome: 'finished', level: 'info', duration: above('$slow') }).text).toBe(
    '{service_name="anthropic-proxy", level="info"} |= "completed" | json | outcome="finished" | duration > $slow',
  );
});

test('walk visits every node, the root first', () => {
  const kinds = walk(sumBy(['model'], rate(json(finished), '5m')).node).map(({ kind }) => kind);
  expect(kinds).toEqual(['aggregation', 'range-aggregation', 'logs']);
});

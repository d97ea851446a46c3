import { describe, expectTypeOf, test } from 'vitest';
import { LOG_EVENTS, proxy, RATE_LIMITED } from '#catalog';
import {
  above,
  absentOverTime,
  add,
  and,
  atLeast,
  avgOverTime,
  below,
  countBy,
  countOverTime,
  div,
  drop,
  gt,
  ignoring,
  json,
  keep,
  labelFormat,
  labelReplace,
  lineFormat,
  lines,
  logfmt,
  logQuery,
  matched,
  matching,
  maxOverTime,
  mul,
  not,
  num,
  offset,
  on,
  or,
  pattern,
  proxyLines,
  quantileOverTime,
  rate,
  rateOf,
  regexp,
  rename,
  restrict,
  type Scalar,
  streams,
  sub,
  sumBy,
  sumOverTime,
  sumWithout,
  topk,
  unwrap,
  unwrapBytes,
  unwrapDuration,
  type Vector,
  variable,
  vector,
  where,
} from '#logql';
import * as promql from '#promql';

const { requestFinished, upstreamError, windowReset, started } = LOG_EVENTS;

const finished = () => lines(requestFinished);
const errors = () => logQuery(upstreamError);
const loki = () => logfmt(streams({ service_name: 'loki' }), { took: 'duration', size: 'bytes', code: 'value' });
const count = () => countOverTime(finished(), '5m');
const perModel = () => sumBy(['model'], count());
const perStatus = () => sumBy(['status'], count());
const perBoth = () => sumBy(['model', 'status'], count());

/** Code that the compiler reads and nobody runs: some of it would throw. */
const neverRun = (_: () => void): void => undefined;

describe('mistakes that do not compile', () => {
  test('a condition names a field that the event has', () => {
    neverRun(() => {
      // @ts-expect-error `outcome` is a field of finished requests
      logQuery(upstreamError, { outcome: 'finished' });
      // @ts-expect-error a misspelt field
      logQuery(upstreamError, { statsu: RATE_LIMITED });
      // @ts-expect-error a field of no event
      where(errors(), { path: '/v1' });
      // @ts-expect-error a start has no credential
      where(lines(started), { credential: 'a' });
      // @ts-expect-error of all lines only the metadata is known
      where(json(proxyLines()), { duration: above(1) });
      // @ts-expect-error of another service nothing is known
      where(streams({ service_name: 'loki' }), { status: '200' });
      // @ts-expect-error one of several records names a field that the event lacks
      where(errors(), [{ status: RATE_LIMITED }, { outcome: 'finished' }]);
    });
  });

  test('a condition fits what the field is', () => {
    neverRun(() => {
      // @ts-expect-error a number is no text
      logQuery(requestFinished, { input_tokens: '5' });
      // @ts-expect-error a number is compared, not matched
      logQuery(requestFinished, { duration: matching('5.*') });
      // @ts-expect-error a bare number does not say how it compares
      logQuery(requestFinished, { duration: 5 });
      // @ts-expect-error a text is no number
      logQuery(upstreamError, { error_message: above(5) });
      // @ts-expect-error a status is one of a few values, not a size
      logQuery(upstreamError, { status: atLeast(500) });
      // @ts-expect-error a number of milliseconds has no unit
      logQuery(requestFinished, { duration: above('5s') });
      // @ts-expect-error a duration has one
      where(loki(), { took: above(5) });
      // @ts-expect-error a size is no duration
      where(loki(), { took: above('5KiB') });
      // @ts-expect-error a duration is no size
      where(loki(), { size: below('5m') });
      // @ts-expect-error a wrong unit
      where(loki(), { took: above('5min') });
      // @ts-expect-error an object becomes a label for each of its parts
      logQuery(requestFinished, { tokens: above(5) });
      // @ts-expect-error the parts of tokens are numbers
      logQuery(requestFinished, { tokens_total: '5' });
      // @ts-expect-error levels are written in small letters
      logQuery(upstreamError, { level: 'ERROR' });
      // @ts-expect-error nor does the text of a condition hide that
      logQuery(upstreamError, { level: not('WARN') });
      // @ts-expect-error an unknown level of a stream
      lines(upstreamError, { level: ['warn', 'panic'] });
      // @ts-expect-error the model is in no stream's labels
      lines(requestFinished, { model: 'a' });
      // @ts-expect-error lines of another service need its name
      streams({ level: 'error' });
    });
  });

  test('a stage asks for what is there at its place', () => {
    neverRun(() => {
      // @ts-expect-error the error's type is not parsed yet
      where(lines(upstreamError), { error_type: 'timeout' });
      // @ts-expect-error neither is the duration
      unwrap(finished(), 'duration');
      // @ts-expect-error the duration was not taken out of the line
      unwrap(json(finished(), ['outcome']), 'duration');
      // @ts-expect-error a label that was dropped
      where(drop(errors(), ['error_type']), { error_type: 'timeout' });
      // @ts-expect-error a label that was not kept
      where(keep(errors(), ['status']), { error_type: 'timeout' });
      // @ts-expect-error a label under its former name
      where(rename(errors(), { code: 'status' }), { status: '429' });
      // @ts-expect-error no such label to rename
      rename(errors(), { code: 'outcome' });
      // @ts-expect-error no such label to drop
      drop(errors(), ['outcome']);
      // @ts-expect-error no such label to keep
      keep(finished(), ['duration']);
      // @ts-expect-error no such field in the line
      json(finished(), ['durations']);
      // @ts-expect-error the model is there already: Loki would call it `model_extracted`
      json(finished(), ['model']);
      // @ts-expect-error so is the name under which it would be taken out
      json(finished(), { level: 'outcome' });
      // @ts-expect-error only an object has parts
      json(finished(), { cached: 'duration.cache_read' });
      // @ts-expect-error a declared field whose name the stream has
      logfmt(streams({ service_name: 'loki' }), { level: 'value' });
      // @ts-expect-error a declared field of no kind
      pattern(streams({ service_name: 'loki' }), '<a>', { a: 'words' });
      // @ts-expect-error a declared field whose name the stream has
      regexp(streams({ service_name: 'loki' }), '(?P<instance>.*)', { instance: 'value' });
      // @ts-expect-error a template of a field that the event lacks
      lineFormat(errors(), ({ outcome }) => outcome);
      // @ts-expect-error a label made of a text would have as many values
      labelFormat(errors(), { what: ({ error_message }) => error_message });
    });
  });

  test('only numbers are unwrapped', () => {
    neverRun(() => {
      // @ts-expect-error a text
      unwrap(errors(), 'error_message');
      // @ts-expect-error one of a few values
      unwrap(errors(), 'status');
      // @ts-expect-error an object
      unwrap(json(finished()), 'tokens');
      // @ts-expect-error a duration with its unit
      unwrap(loki(), 'took');
      // @ts-expect-error a size is no duration
      unwrapDuration(loki(), 'size');
      // @ts-expect-error a number of milliseconds has no unit
      unwrapDuration(json(finished()), 'duration');
      // @ts-expect-error a duration is no size
      unwrapBytes(loki(), 'took');
      // @ts-expect-error lines have no value
      sumOverTime(finished(), '5m');
      // @ts-expect-error values are no lines
      countOverTime(unwrap(finished(), 'input_tokens'), '5m');
      // @ts-expect-error an event has to become lines
      rate(requestFinished, '5m');
    });
  });

  test('an aggregation keeps labels that are still there, and have few values', () => {
    neverRun(() => {
      // @ts-expect-error `status` was summed away
      sumBy(['status'], perModel());
      // @ts-expect-error an unknown label
      sumBy(['pod'], count());
      // @ts-expect-error the outcome was not parsed
      sumBy(['outcome'], count());
      // @ts-expect-error a number has too many values
      sumBy(['input_tokens'], count());
      // @ts-expect-error so has a text
      countBy(['request_id'], countOverTime(errors(), '5m'));
      // @ts-expect-error and the part of an object
      sumBy(['tokens_total'], rate(json(finished()), '5m'));
      // @ts-expect-error what is gone cannot be dropped again
      sumWithout(['status'], perModel());
      // @ts-expect-error the unwrapped label is gone
      sumWithout(['input_tokens'], sumOverTime(unwrap(finished(), 'input_tokens'), '5m'));
      // @ts-expect-error an unknown label
      avgOverTime(unwrap(finished(), 'input_tokens'), '5m', ['outcome']);
      // @ts-expect-error a sum of a range is not grouped
      sumOverTime(unwrap(finished(), 'input_tokens'), '5m', ['model']);
      // @ts-expect-error a count of a range is not grouped
      countOverTime(finished(), '5m', ['model']);
      // @ts-expect-error `status` was summed away
      topk(3, perModel(), ['status']);
      // @ts-expect-error `status` was summed away
      labelReplace(perModel(), { target: 'kind', replacement: '$1', source: 'status', regex: '(.*)' });
      // @ts-expect-error a label that the lines lack
      absentOverTime(finished(), '5m', ['outcome']);
    });
  });

  test('an operator takes operands with the same labels, which all have few values', () => {
    neverRun(() => {
      // @ts-expect-error `status` against `model`
      div(perStatus(), perModel());
      // @ts-expect-error one side lacks `status`
      add(perModel(), perBoth());
      // @ts-expect-error `status` against `model`
      gt(perStatus(), perModel());
      // @ts-expect-error no label on one side
      or(perModel(), vector(0));
      // @ts-expect-error `status` against `model`
      and(perStatus(), perModel());
      // @ts-expect-error the lines of one event against those of another
      add(countOverTime(errors(), '5m'), countOverTime(finished(), '5m'));
      // @ts-expect-error a series for each request
      matched(rate(json(finished()), '5m'), '/', perModel(), on('model'));
      // @ts-expect-error `status` is no label of the right
      matched(perBoth(), '/', perModel(), on('status'));
      // @ts-expect-error what is left differs: `status` stays
      matched(perBoth(), '/', perModel(), ignoring('model'));
      // @ts-expect-error a number is compared from the other side
      gt(1, perModel());
      // @ts-expect-error lines are no vector
      add(finished(), 1);
      // @ts-expect-error a vector of Prometheus is none of Loki
      add(perModel(), promql.sumBy(['model'], promql.rate(proxy.tokensInput, '5m')));
      // @ts-expect-error a vector of Loki is none of Prometheus
      promql.add(promql.sumBy(['model'], promql.rate(proxy.tokensInput, '5m')), perModel());
    });
  });

  test('a window is a duration or a known variable', () => {
    neverRun(() => {
      // @ts-expect-error a wrong unit
      rate(finished(), '5min');
      // @ts-expect-error a number
      rate(finished(), 300);
      // @ts-expect-error a variable of Prometheus' datasource
      rate(finished(), '$__rate_interval');
      // @ts-expect-error a variable without a unit
      rateOf(unwrap(finished(), 'input_tokens'), '$window');
      // @ts-expect-error a wrong unit
      offset(count(), '1day');
    });
  });
});

type StreamLabel = 'service_name' | 'namespace' | 'instance' | 'level';
type OfRequest = StreamLabel | 'event' | 'model' | 'status' | 'credential';

describe('the labels that survive', () => {
  test('lines have those of their stream and the metadata of their event', () => {
    expectTypeOf(count).returns.toEqualTypeOf<Vector<OfRequest, 'input_tokens' | 'output_tokens'>>();
    expectTypeOf(countOverTime(lines(windowReset), '5m')).toEqualTypeOf<Vector<StreamLabel | 'event' | 'credential'>>();
    expectTypeOf(countOverTime(streams({ service_name: 'loki' }), '5m')).toEqualTypeOf<Vector<StreamLabel>>();
    expectTypeOf(countOverTime(proxyLines(), '5m')).toEqualTypeOf<
      Vector<OfRequest, 'input_tokens' | 'output_tokens'>
    >();
  });

  test('a parser adds the fields of the event', () => {
    expectTypeOf(countOverTime(errors(), '5m')).toEqualTypeOf<
      Vector<
        StreamLabel | 'event' | 'status' | 'credential' | 'error_type',
        'error_message' | 'attempt' | 'request_id' | 'time' | 'msg'
      >
    >();
    expectTypeOf(countOverTime(json(finished(), ['outcome', 'duration']), '5m')).toEqualTypeOf<
      Vector<OfRequest | 'outcome', 'input_tokens' | 'output_tokens' | 'duration'>
    >();
    expectTypeOf(countOverTime(json(lines(windowReset), { was: 'prev_tokens_in', of: 'window' }), '5m')).toEqualTypeOf<
      Vector<StreamLabel | 'event' | 'credential' | 'of', 'was'>
    >();
    expectTypeOf(countOverTime(loki(), '5m')).toEqualTypeOf<Vector<StreamLabel | 'code', 'took' | 'size'>>();
  });

  test('drop, keep, rename and templates change them', () => {
    expectTypeOf(countOverTime(keep(errors(), ['status', 'attempt']), '5m')).toEqualTypeOf<
      Vector<'status', 'attempt'>
    >();
    expectTypeOf(countOverTime(drop(loki(), ['took', 'size', 'instance']), '5m')).toEqualTypeOf<
      Vector<'service_name' | 'namespace' | 'level' | 'code'>
    >();
    expectTypeOf(countOverTime(rename(keep(errors(), ['status', 'attempt']), { code: 'status' }), '5m')).toEqualTypeOf<
      Vector<'code', 'attempt'>
    >();
    expectTypeOf(
      countOverTime(labelFormat(keep(errors(), ['status']), { kind: ({ status }) => status }), '5m'),
    ).toEqualTypeOf<Vector<'status' | 'kind'>>();
  });

  test('conditions and line formats change none', () => {
    expectTypeOf(where(errors(), [{ status: '429' }, { attempt: above('$least') }])).toEqualTypeOf<
      ReturnType<typeof errors>
    >();
    expectTypeOf(lineFormat(errors(), ({ msg, error_message }) => `${msg}: ${error_message}`)).toEqualTypeOf<
      ReturnType<typeof errors>
    >();
    expectTypeOf(logQuery(upstreamError, { level: ['warn', 'error'], credential: variable('c') })).toEqualTypeOf<
      ReturnType<typeof errors>
    >();
  });

  test('an aggregation of values loses the unwrapped label, and all but those it is by', () => {
    const tokens = unwrap(finished(), 'input_tokens');
    expectTypeOf(sumOverTime(tokens, '5m')).toEqualTypeOf<Vector<OfRequest, 'output_tokens'>>();
    expectTypeOf(maxOverTime(tokens, '5m')).toEqualTypeOf<Vector<OfRequest, 'output_tokens'>>();
    expectTypeOf(maxOverTime(tokens, '5m', ['model'])).toEqualTypeOf<Vector<'model'>>();
    expectTypeOf(maxOverTime(tokens, '5m', [])).toEqualTypeOf<Vector<never>>();
    expectTypeOf(quantileOverTime(0.9, tokens, '5m', ['model', 'level'])).toEqualTypeOf<Vector<'model' | 'level'>>();
    expectTypeOf(avgOverTime(unwrap(json(finished()), 'tokens_total'), '5m', ['outcome'])).toEqualTypeOf<
      Vector<'outcome'>
    >();
  });

  test('an aggregation of series keeps what it names', () => {
    expectTypeOf(perModel).returns.toEqualTypeOf<Vector<'model'>>();
    expectTypeOf(sumBy([], count())).toEqualTypeOf<Vector<never>>();
    expectTypeOf(sumWithout(['input_tokens', 'output_tokens', 'instance'], count())).toEqualTypeOf<
      Vector<Exclude<OfRequest, 'instance'>>
    >();
    expectTypeOf(topk(3, perBoth(), ['model'])).toEqualTypeOf<Vector<'model' | 'status'>>();
    expectTypeOf(absentOverTime(finished(), '5m')).toEqualTypeOf<Vector<never>>();
    expectTypeOf(absentOverTime(finished(), '5m', ['service_name'])).toEqualTypeOf<Vector<'service_name'>>();
  });

  test('operators keep them, and numbers stay numbers', () => {
    expectTypeOf(div(perModel(), perModel())).toEqualTypeOf<Vector<'model'>>();
    expectTypeOf(mul(60, perModel())).toEqualTypeOf<Vector<'model'>>();
    expectTypeOf(mul(14.4, sub(1, num(0.999)))).toEqualTypeOf<Scalar>();
    expectTypeOf(or(sumBy([], count()), vector(0))).toEqualTypeOf<Vector<never>>();
    expectTypeOf(matched(perBoth(), '/', perModel(), on('model'))).toEqualTypeOf<Vector<'model'>>();
    expectTypeOf(offset(count(), '1d')).toEqualTypeOf<ReturnType<typeof count>>();
    expectTypeOf(restrict(perModel(), { instance: variable('instance') })).toEqualTypeOf<Vector<'model'>>();
  });
});

import { describe, expectTypeOf, test } from 'vitest';
import { LOG_EVENTS, proxy, RATE_LIMITED } from '#catalog';
import {
  atLeast,
  countOverTime,
  json,
  lines,
  logQuery,
  not,
  proxyLines,
  restrict,
  sumBy,
  type Vector,
  variable,
  where,
} from '#logql';
import * as promql from '#promql';

const { requestFinished, upstreamError, windowReset, started } = LOG_EVENTS;

const finished = () => lines(requestFinished);
const errors = () => logQuery(upstreamError);
const count = () => countOverTime(finished(), '5m');
const perModel = () => sumBy(['model'], count());

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
      where(json(proxyLines()), { duration: atLeast(1) });
    });
  });

  test('a condition fits what the field is', () => {
    neverRun(() => {
      // @ts-expect-error a number is not text
      logQuery(requestFinished, { input_tokens: '5' });
      // @ts-expect-error a bare number does not say how it compares
      logQuery(requestFinished, { duration: 5 });
      // @ts-expect-error text is not a number
      logQuery(upstreamError, { error_message: atLeast(5) });
      // @ts-expect-error a status is one of a few values, not a size
      logQuery(upstreamError, { status: atLeast(500) });
      // @ts-expect-error a number of milliseconds has no unit
      logQuery(requestFinished, { duration: atLeast('5s') });
      // @ts-expect-error an object becomes a label for each of its parts
      logQuery(requestFinished, { tokens: atLeast(5) });
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
    });
  });

  test('a stage asks for what is there at its place', () => {
    neverRun(() => {
      // @ts-expect-error the error's type is not parsed yet
      where(lines(upstreamError), { error_type: 'timeout' });
      // @ts-expect-error no such field in the line
      json(finished(), ['durations']);
      // @ts-expect-error the model is there already: Loki would call it `model_extracted`
      json(finished(), ['model']);
    });
  });

  test('only numbers are unwrapped', () => {
    neverRun(() => {
      // @ts-expect-error an event has to become lines
      countOverTime(requestFinished, '5m');
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
      // @ts-expect-error and the part of an object
      sumBy(['tokens_total'], countOverTime(json(finished()), '5m'));
      // @ts-expect-error a count of a range is not grouped
      countOverTime(finished(), '5m', ['model']);
    });
  });

  test('an operator takes operands with the same labels, which all have few values', () => {
    neverRun(() => {
      // @ts-expect-error a vector of Loki is not one of Prometheus
      promql.add(promql.sumBy(['model'], promql.rate(proxy.tokensInput, '5m')), perModel());
    });
  });

  test('a window is a duration or a known variable', () => {
    neverRun(() => {
      // @ts-expect-error a wrong unit
      countOverTime(finished(), '5min');
      // @ts-expect-error a number
      countOverTime(finished(), 300);
      // @ts-expect-error a variable of Prometheus' datasource
      countOverTime(finished(), '$__rate_interval');
    });
  });
});

type StreamLabel = 'service_name' | 'namespace' | 'instance' | 'level';
type OfRequest = StreamLabel | 'event' | 'model' | 'status' | 'credential';

describe('the labels that survive', () => {
  test('lines have those of their stream and the metadata of their event', () => {
    expectTypeOf(count).returns.toEqualTypeOf<Vector<OfRequest, 'input_tokens' | 'output_tokens'>>();
    expectTypeOf(countOverTime(lines(windowReset), '5m')).toEqualTypeOf<Vector<StreamLabel | 'event' | 'credential'>>();
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
  });

  test('conditions and line formats change none', () => {
    expectTypeOf(logQuery(upstreamError, { level: ['warn', 'error'], credential: variable('c') })).toEqualTypeOf<
      ReturnType<typeof errors>
    >();
  });

  test('an aggregation of series keeps what it names', () => {
    expectTypeOf(perModel).returns.toEqualTypeOf<Vector<'model'>>();
    expectTypeOf(sumBy([], count())).toEqualTypeOf<Vector<never>>();
  });

  test('operators keep them, and numbers stay numbers', () => {
    expectTypeOf(restrict(perModel(), { instance: variable('instance') })).toEqualTypeOf<Vector<'model'>>();
  });
});

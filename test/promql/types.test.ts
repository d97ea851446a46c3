import { describe, expectTypeOf, test } from 'vitest';
import { prometheus, proxy, RATE_LIMITED } from '#catalog';
import {
  absent,
  add,
  and,
  at,
  avgOverTime,
  bucketRate,
  countBy,
  countValues,
  div,
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
  minWithout,
  mul,
  not,
  observations,
  offset,
  on,
  or,
  pattern,
  rate,
  rateOf,
  type Scalar,
  sub,
  subquery,
  sumBuckets,
  sumBy,
  time,
  unless,
  type Vector,
  value,
  variable,
  vector,
  withLabel,
} from '#promql';

const byStream = () => rate(proxy.requests, '5m');
const byModel = () => sumBy(['job', 'model'], rate(proxy.cost, '5m'));
const byModelToo = () => sumBy(['job', 'model'], rate(proxy.tokensInput, '5m'));
const byJob = () => sumBy(['job'], rate(proxy.requests, '5m'));
const byWindow = () => maxBy(['job', 'window'], value(proxy.utilization));
const account = () => value(proxy.utilization);

/** Code that the compiler reads and nobody runs: some of it would throw. */
const neverRun = (_: () => void): void => undefined;

describe('mistakes that do not compile', () => {
  test('rate and its kin read counters alone', () => {
    neverRun(() => {
      // @ts-expect-error a gauge goes down as well
      rate(proxy.requestsInFlight, '5m');
      // @ts-expect-error so does an account's gauge
      increase(proxy.utilization, '5m');
      // @ts-expect-error a histogram is read by its observations, sum or buckets
      rate(proxy.requestDuration, '5m');
      // @ts-expect-error a gauge's samples
      rateOf(history(proxy.requestsInFlight, '5m'));
      // @ts-expect-error a counter is not a gauge
      value(proxy.requests);
      // @ts-expect-error a counter has no observations
      observations(proxy.requests, '5m');
    });
  });

  test('a matcher names a label and a value that the metric has', () => {
    neverRun(() => {
      // @ts-expect-error an unknown label
      rate(proxy.requests, '5m', { model: 'claude-opus-5' });
      // @ts-expect-error an unknown value
      rate(proxy.requests, '5m', { status_code: '42' });
      // @ts-expect-error an unknown value in a list
      rate(proxy.requests, '5m', { status_code: ['429', '42'] });
      // @ts-expect-error an unknown value that is ruled out
      rate(proxy.requests, '5m', { status_code: not('42') });
      // @ts-expect-error an unknown value in a list that is ruled out
      rate(proxy.requests, '5m', { status_code: not(['429', '42']) });
      // @ts-expect-error a misspelt value
      value(proxy.utilization, { window: '5hours' });
      // @ts-expect-error an unknown label of a gauge
      value(proxy.utilization, { model: 'other' });
      // @ts-expect-error an unknown label of a histogram
      bucketRate(proxy.requestDuration, '5m', { status_code: '200' });
      // @ts-expect-error `le` cannot be matched
      bucketRate(proxy.requestDuration, '5m', { le: '10' });
      // @ts-expect-error an unknown label of a foreign metric
      value(prometheus.up, { pod: 'x' });
    });
  });

  test('an aggregation keeps labels that are still there', () => {
    neverRun(() => {
      // @ts-expect-error `stream` was summed away
      sumBy(['stream'], byJob());
      // @ts-expect-error `stream` was summed away
      countBy(['stream'], byJob());
      // @ts-expect-error `stream` was summed away
      maxBy(['stream'], byJob());
      // @ts-expect-error `stream` was summed away
      countValues('value', ['stream'], byJob());
      // @ts-expect-error `stream` was summed away
      labelReplace(byJob(), { target: 'kind', replacement: '$1', source: 'stream', regex: '(.*)' });
    });
  });

  test('an operator takes operands with the same labels', () => {
    neverRun(() => {
      // @ts-expect-error `window` against `model`
      add(byModel(), byWindow());
      // @ts-expect-error `window` against `model`
      sub(byModel(), byWindow());
      // @ts-expect-error `window` against `model`
      mul(byModel(), byWindow());
      // @ts-expect-error one side lacks `model`
      div(byModel(), byJob());
      // @ts-expect-error one side lacks `model`
      div(byJob(), byModel());
      // @ts-expect-error no label on one side
      div(sumBy([], byStream()), byJob());
      // @ts-expect-error no label on one side
      div(byJob(), vector(1));
      // @ts-expect-error one side lacks `model`
      gt(byJob(), byModel());
      // @ts-expect-error one side lacks `model`
      ge(byJob(), byModel());
      // @ts-expect-error one side lacks `model`
      lt(byJob(), byModel());
      // @ts-expect-error one side lacks `model`
      le(byJob(), byModel());
      // @ts-expect-error a scalar is compared from the other side
      gt(time(), byJob());
      // @ts-expect-error a range is not a vector
      add(history(proxy.requestsInFlight, '5m'), 1);
      // @ts-expect-error a bucket rate is only for quantiles
      add(bucketRate(proxy.requestDuration, '5m'), 1);
    });
  });

  test('a set operator takes operands with the same labels', () => {
    neverRun(() => {
      // @ts-expect-error `window` against `model`
      and(byModel(), byWindow());
      // @ts-expect-error `window` against `model`
      unless(byModel(), byWindow());
      // @ts-expect-error `window` against `model`
      or(byModel(), byWindow());
      // @ts-expect-error no label on one side
      or(byJob(), vector(0));
      // @ts-expect-error `window` is not a label of the left
      and(byModel(), byWindow(), on('window'));
      // @ts-expect-error `model` is not a label of the right
      and(byModel(), byWindow(), on('job', 'model'));
      // @ts-expect-error `model` is not a label of the right
      unless(byModel(), byWindow(), on('model'));
      // @ts-expect-error an unknown label
      unless(byModel(), byWindow(), on('pod'));
      // @ts-expect-error a union of different labels
      or(byModel(), byWindow(), on('job'));
      // @ts-expect-error `window` is not a label of either
      or(byModel(), byModelToo(), on('window'));
    });
  });

  test('an explicit match names labels of both sides', () => {
    neverRun(() => {
      // @ts-expect-error `model` is not a label of the right
      groupLeft(byModel(), '*', byJob(), { by: on('model') });
      // @ts-expect-error `window` is not a label of the right
      groupLeft(byModel(), '*', byJob(), { by: on('job'), include: ['window'] });
      // @ts-expect-error `model` is not a label of the left
      groupRight(byJob(), '*', byModel(), { by: on('model') });
      // @ts-expect-error `window` is not a label of the left
      groupRight(byJob(), '*', byModel(), { by: on('job'), include: ['window'] });
    });
  });

  test('a window is a duration or a known variable', () => {
    neverRun(() => {
      // @ts-expect-error a wrong unit
      rate(proxy.requests, '5min');
      // @ts-expect-error no unit
      rate(proxy.requests, '5');
      // @ts-expect-error a number
      rate(proxy.requests, 300);
      // @ts-expect-error a misspelt variable
      rate(proxy.requests, '$__rate_intervall');
      // @ts-expect-error a wrong unit
      history(proxy.requestsInFlight, '5minutes');
      // @ts-expect-error a wrong unit
      subquery(byJob(), '1h', '1min');
      // @ts-expect-error a wrong unit
      offset(value(prometheus.up), '1day');
    });
  });

  test('a histogram quantile wants a rate of buckets with `le`', () => {
    neverRun(() => {
      // @ts-expect-error no rate
      histogramQuantile(0.95, proxy.requestDuration);
      // @ts-expect-error the rate of a counter
      histogramQuantile(0.95, byStream());
      // @ts-expect-error observations have no buckets
      histogramQuantile(0.95, rateOf(observations(proxy.requestDuration, '5m')));
      // @ts-expect-error `le` was summed away
      histogramQuantile(0.95, sumBuckets(['job'], bucketRate(proxy.requestDuration, '5m')));
      // @ts-expect-error buckets are added up by `sumBuckets`, which keeps what they are
      sumBy(['job', 'le'], bucketRate(proxy.requestDuration, '5m'));
      // @ts-expect-error the body size has no `stream`
      sumBuckets(['stream', 'le'], bucketRate(proxy.requestBodySize, '5m'));
      // @ts-expect-error a gauge has no buckets
      bucketRate(proxy.requestsInFlight, '5m');
    });
  });

  test('an account’s gauge loses its replicas before anything else', () => {
    neverRun(() => {
      // @ts-expect-error every replica reports the same
      sumBy(['window'], account());
      // @ts-expect-error every replica reports the same
      countBy(['window'], account());
      // @ts-expect-error every replica reports the same
      sumBy(['window'], avgOverTime(history(proxy.utilization, '1h')));
      // @ts-expect-error a comparison does not change whose value it is
      sumBy(['window'], gt(account(), 80));
      // @ts-expect-error neither does arithmetic
      sumBy(['window'], mul(account(), 2));
      // @ts-expect-error nor a shift in time
      sumBy(['window'], offset(account(), '1d'));
      // @ts-expect-error nor a subquery
      sumBy(['window'], avgOverTime(subquery(account(), '1d')));
      // @ts-expect-error nor a set operator
      sumBy(['window'], and(account(), account()));
      // @ts-expect-error `max` over replicas does not keep them apart
      maxBy(['instance', 'window'], account());
      // @ts-expect-error one value of the account against one of each replica
      add(account(), value(proxy.windowTokensSince));
      // @ts-expect-error one value of the account against one of each replica
      or(account(), value(proxy.windowTokensSince));
    });
  });
});

describe('the labels that survive', () => {
  type Stream = 'job' | 'instance' | 'stream' | 'status_code';

  test('a selector has those of its metric and its target', () => {
    expectTypeOf(byStream).returns.toEqualTypeOf<Vector<Stream>>();
    expectTypeOf(account).returns.toEqualTypeOf<Vector<'job' | 'instance' | 'window' | 'credential', 'account'>>();
    expectTypeOf(value(prometheus.up)).toEqualTypeOf<Vector<'job' | 'instance'>>();
    expectTypeOf(rateOf(observations(proxy.overhead, '5m'))).toEqualTypeOf<Vector<'job' | 'instance'>>();
  });

  test('a matcher takes every known value, lists, conditions and text for open labels', () => {
    const where = {
      job: variable('job'),
      instance: pattern('proxy-.*'),
      status_code: [RATE_LIMITED, '529'],
      stream: not('true'),
    } as const;
    expectTypeOf(rate(proxy.requests, '$__rate_interval', where)).toEqualTypeOf<Vector<Stream>>();
    expectTypeOf(value(proxy.utilization, { window: '5h', credential: 'anything' })).toEqualTypeOf<
      ReturnType<typeof account>
    >();
  });

  test('an aggregation keeps what it names', () => {
    expectTypeOf(byJob).returns.toEqualTypeOf<Vector<'job'>>();
    expectTypeOf(sumBy([], byStream())).toEqualTypeOf<Vector<never>>();
    expectTypeOf(byWindow).returns.toEqualTypeOf<Vector<'job' | 'window'>>();
    expectTypeOf(minWithout(['instance', 'credential'], account())).toEqualTypeOf<Vector<'job' | 'window'>>();
    expectTypeOf(countValues('version', ['job'], byModel())).toEqualTypeOf<Vector<'job' | 'version'>>();
  });

  test('operators keep them, and numbers stay numbers', () => {
    expectTypeOf(div(byModel(), byModelToo())).toEqualTypeOf<Vector<'job' | 'model'>>();
    expectTypeOf(mul(14.4, sub(1, 0.999))).toEqualTypeOf<Scalar>();
    expectTypeOf(sub(time(), account())).toEqualTypeOf<ReturnType<typeof account>>();
    expectTypeOf(gt(byJob(), 1)).toEqualTypeOf<Vector<'job'>>();
  });

  test('`group_left` leaves the labels of the many and what it takes over', () => {
    expectTypeOf(groupLeft(byModel(), '*', byJob(), { by: on('job') })).toEqualTypeOf<Vector<'job' | 'model'>>();
    expectTypeOf(groupLeft(byModel(), '*', byWindow(), { by: on('job'), include: ['window'] })).toEqualTypeOf<
      Vector<'job' | 'model' | 'window'>
    >();
    expectTypeOf(groupRight(byWindow(), '*', byModel(), { by: on('job'), include: ['window'] })).toEqualTypeOf<
      Vector<'job' | 'model' | 'window'>
    >();
  });

  test('set operators leave the left as it is', () => {
    expectTypeOf(and(byModel(), byModelToo())).toEqualTypeOf<Vector<'job' | 'model'>>();
    expectTypeOf(and(byModel(), byWindow(), on('job'))).toEqualTypeOf<Vector<'job' | 'model'>>();
    expectTypeOf(and(byModel(), vector(1), on())).toEqualTypeOf<Vector<'job' | 'model'>>();
    expectTypeOf(and(byWindow(), account(), on('job', 'window'))).toEqualTypeOf<Vector<'job' | 'window'>>();
    expectTypeOf(and(account(), byJob(), on('job'))).toEqualTypeOf<ReturnType<typeof account>>();
    expectTypeOf(or(byModel(), byModelToo())).toEqualTypeOf<Vector<'job' | 'model'>>();
    expectTypeOf(or(byModel(), byModelToo(), on('job'))).toEqualTypeOf<Vector<'job' | 'model'>>();
    expectTypeOf(or(sumBy([], byStream()), vector(0))).toEqualTypeOf<Vector<never>>();
  });

  test('functions that set a label add it, `absent` keeps what was named', () => {
    const renamed = labelReplace(byJob(), { target: 'component', replacement: '$1', source: 'job', regex: '(.*)' });
    expectTypeOf(renamed).toEqualTypeOf<Vector<'job' | 'component'>>();
    expectTypeOf(withLabel(byJob(), 'instance', 'account')).toEqualTypeOf<Vector<'job' | 'instance'>>();
    expectTypeOf(absent(value(prometheus.up, { job: 'a' }))).toEqualTypeOf<Vector<never>>();
    expectTypeOf(absent(value(prometheus.up, { job: 'a' }), ['job'])).toEqualTypeOf<Vector<'job'>>();
  });

  test('a quantile loses `le`', () => {
    const rates = bucketRate(proxy.requestDuration, '5m');
    expectTypeOf(histogramQuantile(0.95, rates)).toEqualTypeOf<Vector<'job' | 'instance' | 'stream'>>();
    expectTypeOf(histogramQuantile(0.95, sumBuckets(['le', 'stream'], rates))).toEqualTypeOf<Vector<'stream'>>();
  });

  test('a shift in time changes nothing', () => {
    expectTypeOf(offset(account(), '1d')).toEqualTypeOf<ReturnType<typeof account>>();
    expectTypeOf(at(value(prometheus.up), 'end')).toEqualTypeOf<Vector<'job' | 'instance'>>();
  });
});

import { describe, expectTypeOf, test } from 'vitest';
import {
  capped,
  closed,
  contract,
  counter,
  foreign,
  type Gauge,
  gauge,
  histogram,
  type LabelMapOf,
  type LogEvent,
  open,
  proxy,
  recorded,
  type StatusCode,
  type WindowName,
} from '#catalog';

const help = 'Something.';
const scope = 'instance';
const buckets = [1, 2];

const stream = closed('stream', ['true', 'false'], help);

/** Code that the compiler reads and nobody runs. */
const neverRun = (_: () => void): void => undefined;

describe('mistakes in a declaration that do not compile', () => {
  test('a counter ends in its unit and `_total`', () => {
    neverRun(() => {
      counter({ name: 'requests_total', help, unit: 'requests' });
      counter({ name: 'wait_seconds_total', help, unit: 'seconds' });
      // @ts-expect-error no `_total`
      counter({ name: 'requests', help, unit: 'requests' });
      // @ts-expect-error no unit
      counter({ name: 'wait_total', help, unit: 'seconds' });
      // @ts-expect-error another unit
      counter({ name: 'wait_seconds_total', help, unit: 'bytes' });
      // @ts-expect-error the unit comes before `_total`
      counter({ name: 'wait_total_seconds', help, unit: 'seconds' });
      // @ts-expect-error an unknown unit
      counter({ name: 'wait_minutes_total', help, unit: 'minutes' });
      // @ts-expect-error no help
      counter({ name: 'requests_total', unit: 'requests' });
      // @ts-expect-error a counter has no scope: each replica counts its own
      counter({ name: 'requests_total', help, unit: 'requests', scope });
    });
  });

  test('a gauge ends in its unit and says whose value it is', () => {
    neverRun(() => {
      gauge({ name: 'in_flight', help, unit: 'requests', scope });
      gauge({ name: 'age_seconds', help, unit: 'unixSeconds', scope });
      // @ts-expect-error no unit
      gauge({ name: 'age', help, unit: 'seconds', scope });
      // @ts-expect-error another unit
      gauge({ name: 'used_ratio', help, unit: 'percent', scope });
      // @ts-expect-error no scope
      gauge({ name: 'age_seconds', help, unit: 'seconds' });
      // @ts-expect-error an unknown scope
      gauge({ name: 'age_seconds', help, unit: 'seconds', scope: 'cluster' });
    });
  });

  test('a histogram ends in its unit and has buckets', () => {
    neverRun(() => {
      histogram({ name: 'size_bytes', help, unit: 'bytes', buckets });
      // @ts-expect-error no unit
      histogram({ name: 'size', help, unit: 'bytes', buckets });
      // @ts-expect-error another unit
      histogram({ name: 'size_seconds', help, unit: 'bytes', buckets });
      // @ts-expect-error no buckets
      histogram({ name: 'size_bytes', help, unit: 'bytes' });
    });
  });

  test('a recorded series has level, metric and operation', () => {
    neverRun(() => {
      recorded({ name: 'job:requests:rate5m', help, unit: 'requests' });
      // @ts-expect-error no operation
      recorded({ name: 'job:requests', help, unit: 'requests' });
      // @ts-expect-error the name of a metric
      recorded({ name: 'requests_total', help, unit: 'requests' });
    });
  });

  test('a label is declared, not named', () => {
    neverRun(() => {
      // @ts-expect-error a name
      counter({ name: 'requests_total', help, unit: 'requests', labels: ['stream'] });
      // @ts-expect-error a capped label has a cap
      capped('window', ['5h'], help);
      // @ts-expect-error so has an open one
      open('credential', help, { overflow: 'other' });
      // @ts-expect-error an unknown status code
      const code: StatusCode = '418';
      // @ts-expect-error an unknown window
      const window: WindowName = '1h';
      return [code, window];
    });
  });

  test('names of a document or of another program are theirs, but type and unit are said', () => {
    neverRun(() => {
      contract().counter({ name: 'anything', help, unit: 'seconds' });
      foreign().gauge({ name: 'up', help, unit: 'state', scope });
      // @ts-expect-error no unit
      contract().counter({ name: 'anything', help });
      // @ts-expect-error no scope
      foreign().gauge({ name: 'up', help, unit: 'state' });
    });
  });

  test('a log event has fields of known kinds', () => {
    neverRun(() => {
      // @ts-expect-error an unknown kind
      const event: LogEvent = { event: 'x', contains: 'x', fields: { status: 'label' } };
      return event;
    });
  });
});

describe('what a declaration knows', () => {
  test('its labels and their values', () => {
    expectTypeOf<LabelMapOf<readonly [typeof stream]>>().toEqualTypeOf<{ readonly stream: 'true' | 'false' }>();
    const metric = gauge({ name: 'in_flight', help, unit: 'requests', labels: [stream], scope: 'account' });
    expectTypeOf(metric).toEqualTypeOf<Gauge<{ readonly stream: 'true' | 'false' }, 'account'>>();
  });

  test('whose value a gauge is', () => {
    expectTypeOf(proxy.utilization.scope).toEqualTypeOf<'account'>();
    expectTypeOf(proxy.windowTokens.scope).toEqualTypeOf<'instance'>();
  });
});

import { describe, expect, test } from 'vitest';
import { closed, counter, gauge, histogram, type Label, open } from '#catalog';
import { Caps } from '../../../proxy/metrics/caps.ts';
import { CounterSeries, HistogramSeries, LevelSeries } from '../../../proxy/metrics/series.ts';
import { manualTime } from '../../support/manual-time.ts';

const letters = (name: string): Label => closed(name, ['x', 'y'], 'A letter.');

/** `count` labels named l0, l1 and so on. */
const labelsOf = (count: number): readonly Label[] => Array.from({ length: count }, (_, index) => letters(`l${index}`));

const context = { caps: new Caps({ onFold: () => undefined }), clock: manualTime(0).clock };

/** All x but the last label. */
const but = (count: number, last: string): Record<string, string> =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`l${index}`, index === count - 1 ? last : 'x']));

const nonZero = (samples: readonly { readonly value: number }[]) => samples.filter(({ value }) => value !== 0);

describe.each([1, 2, 3, 4, 5])('a metric with %d labels', (count) => {
  const labels = labelsOf(count);

  test('has a counter for each combination', () => {
    const series = new CounterSeries(counter({ name: 'a_events_total', help: 'A.', unit: 'events', labels }), context);
    series.inc(but(count, 'x'));
    series.inc(but(count, 'y'), 2);
    expect(series.samples()).toHaveLength(2 ** count);
    expect(nonZero(series.samples())).toStrictEqual([
      { labels: but(count, 'x'), value: 1 },
      { labels: but(count, 'y'), value: 2 },
    ]);
  });

  test('has a gauge for each combination', () => {
    const metric = gauge({ name: 'a_items', help: 'A.', unit: 'items', labels, scope: 'instance' });
    const series = new LevelSeries(metric, context);
    series.inc(but(count, 'y'));
    series.inc(but(count, 'x'));
    series.dec(but(count, 'x'));
    expect(nonZero(series.samples())).toStrictEqual([{ labels: but(count, 'y'), value: 1 }]);
  });

  test('has a histogram for each combination', () => {
    const metric = histogram({ name: 'a_seconds', help: 'A.', unit: 'seconds', labels, buckets: [1] });
    const series = new HistogramSeries(metric, context);
    series.observe(but(count, 'y'), 0.5);
    const counts = series.samples().filter(({ metricName }) => metricName === 'a_seconds_count');
    expect(counts).toHaveLength(2 ** count);
    expect(nonZero(counts)).toStrictEqual([{ labels: but(count, 'y'), value: 1, metricName: 'a_seconds_count' }]);
  });
});

test('values that read the same when joined stay apart', () => {
  const labels = ['a', 'b', 'c'].map((name) => open(name, 'Anything.', { cap: 10 }));
  const series = new CounterSeries(counter({ name: 'a_events_total', help: 'A.', unit: 'events', labels }), context);
  series.inc({ a: 'p', b: 'q', c: 'r' });
  series.inc({ a: 'pq', b: '', c: 'r' });
  series.inc({ a: '', b: 'pq', c: 'r' });
  expect(series.samples().map(({ value }) => value)).toStrictEqual([1, 1, 1]);
});

test('a removed value takes all its series along and no others', () => {
  const labels = [open('a', 'Anything.', { cap: 10 }), letters('l'), letters('m')];
  const series = new CounterSeries(counter({ name: 'a_events_total', help: 'A.', unit: 'events', labels }), context);
  for (const a of ['p', 'q']) for (const m of ['x', 'y']) series.inc({ a, l: 'x', m });
  series.remove('a', 'p');
  expect(series.samples()).toStrictEqual([
    { labels: { a: 'q', l: 'x', m: 'x' }, value: 1 },
    { labels: { a: 'q', l: 'x', m: 'y' }, value: 1 },
  ]);
});

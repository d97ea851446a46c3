import { div, mul, rate, sumBy, type Vector, value, type Window } from '#promql';
import { signal } from '#signals';
import { metrics } from './catalog.ts';

/** Calls per second. */
export const calls = (window: Window, where: { readonly result?: 'failed' } = {}): Vector<'job'> =>
  sumBy(['job'], rate(metrics.calls, window, where));

/** Failed calls, in percent of all. */
export const failedShare = signal({
  id: 'harbor/failed-share',
  measure: (window) => mul(div(calls(window, { result: 'failed' }), calls(window)), 100),
  unit: 'percent',
  legend: 'failed share of {{job}}',
  range: '5m',
});

/** Calls that wait. */
export const queue = signal({
  id: 'harbor/queue',
  measure: () => sumBy(['job'], value(metrics.queued)),
  unit: 'count',
  legend: 'queue of {{job}}',
});

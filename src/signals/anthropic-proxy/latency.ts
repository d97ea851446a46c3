import { ALERT_RANGE, proxy } from '#catalog';
import {
  bucketRate,
  histogramQuantile,
  observations,
  rateOf,
  sumBuckets,
  sumBy,
  type Vector,
  type Window,
} from '#promql';
import { signal } from '../signal.ts';

/** Streams and whole answers differ by nature, so each has its own percentile and its own traffic. */
const BY = ['job', 'stream'] as const;

type TimedMetric = typeof proxy.requestDuration | typeof proxy.timeToFirstByte;

/** A whole answer has no first byte before it is finished, so only streams promise an early one. */
const STREAMS = { stream: 'true' } as const;

const p95 = (metric: TimedMetric, window: Window, where: Partial<typeof STREAMS> = {}) =>
  histogramQuantile(0.95, sumBuckets([...BY, 'le'], bucketRate(metric, window, where)));

const measured = (metric: TimedMetric, where: Partial<typeof STREAMS> = {}): Vector<(typeof BY)[number]> =>
  sumBy(BY, rateOf(observations(metric, ALERT_RANGE, where)));

/** Time from the first byte of a request to the last of its answer, 95th percentile. */
export const requestLatency = signal({
  id: 'anthropic-proxy/request-latency-p95',
  measure: (window) => p95(proxy.requestDuration, window),
  unit: 'milliseconds',
  legend: 'p95 stream={{stream}}',
  range: ALERT_RANGE,
});

/** Finished requests per second on which `requestLatency` rests. */
export const requestsMeasured = () => measured(proxy.requestDuration);

/** Time from the first byte of a request to the first of its stream, 95th percentile. */
export const firstByteLatency = signal({
  id: 'anthropic-proxy/first-byte-latency-p95',
  measure: (window) => p95(proxy.timeToFirstByte, window, STREAMS),
  unit: 'seconds',
  legend: 'p95 stream={{stream}}',
  range: ALERT_RANGE,
});

/** Streams begun per second on which `firstByteLatency` rests. */
export const streamsMeasured = () => measured(proxy.timeToFirstByte, STREAMS);

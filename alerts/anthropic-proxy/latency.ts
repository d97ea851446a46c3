import { ALERT_RANGE, ANTHROPIC_PROXY_PANELS, CLIENT_GONE, OBJECTIVES, proxy } from '#catalog';
// biome-ignore format: one list of functions
import {
  and, bucketRate, gt, histogramQuantile, observations, rate, rateOf, sumBuckets, sumBy, type Vector,
} from '#promql';
import { alert, group } from '../house/index.ts';
import { allRequests, shareAbove } from './share.ts';

const TAIL = 0.95;

/** Streams and whole answers differ by nature, so each has its own percentile and its own traffic floor. */
const BY = ['job', 'stream'] as const;

type TimedMetric = typeof proxy.requestDuration | typeof proxy.timeToFirstByte;

/** Whole answers have no first byte before they are finished, so the promise of an early one is made to streams. */
const STREAMS = { stream: 'true' } as const;

const slow = (
  metric: TimedMetric,
  threshold: number,
  where: Partial<typeof STREAMS> = {},
): Vector<(typeof BY)[number]> =>
  and(
    gt(histogramQuantile(TAIL, sumBuckets([...BY, 'le'], bucketRate(metric, ALERT_RANGE, where))), threshold),
    gt(sumBy(BY, rateOf(observations(metric, ALERT_RANGE, where))), OBJECTIVES.trafficFloor.value),
  );

/** How long clients wait: for the whole answer, for its first byte, and when they no longer do. */
export const latency = group('latency', [
  alert({
    name: 'AnthropicProxyRequestLatencyHigh',
    severity: 'ticket',
    wait: '10m',
    threshold: { ...OBJECTIVES.requestDurationMs, unit: 'milliseconds' },
    panel: ANTHROPIC_PROXY_PANELS.requestLatency,
    series: 'p95 stream={stream}',
    expr: (threshold) => slow(proxy.requestDuration, threshold),
    links: ['job'],
    summary: ({ job, stream, value }) =>
      `Requests of ${job} with stream=${stream} take ${value.humanizeMilliseconds} at the 95th percentile.`,
    description: ({ threshold }) =>
      `More than five of 100 requests take longer than ${threshold} ms from the request’s first byte to the answer’s last.`,
    action:
      'Compare with the time to first byte: late as well means the upstream or the way to it, early means long answers.',
  }),
  alert({
    name: 'AnthropicProxyFirstByteLatencyHigh',
    severity: 'ticket',
    wait: '10m',
    threshold: { ...OBJECTIVES.timeToFirstByteSeconds, unit: 'seconds' },
    panel: ANTHROPIC_PROXY_PANELS.timeToFirstByte,
    series: 'p95 stream=true',
    expr: (threshold) => slow(proxy.timeToFirstByte, threshold, STREAMS),
    links: ['job'],
    summary: ({ job, value }) =>
      `Streams of ${job} wait ${value.fixed(1)} s for their first byte at the 95th percentile.`,
    description: ({ threshold }) =>
      `More than five of 100 streams wait longer than ${threshold} s until the answer begins.`,
    action: 'Check the proxy’s own overhead first, then the upstream’s status page and its errors by type.',
  }),
  alert({
    name: 'AnthropicProxyClientsLeavingBeforeAnswer',
    severity: 'ticket',
    wait: '10m',
    threshold: {
      value: 20,
      unit: 'percent',
      because: 'people leave when nothing comes, and one in five is no longer impatience',
    },
    panel: ANTHROPIC_PROXY_PANELS.requestRate,
    series: 'share of 499',
    // Where the upstream hangs nobody gets an answer or a first byte, so that shares and percentiles of those have none.
    expr: (threshold) =>
      shareAbove(
        threshold,
        sumBy(['job'], rate(proxy.requests, ALERT_RANGE, { status_code: CLIENT_GONE })),
        allRequests(),
      ),
    links: ['job'],
    summary: ({ job, value }) => `Clients of ${job} leave ${value.fixed(0)} of 100 requests before the answer begins.`,
    description: ({ threshold }) =>
      `More than ${threshold} % of all requests end with 499, the client gone before the answer’s head: the upstream or the way to it may hang. This is no alert on errors: those leave 499 out.`,
    action: 'Ask the upstream yourself, past the proxy; then compare its status page, timeouts, and what clients run.',
  }),
]);

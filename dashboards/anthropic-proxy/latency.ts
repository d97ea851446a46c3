import { LOGS_PANELS, ANTHROPIC_PROXY_PANELS as PANELS, proxy, REPLAY_LIMITS_MIB, STACK_HEALTH_PANELS } from '#catalog';
import { bucketRate, histogramQuantile, RATE_INTERVAL, sumBuckets } from '#promql';
import { anthropicProxySignals as signals } from '#signals';
import { draw, type QueryOptions, query, timeseries, toPanel, unitOf } from '../house/index.ts';

type TimedMetric = typeof proxy.requestDuration | typeof proxy.timeToFirstByte;

const QUANTILES = { p50: 0.5, p95: 0.95, p99: 0.99 } as const;

type Quantile = keyof typeof QUANTILES;

const ofAll = (metric: TimedMetric | typeof proxy.requestBodySize, quantile: Quantile) =>
  query(histogramQuantile(QUANTILES[quantile], sumBuckets(['le'], bucketRate(metric, RATE_INTERVAL))), quantile);

const byStream = (quantile: Quantile, options: Pick<QueryOptions<never>, 'signal'> = {}) =>
  query(
    histogramQuantile(
      QUANTILES[quantile],
      sumBuckets(['stream', 'le'], bucketRate(proxy.timeToFirstByte, RATE_INTERVAL)),
    ),
    `${quantile} stream={{stream}}`,
    options,
  );

/** How long answers take. */
export const requestLatency = () =>
  timeseries({
    panel: PANELS.requestLatency,
    title: 'Request Latency (p50/p95/p99)',
    description:
      'Time from a request’s first byte to its answer’s last, of all requests, and the 95th percentile of streams and of whole ' +
      'answers, to which the line belongs. Compare with "Time to first byte": if that is high as well, the upstream or the ' +
      'way to it is slow; if not, answers are long. A p99 at 900 s is the last bucket: it may be more.',
    unit: unitOf(proxy.requestDuration),
    queries: [
      ofAll(proxy.requestDuration, 'p50'),
      ofAll(proxy.requestDuration, 'p95'),
      ofAll(proxy.requestDuration, 'p99'),
      draw(signals.requestLatency),
    ],
    links: [
      toPanel('Time to first byte', PANELS.timeToFirstByte),
      toPanel('Slow requests in the logs', LOGS_PANELS.slowRequests),
    ],
  });

/** How long until an answer begins. */
export const timeToFirstByte = () =>
  timeseries({
    panel: PANELS.timeToFirstByte,
    title: 'Time to first byte',
    description:
      'Time from a request’s first byte to its answer’s first, by whether it is a stream; what the proxy itself adds is a part ' +
      'of it. People give up on a stream that has not begun: the line is for its p95, because a whole answer begins when it is ' +
      'finished. p95 up and p50 not: one model or very long prompts, see ' +
      '"Request Body Size". Both up: the upstream is slow or overloaded, see "Upstream errors by type".',
    unit: unitOf(proxy.timeToFirstByte),
    queries: [
      byStream('p50'),
      byStream('p95', { signal: signals.firstByteLatency }),
      query(
        histogramQuantile(QUANTILES.p95, sumBuckets(['le'], bucketRate(proxy.overhead, RATE_INTERVAL))),
        'p95 of the proxy alone',
      ),
    ],
    links: [
      toPanel('Request latency', PANELS.requestLatency),
      toPanel('Slow requests in the logs', LOGS_PANELS.slowRequests),
      toPanel('Event loop of the proxy', STACK_HEALTH_PANELS.proxyEventLoop),
    ],
  });

/** How large requests are. */
export const requestBodySize = () =>
  timeseries({
    panel: PANELS.requestBodySize,
    title: 'Request Body Size (p50/p95)',
    description:
      'Size of request bodies. It grows with the length of conversations: a rising p95 comes before higher input tokens, later ' +
      `first bytes and more 413. Above ${REPLAY_LIMITS_MIB.request} MiB the proxy keeps no copy, so such a request is not tried again on another ` +
      'credential.',
    unit: unitOf(proxy.requestBodySize),
    queries: [ofAll(proxy.requestBodySize, 'p50'), ofAll(proxy.requestBodySize, 'p95')],
    links: [toPanel('Tokens by model', PANELS.tokensByModel)],
  });

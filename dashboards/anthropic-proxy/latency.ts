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

/** How long requests take. */
export const requestLatency = () =>
  timeseries({
    panel: PANELS.requestLatency,
    title: 'Request Latency (p50/p95/p99)',
    description:
      'Time from the first byte of a request to the last byte of its response: for all requests, and the 95th percentile with ' +
      'and without streaming, which is what the threshold applies to. Compare it with "Time to first byte": if that is high ' +
      'too, the upstream or the network path to it is slow; if not, the responses are long. A p99 of 900 s is in the last ' +
      'bucket and may be higher.',
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

/** How long it takes until a response begins. */
export const timeToFirstByte = () =>
  timeseries({
    panel: PANELS.timeToFirstByte,
    title: 'Time to first byte',
    description:
      'Time from the first byte of a request to the first byte of its response, with and without streaming; it includes the ' +
      'proxy’s own overhead. The threshold applies to the p95 of streams, because a response without streaming begins only ' +
      'when it is complete. Only p95 rises: one model or very long prompts, see "Request Body Size". p50 rises too: the ' +
      'upstream is slow or overloaded, see "Upstream errors by type".',
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
      'Size of request bodies, which grows with the length of conversations. A rising p95 is followed by more input tokens, a ' +
      `higher time to first byte and more 413s. The proxy keeps no copy of a body above ${REPLAY_LIMITS_MIB.request} MiB, so ` +
      'it does not retry such a request with another credential.',
    unit: unitOf(proxy.requestBodySize),
    queries: [ofAll(proxy.requestBodySize, 'p50'), ofAll(proxy.requestBodySize, 'p95')],
    links: [toPanel('Tokens by model', PANELS.tokensByModel)],
  });

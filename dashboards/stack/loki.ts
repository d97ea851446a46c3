import { LOGS_PANELS, loki, STACK_HEALTH_PANELS as PANELS } from '#catalog';
import { bucketRate, histogramQuantile, observations, RATE_INTERVAL, rate, rateOf, sumBuckets, sumBy } from '#promql';
import { rates, stackSignals } from '#signals';
import {
  COLORS,
  draw,
  PERCENT,
  perHour,
  perMinute,
  query,
  REQUESTS_PER_SECOND,
  SECONDS,
  timeseries,
  toPanel,
  unitOf,
} from '../house/index.ts';

/** Whether lines come in. */
export const lokiIngestion = () =>
  timeseries({
    panel: PANELS.lokiIngestion,
    title: 'Lines received by Loki',
    description:
      'Lines per minute that Loki receives, and those that it rejects, by reason. Normal: slightly more than the requests of the ' +
      'proxy, and nothing rejected. None received while the proxy serves requests: Alloy does not deliver, see "Delivery of lines". ' +
      'rate_limited: more lines than the limit allows; find who writes them under "Lines by event". too_far_behind: lines came ' +
      'late, after an outage.',
    unit: perMinute(loki.linesReceived),
    colors: [{ matches: '/^rejected/', color: COLORS.page }],
    queries: [
      draw(stackSignals.lokiLines),
      query(sumBy(['reason'], rates.eventsPerMinute(loki.linesDiscarded, RATE_INTERVAL)), 'rejected: {{reason}}'),
    ],
    links: [toPanel('Delivery of lines', PANELS.alloyDelivery), toPanel('Who writes them', LOGS_PANELS.linesByEvent)],
    noValue: 'No line has arrived since Loki started',
  });

/** What Loki is asked, and how it answers. */
export const lokiRequests = () =>
  timeseries({
    panel: PANELS.lokiRequests,
    title: 'Requests to Loki',
    description:
      'The share of requests to Loki that fail (5xx), by route, and on the right all requests per second by status, including ' +
      'those among its own members. Normal: none fail; 204 is a push, success is internal. 429: a limit, see "Lines received by ' +
      'Loki". 5xx: its store or disk fails, or it lacks memory; its log says which. 4xx of queries: a wrong query, or one that ' +
      'reads too much at once.',
    unit: PERCENT,
    softMax: 100,
    colors: [{ matches: '/^failing/', color: COLORS.page }],
    legend: 'beside',
    queries: [
      draw(stackSignals.lokiRequestFailureShare),
      query(sumBy(['status_code'], rateOf(observations(loki.requestDuration, RATE_INTERVAL))), '{{status_code}}', {
        unit: REQUESTS_PER_SECOND,
      }),
    ],
    links: [toPanel('How long they take', PANELS.lokiRequestDuration), toPanel('Loki errors', PANELS.lokiErrors)],
  });

/** What goes wrong inside Loki. */
export const lokiErrors = () =>
  timeseries({
    panel: PANELS.lokiErrors,
    title: 'Loki errors',
    description:
      'What goes wrong inside Loki, per hour: chunks that it could not flush to its store, writes to its write-ahead log that ' +
      'failed because the disk was full, panics that it recovered from, and failed runs of the retention. Normal: 0. Failed ' +
      'flushes: the store is down or rejects them; lines stay in memory until it runs out. Disk full: see "Free space on volumes". ' +
      'Panics: a bug in Loki; its log has the details.',
    unit: perHour(loki.flushFailures),
    queries: [
      draw(stackSignals.lokiFlushFailures),
      draw(stackSignals.lokiDiskFull),
      draw(stackSignals.lokiPanics),
      query(
        rates.perHour(sumBy(['instance'], rate(loki.retentionRuns, RATE_INTERVAL, { status: 'failure' }))),
        'failed retentions {{instance}}',
      ),
    ],
    links: [toPanel('Free space', PANELS.volumes), toPanel('Retention', PANELS.lokiRetention)],
  });

/** How long Loki takes to answer. */
export const lokiRequestDuration = () =>
  timeseries({
    panel: PANELS.lokiRequestDuration,
    title: 'Loki request duration (p99)',
    description:
      'The 99th percentile of the time that Loki takes to answer, by route. Normal: pushes below 100 ms, queries within a few ' +
      'seconds; a query over days may take longer. Slow pushes: its disk or object store is slow, and Alloy holds lines back. ' +
      'Only slow queries: they read too much; narrow their labels or their time range.',
    unit: unitOf(loki.requestDuration),
    legend: 'beside',
    queries: [
      query(
        histogramQuantile(0.99, sumBuckets(['route', 'le'], bucketRate(loki.requestDuration, RATE_INTERVAL))),
        '{{route}}',
      ),
    ],
    links: [toPanel('Requests to Loki', PANELS.lokiRequests)],
  });

/** Whether old lines are deleted. */
export const lokiRetention = () =>
  timeseries({
    panel: PANELS.lokiRetention,
    title: 'Time since the last retention run',
    description:
      'How long ago the last run ended that deletes lines beyond their age. Normal: a sawtooth that drops to 0 at least once an ' +
      'hour. It keeps climbing: nothing is deleted, and the volume or the bucket fills up. Exactly one Loki has to run the ' +
      'compactor; its log says what stops it.',
    unit: SECONDS,
    queries: [draw(stackSignals.lokiRetentionAge)],
    links: [toPanel('Loki errors', PANELS.lokiErrors)],
    noValue: 'No run since Loki started',
  });

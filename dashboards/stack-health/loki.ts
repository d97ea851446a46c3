import { loki, STACK_HEALTH_PANELS as PANELS } from '#catalog';
// biome-ignore format: one list of operators
import {
  bucketRate, gt, histogramQuantile, mul, observations, RATE_INTERVAL, rate, rateOf, sub, sumBuckets, sumBy, time, value,
} from '#promql';
// biome-ignore format: one list of house words
import { COLORS, perHour, perSecond, query, REQUESTS_PER_SECOND, SECONDS, timeseries, toPanel, unitOf } from '../house/index.ts';

const HOUR = 3_600;

/** Whether lines come in. */
export const lokiIngestion = () =>
  timeseries({
    panel: PANELS.lokiIngestion,
    title: 'Lines taken by Loki',
    description:
      'Lines a second that Loki takes, and those that it refuses, by reason. Normal: a little more than the requests of the proxy, ' +
      'and nothing refused. None taken while the proxy works: Alloy does not deliver, see "Delivery of lines". rate_limited: more ' +
      'lines than the limit allows; find who writes them under "Lines by event". too_far_behind: lines came late, after an outage.',
    unit: perSecond(loki.linesReceived),
    colors: [{ matches: '/^refused/', color: COLORS.page }],
    queries: [
      query(sumBy([], rate(loki.linesReceived, RATE_INTERVAL)), 'taken'),
      query(sumBy(['reason'], rate(loki.linesDiscarded, RATE_INTERVAL)), 'refused: {{reason}}'),
    ],
    links: [toPanel('Delivery of lines', PANELS.alloyDelivery)],
    noValue: 'No line has arrived since Loki started',
  });

/** What Loki is asked, and how it answers. */
export const lokiRequests = () =>
  timeseries({
    panel: PANELS.lokiRequests,
    title: 'Requests to Loki',
    description:
      'Requests a second that Loki answers, by status, its members’ own among them. Normal: 2xx, success and 204, which is a push. ' +
      '429: a limit, see "Lines taken by Loki". 5xx: its store or disk fails, or it lacks memory; its log says which. 4xx of ' +
      'queries: somebody asks wrongly, or for too much at once.',
    unit: REQUESTS_PER_SECOND,
    colors: [
      { matches: '/^(2\\d\\d|success)$/', color: COLORS.good },
      { matches: '/^4\\d\\d$/', color: COLORS.notice },
      { matches: '/^(5\\d\\d|error)$/', color: COLORS.page },
      { matches: '/^429$/', color: COLORS.ticket },
    ],
    draws: 'stacked bars',
    legend: 'beside',
    queries: [
      query(sumBy(['status_code'], rateOf(observations(loki.requestDuration, RATE_INTERVAL))), '{{status_code}}'),
    ],
    links: [toPanel('How long they take', PANELS.lokiRequestDuration)],
  });

/** How long Loki takes to answer. */
export const lokiRequestDuration = () =>
  timeseries({
    panel: PANELS.lokiRequestDuration,
    title: 'Time of requests to Loki (p99)',
    description:
      'The 99th percentile of the time that Loki takes to answer, by route. Normal: pushes below 100 ms, queries below some ' +
      'seconds; a query over days may take longer. Slow pushes: its disk or object store is slow, and Alloy holds lines back. ' +
      'Slow queries alone: they read too much; narrow their labels or their time.',
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
    title: 'Retention of lines',
    description:
      'How long ago the run ended that deletes lines beyond their age, and on the right such runs an hour, by how they ended. ' +
      'Normal: the line is a saw below an hour. It climbs for good: nothing is deleted, and the volume or the bucket fills; ' +
      'exactly one Loki has to run the compactor, and its log says what hinders it.',
    unit: SECONDS,
    queries: [
      query(sub(time(), gt(value(loki.retentionLastSuccess), 0)), 'last run of {{instance}}'),
      query(mul(sumBy(['status'], rate(loki.retentionRuns, RATE_INTERVAL)), HOUR), 'runs: {{status}}', {
        unit: perHour(loki.retentionRuns),
        color: COLORS.neutral,
      }),
    ],
    noValue: 'No run since Loki started',
  });

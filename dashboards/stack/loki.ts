import { LOGS_PANELS, loki, STACK_HEALTH_PANELS as PANELS } from '#catalog';
// biome-ignore format: one list of operators
import {
  bucketRate, gt, histogramQuantile, maxBy, mul, observations, pattern, RATE_INTERVAL, rate, rateOf, sub, sumBuckets, sumBy,
  time, value,
} from '#promql';
// biome-ignore format: one list of house words
import {
  COLORS, PERCENT, perHour, perMinute, query, REQUESTS_PER_SECOND, SECONDS, timeseries, toPanel, unitOf,
} from '../house/index.ts';
import { eventsPerHour, eventsPerMinute, percentOf } from './rates.ts';

const HOUR = 3_600;

/** Whether lines come in. */
export const lokiIngestion = () =>
  timeseries({
    panel: PANELS.lokiIngestion,
    title: 'Lines taken by Loki',
    description:
      'Lines a minute that Loki takes, and those that it refuses, by reason. Normal: a little more than the requests of the proxy, ' +
      'and nothing refused. None taken while the proxy works: Alloy does not deliver, see "Delivery of lines". rate_limited: more ' +
      'lines than the limit allows; find who writes them under "Lines by event". too_far_behind: lines came late, after an outage.',
    unit: perMinute(loki.linesReceived),
    colors: [{ matches: '/^refused/', color: COLORS.page }],
    queries: [
      query(sumBy([], eventsPerMinute(loki.linesReceived)), 'lines'),
      query(sumBy(['reason'], eventsPerMinute(loki.linesDiscarded)), 'refused: {{reason}}'),
    ],
    links: [toPanel('Delivery of lines', PANELS.alloyDelivery), toPanel('Who writes them', LOGS_PANELS.linesByEvent)],
    noValue: 'No line has arrived since Loki started',
  });

const SERVER_ERROR = pattern('5..');

/** What Loki is asked, and how it answers. */
export const lokiRequests = () =>
  timeseries({
    panel: PANELS.lokiRequests,
    title: 'Requests to Loki',
    description:
      'How many of 100 requests to Loki fail (5xx), by route, and on the right all requests a second by status, its members’ own ' +
      'among them. Normal: none fail; 204 is a push, success its own. 429: a limit, see "Lines taken by Loki". 5xx: its store or ' +
      'disk fails, or it lacks memory; its log says which. 4xx of queries: somebody asks wrongly, or for too much at once.',
    unit: PERCENT,
    softMax: 100,
    colors: [{ matches: '/^failing/', color: COLORS.page }],
    legend: 'beside',
    queries: [
      query(
        percentOf(
          sumBy(['route'], rateOf(observations(loki.requestDuration, RATE_INTERVAL, { status_code: SERVER_ERROR }))),
          sumBy(['route'], rateOf(observations(loki.requestDuration, RATE_INTERVAL))),
        ),
        'failing {{route}}',
        { compared: true },
      ),
      query(sumBy(['status_code'], rateOf(observations(loki.requestDuration, RATE_INTERVAL))), '{{status_code}}', {
        unit: REQUESTS_PER_SECOND,
      }),
    ],
    links: [toPanel('How long they take', PANELS.lokiRequestDuration), toPanel('Errors of Loki', PANELS.lokiErrors)],
  });

/** What goes wrong inside Loki. */
export const lokiErrors = () =>
  timeseries({
    panel: PANELS.lokiErrors,
    title: 'Errors of Loki',
    description:
      'What goes wrong inside Loki an hour: chunks of lines that it could not write to its store, writes to its log for which the ' +
      'disk was full, panics that it recovered from, and failed runs of the retention. Normal: 0. Failed flushes: the store is ' +
      'away or refuses; lines stay in memory until it is used up. Disk full: see "Space left on the volumes". Panics: a fault of ' +
      'Loki; its log has it.',
    unit: perHour(loki.flushFailures),
    queries: [
      query(sumBy(['instance'], eventsPerHour(loki.flushFailures)), 'failed flushes {{instance}}'),
      query(sumBy(['instance'], eventsPerHour(loki.walDiskFull)), 'disk full {{instance}}'),
      query(sumBy(['instance'], eventsPerHour(loki.panics)), 'panics {{instance}}'),
      query(
        sumBy(['instance'], mul(rate(loki.retentionRuns, RATE_INTERVAL, { status: 'failure' }), HOUR)),
        'failed retentions {{instance}}',
      ),
    ],
    links: [toPanel('Space left', PANELS.volumes), toPanel('Retention', PANELS.lokiRetention)],
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
    title: 'Time since the last retention',
    description:
      'How long ago the last run ended that deletes lines beyond their age. Normal: a saw that falls to 0 at least once an hour. ' +
      'It climbs for good: nothing is deleted, and the volume or the bucket fills. Exactly one Loki has to run the compactor; ' +
      'its log says what hinders it.',
    unit: SECONDS,
    queries: [query(sub(time(), gt(maxBy(['job'], value(loki.retentionLastSuccess)), 0)), '{{job}}')],
    links: [toPanel('Errors of Loki', PANELS.lokiErrors)],
    noValue: 'No run since Loki started',
  });

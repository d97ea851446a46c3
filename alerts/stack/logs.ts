import { alloy, type Duration, loki, STACK_HEALTH_PANELS as PANELS, toSeconds } from '#catalog';
// biome-ignore format: one list of functions
import {
  and, div, ge, gt, maxBy, mul, observations, on, pattern, rate, rateOf, sub, sumBy, time, unless, type Vector, value,
} from '#promql';
import { alert, group, EVENT_WAIT, eventsPerMinute, faultsPerHour, perMinute } from '../house/index.ts';
import { busyProxies } from '../anthropic-proxy/share.ts';

/** How long the way of a line is watched before anybody is told: a restart of either end takes less. */
const WATCHED: Duration = '10m';

/** The least requests a second of which a share means anything: the proxy's own figure, as Loki is asked for about as much. */
const REQUESTS_FLOOR = 0.02;

const requests = (where = {}): Vector<'job' | 'route'> =>
  sumBy(['job', 'route'], rateOf(observations(loki.requestDuration, WATCHED, where)));

/** Whether lines are collected, kept and found. */
export const logs = group('logs', [
  alert({
    name: 'LokiReceivesNothing',
    severity: 'ticket',
    wait: '15m',
    threshold: {
      value: 1,
      unit: 'perMinute',
      fires: 'below',
      because: 'a proxy that answers requests writes more lines than that',
    },
    panel: PANELS.lokiIngestion,
    series: 'lines',
    // The counter is not there before the first line, so the proxy's requests are asked for and lines taken from them.
    expr: (threshold) =>
      unless(busyProxies(WATCHED), ge(perMinute(sumBy([], rate(loki.linesReceived, WATCHED))), threshold), on()),
    summary: ({ job }) => `${job} answers requests, but hardly a line reaches Loki.`,
    description: ({ threshold }) =>
      `Loki gets less than ${threshold} line a minute. What happens now cannot be looked up later.`,
    action: 'Follow the way of a line: does Alloy read the pods, does it send, does Loki take what it gets?',
  }),
  alert({
    name: 'LokiRequestsFailing',
    severity: 'ticket',
    wait: '15m',
    threshold: {
      value: 10,
      unit: 'percent',
      because: 'lines are sent again and queries asked again; one in ten is no restart',
    },
    panel: PANELS.lokiRequests,
    series: 'failing {route}',
    expr: (threshold) =>
      and(
        gt(mul(div(requests({ status_code: pattern('5..') }), requests()), 100), threshold),
        gt(requests(), REQUESTS_FLOOR),
      ),
    links: ['job'],
    summary: ({ job, route, value }) => `${job} fails ${value.fixed(1)} % of the requests of ${route}.`,
    description: ({ threshold }) => `More than ${threshold} % of the requests of a route end in a server error.`,
    action: 'Read the errors in the log of Loki; a store that does not answer and a full disk are the usual causes.',
  }),
  alert({
    name: 'LokiPanicked',
    severity: 'ticket',
    wait: '5m',
    threshold: { value: 0, unit: 'perHour', because: 'a panic is a fault of the program, never of its use' },
    panel: PANELS.lokiErrors,
    series: 'panics {instance}',
    expr: (threshold) => gt(faultsPerHour(loki.panics), threshold),
    links: ['job'],
    summary: ({ instance }) => `${instance} of Loki panicked.`,
    description: ({ value }) => `${value.fixed(0)} requests ended in a panic within the last hour.`,
    action: 'Find the stack trace in the log and whether the version has a known fault.',
  }),
  alert({
    name: 'LokiDiskFull',
    severity: 'ticket',
    wait: '5m',
    threshold: {
      value: 0,
      unit: 'perHour',
      because: 'from then on lines are kept in memory alone and a crash loses them',
    },
    panel: PANELS.lokiErrors,
    series: 'disk full {instance}',
    expr: (threshold) => gt(faultsPerHour(loki.walDiskFull), threshold),
    links: ['job'],
    inhibits: [{ alert: 'LokiFlushFailing', equal: ['job', 'instance'] }],
    summary: ({ instance }) => `The disk of ${instance} of Loki is full.`,
    description: ({ value }) => `${value.fixed(0)} writes to the write-ahead log failed within the last hour.`,
    action: 'Enlarge the volume claim, or shorten the retention and see that it runs.',
  }),
  alert({
    name: 'LokiFlushFailing',
    severity: 'ticket',
    wait: EVENT_WAIT,
    threshold: {
      value: 0,
      unit: 'perHour',
      because: 'a chunk is written again and again until it succeeds: none has to fail for long',
    },
    panel: PANELS.lokiErrors,
    series: 'failed flushes {instance}',
    expr: (threshold) => gt(mul(60, eventsPerMinute(loki.flushFailures)), threshold),
    links: ['job'],
    summary: ({ instance }) => `${instance} of Loki cannot write to its store.`,
    description: ({ value }) =>
      `${value.fixed(0)} chunks an hour cannot be written. They stay in memory, which fills up.`,
    action: 'Look at the space of the volume, or at the object storage, its credentials and the way to it.',
  }),
  alert({
    name: 'LokiRetentionStalled',
    severity: 'ticket',
    wait: '1h',
    threshold: {
      value: toSeconds('6h'),
      unit: 'seconds',
      because: 'retention runs several times an hour; without it lines stay for good and the disk fills up',
    },
    panel: PANELS.lokiRetention,
    expr: (threshold) => gt(sub(time(), maxBy(['job'], value(loki.retentionLastSuccess))), threshold),
    links: ['job'],
    summary: ({ job }) => `No instance of ${job} deletes old lines.`,
    description: () => 'The retention has not run to its end for hours. Lines stay longer than promised.',
    action: 'See which instance is the compactor, and what it says of the retention.',
  }),
  alert({
    name: 'AlloyDropsLines',
    severity: 'ticket',
    wait: EVENT_WAIT,
    threshold: { value: 0, unit: 'perMinute', because: 'lines that Alloy gives up are lost for good' },
    panel: PANELS.alloyDelivery,
    series: 'dropped: {reason}',
    expr: (threshold) => gt(eventsPerMinute(alloy.linesDropped), threshold),
    links: ['job'],
    inhibits: [{ alert: 'AlloyDeliveryFailing', equal: ['job', 'instance'] }],
    summary: ({ instance, reason, value }) => `${instance} drops ${value.fixed(1)} lines a minute: ${reason}.`,
    description: ({ host }) => `${host} refuses lines for good, or did not answer for too long.`,
    action: 'The reason decides: limits are Loki’s configuration, ingester errors are Loki’s health.',
  }),
  alert({
    name: 'AlloyDeliveryFailing',
    severity: 'ticket',
    wait: EVENT_WAIT,
    threshold: { value: 0, unit: 'perMinute', because: 'a restart of Loki is over by then; lines are dropped next' },
    panel: PANELS.alloyDelivery,
    series: 'retried',
    expr: (threshold) => gt(eventsPerMinute(alloy.batchRetries), threshold),
    links: ['job'],
    summary: ({ instance, value }) => `${instance} has to send ${value.fixed(1)} batches a minute again.`,
    description: ({ host }) => `${host} does not take lines. They wait in the pods’ own logs until these rotate.`,
    action: 'See whether Loki runs and answers, and whether the network policy lets Alloy reach it.',
  }),
]);

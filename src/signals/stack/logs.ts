import { alloy, loki } from '#catalog';
import {
  div,
  groupLeft,
  gt,
  maxBy,
  mul,
  observations,
  on,
  or,
  pattern,
  rate,
  rateOf,
  sub,
  sumBy,
  time,
  type Vector,
  value,
  type Window,
} from '#promql';
import { busy, requests } from '../anthropic-proxy/requests.ts';
import { EVENT_RANGE, eventsPerMinute, FAULT_RANGE, faultsPerHour, perMinute } from '../rates.ts';
import { signal } from '../signal.ts';

/** Lines that Loki receives per minute. */
export const lokiLines = (window: Window): Vector<never> => perMinute(sumBy([], rate(loki.linesReceived, window)));

/**
 * Lines that Loki receives per minute, once for each proxy that serves enough requests. Loki exports its counter only
 * after the first line, so where it is missing a busy proxy counts as zero lines.
 */
export const lokiLinesWhileBusy = signal({
  id: 'loki/lines-while-busy',
  measure: (window) => {
    const none = mul(busy(requests(window)), 0);
    return or(groupLeft(none, '+', lokiLines(window), { by: on() }), none);
  },
  unit: 'perMinute',
  legend: 'lines while {{job}} is busy',
  bad: 'below',
  range: '10m',
});

/** Requests to Loki per second. */
export const lokiRequests = (
  window: Window,
  where: { readonly status_code?: ReturnType<typeof pattern> } = {},
): Vector<'job' | 'route'> => sumBy(['job', 'route'], rateOf(observations(loki.requestDuration, window, where)));

/** Requests to Loki that end in a server error, in percent. */
export const lokiRequestFailureShare = signal({
  id: 'loki/request-failure-share',
  measure: (window) => mul(div(lokiRequests(window, { status_code: pattern('5..') }), lokiRequests(window)), 100),
  unit: 'percent',
  legend: 'failing {{route}}',
  range: '10m',
});

/** Requests that end in a panic of Loki, per hour. */
export const lokiPanics = signal({
  id: 'loki/panics',
  measure: (window) => faultsPerHour(loki.panics, window),
  unit: 'perHour',
  legend: 'panics {{instance}}',
  range: FAULT_RANGE,
});

/** Writes to Loki's write-ahead log that fail because the disk is full, per hour. */
export const lokiDiskFull = signal({
  id: 'loki/disk-full',
  measure: (window) => faultsPerHour(loki.walDiskFull, window),
  unit: 'perHour',
  legend: 'disk full {{instance}}',
  range: FAULT_RANGE,
});

/** Chunks that Loki fails to flush to its store, per hour. */
export const lokiFlushFailures = signal({
  id: 'loki/flush-failures',
  measure: (window) => mul(60, eventsPerMinute(loki.flushFailures, window)),
  unit: 'perHour',
  legend: 'failed flushes {{instance}}',
  range: EVENT_RANGE,
});

/** Time since the last successful run of Loki's retention. */
export const lokiRetentionAge = signal({
  id: 'loki/retention-age',
  measure: () => sub(time(), maxBy(['job'], value(loki.retentionLastSuccess))),
  unit: 'seconds',
  legend: '{{job}}',
  drawn: () => sub(time(), gt(maxBy(['job'], value(loki.retentionLastSuccess)), 0)),
});

/** Lines that Alloy drops per minute. */
export const alloyLinesDropped = signal({
  id: 'alloy/lines-dropped',
  measure: (window) => eventsPerMinute(alloy.linesDropped, window),
  unit: 'perMinute',
  legend: 'dropped by {{instance}}: {{reason}}',
  range: EVENT_RANGE,
});

/** Batches of lines that Alloy retries per minute. */
export const alloyBatchRetries = signal({
  id: 'alloy/batch-retries',
  measure: (window) => eventsPerMinute(alloy.batchRetries, window),
  unit: 'perMinute',
  legend: 'retried by {{instance}}',
  range: EVENT_RANGE,
});

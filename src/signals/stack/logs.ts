import { alloy, loki } from '#catalog';
import {
  div,
  gt,
  maxBy,
  mul,
  observations,
  or,
  pattern,
  rate,
  rateOf,
  sub,
  sumBy,
  time,
  type Vector,
  value,
  vector,
  type Window,
} from '#promql';
import { busy, requests } from '../anthropic-proxy/requests.ts';
import { EVENT_RANGE, eventsPerMinute, FAULT_RANGE, faultsPerHour, perMinute } from '../rates.ts';
import { signal } from '../signal.ts';

/** Lines that Loki receives per minute; Loki exports its counter only after the first line, so before that it is 0. */
export const lokiLines = signal<never, 'lines'>({
  id: 'loki/lines',
  measure: (window) => or(perMinute(sumBy([], rate(loki.linesReceived, window))), vector(0)),
  unit: 'perMinute',
  legend: 'lines',
  bad: 'below',
  range: '10m',
});

/** Proxies that serve enough requests to write lines. */
export const busyProxies = (window: Window): Vector<'job'> => busy(requests(window));

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

import {
  ALERT_RANGE,
  CLIENT_GONE,
  errorTypesWhere,
  isRateLimit,
  isServerError,
  isUpstreamFault,
  OBJECTIVES,
  proxy,
  RATE_LIMITED,
  statusCodesWhere,
} from '#catalog';
import { div, groupLeft, gt, increase, mul, not, on, rate, round, sumBy, type Vector, type Window } from '#promql';
import { perHour, perMinute } from '../rates.ts';
import { signal } from '../signal.ts';

/** Requests per second that got an answer; a client that left before the head got none. */
export const answered = (window: Window): Vector<'job'> =>
  sumBy(['job'], rate(proxy.requests, window, { status_code: not(CLIENT_GONE) }));

/** Requests per second, including those whose client left. */
export const requests = (window: Window): Vector<'job'> => sumBy(['job'], rate(proxy.requests, window));

/** Where there is enough traffic for a share of it to mean something. */
export const busy = (traffic: Vector<'job'>): Vector<'job'> => gt(traffic, OBJECTIVES.trafficFloor.value);

const rateLimited = (window: Window) => sumBy(['job'], rate(proxy.requests, window, { status_code: RATE_LIMITED }));

const upstreamErrors = (window: Window, types: Parameters<typeof errorTypesWhere>[0]): Vector<'job'> =>
  sumBy(['job'], rate(proxy.upstreamErrors, window, { error_type: errorTypesWhere(types) }));

const percentOf = (part: Vector<'job'>, whole: Vector<'job'>): Vector<'job'> => mul(div(part, whole), 100);

/** Rates that are split by a further label, per 100 answered requests. */
export const perHundredAnswered = <L extends string>(parts: Vector<L | 'job'>, window: Window): Vector<L | 'job'> =>
  mul(groupLeft(parts, '/', answered(window), { by: on('job') }), 100);

/** Answers with 429, in percent of the answered requests. */
export const rateLimitedShare = signal({
  id: 'anthropic-proxy/rate-limited-share',
  measure: (window) => percentOf(rateLimited(window), answered(window)),
  unit: 'percent',
  legend: 'clients of {{job}}',
  range: ALERT_RANGE,
});

/** Answers with 429 per minute. */
export const rateLimitedRate = signal({
  id: 'anthropic-proxy/rate-limited-rate',
  measure: (window) => perMinute(rateLimited(window)),
  unit: 'perMinute',
  legend: '429 of {{job}}',
  range: ALERT_RANGE,
});

/** Attempts that the upstream rejected with a rate limit, by kind, per 100 answered requests. */
export const upstreamRateLimitedShare = signal({
  id: 'anthropic-proxy/upstream-rate-limited-share',
  measure: (window) =>
    perHundredAnswered(
      sumBy(['job', 'error_type'], rate(proxy.upstreamErrors, window, { error_type: errorTypesWhere(isRateLimit) })),
      window,
    ),
  unit: 'percent',
  legend: 'upstream: {{error_type}}',
  range: ALERT_RANGE,
});

/** Attempts that failed because of the upstream or the way to it, per 100 answered requests. */
export const upstreamFaultShare = signal({
  id: 'anthropic-proxy/upstream-fault-share',
  measure: (window) => percentOf(upstreamErrors(window, isUpstreamFault), answered(window)),
  unit: 'percent',
  legend: 'faults of {{job}}',
  range: ALERT_RANGE,
});

/** Attempts that the upstream rejected because of their credential, per 100 answered requests. */
export const authenticationFailureShare = signal({
  id: 'anthropic-proxy/authentication-failure-share',
  measure: (window) =>
    percentOf(sumBy(['job'], rate(proxy.upstreamErrors, window, { error_type: 'authentication' })), answered(window)),
  unit: 'percent',
  legend: 'authentication of {{job}}',
  range: ALERT_RANGE,
});

const SERVER_ERRORS = { status_code: statusCodesWhere(isServerError) };

/** Answers with a 5xx, in percent of the answered requests. */
export const serverErrorShare = signal({
  id: 'anthropic-proxy/server-error-share',
  measure: (window) => percentOf(sumBy(['job'], rate(proxy.requests, window, SERVER_ERRORS)), answered(window)),
  unit: 'percent',
  legend: '5xx share of {{job}}',
  range: ALERT_RANGE,
});

/** Answers with a 5xx in a quarter of an hour; growth is extrapolated, so it is rounded to whole requests. */
export const serverErrors = (): Vector<'job'> => round(sumBy(['job'], increase(proxy.requests, '15m', SERVER_ERRORS)));

/** Requests whose client left before the answer began, in percent of all requests. */
export const clientsGoneShare = signal({
  id: 'anthropic-proxy/clients-gone-share',
  measure: (window) =>
    percentOf(sumBy(['job'], rate(proxy.requests, window, { status_code: CLIENT_GONE })), requests(window)),
  unit: 'percent',
  legend: '499 share of {{job}}',
  range: ALERT_RANGE,
});

/** Label values that were folded into `other` or dropped, per hour. */
export const labelsFolded = signal({
  id: 'anthropic-proxy/labels-folded',
  measure: (window) => sumBy(['job', 'label'], increase(proxy.labelsFolded, window)),
  unit: 'perHour',
  legend: '{{label}}',
  range: '1h',
});

/** Tokens without a known price per hour: of an unknown model, or of a known one in a mode that has no price. */
export const unpricedTokens = signal({
  id: 'anthropic-proxy/unpriced-tokens',
  measure: (window) => perHour(sumBy(['job'], rate(proxy.unpricedTokens, window))),
  unit: 'perHour',
  legend: 'tokens without a price of {{job}}',
  range: '1h',
});

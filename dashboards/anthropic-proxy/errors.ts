import { isError, LOG_EVENTS, LOGS_PANELS, ANTHROPIC_PROXY_PANELS as PANELS, proxy, statusCodesWhere } from '#catalog';
import { RATE_INTERVAL, rate, sumBy } from '#promql';
import { anthropicProxySignals as signals } from '#signals';
import {
  COLORS,
  draw,
  ERROR_COLORS,
  logLines,
  PERCENT,
  perSecond,
  query,
  STATUS_COLORS,
  timeseries,
  toPanel,
} from '../house/index.ts';

const toErrorLines = () => logLines(LOG_EVENTS.upstreamError, { error_type: 'error_type' });

/** Errors of the upstream and of clients, and their share. */
export const errorRate = () =>
  timeseries({
    panel: PANELS.errorRate,
    title: 'Error Rate',
    description:
      'Errors per second: those of attempts at the upstream, by type, and those that clients got, by status code ("HTTP"). On ' +
      'the right: the share of requests that end in a 5xx, which is what the threshold applies to. Upstream errors without ' +
      'HTTP errors were hidden by retries; HTTP 5xx without upstream errors are the proxy’s own: check its logs. Disconnected ' +
      'clients (499) are not counted.',
    unit: perSecond(proxy.requests),
    colors: STATUS_COLORS,
    legend: 'beside',
    queries: [
      query(sumBy(['error_type'], rate(proxy.upstreamErrors, RATE_INTERVAL)), '{{error_type}}', {
        drill: toErrorLines(),
      }),
      query(
        sumBy(['status_code'], rate(proxy.requests, RATE_INTERVAL, { status_code: statusCodesWhere(isError) })),
        'HTTP {{status_code}}',
      ),
      draw(signals.serverErrorShare, { unit: PERCENT, color: COLORS.neutral }),
    ],
    links: [
      toPanel('Upstream errors by type', PANELS.upstreamErrorsByType),
      toPanel('Errors in the logs', LOGS_PANELS.upstreamErrors),
    ],
  });

/** Rate limits of clients and of attempts at the upstream. */
export const rateLimitedShare = () =>
  timeseries({
    panel: PANELS.rateLimitedShare,
    title: 'Rate-limited share (429)',
    description:
      'Per 100 answered requests: how many clients got a 429, and how many attempts the upstream rate-limited, by reason. ' +
      'Upstream 429s without client 429s were hidden by the pool. rate_limit_quota: a window is used up, see "Utilization ' +
      'Over Time". rate_limit_minute: too many requests at once, spread the load. rate_limit_spend: the account’s own ' +
      'spending limit.',
    unit: PERCENT,
    colors: [{ matches: '/^clients/', color: COLORS.inward }, ...ERROR_COLORS],
    queries: [draw(signals.rateLimitedShare), draw(signals.upstreamRateLimitedShare, { drill: toErrorLines() })],
    links: [
      toPanel('Utilization', PANELS.utilizationOverTime),
      toPanel('Credentials', PANELS.credentialState),
      toPanel('429s in the logs', LOGS_PANELS.rateLimits),
    ],
  });

/** Why attempts at the upstream fail. */
export const upstreamErrorsByType = () =>
  timeseries({
    panel: PANELS.upstreamErrorsByType,
    title: 'Upstream errors by type',
    description:
      'Failed attempts at the upstream per 100 answered requests, by type; "faults" is the sum of those caused by the ' +
      'upstream or the network path to it. overloaded and api_error come from the upstream: check its status page. dns, tls, ' +
      'connect and reset come from the network. authentication: see "Credential state". Click a series for its log lines.',
    unit: PERCENT,
    colors: [{ matches: '/^faults/', color: COLORS.page }],
    legend: 'beside',
    queries: [
      query(
        signals.perHundredAnswered(
          sumBy(['job', 'error_type'], rate(proxy.upstreamErrors, RATE_INTERVAL)),
          RATE_INTERVAL,
        ),
        '{{error_type}}',
        { signal: signals.authenticationFailureShare, drill: toErrorLines() },
      ),
      draw(signals.upstreamFaultShare),
    ],
    links: [
      toPanel('Requests by status code', PANELS.requestsByStatusCode),
      toPanel('Errors in the logs', LOGS_PANELS.upstreamErrors),
    ],
  });

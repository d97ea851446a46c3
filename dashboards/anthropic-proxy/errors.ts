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

/** What fails, and how much of it. */
export const errorRate = () =>
  timeseries({
    panel: PANELS.errorRate,
    title: 'Error Rate',
    description:
      'Errors a second: what attempts at the upstream met, by kind, and what clients got, by code ("HTTP"). On the right: how ' +
      'many of 100 requests end in a 5xx, to which the line belongs. Upstream errors without HTTP errors are hidden by ' +
      'retries; HTTP 5xx without upstream errors are the proxy’s own: look at its logs. A client that left (499) is no error.',
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

/** Who is told to wait. */
export const rateLimitedShare = () =>
  timeseries({
    panel: PANELS.rateLimitedShare,
    title: 'Rate-limited share (429)',
    description:
      'For 100 answered requests: how many clients got a 429, and how many attempts the upstream refused, by its reason. ' +
      'Refusals without client 429s are hidden by the pool. rate_limit_quota: a window is used up, see "Utilization Over ' +
      'Time"; rate_limit_minute: too much at once, spread the load; rate_limit_spend: the account’s own limit.',
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
      'Failed attempts at the upstream for 100 answered requests, by kind; "faults" is the sum of those that lie with the ' +
      'upstream or the way to it. overloaded and api_error are the upstream’s: see its status page. dns, tls, connect and ' +
      'reset are the network’s. authentication is a credential: see "Credential state". Click a line for its log lines.',
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
      toPanel('What clients get', PANELS.requestsByStatusCode),
      toPanel('Errors in the logs', LOGS_PANELS.upstreamErrors),
    ],
  });

import {
  ALERT_RANGE,
  ANTHROPIC_PROXY_PANELS,
  errorTypesWhere,
  isServerError,
  isUpstreamFault,
  proxy,
  statusCodesWhere,
} from '#catalog';
import { and, gt, increase, maxBy, rate, round, sumBy, value } from '#promql';
import { alert, group } from '../house/index.ts';
import { shareAbove } from './share.ts';

const SERVER_ERRORS = { status_code: statusCodesWhere(isServerError) };

/**
 * So few failures in a quarter of an hour wake nobody. At night two requests a minute are all there is, and two tries of
 * one person are more than one in twenty of them.
 */
const FEW_FAILURES = 4;

/** Where more requests failed than a few; growth is extrapolated, so the whole number is compared. */
const manyFailures = () => gt(round(sumBy(['job'], increase(proxy.requests, '15m', SERVER_ERRORS))), FEW_FAILURES);

/** What fails between the proxy and the upstream, and what of it reaches clients. */
export const upstreamErrors = group('upstream-errors', [
  alert({
    name: 'AnthropicProxyUpstreamErrorShareHigh',
    severity: 'ticket',
    wait: '10m',
    threshold: {
      value: 5,
      unit: 'percent',
      because: 'retries hide single faults of the upstream; one in twenty is more than they should have to',
    },
    panel: ANTHROPIC_PROXY_PANELS.upstreamErrorsByType,
    series: 'faults',
    expr: (threshold) =>
      shareAbove(
        threshold,
        sumBy(['job'], rate(proxy.upstreamErrors, ALERT_RANGE, { error_type: errorTypesWhere(isUpstreamFault) })),
      ),
    links: ['job'],
    summary: ({ job, value }) => `The upstream of ${job} fails ${value.fixed(1)} times for 100 requests.`,
    description: ({ threshold }) =>
      `More than ${threshold} attempts for 100 requests end in a fault of the upstream or of the way to it.`,
    action:
      'See which kind prevails: overloaded and api_error are the upstream’s, dns, tls and connect are the network’s.',
  }),
  alert({
    name: 'AnthropicProxyServerErrorShareHigh',
    severity: 'page',
    wait: '5m',
    threshold: {
      value: 5,
      unit: 'percent',
      because: 'one request in twenty fails for its user, and no retry of ours has helped',
    },
    panel: ANTHROPIC_PROXY_PANELS.errorRate,
    series: 'share of 5xx',
    expr: (threshold) =>
      and(shareAbove(threshold, sumBy(['job'], rate(proxy.requests, ALERT_RANGE, SERVER_ERRORS))), manyFailures()),
    links: ['job'],
    inhibits: [{ alert: 'AnthropicProxyUpstreamErrorShareHigh', equal: ['job'] }],
    summary: ({ job, value }) => `${job} answers ${value.fixed(1)} % of requests with a server error.`,
    description: ({ threshold }) => `More than ${threshold} % of the requests of clients end in a 5xx.`,
    action: 'Tell the upstream’s errors from the proxy’s own: upstream errors by type, then the logs of the proxy.',
  }),
  alert({
    name: 'AnthropicProxyAuthenticationFailing',
    severity: 'ticket',
    wait: '10m',
    threshold: {
      value: 5,
      unit: 'percent',
      because: 'a single mistyped key stays below one request in twenty; a revoked credential does not',
    },
    panel: ANTHROPIC_PROXY_PANELS.upstreamErrorsByType,
    series: 'authentication',
    expr: (threshold) =>
      shareAbove(threshold, sumBy(['job'], rate(proxy.upstreamErrors, ALERT_RANGE, { error_type: 'authentication' }))),
    links: ['job'],
    summary: ({ job, value }) => `The upstream rejects the credentials of ${job}: ${value.fixed(1)} for 100 requests.`,
    description: ({ threshold }) =>
      `More than ${threshold} attempts for 100 requests fail because of their credential.`,
    action: 'Find the credential in the upstream error lines of the log; renew it, or tell the client whose key it is.',
  }),
  alert({
    name: 'AnthropicProxyCredentialExpired',
    severity: 'ticket',
    wait: '5m',
    threshold: {
      value: 0,
      unit: 'count',
      because: 'an expired credential does not come back by itself: its token has to be renewed',
    },
    panel: ANTHROPIC_PROXY_PANELS.credentialState,
    series: '{credential} expired',
    expr: (threshold) =>
      gt(maxBy(['job', 'credential'], value(proxy.credentialState, { state: 'expired' })), threshold),
    links: ['job', 'credential'],
    summary: ({ job, credential }) => `Credential ${credential} of ${job} is expired.`,
    description: ({ credential }) =>
      `The upstream rejected credential ${credential}; the pool leaves it out until it is renewed.`,
    action: 'Renew the token of the credential in the Secret of the pool.',
  }),
]);

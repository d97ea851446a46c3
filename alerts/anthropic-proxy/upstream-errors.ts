import { ALERT_RANGE, ANTHROPIC_PROXY_PANELS } from '#catalog';
import { and, gt } from '#promql';
import { anthropicProxySignals as signals } from '#signals';
import { alert, group } from '../house/index.ts';

/**
 * Up to this many failures in a quarter of an hour page nobody. At night two requests a minute are all there is, and two
 * failed retries of one person are more than 5 % of them.
 */
const FEW_FAILURES = 4;

/** What fails between the proxy and the upstream, and what of it reaches clients. */
export const upstreamErrors = group('upstream-errors', [
  alert({
    name: 'AnthropicProxyUpstreamErrorShareHigh',
    severity: 'ticket',
    for: '10m',
    signal: signals.upstreamFaultShare,
    threshold: {
      value: 5,
      because: 'retries hide single faults of the upstream; one in twenty is more than they should have to',
    },
    panel: ANTHROPIC_PROXY_PANELS.upstreamErrorsByType,
    where: (share) => and(share, signals.busy(signals.answered(ALERT_RANGE))),
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
    for: '5m',
    signal: signals.serverErrorShare,
    threshold: {
      value: 5,
      because: 'one request in twenty fails for its user, and no retry of ours has helped',
    },
    panel: ANTHROPIC_PROXY_PANELS.errorRate,
    where: (share) =>
      and(and(share, signals.busy(signals.answered(ALERT_RANGE))), gt(signals.serverErrors(), FEW_FAILURES)),
    links: ['job'],
    inhibits: [{ alert: 'AnthropicProxyUpstreamErrorShareHigh', equal: ['job'] }],
    summary: ({ job, value }) => `${job} answers ${value.fixed(1)} % of requests with a server error.`,
    description: ({ threshold }) => `More than ${threshold} % of the requests of clients end in a 5xx.`,
    action: 'Tell the upstream’s errors from the proxy’s own: upstream errors by type, then the logs of the proxy.',
  }),
  alert({
    name: 'AnthropicProxyAuthenticationFailing',
    severity: 'ticket',
    for: '10m',
    signal: signals.authenticationFailureShare,
    threshold: {
      value: 5,
      because: 'a single mistyped key stays below one request in twenty; a revoked credential does not',
    },
    panel: ANTHROPIC_PROXY_PANELS.upstreamErrorsByType,
    where: (share) => and(share, signals.busy(signals.answered(ALERT_RANGE))),
    links: ['job'],
    summary: ({ job, value }) => `The upstream rejects the credentials of ${job}: ${value.fixed(1)} for 100 requests.`,
    description: ({ threshold }) =>
      `More than ${threshold} attempts for 100 requests fail because of their credential.`,
    action: 'Find the credential in the upstream error lines of the log; renew it, or tell the client whose key it is.',
  }),
  alert({
    name: 'AnthropicProxyCredentialExpired',
    severity: 'ticket',
    for: '5m',
    signal: signals.expiredCredentials,
    threshold: {
      value: 0,
      because: 'an expired credential does not come back by itself: its token has to be renewed',
    },
    panel: ANTHROPIC_PROXY_PANELS.credentialState,
    links: ['job', 'credential'],
    summary: ({ job, credential }) => `Credential ${credential} of ${job} is expired.`,
    description: ({ credential }) =>
      `The upstream rejected credential ${credential}; the pool leaves it out until it is renewed.`,
    action: 'Renew the token of the credential in the Secret of the pool.',
  }),
]);

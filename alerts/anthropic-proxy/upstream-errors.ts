import { ALERT_RANGE, ANTHROPIC_PROXY_PANELS } from '#catalog';
import { and, gt } from '#promql';
import { anthropicProxySignals as signals } from '#signals';
import { alert, group } from '../house/index.ts';

/**
 * Up to this many failures in a quarter of an hour do not page. With two requests a minute at night, two failed retries of
 * one person are already more than 5%.
 */
const FEW_FAILURES = 4;

/** Errors between the proxy and the upstream, and those that reach clients. */
export const upstreamErrors = group('upstream-errors', [
  alert({
    name: 'AnthropicProxyUpstreamErrorShareHigh',
    severity: 'ticket',
    for: '10m',
    signal: signals.upstreamFaultShare,
    threshold: {
      value: 5,
      because: 'retries hide single upstream failures; one in twenty is more than they should have to hide',
    },
    panel: ANTHROPIC_PROXY_PANELS.upstreamErrorsByType,
    where: (share) => and(share, signals.busy(signals.answered(ALERT_RANGE))),
    links: ['job'],
    summary: ({ job, value }) => `The upstream of ${job} fails ${value.fixed(1)} times per 100 requests.`,
    description: ({ threshold }) =>
      `More than ${threshold} attempts per 100 requests fail because of the upstream or the network path to it.`,
    action:
      'Check which type prevails: overloaded and api_error come from the upstream; dns, tls and connect from the network.',
  }),
  alert({
    name: 'AnthropicProxyServerErrorShareHigh',
    severity: 'page',
    for: '5m',
    signal: signals.serverErrorShare,
    threshold: {
      value: 5,
      because: 'one request in twenty fails for its user, and the proxy’s retries have not helped',
    },
    panel: ANTHROPIC_PROXY_PANELS.errorRate,
    where: (share) =>
      and(and(share, signals.busy(signals.answered(ALERT_RANGE))), gt(signals.serverErrors(), FEW_FAILURES)),
    links: ['job'],
    inhibits: [{ alert: 'AnthropicProxyUpstreamErrorShareHigh', equal: ['job'] }],
    summary: ({ job, value }) => `${job} answers ${value.fixed(1)}% of requests with a server error.`,
    description: ({ threshold }) => `More than ${threshold}% of client requests end in a 5xx.`,
    action: 'Separate upstream errors from the proxy’s own: check the upstream errors by type, then the proxy’s logs.',
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
    summary: ({ job, value }) =>
      `The upstream rejects the credentials of ${job} ${value.fixed(1)} times per 100 requests.`,
    description: ({ threshold }) => `More than ${threshold} attempts per 100 requests fail authentication.`,
    action:
      'Find the credential in the upstream error lines of the log. Renew it, or notify the client whose key it is.',
  }),
  alert({
    name: 'AnthropicProxyCredentialExpired',
    severity: 'ticket',
    for: '5m',
    signal: signals.expiredCredentials,
    threshold: {
      value: 0,
      because: 'an expired credential does not recover by itself: its token has to be renewed',
    },
    panel: ANTHROPIC_PROXY_PANELS.credentialState,
    links: ['job', 'credential'],
    summary: ({ job, credential }) => `Credential ${credential} of ${job} has expired.`,
    description: ({ credential }) =>
      `The upstream rejected credential ${credential}; the pool does not use it until it is renewed.`,
    action: 'Renew the credential’s token in the pool’s Secret.',
  }),
]);

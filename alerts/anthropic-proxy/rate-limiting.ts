import { ALERT_RANGE, ANTHROPIC_PROXY_PANELS } from '#catalog';
import { and, on } from '#promql';
import { anthropicProxySignals as signals } from '#signals';
import { alert, group } from '../house/index.ts';

/** Who is told to wait: clients, the proxy's attempts at the upstream, and the credentials of the pool. */
export const rateLimiting = group('rate-limiting', [
  alert({
    name: 'AnthropicProxyRateLimitedShareHigh',
    severity: 'ticket',
    for: '10m',
    signal: signals.rateLimitedShare,
    threshold: {
      value: 5,
      because: 'clients retry one request in twenty without their users noticing; beyond that work visibly stalls',
    },
    panel: ANTHROPIC_PROXY_PANELS.rateLimitedShare,
    where: (share) => and(share, signals.busy(signals.answered(ALERT_RANGE))),
    links: ['job'],
    summary: ({ job, value }) => `${job} answers ${value.fixed(1)} % of requests with 429.`,
    description: ({ threshold }) => `More than ${threshold} % of the requests of clients end in a rate limit.`,
    action:
      'See which kind of limit the upstream reports and which credential is cooling; add credentials or slow the heaviest user.',
  }),
  alert({
    name: 'AnthropicProxyRateLimitedRateHigh',
    severity: 'ticket',
    for: '5m',
    signal: signals.rateLimitedRate,
    threshold: {
      value: 60,
      because: 'one a second is more than people cause by hand: a client retries in a loop',
    },
    panel: ANTHROPIC_PROXY_PANELS.requestsByStatusCode,
    links: ['job'],
    summary: ({ job, value }) => `${job} answers ${value.fixed(0)} requests a minute with 429.`,
    description: ({ threshold }) =>
      `More than ${threshold} requests a minute end in a rate limit; their clients seem to retry without waiting.`,
    action: 'Find the client that retries in a loop in the logs of the proxy and have it honour retry-after.',
  }),
  alert({
    name: 'AnthropicProxyUpstreamRateLimited',
    severity: 'ticket',
    for: '10m',
    signal: signals.upstreamRateLimitedShare,
    threshold: {
      value: 10,
      because: 'the pool hides single refusals by trying another credential; at one in ten it runs out of others',
    },
    panel: ANTHROPIC_PROXY_PANELS.rateLimitedShare,
    where: (share) => and(share, signals.busy(signals.answered(ALERT_RANGE)), on('job')),
    links: ['job'],
    summary: ({ job, error_type, value }) =>
      `The upstream refuses ${job} with ${error_type}: ${value.fixed(1)} for 100 requests.`,
    description: ({ error_type, threshold }) =>
      `More than ${threshold} attempts for 100 requests meet ${error_type}, also where a second attempt hides it from the client.`,
    action:
      'quota: wait for the reset or add a credential; minute: spread the load; spend: raise the limit of the account.',
  }),
  alert({
    name: 'AnthropicProxyCredentialCoolingOften',
    severity: 'ticket',
    for: '5m',
    signal: signals.cooldowns,
    threshold: {
      value: 3,
      because: 'one cooldown is the pool at work; more than three an hour say that the credential carries too much',
    },
    panel: ANTHROPIC_PROXY_PANELS.credentialCooldowns,
    links: ['job', 'credential'],
    summary: ({ job, credential, value }) =>
      `Credential ${credential} of ${job} was put aside ${value.fixed(0)} times in an hour by one replica.`,
    description: ({ credential, threshold }) =>
      `Credential ${credential} cools down more than ${threshold} times an hour, so the others carry its load.`,
    action:
      'Look at the reason of the cooldowns; for quota add a credential, for minute or overloaded spread the load.',
  }),
  alert({
    name: 'AnthropicProxyNoCredentialReady',
    severity: 'page',
    for: '1m',
    signal: signals.readyCredentials,
    threshold: {
      value: 1,
      because: 'with no credential ready every request is refused until one has cooled down',
    },
    panel: ANTHROPIC_PROXY_PANELS.credentialState,
    links: ['job'],
    inhibits: [
      { alert: 'AnthropicProxyCredentialCoolingOften', equal: ['job'] },
      { alert: 'AnthropicProxyUpstreamRateLimited', equal: ['job'] },
      { alert: 'AnthropicProxyRateLimitedShareHigh', equal: ['job'] },
      { alert: 'AnthropicProxyRateLimitedRateHigh', equal: ['job'] },
      // A page as well: a full window is why its credential cools, and whoever is awake need not be called twice.
      { alert: 'AnthropicProxyUtilizationCritical', equal: ['job'] },
    ],
    summary: ({ job }) => `No credential of ${job} is ready: every request is refused.`,
    description: () => 'All credentials of the pool are cooling down or expired.',
    action: 'Add a credential to the pool, or tell users when the first one has cooled down; renew the expired ones.',
  }),
]);

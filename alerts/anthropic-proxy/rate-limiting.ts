import { ALERT_RANGE, ANTHROPIC_PROXY_PANELS } from '#catalog';
import { and, on } from '#promql';
import { anthropicProxySignals as signals } from '#signals';
import { alert, group } from '../house/index.ts';

/** Rate limits that clients get, rate limits that the upstream returns or nears, and cooldowns of credentials. */
export const rateLimiting = group('rate-limiting', [
  alert({
    name: 'AnthropicProxyRateLimitedShareHigh',
    severity: 'ticket',
    for: '10m',
    signal: signals.rateLimitedShare,
    threshold: {
      value: 5,
      because: 'clients retry one request in twenty without their users noticing; above that, work visibly stalls',
    },
    panel: ANTHROPIC_PROXY_PANELS.rateLimitedShare,
    where: (share) => and(share, signals.busy(signals.answered(ALERT_RANGE))),
    links: ['job'],
    summary: ({ job, value }) => `${job} answers ${value.fixed(1)}% of requests with 429.`,
    description: ({ threshold }) => `More than ${threshold}% of client requests are rate-limited.`,
    action:
      'Check which kind of limit the upstream reports and which credential is cooling down; add credentials, or slow down the heaviest user.',
  }),
  alert({
    name: 'AnthropicProxyRateLimitedRateHigh',
    severity: 'ticket',
    for: '5m',
    signal: signals.rateLimitedRate,
    threshold: {
      value: 60,
      because: 'one per second is more than people cause by hand: a client is retrying in a loop',
    },
    panel: ANTHROPIC_PROXY_PANELS.requestsByStatusCode,
    links: ['job'],
    summary: ({ job, value }) => `${job} answers ${value.fixed(0)} requests per minute with 429.`,
    description: ({ threshold }) =>
      `More than ${threshold} requests per minute are rate-limited; their clients probably retry without backing off.`,
    action: 'Find the client that retries in a loop in the proxy’s logs, and make it honour retry-after.',
  }),
  alert({
    name: 'AnthropicProxyUpstreamRateLimited',
    severity: 'ticket',
    for: '10m',
    signal: signals.upstreamRateLimitedShare,
    threshold: {
      value: 10,
      because:
        'the pool hides single 429s by trying another credential; at one in ten it runs out of credentials to try',
    },
    panel: ANTHROPIC_PROXY_PANELS.rateLimitedShare,
    where: (share) => and(share, signals.busy(signals.answered(ALERT_RANGE)), on('job')),
    links: ['job'],
    summary: ({ job, error_type, value }) =>
      `The upstream rate-limits ${job} with ${error_type} ${value.fixed(1)} times per 100 requests.`,
    description: ({ error_type, threshold }) =>
      `More than ${threshold} attempts per 100 requests fail with ${error_type}, including those whose retry succeeds.`,
    action: 'quota: wait for the reset or add a credential. minute: spread the load. spend: raise the account’s limit.',
  }),
  alert({
    name: 'AnthropicProxyKeyLimitNear',
    severity: 'ticket',
    for: '10m',
    signal: signals.keyLimitUsed,
    threshold: {
      value: 80,
      because: 'a fifth of the limit is less than the swing of ordinary traffic, so bursts are already rejected',
    },
    panel: ANTHROPIC_PROXY_PANELS.keyLimits,
    links: ['job', 'credential'],
    summary: ({ credential, kind, value }) =>
      `Credential ${credential} uses ${value.fixed(0)}% of its per-minute limit of ${kind}.`,
    description: ({ credential, kind, threshold }) =>
      `On average over five minutes, more than ${threshold}% of the per-minute limit of ${kind} is used; what exceeds it gets a 429, on every API key of the organization of ${credential}.`,
    action:
      'Spread the load over time or over organizations, use the prompt cache for input tokens, or request a higher limit.',
  }),
  alert({
    name: 'AnthropicProxyCredentialCoolingOften',
    severity: 'ticket',
    for: '5m',
    signal: signals.cooldowns,
    threshold: {
      value: 3,
      because:
        'occasional cooldowns are normal for a pool; more than three per hour mean that the credential gets too much load',
    },
    panel: ANTHROPIC_PROXY_PANELS.credentialCooldowns,
    links: ['job', 'credential'],
    summary: ({ job, credential, value }) =>
      `Credential ${credential} of ${job} went into cooldown ${value.fixed(0)} times within an hour on one replica.`,
    description: ({ credential, threshold }) =>
      `Credential ${credential} goes into cooldown more than ${threshold} times per hour, so the others carry its load.`,
    action: 'Check the reason of the cooldowns. quota: add a credential. minute or overloaded: spread the load.',
  }),
  alert({
    name: 'AnthropicProxyNoCredentialReady',
    severity: 'page',
    for: '5m',
    signal: signals.readyCredentials,
    threshold: {
      value: 1,
      because: 'without a ready credential a replica rejects every request until a cooldown ends',
    },
    panel: ANTHROPIC_PROXY_PANELS.credentialState,
    links: ['job'],
    inhibits: [
      { alert: 'AnthropicProxyCredentialCoolingOften', equal: ['job'] },
      { alert: 'AnthropicProxyUpstreamRateLimited', equal: ['job'] },
      { alert: 'AnthropicProxyRateLimitedShareHigh', equal: ['job'] },
      { alert: 'AnthropicProxyRateLimitedRateHigh', equal: ['job'] },
      // A page as well: without a credential that is accepted every answer is a 503.
      { alert: 'AnthropicProxyServerErrorShareHigh', equal: ['job'] },
      // A page as well: a full window puts its credential into cooldown, and one page is enough.
      { alert: 'AnthropicProxyUtilizationCritical', equal: ['job'] },
    ],
    summary: ({ job }) => `A replica of ${job} has no ready credential and rejects every request.`,
    description: () => 'On at least one replica, all credentials of the pool are cooling down or expired.',
    action: 'Add a credential to the pool, or inform users when the first cooldown ends; renew expired credentials.',
  }),
]);

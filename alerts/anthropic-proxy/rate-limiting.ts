import { ALERT_RANGE, ANTHROPIC_PROXY_PANELS, errorTypesWhere, isRateLimit, proxy, RATE_LIMITED } from '#catalog';
import { gt, increase, lt, maxBy, mul, rate, round, sumBy, value } from '#promql';
import { alert, group } from '../house/index.ts';
import { shareAbove, sharesAbove } from './share.ts';

const SECONDS_A_MINUTE = 60;

const clientRateLimits = () => sumBy(['job'], rate(proxy.requests, ALERT_RANGE, { status_code: RATE_LIMITED }));

/** Who is told to wait: clients, the proxy's attempts at the upstream, and the credentials of the pool. */
export const rateLimiting = group('rate-limiting', [
  alert({
    name: 'AnthropicProxyRateLimitedShareHigh',
    severity: 'ticket',
    wait: '10m',
    threshold: {
      value: 5,
      unit: 'percent',
      because: 'clients retry one request in twenty without their users noticing; beyond that work visibly stalls',
    },
    panel: ANTHROPIC_PROXY_PANELS.rateLimitedShare,
    series: 'clients',
    expr: (threshold) => shareAbove(threshold, clientRateLimits()),
    links: ['job'],
    summary: ({ job, value }) => `${job} answers ${value.fixed(1)} % of requests with 429.`,
    description: ({ threshold }) => `More than ${threshold} % of the requests of clients end in a rate limit.`,
    action:
      'See which kind of limit the upstream reports and which credential is cooling; add credentials or slow the heaviest user.',
  }),
  alert({
    name: 'AnthropicProxyRateLimitedRateHigh',
    severity: 'ticket',
    wait: '5m',
    threshold: {
      value: 60,
      unit: 'perMinute',
      because: 'one a second is more than people cause by hand: a client retries in a loop',
    },
    panel: ANTHROPIC_PROXY_PANELS.requestsByStatusCode,
    series: '429',
    expr: (threshold) => gt(mul(SECONDS_A_MINUTE, clientRateLimits()), threshold),
    links: ['job'],
    summary: ({ job, value }) => `${job} answers ${value.fixed(0)} requests a minute with 429.`,
    description: ({ threshold }) =>
      `More than ${threshold} requests a minute end in a rate limit; their clients seem to retry without waiting.`,
    action: 'Find the client that retries in a loop in the logs of the proxy and have it honour retry-after.',
  }),
  alert({
    name: 'AnthropicProxyUpstreamRateLimited',
    severity: 'ticket',
    wait: '10m',
    threshold: {
      value: 10,
      unit: 'percent',
      because: 'the pool hides single refusals by trying another credential; at one in ten it runs out of others',
    },
    panel: ANTHROPIC_PROXY_PANELS.rateLimitedShare,
    series: 'upstream: {error_type}',
    expr: (threshold) =>
      sharesAbove(
        threshold,
        sumBy(
          ['job', 'error_type'],
          rate(proxy.upstreamErrors, ALERT_RANGE, { error_type: errorTypesWhere(isRateLimit) }),
        ),
      ),
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
    wait: '5m',
    threshold: {
      value: 3,
      unit: 'perHour',
      because: 'one cooldown is the pool at work; more than three an hour say that the credential carries too much',
    },
    panel: ANTHROPIC_PROXY_PANELS.credentialCooldowns,
    series: 'most of one in an hour',
    // Replicas share no cooldowns: each puts a limited credential aside once, which is one limit and not as many.
    // Growth is extrapolated to the edges of its range: three events read 3.03, so the whole number is compared.
    expr: (threshold) =>
      gt(
        round(maxBy(['job', 'credential'], sumBy(['job', 'instance', 'credential'], increase(proxy.cooldowns, '1h')))),
        threshold,
      ),
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
    wait: '1m',
    threshold: {
      value: 1,
      unit: 'count',
      fires: 'below',
      because: 'with no credential ready every request is refused until one has cooled down',
    },
    panel: ANTHROPIC_PROXY_PANELS.credentialState,
    series: 'ready: all',
    // Where no pool is in use there are no series, and the sum of nothing is nothing.
    expr: (threshold) =>
      lt(
        sumBy(['job'], maxBy(['job', 'credential', 'state'], value(proxy.credentialState, { state: 'ready' }))),
        threshold,
      ),
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

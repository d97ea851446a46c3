import { DASHBOARD_UIDS, LOG_EVENTS, RATE_LIMITED } from '#catalog';
import { logQuery } from '#logql';
import {
  allLogLines,
  COLORS,
  type DashboardDefinition,
  dashboard,
  HALF,
  LOKI,
  MEDIUM,
  PROMETHEUS,
  QUARTER,
  row,
  span,
  THIRD,
} from '../house/index.ts';
import { credentialCooldowns, credentialState } from './credentials.ts';
import { errorRate, rateLimitedShare, upstreamErrorsByType } from './errors.ts';
import { requestBodySize, requestLatency, timeToFirstByte } from './latency.ts';
import { keyLimits, refusals, uncounted } from './limits.ts';
import { cacheEfficiency, cost, tokensByModel } from './tokens.ts';
import { requestRate, requestsByStatusCode, targetsUp, totalRequests } from './traffic.ts';
import { VARIABLES } from './variables.ts';
import {
  extraUsage,
  projectedUtilization,
  utilization5h,
  utilization7d,
  utilizationOverTime,
  windowResets,
  windowTokens5h,
  windowTokens7d,
  windowTokensIn,
  windowTokensOut,
} from './windows.ts';

/** The dashboard of the Anthropic proxy as a table of contents. */
export const anthropicProxyDefinition: DashboardDefinition = {
  uid: DASHBOARD_UIDS.anthropicProxy,
  title: 'Anthropic Proxy',
  description:
    'Whether the rate-limit windows last until their resets, what clients get, what fails upstream, how long requests take, and what they cost.',
  tags: ['anthropic-proxy'],
  datasources: [PROMETHEUS, LOKI],
  variables: VARIABLES,
  annotations: [
    {
      name: '429 Rate Limits',
      query: logQuery(LOG_EVENTS.upstreamError, { status: RATE_LIMITED }),
      color: COLORS.page,
      title: '429 Rate Limited',
      text: '{{error_message}}',
    },
  ],
  links: [allLogLines('Upstream errors in the logs', LOG_EVENTS.upstreamError)],
  rows: [
    row('Rate-limit windows', [
      span(QUARTER, utilization5h(), MEDIUM),
      span(QUARTER, utilization7d(), MEDIUM),
      span(QUARTER, windowTokensIn(), MEDIUM),
      span(QUARTER, windowTokensOut(), MEDIUM),
      span(HALF, utilizationOverTime()),
      span(HALF, projectedUtilization()),
      span(HALF, windowTokens5h()),
      span(HALF, windowTokens7d()),
      span(HALF, extraUsage()),
      span(HALF, windowResets()),
    ]),
    row('Traffic', [span(THIRD, requestRate()), span(THIRD, requestsByStatusCode()), span(THIRD, totalRequests())]),
    row('Errors and limits', [
      span(THIRD, errorRate()),
      span(THIRD, upstreamErrorsByType()),
      span(THIRD, rateLimitedShare()),
    ]),
    row('Latency', [span(THIRD, requestLatency()), span(THIRD, timeToFirstByte()), span(THIRD, requestBodySize())]),
    row('Credentials and targets', [
      span(THIRD, credentialState()),
      span(THIRD, credentialCooldowns()),
      span(THIRD, targetsUp()),
    ]),
    row('Tokens and cost', [span(THIRD, tokensByModel()), span(THIRD, cost()), span(THIRD, cacheEfficiency())]),
    row('Key limits and refusals', [span(THIRD, keyLimits()), span(THIRD, refusals()), span(THIRD, uncounted())]),
  ],
};

/** The dashboard of the Anthropic proxy, a function of the threshold lines. */
export const anthropicProxy = dashboard(anthropicProxyDefinition);

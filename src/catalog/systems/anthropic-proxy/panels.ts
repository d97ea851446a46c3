import { DASHBOARD_UIDS, panelsOf } from '../../panel.ts';

/** The panels of the Anthropic Proxy dashboard; links carry their numbers, so new names go to the end. */
export const ANTHROPIC_PROXY_PANELS = panelsOf(DASHBOARD_UIDS.anthropicProxy, [
  'utilization5h',
  'utilization7d',
  'windowTokensIn',
  'windowTokensOut',
  'utilizationOverTime',
  'windowTokens5h',
  'windowTokens7d',
  'requestRate',
  'errorRate',
  'requestLatency',
  'requestsByStatusCode',
  'totalRequests',
  'credentialCooldowns',
  'tokensByModel',
  'requestBodySize',
  'rateLimitedShare',
  'upstreamErrorsByType',
  'credentialState',
  'projectedUtilization',
  'timeToFirstByte',
  'targetsUp',
  'cost',
  'cacheEfficiency',
  'extraUsage',
  'windowResets',
  'keyLimits',
  'refusals',
  'uncounted',
]);

/** The panels of the dashboard of logs, likewise. */
export const LOGS_PANELS = panelsOf(DASHBOARD_UIDS.logs, [
  'linesByLevel',
  'linesByEvent',
  'requestsByCredential',
  'requestsByModel',
  'upstreamErrors',
  'rateLimits',
  'slowRequests',
  'windowResets',
  'cooldowns',
  'lifecycle',
  'allLines',
]);

import { expect, test } from 'vitest';
import { ANTHROPIC_PROXY_PANELS, TARGETS } from '#catalog';

test('links to panels stay good: their numbers never change', () => {
  const numbers = Object.entries(ANTHROPIC_PROXY_PANELS).map(([name, { dashboard, id }]) => [dashboard, id, name]);
  expect(numbers).toEqual(
    [
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
    ].map((name, index) => ['anthropic-proxy', index + 1, name]),
  );
});

test('no two targets share a job', () => {
  const jobs = Object.values(TARGETS).map(({ job }) => job);
  expect(new Set(jobs).size).toBe(jobs.length);
});

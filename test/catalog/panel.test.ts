import { expect, test } from 'vitest';
import { ANTHROPIC_PROXY_PANELS, TARGETS } from '#catalog';

/** The panels of release 0.1.0 in the order of their numbers, which links and bookmarks carry. */
const RELEASED = [
  ...['utilization5h', 'utilization7d', 'windowTokensIn', 'windowTokensOut', 'utilizationOverTime', 'windowTokens5h'],
  ...['windowTokens7d', 'requestRate', 'errorRate', 'requestLatency', 'requestsByStatusCode', 'totalRequests'],
  ...['credentialCooldowns', 'tokensByModel', 'requestBodySize', 'rateLimitedShare', 'upstreamErrorsByType'],
  ...['credentialState', 'projectedUtilization', 'timeToFirstByte', 'targetsUp', 'cost', 'cacheEfficiency'],
];

test('links to panels stay good: released numbers never change', () => {
  expect(ANTHROPIC_PROXY_PANELS).toMatchObject(
    Object.fromEntries(RELEASED.map((name, index) => [name, { dashboard: 'anthropic-proxy', id: index + 1 }])),
  );
});

test('no two targets share a job', () => {
  const jobs = Object.values(TARGETS).map(({ job }) => job);
  expect(new Set(jobs).size).toBe(jobs.length);
});

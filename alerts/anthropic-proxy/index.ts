import { cardinality } from './cardinality.ts';
import { cost } from './cost.ts';
import { latency } from './latency.ts';
import { rateLimiting } from './rate-limiting.ts';
import { upstreamErrors } from './upstream-errors.ts';
import { utilization } from './utilization.ts';

/** The rules of the Anthropic proxy, in the order in which they are written. */
export const anthropicProxyAlerts = [rateLimiting, latency, utilization, upstreamErrors, cost, cardinality] as const;

import { anthropicProxy } from './anthropic-proxy/dashboard.ts';
import { proxyLogs } from './anthropic-proxy/logs/dashboard.ts';
import { stackHealth } from './stack/dashboard.ts';

export { anthropicProxy, anthropicProxyDefinition } from './anthropic-proxy/dashboard.ts';
export { logsDefinition, proxyLogs } from './anthropic-proxy/logs/dashboard.ts';
export * from './house/index.ts';
export { stackHealth, stackHealthDefinition } from './stack/dashboard.ts';

/** The dashboards of the Anthropic proxy, as functions of the alerts' threshold lines. */
export const anthropicProxyDashboards = [anthropicProxy, proxyLogs] as const;

/** The dashboards of the monitoring stack, likewise. */
export const stackDashboards = [stackHealth] as const;

/** Every dashboard of this repository. */
export const dashboards = [...anthropicProxyDashboards, ...stackDashboards] as const;

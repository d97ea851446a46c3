import { anthropicProxy } from './anthropic-proxy/dashboard.ts';
import { proxyLogs } from './anthropic-proxy/logs/dashboard.ts';
import { stackHealth } from './stack/dashboard.ts';

export { anthropicProxy, anthropicProxyDefinition } from './anthropic-proxy/dashboard.ts';
export * from './house/index.ts';
export { logsDefinition, proxyLogs } from './anthropic-proxy/logs/dashboard.ts';
export { stackHealth, stackHealthDefinition } from './stack/dashboard.ts';

/** Every dashboard, as functions of the alerts' threshold lines. */
export const dashboards = [anthropicProxy, proxyLogs, stackHealth] as const;

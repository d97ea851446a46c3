import { anthropicProxy } from './anthropic-proxy.ts';
import { proxyLogs } from './logs.ts';
import { stackHealth } from './stack-health.ts';

export { anthropicProxy, anthropicProxyDefinition } from './anthropic-proxy.ts';
export * from './house/index.ts';
export { logsDefinition, proxyLogs } from './logs.ts';
export { stackHealth, stackHealthDefinition } from './stack-health.ts';

/** Every dashboard, as functions of the alerts' threshold lines. */
export const dashboards = [anthropicProxy, proxyLogs, stackHealth] as const;

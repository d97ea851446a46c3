import { anthropicProxy } from './anthropic-proxy.ts';

export { anthropicProxyDefinition } from './anthropic-proxy.ts';
export * from './house/index.ts';

/** Every dashboard, as functions of the alerts' threshold lines. */
export const dashboards = [anthropicProxy] as const;

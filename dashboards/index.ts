import { anthropicProxy } from './anthropic-proxy.ts';

export type { Dashboard } from './house/index.ts';

/** Every dashboard, as functions of the alerts' threshold lines. */
export const dashboards = [anthropicProxy] as const;

import { anthropicProxyAlerts } from './anthropic-proxy/index.ts';
import { type AlertGroup, alertsOf } from './house/index.ts';
import { stackAlerts } from './stack/index.ts';

export { anthropicProxyAlerts } from './anthropic-proxy/index.ts';
export * from './house/index.ts';
export { stackAlerts } from './stack/index.ts';

/** Every group of rules of this repository. */
export const alertGroups = [...anthropicProxyAlerts, ...stackAlerts] as const;

type RuleOf<G> = G extends AlertGroup<infer R> ? R[number] : never;
type NameOf<R> = R extends { readonly kind: 'alert'; readonly name: infer N } ? N : never;

/** The name of an alert of this repository. */
export type AlertName = NameOf<RuleOf<(typeof alertGroups)[number]>>;

/** The names of all alerts, in the order in which they are written. */
export const alertNames: readonly AlertName[] = alertsOf(alertGroups).map(({ name }) => name as AlertName);

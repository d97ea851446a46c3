import { configuration } from './stack/configuration.ts';
import { dashboards } from './stack/grafana.ts';
import { type AlertGroup, alertsOf } from './house/group.ts';
import { ingestion } from './stack/ingestion.ts';
import { latency } from './anthropic-proxy/latency.ts';
import { logs } from './stack/logs.ts';
import { notifications } from './stack/notifications.ts';
import { probes } from './stack/probes.ts';
import { rateLimiting } from './anthropic-proxy/rate-limiting.ts';
import { remoteWrite } from './stack/remote-write.ts';
import { ruleEvaluation } from './stack/rule-evaluation.ts';
import { storage } from './stack/storage.ts';
import { targets } from './stack/targets.ts';
import { upstreamErrors } from './anthropic-proxy/upstream-errors.ts';
import { utilization } from './anthropic-proxy/utilization.ts';
import { watchdog } from './stack/watchdog.ts';

/** Every group of rules, in the order in which they are written. */
// biome-ignore format: one list of groups
export const alertGroups = [
  rateLimiting, latency, utilization, upstreamErrors, targets, probes, configuration, ruleEvaluation, notifications,
  ingestion, storage, remoteWrite, logs, dashboards, watchdog,
] as const;

type RuleOf<G> = G extends AlertGroup<infer R> ? R[number] : never;
type NameOf<R> = R extends { readonly kind: 'alert'; readonly name: infer N } ? N : never;

/** The name of an alert. */
export type AlertName = NameOf<RuleOf<(typeof alertGroups)[number]>>;

/** The names of all alerts, in the order in which they are written. */
export const alertNames: readonly AlertName[] = alertsOf(alertGroups).map(({ name }) => name as AlertName);

export type { Alert, Threshold, ThresholdUnit } from './house/alert.ts';
export { alert } from './house/alert.ts';
export { type AlertGroup, alertsOf, group, type Rule } from './house/group.ts';
export { type AlertOverride, type AlertOverrides, applyOverrides } from './house/overrides.ts';
export {
  type EmailReceiver,
  type PagerdutyReceiver,
  type Receiver,
  type Receivers,
  type SlackReceiver,
  secretKeysOf,
  type WebhookReceiver,
} from './house/receivers.ts';
export { type Recording, record } from './house/record.ts';
export { type AlertmanagerConfig, type AlertmanagerOptions, alertmanagerConfig } from './house/routing.ts';
export { type LinkBases, type RuleEntry, type RuleFile, type RuleFileContent, ruleFiles } from './house/rule-files.ts';
export { thresholdsOf } from './house/thresholds.ts';

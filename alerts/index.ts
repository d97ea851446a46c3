import { configuration } from './configuration.ts';
import { dashboards } from './dashboards.ts';
import { type AlertGroup, alertsOf } from './group.ts';
import { ingestion } from './ingestion.ts';
import { latency } from './latency.ts';
import { logs } from './logs.ts';
import { notifications } from './notifications.ts';
import { probes } from './probes.ts';
import { rateLimiting } from './rate-limiting.ts';
import { remoteWrite } from './remote-write.ts';
import { ruleEvaluation } from './rule-evaluation.ts';
import { storage } from './storage.ts';
import { targets } from './targets.ts';
import { upstreamErrors } from './upstream-errors.ts';
import { utilization } from './utilization.ts';
import { watchdog } from './watchdog.ts';

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

export type { Alert, Threshold, ThresholdUnit } from './alert.ts';
export { alert } from './alert.ts';
export { type AlertGroup, alertsOf, group, type Rule } from './group.ts';
export { type AlertOverride, type AlertOverrides, applyOverrides } from './overrides.ts';
export {
  type EmailReceiver,
  type PagerdutyReceiver,
  type Receiver,
  type Receivers,
  type SlackReceiver,
  secretKeysOf,
  type WebhookReceiver,
} from './receivers.ts';
export { type Recording, record } from './record.ts';
export { type AlertmanagerConfig, type AlertmanagerOptions, alertmanagerConfig } from './routing.ts';
export { type LinkBases, type RuleEntry, type RuleFile, type RuleFileContent, ruleFiles } from './rule-files.ts';
export { thresholdsOf } from './thresholds.ts';

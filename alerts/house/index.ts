export type { Alert, AlertDefinition, Inhibition, LinkLabel, Threshold } from './alert.ts';
export { alert, heartbeat } from './alert.ts';
export { EVENT_FOR, HALF_OF_THE_TIME } from './durations.ts';
export { type AlertGroup, alertsOf, group, type Rule } from './group.ts';
export { type AlertOverride, type AlertOverrides, applyOverrides } from './overrides.ts';
export type {
  EmailReceiver,
  PagerdutyReceiver,
  Receiver,
  Receivers,
  SlackReceiver,
  WebhookReceiver,
} from './receivers.ts';
export { type Recording, record } from './record.ts';
export { type AlertmanagerConfig, type AlertmanagerOptions, alertmanagerConfig } from './routing.ts';
export { type LinkBases, type RuleEntry, type RuleFile, type RuleFileContent, ruleFiles } from './rule-files.ts';
export { thresholdsOf } from './thresholds.ts';

export { type CheckEntry, CheckError, type Finding } from './check.ts';
export { CHECKS, checkContent } from './checks.ts';
export type { DashboardFile } from './dashboards/view.ts';
export { checkManifests, manifestWarnings } from './manifests/index.ts';
export type { ManifestContext, ManifestObject } from './manifests/inventory.ts';
export { checkLogql, checkPromql } from './queries/syntax.ts';
export type { CheckedAlert, CheckedStack, Route } from './rules/stack.ts';
export type { AlertRule, RecordRule, RuleGroup, Rules } from './rules/view.ts';
export { checkSizes } from './sizes.ts';

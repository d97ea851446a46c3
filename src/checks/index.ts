export type { CheckEntry } from './check.ts';
export { checkContent } from './content.ts';
export type { DashboardFile } from './dashboards/dashboard-json.ts';
export { CheckError, type Finding } from './finding.ts';
export {
  checkManifests,
  MANIFEST_CHECKS,
  type ManifestContext,
  type ManifestFinding,
  type ManifestObject,
  manifestWarnings,
} from './manifests.ts';
export { checkLogql, checkPromql } from './queries/syntax.ts';
export type { AlertRule, RecordRule, RuleGroup, Rules } from './rules/rule-view.ts';
export type { Content, Owned, RouteStep } from './rules/stack-checks.ts';
export { checkSizes } from './size.ts';
export { CHECKS } from './table.ts';

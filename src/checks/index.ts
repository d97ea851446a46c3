export type { CheckEntry } from './check.ts';
export { checkContent } from './content.ts';
export { checkDashboard } from './dashboard.ts';
export type { DashboardFile } from './dashboard-json.ts';
export { CheckError, type Finding } from './finding.ts';
export { checkLogql } from './logql.ts';
export {
  checkManifests,
  MANIFEST_CHECKS,
  type ManifestContext,
  type ManifestFinding,
  type ManifestObject,
  manifestWarnings,
} from './manifests.ts';
export { checkPromql } from './promql.ts';
export { checkOwners, checkRuleFile } from './rule-file.ts';
export type { AlertRule, RecordRule, RuleGroup, Rules } from './rule-view.ts';
export { checkSizes } from './size.ts';
export type { Content, Owned, RouteStep } from './stack-checks.ts';
export { CHECKS } from './table.ts';

export { checkDashboard, type DashboardFile } from './dashboard.ts';
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
export { checkSizes } from './size.ts';

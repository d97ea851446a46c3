import type { CheckEntry } from './check.ts';
import { DASHBOARD_CHECKS } from './dashboards/layout-checks.ts';
import { LEGEND_CHECKS } from './dashboards/legend-checks.ts';
import { PANEL_CHECKS } from './dashboards/panel-checks.ts';
import { TARGET_CHECKS } from './dashboards/target-checks.ts';
import { TEMPLATE_CHECKS } from './dashboards/template-checks.ts';
import { UNIT_CHECKS } from './dashboards/unit-checks.ts';
import { VARIABLE_CHECKS } from './dashboards/variable-checks.ts';
import { CATALOG_CHECKS } from './queries/catalog-checks.ts';
import { EXPRESSION_CHECKS } from './queries/expression-checks.ts';
import { LOG_CHECKS } from './queries/log-checks.ts';
import { ALERT_CHECKS } from './rules/alert-checks.ts';
import { RULE_CHECKS } from './rules/rule-checks.ts';
import { OWNER_CHECKS, STACK_CHECKS } from './rules/stack-checks.ts';
import { SIZE_CHECKS } from './size.ts';

/** Every check of dashboards, rules and sizes, in the order in which documents list them. */
export const CHECKS: readonly CheckEntry[] = [
  TEMPLATE_CHECKS,
  PANEL_CHECKS,
  TARGET_CHECKS,
  DASHBOARD_CHECKS,
  VARIABLE_CHECKS,
  LEGEND_CHECKS,
  UNIT_CHECKS,
  EXPRESSION_CHECKS,
  CATALOG_CHECKS,
  LOG_CHECKS,
  RULE_CHECKS,
  ALERT_CHECKS,
  STACK_CHECKS,
  OWNER_CHECKS,
  SIZE_CHECKS,
].flatMap((family): readonly CheckEntry[] => family.map(({ name, finds, source }) => ({ name, finds, source })));

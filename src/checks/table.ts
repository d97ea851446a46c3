import { ALERT_CHECKS } from './alert-checks.ts';
import { CATALOG_CHECKS } from './catalog-checks.ts';
import type { CheckEntry } from './check.ts';
import { EXPRESSION_CHECKS } from './expression-checks.ts';
import { DASHBOARD_CHECKS } from './layout-checks.ts';
import { LEGEND_CHECKS } from './legend-checks.ts';
import { LOG_CHECKS } from './log-checks.ts';
import { PANEL_CHECKS } from './panel-checks.ts';
import { RULE_CHECKS } from './rule-checks.ts';
import { SIZE_CHECKS } from './size.ts';
import { OWNER_CHECKS, STACK_CHECKS } from './stack-checks.ts';
import { TARGET_CHECKS } from './target-checks.ts';
import { TEMPLATE_CHECKS } from './template-checks.ts';
import { UNIT_CHECKS } from './unit-checks.ts';
import { VARIABLE_CHECKS } from './variable-checks.ts';

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

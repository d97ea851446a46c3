import { knownSeries } from '#promql';
import type { CheckEntry, Finding } from './check.ts';
import { DASHBOARD_CHECKS, dashboardFindings } from './dashboards/index.ts';
import { MANIFEST_CHECKS } from './manifests/index.ts';
import { CATALOG_CHECKS } from './queries/catalog-checks.ts';
import { EXPRESSION_CHECKS } from './queries/expression-checks.ts';
import { LOG_CHECKS } from './queries/log-checks.ts';
import { parsedOnce } from './queries/queries.ts';
import { RULE_CHECKS, ruleFindings, stackFindings } from './rules/index.ts';
import type { CheckedStack } from './rules/stack.ts';
import { ruleViewsOf } from './rules/view.ts';
import { SIZE_CHECKS } from './sizes.ts';

const entries = (checks: readonly CheckEntry[]): readonly CheckEntry[] =>
  checks.map(({ name, finds, source }) => ({ name, finds, source }));

/** Every check by what it looks at, in the order in which documents list them. */
export const CHECKS = {
  dashboards: entries(DASHBOARD_CHECKS),
  queries: entries([...EXPRESSION_CHECKS, ...CATALOG_CHECKS, ...LOG_CHECKS]),
  rules: entries(RULE_CHECKS),
  manifests: entries(MANIFEST_CHECKS),
  sizes: entries(SIZE_CHECKS),
} as const;

/** What is wrong with the dashboards and rules of a stack; each query is parsed once. */
export const checkContent = (stack: CheckedStack): readonly Finding[] => {
  const context = { queries: parsedOnce(), known: knownSeries(stack.metrics) };
  const rules = stack.rules.flatMap((file) => ruleViewsOf(file, context));
  return [
    ...stack.dashboards.flatMap((file) => dashboardFindings(file, context)),
    ...ruleFindings(rules),
    ...stackFindings(stack, rules),
  ];
};

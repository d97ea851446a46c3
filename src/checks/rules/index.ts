import { type Finding, runAll } from '../check.ts';
import { CATALOG_CHECKS } from '../queries/catalog-checks.ts';
import { EXPRESSION_CHECKS } from '../queries/expression-checks.ts';
import { ALERT_CHECKS, ANY_RULE_CHECKS } from './alerts.ts';
import { type CheckedStack, OWNER_CHECKS, STACK_CHECKS } from './stack.ts';
import { alertViewsOf, type RuleView } from './view.ts';

/** All checks of rules, and of what alerts refer to. */
export const RULE_CHECKS = [...ANY_RULE_CHECKS, ...ALERT_CHECKS, ...STACK_CHECKS, ...OWNER_CHECKS];

/** What is wrong with rules by themselves. */
export const ruleFindings = (views: readonly RuleView[]): readonly Finding[] =>
  views.flatMap((view) => [
    ...runAll(ANY_RULE_CHECKS, view),
    ...expressionFindings(view),
    ...alertViewsOf(view).flatMap((alert) => runAll(ALERT_CHECKS, alert)),
  ]);

const expressionFindings = ({ path, rule, read, known }: RuleView): readonly Finding[] =>
  read.fault === undefined
    ? runAll([...EXPRESSION_CHECKS, ...CATALOG_CHECKS], { ...read.says, path, texts: textsOf(rule), known })
    : [];

const textsOf = (rule: RuleView['rule']): readonly string[] =>
  'alert' in rule ? [...Object.values(rule.labels ?? {}), ...Object.values(rule.annotations ?? {})] : [];

/** What is wrong between the alerts of a stack and what they refer to. */
export const stackFindings = (stack: CheckedStack, views: readonly RuleView[]): readonly Finding[] => [
  ...views.flatMap(alertViewsOf).flatMap((alert) => runAll(STACK_CHECKS, { ...alert, stack })),
  ...stack.alerts.flatMap((alert) => runAll(OWNER_CHECKS, { alert, dashboards: stack.dashboards })),
];

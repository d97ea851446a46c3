import { runAll } from '../check.ts';
import type { DashboardFile } from '../dashboards/dashboard-json.ts';
import type { Finding } from '../finding.ts';
import { CATALOG_CHECKS } from '../queries/catalog-checks.ts';
import { EXPRESSION_CHECKS } from '../queries/expression-checks.ts';
import { ALERT_CHECKS } from './alert-checks.ts';
import { RULE_CHECKS } from './rule-checks.ts';
import { alertViewsOf, type RuleView, type RuleViewing, ruleViewsOf } from './rule-view.ts';
import { type Content, OWNER_CHECKS, type Owned, STACK_CHECKS } from './stack-checks.ts';

/** Everything that does not hold of some rules by themselves. */
export const ruleFindings = (views: readonly RuleView[]): readonly Finding[] =>
  views.flatMap((view) => [
    ...runAll(RULE_CHECKS, view),
    ...expressionFindings(view),
    ...alertViewsOf(view).flatMap((alert) => runAll(ALERT_CHECKS, alert)),
  ]);

const expressionFindings = ({ path, rule, read, known }: RuleView): readonly Finding[] =>
  read.fault === undefined
    ? runAll([...EXPRESSION_CHECKS, ...CATALOG_CHECKS], { ...read.says, path, texts: textsOf(rule), known })
    : [];

const textsOf = (rule: RuleView['rule']): readonly string[] =>
  'alert' in rule ? [...Object.values(rule.labels ?? {}), ...Object.values(rule.annotations ?? {})] : [];

/** Every alert's owner panel is on a dashboard, with the alert's line. */
const ownerFindings = (alerts: readonly Owned[], dashboards: readonly DashboardFile[]): readonly Finding[] =>
  alerts.flatMap((alert) => runAll(OWNER_CHECKS, { alert, dashboards }));

/** Everything that does not hold between the alerts of a stack and what is around them. */
export const stackFindings = (stack: Content, viewing: RuleViewing): readonly Finding[] => [
  ...stack.rules
    .flatMap((file) => ruleViewsOf(file, viewing))
    .flatMap(alertViewsOf)
    .flatMap((alert) => runAll(STACK_CHECKS, { ...alert, stack })),
  ...ownerFindings(stack.alerts, stack.dashboards),
];

import { STACK_HEALTH_PANELS as PANELS } from '#catalog';
import { stackSignals as signals } from '#signals';
import { alert, EVENT_FOR, group } from '../house/index.ts';

/** Whether the rules of our alerts are evaluated. */
export const ruleEvaluation = group('rule-evaluation', [
  alert({
    name: 'RuleEvaluationFailing',
    severity: 'page',
    for: EVENT_FOR,
    signal: signals.ruleFailures,
    threshold: { value: 0, because: 'an alert that cannot be evaluated cannot fire' },
    panel: PANELS.ruleEvaluationFailures,
    summary: ({ instance, rule_group }) => `${instance} cannot evaluate a rule of ${rule_group}.`,
    description: ({ rule_group, value }) =>
      `${value.fixed(1)} evaluations of ${rule_group} fail per minute; alerts of that group may be missing.`,
    action:
      'Read the error next to the rule under Status, Rule health; usually two series match where one is expected.',
  }),
  alert({
    name: 'RuleEvaluationsMissed',
    severity: 'ticket',
    for: EVENT_FOR,
    signal: signals.ruleEvaluationsMissed,
    threshold: { value: 0, because: 'missed evaluations delay alerts beyond what their rules promise' },
    panel: PANELS.ruleEvaluationFailures,
    summary: ({ instance, rule_group }) => `${instance} misses evaluations of ${rule_group}.`,
    description: ({ rule_group, value }) =>
      `${value.fixed(1)} evaluations of ${rule_group} per minute are missed, because the previous ones take too long.`,
    action: 'Find the slow group and check the load of Prometheus; make its rules cheaper or give Prometheus more CPU.',
  }),
  alert({
    name: 'RuleEvaluationSlow',
    severity: 'ticket',
    for: '15m',
    signal: signals.ruleGroupUsage,
    threshold: {
      value: 80,
      because: 'beyond its whole interval a group misses evaluations; a fifth is left for busy hours',
    },
    panel: PANELS.ruleEvaluationTime,
    summary: ({ instance, rule_group, value }) =>
      `${rule_group} takes ${value.fixed(0)}% of its interval on ${instance}.`,
    description: ({ threshold }) => `An evaluation takes more than ${threshold}% of the evaluation interval.`,
    action: 'Find the slowest rule of the group under Status, Rule health; record what it computes, or narrow it.',
  }),
]);

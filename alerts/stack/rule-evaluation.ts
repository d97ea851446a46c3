import { STACK_HEALTH_PANELS as PANELS, prometheus } from '#catalog';
import { div, gt, mul, value } from '#promql';
import { alert, group, EVENT_WAIT, eventsPerMinute } from '../house/index.ts';

/** Whether the rules that wake people are evaluated. */
export const ruleEvaluation = group('rule-evaluation', [
  alert({
    name: 'RuleEvaluationFailing',
    severity: 'page',
    wait: EVENT_WAIT,
    threshold: { value: 0, unit: 'perMinute', because: 'an alert that cannot be evaluated cannot wake anybody' },
    panel: PANELS.ruleEvaluationFailures,
    series: '{rule_group}',
    expr: (threshold) => gt(eventsPerMinute(prometheus.ruleFailures), threshold),
    summary: ({ instance, rule_group }) => `${instance} cannot evaluate a rule of ${rule_group}.`,
    description: ({ rule_group, value }) =>
      `${value.fixed(1)} evaluations of ${rule_group} fail a minute; alerts of that group may be missing.`,
    action: 'Read the error beside the rule under Status, Rule health; usually two series match where one is expected.',
  }),
  alert({
    name: 'RuleEvaluationsMissed',
    severity: 'ticket',
    wait: EVENT_WAIT,
    threshold: { value: 0, unit: 'perMinute', because: 'what is left out is late: an alert waits longer than it says' },
    panel: PANELS.ruleEvaluationFailures,
    series: 'missed {rule_group}',
    expr: (threshold) => gt(eventsPerMinute(prometheus.ruleGroupMissed), threshold),
    summary: ({ instance, rule_group }) => `${instance} leaves out evaluations of ${rule_group}.`,
    description: ({ rule_group, value }) =>
      `${value.fixed(1)} evaluations of ${rule_group} are missed a minute, because the ones before take too long.`,
    action: 'See which group is slow and how busy Prometheus is; make its rules cheaper or give it more CPU.',
  }),
  alert({
    name: 'RuleEvaluationSlow',
    severity: 'ticket',
    wait: '15m',
    threshold: {
      value: 80,
      unit: 'percent',
      because: 'beyond its whole interval a group misses evaluations; a fifth is left for busy hours',
    },
    panel: PANELS.ruleEvaluationTime,
    expr: (threshold) =>
      gt(mul(div(value(prometheus.ruleGroupDuration), value(prometheus.ruleGroupInterval)), 100), threshold),
    summary: ({ instance, rule_group, value }) =>
      `${rule_group} takes ${value.fixed(0)} % of its interval on ${instance}.`,
    description: ({ threshold }) => `An evaluation takes more than ${threshold} % of the time until the next.`,
    action: 'Find the slowest rule of the group under Status, Rule health; record what it computes, or narrow it.',
  }),
]);

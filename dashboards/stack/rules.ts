import { STACK_HEALTH_PANELS as PANELS, prometheus } from '#catalog';
// biome-ignore format: one list of operators
import {
  labelReplace, sumBy, type Vector, value,
} from '#promql';
// biome-ignore format: one list of house words
import {
  PERCENT, perMinute, query, timeseries, toPanel,
} from '../house/index.ts';
import { eventsPerMinute, percentOf } from './rates.ts';

/** Groups of rules by their names alone; Prometheus puts the path of the file before them. */
const byName = (groups: Vector<'rule_group'>): Vector<'rule_group'> =>
  labelReplace(groups, { target: 'rule_group', replacement: '$1', source: 'rule_group', regex: '.*;(.*)' });

/** Which rules fail. */
export const ruleEvaluationFailures = () =>
  timeseries({
    panel: PANELS.ruleEvaluationFailures,
    title: 'Rules that fail',
    description:
      'Evaluations of rules that failed, and evaluations of whole groups that were left out, a minute and by group. Normal: 0. ' +
      'A rule that fails records nothing and fires nothing, so an alert of it is silent: Prometheus says under Status, Rule health ' +
      'which one and why; mostly its series have labels twice. A group is left out when the run before takes too long: see ' +
      '"Time of rule groups".',
    unit: perMinute(prometheus.ruleFailures),
    queries: [
      query(byName(sumBy(['rule_group'], eventsPerMinute(prometheus.ruleFailures))), '{{rule_group}}'),
      query(byName(sumBy(['rule_group'], eventsPerMinute(prometheus.ruleGroupMissed))), 'missed {{rule_group}}'),
    ],
    links: [toPanel('Time of rule groups', PANELS.ruleEvaluationTime)],
    noValue: 'No rules',
  });

/** Whether the rules are evaluated in time. */
export const ruleEvaluationTime = () =>
  timeseries({
    panel: PANELS.ruleEvaluationTime,
    title: 'Time of rule groups',
    description:
      'How much of its interval the last evaluation of a group of rules took, in percent. Normal: below 10. At 100 runs are left ' +
      'out, alerts come late and recorded series get gaps. All groups at once: Prometheus lacks CPU or memory, see "CPU". One ' +
      'alone: one of its rules reads too many series; record a part of it, or give the group a longer interval.',
    unit: PERCENT,
    queries: [
      query(
        percentOf(value(prometheus.ruleGroupDuration), value(prometheus.ruleGroupInterval)),
        '{{rule_group}} {{instance}}',
      ),
    ],
    links: [toPanel('Rules that fail', PANELS.ruleEvaluationFailures)],
    noValue: 'No rules',
  });

import { type Counter, prometheus } from '#catalog';
import { div, labelReplace, mul, RATE_INTERVAL, type Vector, value } from '#promql';
import { EVENT_RANGE, eventsPerMinute } from '../rates.ts';
import { signal } from '../signal.ts';

type Grouped = 'job' | 'instance' | 'rule_group';

/** Rule groups by name alone; Prometheus puts the path of the file before it. */
const byName = (groups: Vector<Grouped>): Vector<Grouped> =>
  labelReplace(groups, { target: 'rule_group', replacement: '$1', source: 'rule_group', regex: '.*;(.*)' });

const perGroup = (metric: Counter<{ readonly rule_group: string }>): Vector<Grouped> =>
  byName(eventsPerMinute(metric, RATE_INTERVAL));

/** Rule evaluations that fail per minute. */
export const ruleFailures = signal({
  id: 'prometheus/rule-failures',
  measure: (window) => eventsPerMinute(prometheus.ruleFailures, window),
  unit: 'perMinute',
  legend: 'failed {{rule_group}} {{instance}}',
  range: EVENT_RANGE,
  drawn: () => perGroup(prometheus.ruleFailures),
});

/** Evaluations of whole rule groups that are missed per minute. */
export const ruleEvaluationsMissed = signal({
  id: 'prometheus/rule-evaluations-missed',
  measure: (window) => eventsPerMinute(prometheus.ruleGroupMissed, window),
  unit: 'perMinute',
  legend: 'missed {{rule_group}} {{instance}}',
  range: EVENT_RANGE,
  drawn: () => perGroup(prometheus.ruleGroupMissed),
});

/** How much of its interval the last evaluation of each rule group took, in percent. */
export const ruleGroupUsage = signal({
  id: 'prometheus/rule-group-usage',
  measure: () => mul(div(value(prometheus.ruleGroupDuration), value(prometheus.ruleGroupInterval)), 100),
  unit: 'percent',
  legend: '{{rule_group}} {{instance}}',
});

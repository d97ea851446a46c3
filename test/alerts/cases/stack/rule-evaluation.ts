import { type Counter, prometheus } from '#catalog';
import { constant, type InputSeries, series } from '../../../support/promtool.ts';
import { type AlertCases, casesOf } from '../alert-cases.ts';
import { eventStories, limitStories, type Valued } from './stories.ts';

const job = 'prometheus';
const instance = 'prometheus-0';
const rule_group = '/etc/prometheus/rules/latency.yaml;latency';
const labels = { job, instance, rule_group };
const other = { job, instance, rule_group: '/etc/prometheus/rules/targets.yaml;targets' };

type ByGroup = Counter<{ readonly rule_group: string }>;

const inGroup =
  (metric: ByGroup): Valued =>
  (values) => [series(metric, labels, values), series(metric, other, constant(2))];

/** A group whose evaluation takes so many seconds of its thirty, beside one that takes few of its sixty. */
const taking = (seconds: number): readonly InputSeries[] => [
  series(prometheus.ruleGroupDuration, labels, constant(seconds)),
  series(prometheus.ruleGroupInterval, labels, constant(30)),
  series(prometheus.ruleGroupDuration, other, constant(40)),
  series(prometheus.ruleGroupInterval, other, constant(60)),
];

export const ruleEvaluation: readonly AlertCases[] = [
  casesOf('RuleEvaluationFailing', (figures) =>
    eventStories(figures, {
      of: inGroup(prometheus.ruleFailures),
      labels,
      reads: {
        summary: `${instance} cannot evaluate a rule of ${rule_group}.`,
        description: `0.5 evaluations of ${rule_group} fail per minute; alerts of that group may be missing.`,
      },
    }),
  ),
  casesOf('RuleEvaluationsMissed', (figures) =>
    eventStories(figures, {
      of: inGroup(prometheus.ruleGroupMissed),
      labels,
      reads: {
        summary: `${instance} misses evaluations of ${rule_group}.`,
        description: `0.5 evaluations of ${rule_group} per minute are missed, because the previous ones take too long.`,
      },
    }),
  ),
  casesOf('RuleEvaluationSlow', (figures) =>
    limitStories(figures, {
      at: (percent) => taking((30 * percent) / 100),
      labels,
      reads: {
        summary: `${rule_group} takes 84% of its interval on ${instance}.`,
        description: 'An evaluation takes more than 80% of the evaluation interval.',
      },
    }),
  ),
];

import { STACK_HEALTH_PANELS as PANELS, prometheus } from '#catalog';
import { stackSignals } from '#signals';
import { draw, PERCENT, perMinute, timeseries, toPanel } from '../house/index.ts';

/** Which rules fail. */
export const ruleEvaluationFailures = () =>
  timeseries({
    panel: PANELS.ruleEvaluationFailures,
    title: 'Rule failures',
    description:
      'Rule evaluations that failed, and evaluations of whole groups that were missed, per minute and group. Normal: 0. ' +
      'A rule that fails records nothing and fires nothing, so its alert is silent: Prometheus shows under Status, Rule health ' +
      'which one and why; usually its series match more than once. A group is missed when its previous evaluation takes too ' +
      'long: see "Rule group duration".',
    unit: perMinute(prometheus.ruleFailures),
    queries: [draw(stackSignals.ruleFailures), draw(stackSignals.ruleEvaluationsMissed)],
    links: [toPanel('Rule group duration', PANELS.ruleEvaluationTime)],
    noValue: 'No rules',
  });

/** Whether the rules are evaluated in time. */
export const ruleEvaluationTime = () =>
  timeseries({
    panel: PANELS.ruleEvaluationTime,
    title: 'Rule group duration',
    description:
      'How much of its interval the last evaluation of each rule group took, in percent. Normal: below 10. At 100 evaluations are ' +
      'missed, alerts come late and recorded series get gaps. All groups at once: Prometheus lacks CPU or memory, see "CPU". A ' +
      'single one: one of its rules reads too many series; record a part of it, or give the group a longer interval.',
    unit: PERCENT,
    queries: [draw(stackSignals.ruleGroupUsage)],
    links: [toPanel('Rule failures', PANELS.ruleEvaluationFailures)],
    noValue: 'No rules',
  });

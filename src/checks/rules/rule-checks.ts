import { toSeconds } from '#catalog';
import { type Check, findingIf } from '../check.ts';
import type { RuleView } from './rule-view.ts';

/** Beyond this Prometheus takes a series for gone between two evaluations, in seconds. */
const STALE_AFTER = 300;

/** What holds of every rule, whatever it says. */
export const RULE_CHECKS: readonly Check<RuleView>[] = [
  {
    name: 'promql/syntax',
    finds: 'a rule whose expression is no PromQL',
    source: 'pint',
    run: ({ path, read: { fault } }) => (fault === undefined ? [] : [{ path, ...fault }]),
  },
  {
    name: 'group/interval',
    finds: 'rules that are evaluated so seldom that what they record has gaps',
    source: 'pint',
    run: ({ path, group: { interval }, rule }) => {
      const seconds = interval === undefined ? 0 : secondsOf(interval);
      const holds = 'alert' in rule && rule.keep_firing_for !== undefined && secondsOf(rule.keep_firing_for) >= seconds;
      return findingIf(!(seconds <= STALE_AFTER || holds), () => ({
        path,
        problem: `its group is evaluated every ${interval}`,
        repair: 'evaluate it every 5m or more often',
      }));
    },
  },
];

/** The length of a duration in seconds; not a number where it is none. */
export const secondsOf = (duration: string): number => {
  try {
    return toSeconds(duration);
  } catch {
    return Number.NaN;
  }
};

import { type Alert, type AlertGroup, alertsOf, type Recording, type Rule } from '#alerts';
import { walk } from '#promql';
import type { AlertCases } from '../alerts/cases/alert-cases.ts';
import { checksAt, type Depth } from '../support/promtool.ts';
import type { MutantTest } from './case-run.ts';
import { treeOf } from './mutants.ts';

/** A rule to run, and what its mutants stand mutantTest with and by. */
export interface RuleMutants {
  readonly rule: Rule;
  /** The rules that are evaluated with it, itself in its place. */
  readonly context: readonly Rule[];
  /** The cases of the rule, or of the alerts that read it. */
  readonly cases: readonly AlertCases[];
}

const reads = (rule: Rule, recording: Recording): boolean =>
  walk(treeOf(rule)).some((node) => node.kind === 'selector' && node.metric === recording.series);

/** The recordings that a rule reads, those that they read included, in the order of the groups. */
const sources = (rule: Rule, recordings: readonly Recording[]): readonly Recording[] => {
  const found = new Set<Recording>();
  const follow = (reader: Rule): void => {
    for (const one of recordings.filter((recording) => !found.has(recording) && reads(reader, recording))) {
      found.add(one);
      follow(one);
    }
  };
  follow(rule);
  return recordings.filter((one) => found.has(one));
};

/** Every rule of some groups with what its mutants need. */
export const ruleMutantsOf = (
  groups: readonly AlertGroup[],
  allCases: readonly AlertCases[],
): readonly RuleMutants[] => {
  const recordings = groups.flatMap(({ rules }) => rules).filter((rule) => rule.kind === 'record');
  const readers = (recording: Recording): readonly Alert[] =>
    alertsOf(groups).filter((alert) => sources(alert, recordings).includes(recording));
  return groups
    .flatMap(({ rules }) => rules)
    .map((rule) => {
      const alerts = rule.kind === 'alert' ? [rule] : readers(rule);
      const needed = new Set(alerts.flatMap((alert) => sources(alert, recordings)));
      return {
        rule,
        context: [...recordings.filter((one) => needed.has(one)), ...alerts],
        cases: allCases.filter(({ alert }) => alerts.includes(alert)),
      };
    });
};

/** The tests that the mutants of a rule can stand: all stories by their labels, then those with words by these. */
export const testsOf = ({ cases }: RuleMutants): readonly MutantTest[] =>
  (['labels', 'words'] satisfies readonly Depth[]).flatMap((depth) =>
    cases.flatMap(({ alert, cases: stories }) =>
      stories
        .filter((story) => depth === 'labels' || checksAt(story, depth).length > 0)
        .map((story) => ({ subject: { alertname: alert.name, severity: alert.severity }, story, depth })),
    ),
  );

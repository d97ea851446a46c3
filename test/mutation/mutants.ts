import type { Alert, Recording, Rule } from '#alerts';
import type { Duration } from '#catalog';
import { type Node, print } from '#promql';
import { conditions } from './conditions.ts';
import { otherLengths, TREE_OPERATORS } from './operators.ts';
import { variations } from './tree.ts';

/** What is done to a rule. */
export type MutationOperator = keyof typeof TREE_OPERATORS | 'matcher' | 'for';

/** A rule with one thing changed. */
export interface Mutant {
  readonly operator: MutationOperator;
  /** What has changed. */
  readonly change: string;
  /** Which of several equal changes it is, the first being 1. */
  readonly place: number;
  readonly rule: Rule;
}

/** The rule's name; recordings of one series are told apart by their static labels. */
export const ruleName = (rule: Rule): string =>
  rule.kind === 'alert'
    ? rule.name
    : `${rule.series}{${Object.entries(rule.labels)
        .map(([label, value]) => `${label}="${value}"`)
        .join(', ')}}`;

/** The tree of a rule, an alert's with its own threshold. */
export const treeOf = (rule: Rule): Node =>
  (rule.kind === 'alert' ? rule.expr(rule.threshold?.value ?? 0) : rule.expr()).node;

type Change = Pick<Mutant, 'operator' | 'change' | 'rule'>;

/** Every mutant of a rule: each differs from it, and from every other, in what Prometheus reads. */
export const mutantsOf = (rule: Rule): readonly Mutant[] => {
  const changes = [
    ...treeChanges(rule),
    ...matcherChanges(rule),
    ...(rule.kind === 'alert' ? durationChanges(rule) : []),
  ];
  return numbered(distinct(rule, changes));
};

const treeChanges = (rule: Rule): readonly Change[] =>
  Object.entries(TREE_OPERATORS).flatMap(([operator, vary]) =>
    variations(treeOf(rule), vary).map(({ change, node }) => ({
      operator: operator as keyof typeof TREE_OPERATORS,
      change,
      rule: withTree(rule, node),
    })),
  );

/** A matcher less, at every selector that repeats it for a join. */
const matcherChanges = (rule: Rule): readonly Change[] =>
  conditions(treeOf(rule)).map(({ metrics, matcher: { label, op, value }, drop }) => ({
    operator: 'matcher',
    change: `${[...new Set(metrics)].join(', ')} without ${label}${op}"${value}"`,
    rule: withTree(rule, drop(treeOf(rule))),
  }));

const withTree = (rule: Rule, node: Node): Rule => {
  const expr = () => ({ node });
  return rule.kind === 'alert' ? ({ ...rule, expr } satisfies Alert) : ({ ...rule, expr } satisfies Recording);
};

const durationChanges = (alert: Alert): readonly Change[] =>
  alert.for === null
    ? []
    : otherLengths(alert.for).map((duration) => ({
        operator: 'for' as const,
        change: `for ${alert.for} → ${duration}`,
        rule: { ...alert, for: duration as Duration },
      }));

/** What Prometheus reads of a rule that a mutation can change. */
export const ruleText = (rule: Rule): string => {
  const expression = print({ node: treeOf(rule) });
  return rule.kind === 'alert' && rule.for !== null ? `${expression}\nfor ${rule.for}` : expression;
};

const distinct = (original: Rule, changes: readonly Change[]): readonly Change[] => {
  const seen = new Set([ruleText(original)]);
  return changes.filter(({ rule }) => {
    const text = ruleText(rule);
    if (seen.has(text)) return false;
    seen.add(text);
    return true;
  });
};

const numbered = (changes: readonly Change[]): readonly Mutant[] => {
  const counts = new Map<string, number>();
  return changes.map((one) => {
    const place = (counts.get(one.change) ?? 0) + 1;
    counts.set(one.change, place);
    return { ...one, place };
  });
};

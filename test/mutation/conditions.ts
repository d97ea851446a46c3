import type { Matcher, Node } from '#promql';
import { type NodeOf, slots } from './tree.ts';

/** What a tree asks of a label, at one selector or at several: without it, `drop` makes the tree. */
export interface Condition {
  readonly metrics: readonly string[];
  readonly matcher: Matcher;
  readonly drop: (node: Node) => Node;
}

/** Conditions of a tree: those whose label its series still have, and those whose label is gone. */
interface Conditions {
  readonly open: readonly Condition[];
  readonly closed: readonly Condition[];
}

/**
 * The conditions of a tree. Where both sides of a join ask the same of a label by which they match, either side implies
 * the other's, so that both are one condition: to drop one of them alone changes nothing.
 */
export const conditions = (root: Node): readonly Condition[] => {
  const { open, closed } = conditionsOf(root);
  return [...open, ...closed];
};

const conditionsOf = (node: Node): Conditions => {
  if (node.kind === 'selector') return { open: ownConditions(node), closed: [] };
  const below = slots(node).map(({ child }, index) => lifted(conditionsOf(child), index));
  const open = below.map((one) => one.open);
  const closed = below.flatMap((one) => one.closed);
  if (node.kind === 'binary') return { open: merged(node, open), closed };
  const kept = (one: Condition): boolean => keeps(node, one.matcher.label);
  return { open: open.flat().filter(kept), closed: [...open.flat().filter((one) => !kept(one)), ...closed] };
};

const ownConditions = (node: NodeOf<'selector'>): readonly Condition[] =>
  node.matchers.map((matcher) => ({
    metrics: [node.metric],
    matcher,
    drop: (one) =>
      one.kind === 'selector' ? { ...one, matchers: one.matchers.filter((own) => !same(own, matcher)) } : one,
  }));

/** The conditions of a child as those of its parent. */
const lifted = ({ open, closed }: Conditions, index: number): Conditions => {
  const lift = (one: Condition): Condition => ({
    ...one,
    drop: (node) => {
      const slot = slots(node)[index];
      return slot === undefined ? node : slot.put(one.drop(slot.child));
    },
  });
  return { open: open.map(lift), closed: closed.map(lift) };
};

const merged = (node: NodeOf<'binary'>, [left = [], right = []]: readonly (readonly Condition[])[]) => {
  const twin = (one: Condition): Condition | undefined =>
    right.find(({ matcher }) => matchesBy(node, matcher.label) && same(matcher, one.matcher));
  const twins = new Set(left.flatMap((one) => twin(one) ?? []));
  return [...left.map((one) => together(one, twin(one))), ...right.filter((one) => !twins.has(one))];
};

const same = (a: Matcher, b: Matcher): boolean => a.label === b.label && a.op === b.op && a.value === b.value;

const together = (one: Condition, other: Condition | undefined): Condition =>
  other === undefined
    ? one
    : { ...one, metrics: [...one.metrics, ...other.metrics], drop: (node) => other.drop(one.drop(node)) };

/** Whether series of both sides meet only where they have the same value of a label. */
const matchesBy = ({ op, matching }: NodeOf<'binary'>, label: string): boolean => {
  if (op === 'or' || op === 'unless') return false;
  return matching === null || matching.labels.includes(label) === (matching.kind === 'on');
};

/** Functions whose series do not have the labels of what they take. */
const RELABELLING = /^(absent|absent_over_time|scalar|label_replace|label_join)$/;

const keeps = (node: Node, label: string): boolean => {
  if (node.kind === 'call') return !RELABELLING.test(node.name);
  if (node.kind !== 'aggregation') return true;
  return node.grouping !== null && node.grouping.labels.includes(label) === (node.grouping.kind === 'by');
};

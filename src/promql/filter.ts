import { TARGET_LABELS } from '#catalog';
import type { Expression } from './expression.ts';
import { type Matcher, type Node, rewrite } from './node.ts';

/**
 * The same expression with conditions on every selector whose metric has the label; dashboards add their variables so.
 * Conditions on a label that a metric lacks do not touch its selectors, nor do those on a label on which the author has one;
 * only target labels get both, because a choice among the targets holds for everything that is shown.
 */
export const restrict = <E extends Expression>(expression: E, conditions: readonly Matcher[]): E => ({
  ...expression,
  node: rewrite(expression.node, (node) => (node.kind === 'selector' ? restrictSelector(node, conditions) : node)),
});

const restrictSelector = (node: Extract<Node, { kind: 'selector' }>, conditions: readonly Matcher[]): Node => {
  const applicable = conditions.filter(
    ({ label }) =>
      node.labels.includes(label) && (isTarget(label) || !node.matchers.some((own) => own.label === label)),
  );
  return { ...node, matchers: [...applicable, ...node.matchers] };
};

const isTarget = (label: string): boolean => TARGET_LABELS.some((target) => target === label);

import { type BinaryOperator, type LabelFilter, type MetricNode, type NodeOf, PRECEDENCE } from './node.ts';

/** A side of a binary operator. */
export type Side = 'left' | 'right';

const samePrecedence = (a: BinaryOperator, b: BinaryOperator): boolean => PRECEDENCE[a] === PRECEDENCE[b];

/**
 * Whether a side of an operator needs parentheses: only `^` groups to the right. `-2 ^ 2` is 4 for Loki and -4 for
 * Prometheus, so a negative number before `^` gets a pair for its readers.
 */
export const sideNeedsParentheses = (parent: NodeOf<'binary'>, side: Side): boolean => {
  const child = parent[side];
  if (isNegative(child)) return side === 'left' && parent.op === '^';
  if (child.kind !== 'binary') return false;
  const loose = side === (parent.op === '^' ? 'left' : 'right');
  return PRECEDENCE[child.op] < PRECEDENCE[parent.op] || (loose && samePrecedence(child.op, parent.op));
};

const isNegative = (node: MetricNode): boolean => node.kind === 'number' && node.value < 0;

/** Whether a side of `and` or `or` between conditions needs parentheses: `and` binds more tightly, both group to the left. */
export const conditionNeedsParentheses = (
  parent: Extract<LabelFilter, { readonly kind: 'and' | 'or' }>,
  side: Side,
): boolean => {
  const { kind } = parent[side];
  if (kind !== 'and' && kind !== 'or') return false;
  return (parent.kind === 'and' && kind === 'or') || (side === 'right' && kind === parent.kind);
};

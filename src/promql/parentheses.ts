import { type BinaryOperator, type Node, type NodeOf, PRECEDENCE, UNARY_PRECEDENCE } from './node.ts';

/** A side of a binary operator. */
export type Side = 'left' | 'right';

/** Whether two operators bind equally tightly. */
export const samePrecedence = (a: BinaryOperator, b: BinaryOperator): boolean => PRECEDENCE[a] === PRECEDENCE[b];

/** Whether a side of an operator needs parentheses: only `^` groups to the right, and only its left cannot be a prefix minus. */
export const sideNeedsParentheses = (parent: NodeOf<'binary'>, side: Side): boolean => {
  const child = parent[side];
  if (isNegative(child)) return side === 'left' && parent.op === '^';
  if (child.kind !== 'binary') return false;
  const loose = side === (parent.op === '^' ? 'left' : 'right');
  return PRECEDENCE[child.op] < PRECEDENCE[parent.op] || (loose && samePrecedence(child.op, parent.op));
};

/**
 * Whether what follows a prefix minus needs parentheses. `-2 ^ 2` needs none for Prometheus, which negates the power,
 * but its editor’s parser and many readers take it for a power of -2.
 */
export const negatedNeedsParentheses = (of: Node): boolean =>
  of.kind === 'binary' && (PRECEDENCE[of.op] < UNARY_PRECEDENCE || of.left.kind === 'number');

/** Whether what `[…]`, `offset` or `@` follows needs parentheses. */
export const postfixedNeedsParentheses = (of: Node): boolean => of.kind === 'binary' || isNegative(of);

const isNegative = (node: Node): boolean => node.kind === 'negation' || (node.kind === 'number' && node.value < 0);

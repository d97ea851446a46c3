import { type BinaryNode, type BinaryOperator, PRECEDENCE } from './node.ts';

/** A side of a binary operator. */
export type Side = 'left' | 'right';

/** A node of any language: numbers, negations and binary operators are called the same in all. */
export interface Kinded {
  readonly kind: string;
}

/** Whether two operators bind equally tightly. */
export const samePrecedence = (a: BinaryOperator, b: BinaryOperator): boolean => PRECEDENCE[a] === PRECEDENCE[b];

/**
 * Whether a side of an operator needs parentheses: only `^` groups to the right, and only its left cannot be a prefix
 * minus. `-2 ^ 2` is 4 for Loki and -4 for Prometheus, so a negative number before `^` gets a pair for its readers.
 */
export const sideNeedsParentheses = <N extends Kinded>(parent: BinaryNode<N>, side: Side): boolean => {
  const child = parent[side];
  if (isNegative(child)) return side === 'left' && parent.op === '^';
  if (!isBinary(child)) return false;
  const loose = side === (parent.op === '^' ? 'left' : 'right');
  return PRECEDENCE[child.op] < PRECEDENCE[parent.op] || (loose && samePrecedence(child.op, parent.op));
};

/** Whether a node is written with a minus before it. */
export const isNegative = (node: Kinded): boolean => node.kind === 'negation' || (isNumber(node) && node.value < 0);

const isNumber = (node: Kinded): node is { readonly kind: 'number'; readonly value: number } => node.kind === 'number';

const isBinary = (node: Kinded): node is BinaryNode<Kinded> => node.kind === 'binary';

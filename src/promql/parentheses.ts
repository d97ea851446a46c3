import { isNegative, PRECEDENCE, UNARY_PRECEDENCE } from '#vectors';
import type { Node } from './node.ts';

/**
 * Whether what follows a prefix minus needs parentheses. `-2 ^ 2` needs none for Prometheus, which negates the power,
 * but its editor’s parser and many readers take it for a power of -2.
 */
export const negatedNeedsParentheses = (of: Node): boolean =>
  of.kind === 'binary' && (PRECEDENCE[of.op] < UNARY_PRECEDENCE || of.left.kind === 'number');

/** Whether what `[…]`, `offset` or `@` follows needs parentheses. */
export const postfixedNeedsParentheses = (of: Node): boolean => of.kind === 'binary' || isNegative(of);

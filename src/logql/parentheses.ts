import type { Side } from '#vectors';
import type { LabelFilter } from './node.ts';

/** Whether a side of `and` or `or` between conditions needs parentheses: `and` binds more tightly, both group to the left. */
export const conditionNeedsParentheses = (
  parent: Extract<LabelFilter, { readonly kind: 'and' | 'or' }>,
  side: Side,
): boolean => {
  const { kind } = parent[side];
  if (kind !== 'and' && kind !== 'or') return false;
  return (parent.kind === 'and' && kind === 'or') || (side === 'right' && kind === parent.kind);
};

import type { BinaryNode, Matching } from './node.ts';
import { type Kinded, type Side, sideNeedsParentheses } from './parentheses.ts';

/** One step to the right. */
export const INDENT = '  ';

/** Every line of a text one step further to the right. */
export const indent = (text: string): string =>
  text
    .split('\n')
    .map((line) => `${INDENT}${line}`)
    .join('\n');

/** A text in parentheses, which stand on lines of their own where the text has several. */
export const parenthesized = (text: string): string => (text.includes('\n') ? `(\n${indent(text)}\n)` : `(${text})`);

/** A binary operation as `write` writes its sides, with the parentheses that they need. */
export const binaryText = <N extends Kinded>(node: BinaryNode<N>, write: (node: N) => string): string =>
  `${operandText(node, 'left', write)} ${operatorText(node, write)} ${operandText(node, 'right', write)}`;

/** A side of a binary operation, in parentheses where it needs them. */
export const operandText = <N extends Kinded>(
  parent: BinaryNode<N>,
  side: Side,
  write: (node: N) => string,
): string => {
  const text = write(parent[side]);
  return sideNeedsParentheses(parent, side) ? parenthesized(text) : text;
};

/** An operator with how it compares and how its sides match. */
export const operatorText = <N extends Kinded>(node: BinaryNode<N>, write: (node: N) => string): string => {
  const { op, bool, matching } = node;
  const comparison = bool ? `${op} bool` : op;
  if (matching === null) return comparison;
  return `${comparison} ${matchingText(matching, operandText(node, 'right', write).startsWith('('))}`;
};

/** How two sides match. An empty list after `group_left` is left out, unless a parenthesis that follows would be taken for it. */
const matchingText = ({ kind, labels, group }: Matching, beforeParenthesis: boolean): string => {
  const by = `${kind} (${labels.join(', ')})`;
  if (group === undefined) return by;
  const { side, include } = group;
  const list = include.length > 0 || beforeParenthesis ? ` (${include.join(', ')})` : '';
  return `${by} group_${side}${list}`;
};

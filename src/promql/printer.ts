import type { Expression } from './expression.ts';
import type { Node, NodeOf } from './node.ts';
import {
  negatedNeedsParentheses,
  postfixedNeedsParentheses,
  type Side,
  samePrecedence,
  sideNeedsParentheses,
} from './parentheses.ts';
import { aggregationHead, matchingText, numberText, postfixText, selectorText, stringText } from './terms.ts';

/** The longest line that an expression takes before it is broken up, in characters. */
const LINE = 100;

/** An operand this short, such as a threshold, stays on its operator's line. */
const SHORT = 24;

const INDENT = '  ';

/** An expression as PromQL: on one line where it fits, on several indented lines where it does not. */
export const print = ({ node }: Expression): string => layout(node, LINE);

/** An expression as PromQL on one line, however long. */
export const printOnOneLine = ({ node }: Expression): string => flat(node);

/** Writes a node; the parameter of those that write the nodes around it. */
type Write = (node: Node) => string;

const layout = (node: Node, width: number): string => {
  const oneLine = flat(node);
  return oneLine.length <= width || isLeafCall(node) ? oneLine : broken(node, width);
};

const flat = (node: Node): string => {
  switch (node.kind) {
    case 'binary':
      return `${operand(node, 'left', flat)} ${operatorText(node)} ${operand(node, 'right', flat)}`;
    case 'aggregation':
      return `${aggregationHead(node)}(${aggregationArguments(node).map(flat).join(', ')})`;
    case 'call':
      return `${node.name}(${node.args.map(flat).join(', ')})`;
    default:
      return term(node, flat);
  }
};

const broken = (node: Node, width: number): string => {
  switch (node.kind) {
    case 'binary':
      return isShort(node.left) ? brokenAfterShort(node, width) : brokenBinary(node, width);
    case 'aggregation':
      return `${aggregationHead(node)}${brokenArguments(aggregationArguments(node), width)}`;
    case 'call':
      return `${node.name}${brokenArguments(node.args, width)}`;
    default:
      return term(node, (child) => layout(child, width));
  }
};

const brokenArguments = (nodes: readonly Node[], width: number): string =>
  nodes.length === 0 ? '()' : `(\n${nodes.map((node) => indent(layout(node, narrower(width)))).join(',\n')}\n)`;

/** `100 * (` and the rest below it, where the right side opens a parenthesis. */
const brokenAfterShort = (node: NodeOf<'binary'>, width: number): string => {
  const right = brokenOperand(node, 'right', width);
  return right.startsWith('(\n')
    ? `${operand(node, 'left', flat)} ${operatorText(node)} ${right}`
    : brokenBinary(node, width);
};

/** Operands of a chain such as `a and b unless c` stand at one depth, each operator on a line of its own. */
const brokenBinary = (node: NodeOf<'binary'>, width: number): string => {
  const { left } = node;
  const chained = left.kind === 'binary' && !sideNeedsParentheses(node, 'left') && samePrecedence(left.op, node.op);
  return [
    chained ? broken(left, width) : indent(brokenOperand(node, 'left', width)),
    `${operatorText(node)}${afterOperator(node, width)}`,
  ].join('\n');
};

const afterOperator = (node: NodeOf<'binary'>, width: number): string => {
  if (isShort(node.right)) return ` ${operand(node, 'right', flat)}`;
  const right = brokenOperand(node, 'right', width);
  return right.startsWith('(\n') ? ` ${right}` : `\n${indent(right)}`;
};

const brokenOperand = (node: NodeOf<'binary'>, side: Side, width: number): string =>
  operand(node, side, (child) => layout(child, narrower(width)));

const isShort = (node: Node): boolean => flat(node).length <= SHORT;

/** Whether a call has nothing but a selector in it, such as `rate(x[5m])`: a line break inside helps nobody. */
const isLeafCall = (node: Node): boolean => node.kind === 'call' && node.args.every(isLeaf);

const isLeaf = (node: Node): boolean => node.kind === 'selector' || (node.kind === 'matrix' && isLeaf(node.of));

const narrower = (width: number): number => width - INDENT.length;

const indent = (text: string): string =>
  text
    .split('\n')
    .map((line) => `${INDENT}${line}`)
    .join('\n');

const operatorText = (node: NodeOf<'binary'>): string => {
  const { op, bool, matching } = node;
  const comparison = bool ? `${op} bool` : op;
  if (matching === null) return comparison;
  return `${comparison} ${matchingText(matching, operand(node, 'right', flat).startsWith('('))}`;
};

const operand = (parent: NodeOf<'binary'>, side: Side, write: Write): string =>
  sideNeedsParentheses(parent, side) ? parenthesized(parent[side], write) : write(parent[side]);

const parenthesized = (node: Node, write: Write): string => {
  const inside = write(node);
  return inside.includes('\n') ? `(\n${indent(inside)}\n)` : `(${inside})`;
};

const aggregationArguments = ({ param, of }: NodeOf<'aggregation'>): readonly Node[] =>
  param === null ? [of] : [param, of];

const term = (node: Exclude<Node, NodeOf<'binary' | 'aggregation' | 'call'>>, write: Write): string => {
  switch (node.kind) {
    case 'number':
      return numberText(node.value);
    case 'string':
      return stringText(node.value);
    case 'selector':
      return selectorText(node);
    case 'negation':
      return `-${negatedNeedsParentheses(node.of) ? parenthesized(node.of, write) : write(node.of)}`;
    default:
      return `${postfixedNeedsParentheses(node.of) ? parenthesized(node.of, write) : write(node.of)}${postfixText(node)}`;
  }
};

import {
  binaryText,
  INDENT,
  indent,
  operandText,
  operatorText,
  parenthesized,
  type Side,
  samePrecedence,
  sideNeedsParentheses,
} from '#vectors';
import type { Expression } from './expression.ts';
import type { Node, NodeOf } from './node.ts';
import { negatedNeedsParentheses, postfixedNeedsParentheses } from './parentheses.ts';
import { aggregationHead, numberText, postfixText, selectorText, stringText } from './terms.ts';

/** The longest line that an expression takes before it is broken up, in characters. */
const LINE = 100;

/** An operand this short, such as a threshold, stays on its operator's line. */
const SHORT = 24;

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
      return binaryText(node, flat);
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
    ? `${operandText(node, 'left', flat)} ${operatorText(node, flat)} ${right}`
    : brokenBinary(node, width);
};

/** Operands of a chain such as `a and b unless c` stand at one depth, each operator on a line of its own. */
const brokenBinary = (node: NodeOf<'binary'>, width: number): string => {
  const { left } = node;
  const chained = left.kind === 'binary' && !sideNeedsParentheses(node, 'left') && samePrecedence(left.op, node.op);
  return [
    chained ? broken(left, width) : indent(brokenOperand(node, 'left', width)),
    `${operatorText(node, flat)}${afterOperator(node, width)}`,
  ].join('\n');
};

const afterOperator = (node: NodeOf<'binary'>, width: number): string => {
  if (isShort(node.right)) return ` ${operandText(node, 'right', flat)}`;
  const right = brokenOperand(node, 'right', width);
  return right.startsWith('(\n') ? ` ${right}` : `\n${indent(right)}`;
};

const brokenOperand = (node: NodeOf<'binary'>, side: Side, width: number): string =>
  operandText(node, side, (child) => layout(child, narrower(width)));

const isShort = (node: Node): boolean => flat(node).length <= SHORT;

/** Whether a call has nothing but a selector in it, such as `rate(x[5m])`: a line break inside helps nobody. */
const isLeafCall = (node: Node): boolean => node.kind === 'call' && node.args.every(isLeaf);

const isLeaf = (node: Node): boolean => node.kind === 'selector' || (node.kind === 'matrix' && isLeaf(node.of));

const narrower = (width: number): number => width - INDENT.length;

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
      return `-${negatedNeedsParentheses(node.of) ? parenthesized(write(node.of)) : write(node.of)}`;
    default:
      return `${postfixedNeedsParentheses(node.of) ? parenthesized(write(node.of)) : write(node.of)}${postfixText(node)}`;
  }
};

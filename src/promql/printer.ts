import type { Expression } from './expression.ts';
import { type BinaryOperator, type Matching, type Node, type NodeOf, PRECEDENCE, UNARY_PRECEDENCE } from './node.ts';

/** A side of a binary operator. */
type Side = 'left' | 'right';

/** One step to the right. */
const INDENT = '  ';

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
      return `${operandText(node, 'left', flat)} ${operatorText(node)} ${operandText(node, 'right', flat)}`;
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
    ? `${operandText(node, 'left', flat)} ${operatorText(node)} ${right}`
    : brokenBinary(node, width);
};

/** Operands of a chain such as `a and b unless c` have one depth, each operator on a line of its own. */
const brokenBinary = (node: NodeOf<'binary'>, width: number): string => {
  const { left } = node;
  const chained = left.kind === 'binary' && !sideNeedsParentheses(node, 'left') && samePrecedence(left.op, node.op);
  return [
    chained ? broken(left, width) : indent(brokenOperand(node, 'left', width)),
    `${operatorText(node)}${afterOperator(node, width)}`,
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

/** A number with the digits that its author wrote. */
const numberText = (value: number): string => {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? 'Inf' : '-Inf';
  return String(value);
};

/** A string in quotes; the escapes of JSON are those of PromQL. Prometheus takes a bare U+FFFD for broken UTF-8. */
const stringText = (value: string): string => JSON.stringify(value).replaceAll('\uFFFD', '\\ufffd');

const selectorText = ({ metric, matchers }: NodeOf<'selector'>): string => {
  const conditions = matchers.map(({ label, op, value }) => `${label}${op}${stringText(value)}`);
  return conditions.length === 0 ? metric : `${metric}{${conditions.join(', ')}}`;
};

/** The part of an aggregation before its arguments. */
const aggregationHead = ({ op, grouping }: NodeOf<'aggregation'>): string =>
  grouping === null ? op : `${op} ${grouping.kind} (${grouping.labels.join(', ')}) `;

const postfixText = (node: NodeOf<'matrix' | 'subquery' | 'offset' | 'at'>): string => {
  switch (node.kind) {
    case 'matrix':
      return `[${node.range}]`;
    case 'subquery':
      return `[${node.range}:${node.step ?? ''}]`;
    case 'offset':
      return ` offset ${node.by}`;
    case 'at':
      return typeof node.at === 'number' ? ` @ ${numberText(node.at)}` : ` @ ${node.at}()`;
  }
};

const indent = (text: string): string =>
  text
    .split('\n')
    .map((line) => `${INDENT}${line}`)
    .join('\n');

/** A text in parentheses, which are on lines of their own where the text has several. */
const parenthesized = (text: string): string => (text.includes('\n') ? `(\n${indent(text)}\n)` : `(${text})`);

/** A side of a binary operation, in parentheses where it needs them. */
const operandText = (parent: NodeOf<'binary'>, side: Side, write: Write): string => {
  const text = write(parent[side]);
  return sideNeedsParentheses(parent, side) ? parenthesized(text) : text;
};

const operatorText = (node: NodeOf<'binary'>): string => {
  const { op, bool, matching } = node;
  const comparison = bool ? `${op} bool` : op;
  if (matching === null) return comparison;
  return `${comparison} ${matchingText(matching, operandText(node, 'right', flat).startsWith('('))}`;
};

/** An empty list after `group_left` is left out, unless a parenthesis that follows would be taken for it. */
const matchingText = ({ kind, labels, group }: Matching, beforeParenthesis: boolean): string => {
  const by = `${kind} (${labels.join(', ')})`;
  if (group === undefined) return by;
  const { side, include } = group;
  const list = include.length > 0 || beforeParenthesis ? ` (${include.join(', ')})` : '';
  return `${by} group_${side}${list}`;
};

const samePrecedence = (a: BinaryOperator, b: BinaryOperator): boolean => PRECEDENCE[a] === PRECEDENCE[b];

/** Only `^` groups to the right, and only its left side cannot begin with a minus. */
const sideNeedsParentheses = (parent: NodeOf<'binary'>, side: Side): boolean => {
  const child = parent[side];
  if (isNegative(child)) return side === 'left' && parent.op === '^';
  if (child.kind !== 'binary') return false;
  const loose = side === (parent.op === '^' ? 'left' : 'right');
  return PRECEDENCE[child.op] < PRECEDENCE[parent.op] || (loose && samePrecedence(child.op, parent.op));
};

/** Whether a node begins with a minus. */
const isNegative = (node: Node): boolean => node.kind === 'negation' || (node.kind === 'number' && node.value < 0);

/**
 * Whether the operand of a minus needs parentheses. `-2 ^ 2` needs none for Prometheus, which negates the power, but its
 * editor’s parser and many readers take it for a power of -2.
 */
const negatedNeedsParentheses = (of: Node): boolean =>
  of.kind === 'binary' && (PRECEDENCE[of.op] < UNARY_PRECEDENCE || of.left.kind === 'number');

/** Whether the operand of `[…]`, `offset` or `@` needs parentheses. */
const postfixedNeedsParentheses = (of: Node): boolean => of.kind === 'binary' || isNegative(of);

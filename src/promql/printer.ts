import type { Expression } from './expression.ts';
import { type BinaryOperator, type Matching, type Node, PRECEDENCE, UNARY_PRECEDENCE } from './node.ts';

/** The longest line that an expression takes before it is broken up, in characters. */
const LINE = 100;

/** A right-hand side this short, such as a threshold, stays on its operator's line. */
const SHORT = 24;

const INDENT = '  ';

/** An expression as PromQL: on one line where it fits, on several indented lines where it does not. */
export const print = ({ node }: Expression): string => layout(node, LINE);

const layout = (node: Node, width: number): string => {
  const oneLine = flat(node);
  return oneLine.length <= width ? oneLine : broken(node, width);
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
  const inner = (child: Node): string => indent(layout(child, width - INDENT.length));
  switch (node.kind) {
    case 'binary':
      return brokenBinary(node, width);
    case 'aggregation':
      return `${aggregationHead(node)}(\n${aggregationArguments(node).map(inner).join(',\n')}\n)`;
    case 'call':
      return node.args.length === 0 ? flat(node) : `${node.name}(\n${node.args.map(inner).join(',\n')}\n)`;
    default:
      return term(node, (child) => layout(child, width));
  }
};

const indent = (text: string): string =>
  text
    .split('\n')
    .map((line) => `${INDENT}${line}`)
    .join('\n');

type Binary = Extract<Node, { kind: 'binary' }>;
type Aggregation = Extract<Node, { kind: 'aggregation' }>;

/** Operands of a chain such as `a and b unless c` stand at one depth, each operator on a line of its own. */
const brokenBinary = (node: Binary, width: number): string => {
  const inner = (child: Node): string => layout(child, width - INDENT.length);
  const chained =
    node.left.kind === 'binary' && !needsParentheses(node, 'left') && samePrecedence(node.left.op, node.op);
  const left = chained ? broken(node.left, width) : indent(operand(node, 'left', inner));
  const short = flat(node.right).length <= SHORT;
  const right = short ? ` ${operand(node, 'right', flat)}` : `\n${indent(operand(node, 'right', inner))}`;
  return `${left}\n${operatorText(node)}${right}`;
};

const samePrecedence = (a: BinaryOperator, b: BinaryOperator): boolean => PRECEDENCE[a] === PRECEDENCE[b];

const operatorText = ({ op, bool, matching }: Binary): string =>
  [op, bool ? 'bool' : '', matchingText(matching)].filter(Boolean).join(' ');

const matchingText = (matching: Matching | null): string => {
  if (matching === null) return '';
  const by = `${matching.kind} (${matching.labels.join(', ')})`;
  if (matching.group === undefined) return by;
  const { side, include } = matching.group;
  return `${by} group_${side} (${include.join(', ')})`;
};

const operand = (parent: Binary, side: 'left' | 'right', text: (node: Node) => string): string =>
  needsParentheses(parent, side) ? parenthesized(parent[side], text) : text(parent[side]);

const parenthesized = (node: Node, text: (node: Node) => string): string => {
  const inside = text(node);
  return inside.includes('\n') ? `(\n${indent(inside)}\n)` : `(${inside})`;
};

/** Only `^` groups to the right; a prefix minus on the right of an operator needs no help, on the left of `^` it does. */
const needsParentheses = (parent: Binary, side: 'left' | 'right'): boolean => {
  const child = parent[side];
  if (isNegative(child)) return side === 'left' && parent.op === '^';
  if (child.kind !== 'binary') return false;
  const loose = side === (parent.op === '^' ? 'left' : 'right');
  return PRECEDENCE[child.op] < PRECEDENCE[parent.op] || (loose && samePrecedence(child.op, parent.op));
};

const isNegative = (node: Node): boolean => node.kind === 'negation' || (node.kind === 'number' && node.value < 0);

const aggregationHead = ({ op, grouping }: Aggregation): string =>
  grouping === null ? op : `${op} ${grouping.kind} (${grouping.labels.join(', ')}) `;

const aggregationArguments = ({ param, of }: Aggregation): readonly Node[] => (param === null ? [of] : [param, of]);

type Operator = Binary | Aggregation | Extract<Node, { kind: 'call' }>;

const term = (node: Exclude<Node, Operator>, text: (node: Node) => string): string => {
  switch (node.kind) {
    case 'number':
      return numberText(node.value);
    case 'string':
      return JSON.stringify(node.value);
    case 'selector':
      return selectorText(node);
    case 'negation':
      return `-${isNegative(node.of) || bindsLooser(node.of) ? parenthesized(node.of, text) : text(node.of)}`;
    default:
      return `${postfixOperand(node.of, text)}${postfix(node)}`;
  }
};

const bindsLooser = (node: Node): boolean => node.kind === 'binary' && PRECEDENCE[node.op] < UNARY_PRECEDENCE;

const numberText = (value: number): string => {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? 'Inf' : '-Inf';
  return String(value);
};

const selectorText = ({ metric, matchers }: Extract<Node, { kind: 'selector' }>): string => {
  const conditions = matchers.map(({ label, op, value }) => `${label}${op}${JSON.stringify(value)}`);
  return conditions.length === 0 ? metric : `${metric}{${conditions.join(', ')}}`;
};

const ATOMS: readonly Node['kind'][] = ['selector', 'matrix', 'subquery', 'offset', 'at', 'call', 'aggregation'];

const postfixOperand = (node: Node, text: (node: Node) => string): string =>
  ATOMS.includes(node.kind) ? text(node) : parenthesized(node, text);

const postfix = (node: Extract<Node, { kind: 'matrix' | 'subquery' | 'offset' | 'at' }>): string => {
  switch (node.kind) {
    case 'matrix':
      return `[${node.range}]`;
    case 'subquery':
      return `[${node.range}:${node.step ?? ''}]`;
    case 'offset':
      return ` offset ${node.by}`;
    case 'at':
      return typeof node.at === 'number' ? ` @ ${node.at}` : ` @ ${node.at}()`;
  }
};

import type { SyntaxNode } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';
import type { Matcher, Node, NodeOf } from '#promql';
import { canonical } from './promql-canonical.ts';

type Operator = NodeOf<'binary'>['op'];
type Matching = NonNullable<NodeOf<'binary'>['matching']>;

/** An expression as the editor's parser reads it, in canonical form. @throws when it does not parse */
export const parseTree = (text: string): Node => canonical(read(topOf(text), text));

/** The positions of each pair of parentheses that only groups. @throws when the text does not parse */
export const groupingParentheses = (text: string): readonly (readonly [open: number, close: number])[] => {
  const found: (readonly [number, number])[] = [];
  topOf(text)
    .cursor()
    .iterate(({ name, from, to }) => {
      if (name === 'ParenExpr') found.push([from, to - 1]);
    });
  return found;
};

const topOf = (text: string): SyntaxNode => {
  const tree = parser.parse(text);
  tree.iterate({
    enter: ({ type, from }) => {
      if (type.isError) throw new Error(`invalid PromQL at ${from}: '${text.slice(from, from + 40)}' in '${text}'`);
    },
  });
  return only(tree.topNode);
};

const childrenOf = (node: SyntaxNode): readonly SyntaxNode[] => {
  const list: SyntaxNode[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling) list.push(child);
  return list;
};

const only = (node: SyntaxNode): SyntaxNode => {
  const [first] = childrenOf(node);
  if (first === undefined) throw new Error(`'${node.name}' has nothing in it`);
  return first;
};

const inside = (node: SyntaxNode, name: string): SyntaxNode => {
  const child = node.getChild(name);
  if (child === null) throw new Error(`'${node.name}' has no '${name}'`);
  return child;
};

const read = (node: SyntaxNode, text: string): Node => {
  if (isOperator(node) && spine(node).some((one) => isMisread(one, text))) return regrouped(flattened(node, text));
  switch (node.name) {
    case 'ParenExpr':
      return read(only(node), text);
    case 'UnaryExpr':
      return { kind: 'negation', of: read(at(childrenOf(node), 1), text) };
    case 'BinaryExpr':
      return { ...operatorOf(node, text), left: read(only(node), text), right: read(last(node), text) };
    default:
      return POSTFIX.includes(node.name) ? postfixed(node, read(only(node), text), text) : atom(node, text);
  }
};

const POSTFIX: readonly string[] = ['MatrixSelector', 'SubqueryExpr', 'OffsetExpr', 'StepInvariantExpr'];
const isPrefixOrInfix = ({ name }: SyntaxNode): boolean => name === 'BinaryExpr' || name === 'UnaryExpr';
const isOperator = (node: SyntaxNode): boolean => isPrefixOrInfix(node) || POSTFIX.includes(node.name);

/** The operators of a region without parentheses. */
const spine = (node: SyntaxNode): readonly SyntaxNode[] =>
  isOperator(node) ? [node, ...childrenOf(node).flatMap(spine)] : [];

/**
 * The editor's parser takes `a + b offset 5m` for `(a + b) offset 5m`, and `-2 ^ 2` for a power of -2; Prometheus binds
 * what follows an operand most tightly, and a minus looser than a power. Such a region is regrouped by the documented
 * precedence.
 *
 * @see https://prometheus.io/docs/prometheus/latest/querying/operators/#binary-operator-precedence
 */
const isMisread = (node: SyntaxNode, text: string): boolean =>
  POSTFIX.includes(node.name)
    ? isPrefixOrInfix(only(node))
    : node.getChild('Pow') !== null && isNegativeNumber(only(node), text);

const isNegativeNumber = (node: SyntaxNode, text: string): boolean =>
  node.name === 'NumberDurationLiteral' && text[node.from] === '-';

type Infix = Omit<NodeOf<'binary'>, 'left' | 'right'>;
type Token = { readonly operand: Node } | { readonly minus: true } | { readonly infix: Infix };

const flattened = (node: SyntaxNode, text: string): readonly Token[] => {
  if (node.name === 'BinaryExpr')
    return [...flattened(only(node), text), { infix: operatorOf(node, text) }, ...flattened(last(node), text)];
  if (node.name === 'UnaryExpr') return [{ minus: true }, ...flattened(last(node), text)];
  if (isNegativeNumber(node, text)) return [{ minus: true }, { operand: numberOf(slice(node, text).slice(1)) }];
  if (!POSTFIX.includes(node.name)) return [{ operand: read(node, text) }];
  const tokens = flattened(only(node), text);
  const operand = tokens.at(-1);
  if (operand === undefined || !('operand' in operand)) throw new Error(`nothing before '${text.slice(node.from)}'`);
  return [...tokens.slice(0, -1), { operand: postfixed(node, operand.operand, text) }];
};

const LEVELS: readonly (readonly Operator[])[] = [
  ['or'],
  ['and', 'unless'],
  ['==', '!=', '<=', '<', '>=', '>'],
  ['+', '-'],
  ['*', '/', '%', 'atan2'],
];

const regrouped = (tokens: readonly Token[]): Node => {
  for (const level of LEVELS) {
    const index = tokens.findLastIndex((token) => 'infix' in token && level.includes(token.infix.op));
    if (index >= 0) return joined(tokens, index);
  }
  const [first] = tokens;
  if (first !== undefined && 'minus' in first) return { kind: 'negation', of: regrouped(tokens.slice(1)) };
  const power = tokens.findIndex((token) => 'infix' in token);
  if (power >= 0) return joined(tokens, power);
  if (first === undefined || !('operand' in first)) throw new Error('an operand is missing');
  return first.operand;
};

const joined = (tokens: readonly Token[], index: number): Node => {
  const token = tokens[index];
  if (token === undefined || !('infix' in token)) throw new Error(`no operator at ${index}`);
  return { ...token.infix, left: regrouped(tokens.slice(0, index)), right: regrouped(tokens.slice(index + 1)) };
};

const at = (nodes: readonly SyntaxNode[], index: number): SyntaxNode => {
  const node = nodes.at(index);
  if (node === undefined) throw new Error(`no child ${index}`);
  return node;
};

const last = (node: SyntaxNode): SyntaxNode => at(childrenOf(node), -1);

const slice = (node: SyntaxNode, text: string): string => text.slice(node.from, node.to);

const operatorOf = (node: SyntaxNode, text: string): Infix => ({
  kind: 'binary',
  op: slice(at(childrenOf(node), 1), text) as Operator,
  bool: node.getChild('BoolModifier') !== null,
  matching: matchingOf(node.getChild('MatchingModifierClause'), text),
});

const matchingOf = (node: SyntaxNode | null, text: string): Matching | null => {
  if (node === null) return null;
  const [labels = [], include = []] = node.getChildren('GroupingLabels').map((list) => namesIn(list, text));
  const kind = node.getChild('On') === null ? 'ignoring' : 'on';
  if (node.getChild('GroupLeft') !== null) return { kind, labels, group: { side: 'left', include } };
  if (node.getChild('GroupRight') !== null) return { kind, labels, group: { side: 'right', include } };
  return { kind, labels };
};

const namesIn = (node: SyntaxNode, text: string): readonly string[] =>
  node.getChildren('LabelName').map((name) => slice(name, text));

const postfixed = (node: SyntaxNode, of: Node, text: string): Node => {
  const durations = node.getChildren('DurationExpr').map((duration) => slice(duration, text).trim());
  const [range = '', step = null] = durations;
  switch (node.name) {
    case 'MatrixSelector':
      return { kind: 'matrix', of, range };
    case 'SubqueryExpr':
      return { kind: 'subquery', of, range, step };
    case 'OffsetExpr':
      return { kind: 'offset', of, by: slice(inside(node, 'OffsetDurationExpr'), text) };
    default:
      return { kind: 'at', of, at: timeOf(last(node), text) };
  }
};

const timeOf = (node: SyntaxNode, text: string): number | 'start' | 'end' => {
  const written = slice(node.name === 'AtModifierPreprocessors' ? only(node) : node, text);
  return written === 'start' || written === 'end' ? written : Number(written);
};

const atom = (node: SyntaxNode, text: string): Node => {
  switch (node.name) {
    case 'NumberDurationLiteral':
      return numberOf(slice(node, text));
    case 'StringLiteral':
      return { kind: 'string', value: JSON.parse(slice(node, text)) as string };
    case 'VectorSelector':
      return selectorOf(node, text);
    case 'FunctionCall':
      return { kind: 'call', name: slice(only(node), text), args: argumentsOf(node, text) };
    case 'AggregateExpr':
      return aggregationOf(node, text);
    default:
      throw new Error(`'${node.name}' has no node in our tree`);
  }
};

const numberOf = (text: string): Node => ({ kind: 'number', value: Number(text.replace('Inf', 'Infinity')) });

const selectorOf = (node: SyntaxNode, text: string): Node => ({
  kind: 'selector',
  metric: slice(inside(node, 'Identifier'), text),
  labels: [],
  matchers: (node.getChild('LabelMatchers')?.getChildren('UnquotedLabelMatcher') ?? []).map((matcher) => ({
    label: slice(inside(matcher, 'LabelName'), text),
    op: slice(inside(matcher, 'MatchOp'), text) as Matcher['op'],
    value: JSON.parse(slice(inside(matcher, 'StringLiteral'), text)) as string,
  })),
});

const argumentsOf = (node: SyntaxNode, text: string): readonly Node[] =>
  childrenOf(inside(node, 'FunctionCallBody')).map((argument) => read(argument, text));

const aggregationOf = (node: SyntaxNode, text: string): Node => {
  const args = argumentsOf(node, text);
  const of = args.at(-1);
  if (of === undefined) throw new Error(`'${slice(node, text)}' aggregates nothing`);
  const modifier = node.getChild('AggregateModifier');
  return {
    kind: 'aggregation',
    op: slice(inside(node, 'AggregateOp'), text) as NodeOf<'aggregation'>['op'],
    grouping: modifier && {
      kind: modifier.getChild('By') === null ? 'without' : 'by',
      labels: namesIn(inside(modifier, 'GroupingLabels'), text),
    },
    param: args.length > 1 ? (args[0] ?? null) : null,
    of,
  };
};

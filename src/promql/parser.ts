import { parser } from '@prometheus-io/lezer-promql';
import {
  type BinaryOperator,
  type Matcher,
  type Matching,
  type Node,
  type NodeOf,
  PRECEDENCE,
  UNARY_PRECEDENCE,
} from './node.ts';
import { childOf, childrenOf, type Read, readWith, type SyntaxNode, writtenAs } from './syntax.ts';

type Infix = Omit<NodeOf<'binary'>, 'left' | 'right'>;
type Token = { readonly operand: Node } | { readonly minus: boolean } | { readonly infix: Infix };

/**
 * An expression as a tree, or why it does not parse. Names, strings and durations of the tree may be Grafana variables. A
 * selector without a name has the metric ''.
 */
export const parse = (query: string): Read<Node> => readWith({ name: 'PromQL', parser }, query, treeOf);

const treeOf = (top: SyntaxNode, text: string): Node => {
  const [only] = top.children;
  return only === undefined ? { kind: 'string', value: '' } : read(only, text);
};

const POSTFIX: readonly string[] = ['SubqueryExpr', 'OffsetExpr', 'StepInvariantExpr'];

/**
 * Operators are regrouped: the parser binds postfixes (`offset`, `@`, a subquery's brackets) looser than any operator and a
 * minus tighter than a power; Prometheus does the opposite.
 */
const read = (node: SyntaxNode, text: string): Node => {
  if (node.name === 'BinaryExpr' || node.name === 'UnaryExpr' || POSTFIX.includes(node.name))
    return grouped(new Tokens(tokensOf(node, text)), 0);
  return atom(node, text);
};

const tokensOf = (node: SyntaxNode, text: string): readonly Token[] => {
  const [first, second] = node.children;
  const last = node.children.at(-1);
  if (first === undefined || last === undefined) return literalTokens(node, text);
  if (node.name === 'UnaryExpr') return [{ minus: writtenAs(first, text) === '-' }, ...tokensOf(last, text)];
  if (node.name === 'BinaryExpr' && second !== undefined)
    return [...tokensOf(first, text), { infix: infixOf(node, second, text) }, ...tokensOf(last, text)];
  if (!POSTFIX.includes(node.name)) return [{ operand: atom(node, text) }];
  const tokens = tokensOf(first, text);
  const operand = tokens.at(-1);
  return operand !== undefined && 'operand' in operand
    ? [...tokens.slice(0, -1), { operand: postfixed(node, operand.operand, text) }]
    : tokens;
};

const literalTokens = (node: SyntaxNode, text: string): readonly Token[] => {
  const written = writtenAs(node, text);
  return node.name === 'NumberDurationLiteral' && written.startsWith('-')
    ? [{ minus: true }, { operand: numberOf(written.slice(1)) }]
    : [{ operand: atom(node, text) }];
};

class Tokens {
  readonly #tokens: readonly Token[];
  #next = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  peek(): Token | undefined {
    return this.#tokens[this.#next];
  }

  take(): Token | undefined {
    const token = this.peek();
    this.#next += 1;
    return token;
  }
}

const grouped = (tokens: Tokens, least: number): Node => {
  let left = operandOf(tokens);
  for (;;) {
    const token = tokens.peek();
    if (token === undefined || !('infix' in token)) return left;
    const level = PRECEDENCE[token.infix.op];
    if (level < least) return left;
    tokens.take();
    left = { ...token.infix, left, right: grouped(tokens, token.infix.op === '^' ? level : level + 1) };
  }
};

const operandOf = (tokens: Tokens): Node => {
  const token = tokens.take();
  if (token === undefined || 'infix' in token) return { kind: 'number', value: Number.NaN };
  if ('operand' in token) return token.operand;
  const of = grouped(tokens, UNARY_PRECEDENCE);
  return token.minus ? { kind: 'negation', of } : of;
};

const infixOf = (node: SyntaxNode, operator: SyntaxNode, text: string): Infix => ({
  kind: 'binary',
  op: writtenAs(operator, text).toLowerCase() as BinaryOperator,
  bool: childOf(node, 'BoolModifier') !== undefined,
  matching: matchingOf(childOf(node, 'MatchingModifierClause'), text),
});

const matchingOf = (node: SyntaxNode | undefined, text: string): Matching | null => {
  if (node === undefined) return null;
  const [labels = [], include = []] = childrenOf(node, 'GroupingLabels').map((list) => namesIn(list, text));
  const kind = childOf(node, 'On') === undefined ? 'ignoring' : 'on';
  if (childOf(node, 'GroupLeft') !== undefined) return { kind, labels, group: { side: 'left', include } };
  if (childOf(node, 'GroupRight') !== undefined) return { kind, labels, group: { side: 'right', include } };
  return { kind, labels };
};

const namesIn = (node: SyntaxNode, text: string): readonly string[] =>
  node.children.map((name) => unquoted(writtenAs(name, text)));

/** A range and, after a colon, a step, from the brackets after a node's operand. */
const rangeOf = (node: SyntaxNode, text: string): readonly [range: string, step: string | null] => {
  const open = text.indexOf('[', node.children[0]?.to) + 1;
  const step = childrenOf(node, 'DurationExpr')[1];
  const end = node.to - 1;
  const range = text
    .slice(open, step?.from ?? end)
    .trim()
    .replace(/\s*:$/, '');
  return [range, step === undefined ? null : text.slice(step.from, end).trim()];
};

const postfixed = (node: SyntaxNode, of: Node, text: string): Node => {
  if (node.name === 'SubqueryExpr') {
    const [range, step] = rangeOf(node, text);
    return { kind: 'subquery', of, range, step };
  }
  const last = node.children.at(-1);
  const written = last === undefined ? '' : writtenAs(last, text);
  if (node.name === 'OffsetExpr') return { kind: 'offset', of, by: written };
  return {
    kind: 'at',
    of,
    at: written.startsWith('start') ? 'start' : written.startsWith('end') ? 'end' : Number(written),
  };
};

const atom = (node: SyntaxNode, text: string): Node => {
  switch (node.name) {
    case 'ParenExpr':
      return treeOf(node, text);
    case 'NumberDurationLiteral':
      return numberOf(writtenAs(node, text));
    case 'StringLiteral':
      return { kind: 'string', value: unquoted(writtenAs(node, text)) };
    case 'MatrixSelector':
      return { kind: 'matrix', of: treeOf(node, text), range: rangeOf(node, text)[0] };
    case 'FunctionCall':
      return {
        kind: 'call',
        name: node.children[0] === undefined ? '' : writtenAs(node.children[0], text),
        args: argumentsOf(node, text),
      };
    case 'AggregateExpr':
      return aggregationOf(node, text);
    default:
      return selectorOf(node, text);
  }
};

/** A number; a variable in its place is NaN. */
const numberOf = (text: string): Node => ({ kind: 'number', value: Number(text.replace(/^inf$/i, 'Infinity')) });

const argumentsOf = (node: SyntaxNode, text: string): readonly Node[] => {
  const body = childOf(node, 'FunctionCallBody');
  return body?.children.map((argument) => read(argument, text)) ?? [];
};

const aggregationOf = (node: SyntaxNode, text: string): Node => {
  const args = argumentsOf(node, text);
  const modifier = childOf(node, 'AggregateModifier');
  const operator = childOf(node, 'AggregateOp');
  const labels = modifier && childOf(modifier, 'GroupingLabels');
  return {
    kind: 'aggregation',
    op: (operator === undefined ? '' : writtenAs(operator, text).toLowerCase()) as NodeOf<'aggregation'>['op'],
    grouping:
      modifier === undefined
        ? null
        : {
            kind: childOf(modifier, 'By') === undefined ? 'without' : 'by',
            labels: labels ? namesIn(labels, text) : [],
          },
    param: args.length > 1 ? (args[0] ?? null) : null,
    of: args.at(-1) ?? { kind: 'number', value: Number.NaN },
  };
};

const selectorOf = (node: SyntaxNode, text: string): Node => {
  const list = childOf(node, 'LabelMatchers');
  const matchers = (list?.children ?? []).flatMap((matcher) => matcherOf(matcher, text));
  const identifier = childOf(node, 'Identifier');
  const quoted = list && childOf(list, 'QuotedLabelName');
  const named = matchers.find(({ label, op }) => label === '__name__' && op === '=');
  const metric = identifier
    ? writtenAs(identifier, text)
    : quoted
      ? unquoted(writtenAs(quoted, text))
      : (named?.value ?? '');
  return { kind: 'selector', metric, labels: [], matchers: matchers.filter((matcher) => matcher !== named) };
};

const matcherOf = (node: SyntaxNode, text: string): readonly Matcher[] => {
  const [label, op, value] = node.children;
  if (label === undefined || op === undefined || value === undefined) return [];
  return [
    {
      label: unquoted(writtenAs(label, text)),
      op: writtenAs(op, text) as Matcher['op'],
      value: unquoted(writtenAs(value, text)),
    },
  ];
};

const ESCAPE = /\\(.)/gs;

/** The value of a string in any of the three kinds of quotes; other text as it is. */
const unquoted = (text: string): string => {
  const [quote] = text;
  if (quote === '`') return text.slice(1, -1);
  if (quote !== '"' && quote !== "'") return text;
  return text.slice(1, -1).replace(ESCAPE, (_, escaped: string) => ESCAPED[escaped] ?? escaped);
};

const ESCAPED: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' };

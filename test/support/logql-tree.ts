import type { SyntaxNode } from '@lezer/common';
import type { LogNode, MetricNode } from '#logql';
import { canonical } from './logql-canonical.ts';
import { filterOf, linesIn } from './logql-lines-tree.ts';
import { childAt, childrenOf, inside, isParenthesized, namesIn, slice, stringOf, topOf } from './logql-syntax.ts';

type Of<K extends LogNode['kind']> = Extract<LogNode, { readonly kind: K }>;
type Operator = Of<'binary'>['op'];
type Matching = NonNullable<Of<'binary'>['matching']>;
type Unwrap = NonNullable<Of<'range-aggregation'>['unwrap']>;

/** A query as the editor's parser reads it, in canonical form. @throws when it does not parse */
export const parseTree = (text: string): LogNode => {
  const query = childAt(inside(topOf(text), 'Expr'), 0);
  return canonical(query.name === 'LogExpr' ? linesIn(query, text) : metricOf(query, text));
};

const metricOf = (node: SyntaxNode, text: string): MetricNode => {
  switch (node.name) {
    case 'Expr':
    case 'MetricExpr':
      return metricOf(expressionIn(node), text);
    case 'BinOpExpr':
      return regrouped(flattened(node, text));
    case 'LiteralExpr':
      return { kind: 'number', value: Number(slice(node, text)) };
    case 'VectorExpr':
      return { kind: 'vector', value: Number(slice(inside(node, 'Number'), text)) };
    case 'RangeAggregationExpr':
      return rangeAggregationOf(node, text);
    case 'VectorAggregationExpr':
      return aggregationOf(node, text);
    case 'LabelReplaceExpr':
      return labelReplaceOf(node, text);
    default:
      throw new Error(`'${node.name}' has no node in our tree`);
  }
};

/** What is in an expression, with or without parentheses. */
const expressionIn = (node: SyntaxNode): SyntaxNode => {
  const child = childrenOf(node).find(({ name }) => name.endsWith('Expr'));
  if (child === undefined) throw new Error(`'${node.name}' has nothing in it`);
  return child;
};

type Infix = Omit<Of<'binary'>, 'left' | 'right'>;
type Token = { readonly operand: MetricNode } | { readonly infix: Infix };

/**
 * The editor's parser gives all arithmetic operators one precedence, Loki those that it documents; so a region without
 * parentheses is grouped anew.
 *
 * @see https://grafana.com/docs/loki/latest/query/query_reference/#order-of-operations
 */
const flattened = (node: SyntaxNode, text: string): readonly Token[] => {
  if (node.name === 'BinOpExpr')
    return [
      ...flattened(childAt(node, 0), text),
      { infix: operatorOf(node, text) },
      ...flattened(childAt(node, -1), text),
    ];
  const isOpen = node.name === 'Expr' || (node.name === 'MetricExpr' && !isParenthesized(node));
  return isOpen ? flattened(childAt(node, 0), text) : [{ operand: metricOf(node, text) }];
};

const LEVELS: readonly (readonly Operator[])[] = [
  ['or'],
  ['and', 'unless'],
  ['==', '!=', '<=', '<', '>=', '>'],
  ['+', '-'],
  ['*', '/', '%'],
];

const regrouped = (tokens: readonly Token[]): MetricNode => {
  for (const level of LEVELS) {
    const index = tokens.findLastIndex((token) => 'infix' in token && level.includes(token.infix.op));
    if (index >= 0) return joined(tokens, index);
  }
  const power = tokens.findIndex((token) => 'infix' in token);
  if (power >= 0) return joined(tokens, power);
  const [first] = tokens;
  if (first === undefined || !('operand' in first)) throw new Error('an operand is missing');
  return first.operand;
};

const joined = (tokens: readonly Token[], index: number): MetricNode => {
  const token = tokens[index];
  if (token === undefined || !('infix' in token)) throw new Error(`no operator at ${index}`);
  return { ...token.infix, left: regrouped(tokens.slice(0, index)), right: regrouped(tokens.slice(index + 1)) };
};

const operatorOf = (node: SyntaxNode, text: string): Infix => {
  const modifier = inside(node, 'BinOpModifier');
  return {
    kind: 'binary',
    op: slice(childAt(node, 1), text) as Operator,
    bool: hasBool(modifier),
    matching: matchingOf(modifier, text),
  };
};

const hasBool = (node: SyntaxNode): boolean => node.name === 'Bool' || childrenOf(node).some(hasBool);

const matchingOf = (modifier: SyntaxNode, text: string): Matching | null => {
  const by = modifier.getChild('OnOrIgnoringModifier');
  if (by === null) return null;
  const match = { kind: by.getChild('On') === null ? 'ignoring' : 'on', labels: labelsOf(by, text) } as const;
  const include = labelsOf(modifier, text);
  if (modifier.getChild('GroupLeft') !== null) return { ...match, group: { side: 'left', include } };
  if (modifier.getChild('GroupRight') !== null) return { ...match, group: { side: 'right', include } };
  return match;
};

const labelsOf = (node: SyntaxNode, text: string): readonly string[] =>
  namesIn(node.getChild('GroupingLabels')?.getChild('GroupingLabelList') ?? null, text);

const groupingOf = (node: SyntaxNode, text: string): Of<'aggregation'>['grouping'] => {
  const grouping = node.getChild('Grouping');
  return (
    grouping && {
      kind: grouping.getChild('By') === null ? 'without' : 'by',
      labels: namesIn(grouping.getChild('Labels'), text),
    }
  );
};

const paramOf = (node: SyntaxNode, text: string): number | null => {
  const param = node.getChild('Number');
  return param && Number(slice(param, text));
};

const rangeAggregationOf = (node: SyntaxNode, text: string): MetricNode => {
  const lines = inside(node, 'LogRangeExpr');
  const unwrap = lines.getChild('UnwrapExpr');
  const offset = lines.getChild('OffsetExpr');
  return {
    kind: 'range-aggregation',
    op: slice(inside(node, 'RangeOp'), text) as Of<'range-aggregation'>['op'],
    param: paramOf(node, text),
    of: linesIn(lines, text),
    unwrap: unwrap && unwrapOf(unwrap, text),
    range: slice(inside(lines, 'Range'), text).slice(1, -1),
    offset: offset && slice(inside(offset, 'Duration'), text),
    grouping: groupingOf(node, text),
  };
};

const unwrapOf = (node: SyntaxNode, text: string): Unwrap => {
  const inner = node.getChild('UnwrapExpr');
  if (inner !== null) {
    const before = unwrapOf(inner, text);
    return { ...before, filters: [...before.filters, filterOf(inside(node, 'LabelFilter'), text)] };
  }
  const conversion = node.getChild('ConvOp');
  return {
    label: slice(inside(node, 'Identifier'), text),
    conversion: conversion && (slice(conversion, text) as Unwrap['conversion']),
    filters: [],
  };
};

const aggregationOf = (node: SyntaxNode, text: string): MetricNode => ({
  kind: 'aggregation',
  op: slice(inside(node, 'VectorOp'), text) as Of<'aggregation'>['op'],
  grouping: groupingOf(node, text),
  param: paramOf(node, text),
  of: metricOf(inside(node, 'MetricExpr'), text),
});

const labelReplaceOf = (node: SyntaxNode, text: string): MetricNode => {
  const texts = node.getChildren('String').map((part) => stringOf(part, text));
  const [target = '', replacement = '', source = '', regex = ''] = texts;
  return { kind: 'label-replace', of: metricOf(inside(node, 'MetricExpr'), text), target, replacement, source, regex };
};

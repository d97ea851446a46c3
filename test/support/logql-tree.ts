import type { SyntaxNode } from '@lezer/common';
import type { LogNode, Stage } from '#logql';
import { childAt, childrenOf, inside, membersOf, namesIn, slice, stringOf, topOf, unquoted } from './logql-syntax.ts';

type Of<K extends LogNode['kind']> = Extract<LogNode, { readonly kind: K }>;
type Lines = Of<'logs'>;
type Matcher = Lines['streams'][number];

/** A query as the editor's parser reads it. @throws when it does not parse, or is more than our functions build */
export const parseTree = (text: string): LogNode => {
  const query = childAt(inside(topOf(text), 'Expr'), 0);
  return query.name === 'LogExpr' ? linesIn(query, text) : metricOf(query, text);
};

const metricOf = (node: SyntaxNode, text: string): Exclude<LogNode, Lines> => {
  const expression = childAt(node, 0);
  if (expression.name === 'VectorAggregationExpr') {
    const grouping = expression.getChild('Grouping');
    return {
      kind: 'sum',
      by: namesIn(grouping && inside(grouping, 'Labels'), text),
      of: metricOf(inside(expression, 'MetricExpr'), text),
    };
  }
  if (expression.name !== 'RangeAggregationExpr' || slice(inside(expression, 'RangeOp'), text) !== 'count_over_time')
    throw new Error(`'${slice(expression, text)}' has no node in our tree`);
  const range = inside(expression, 'LogRangeExpr');
  return {
    kind: 'count-over-time',
    of: linesIn(range, text),
    range: slice(inside(range, 'Range'), text).slice(1, -1),
  };
};

const linesIn = (node: SyntaxNode, text: string): Lines => ({
  kind: 'logs',
  streams: membersOf(inside(node, 'Selector').getChild('Matchers')).map((matcher) => matcherOf(matcher, text)),
  pipeline: membersOf(node.getChild('PipelineExpr')).flatMap((stage) => stagesOf(childAt(stage, -1), text)),
});

const matcherOf = (node: SyntaxNode, text: string): Matcher => {
  const [label = '', op = '', value = ''] = childrenOf(node).map((child) => slice(child, text));
  return { label, op: op as Matcher['op'], value: unquoted(value) };
};

const stagesOf = (stage: SyntaxNode, text: string): readonly Stage[] => {
  if (stage.name === 'LineFilters')
    return membersOf(stage).map((filter) => ({ kind: 'line-filter', text: stringOf(inside(filter, 'String'), text) }));
  if (stage.name === 'LabelFilter') return [filterOf(childAt(stage, 0), text)];
  return [{ kind: 'json', fields: namesIn(stage.getChild('LabelExtractionExpressionList'), text) }];
};

const filterOf = (condition: SyntaxNode, text: string): Stage => {
  if (condition.name === 'Matcher')
    return { kind: 'label-filter', filter: { kind: 'matcher', ...matcherOf(condition, text) } };
  const [label = '', , value = ''] = childrenOf(condition).map((child) => slice(child, text));
  return { kind: 'label-filter', filter: { kind: 'comparison', label, op: '>=', value } };
};

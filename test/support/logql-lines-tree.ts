import type { SyntaxNode } from '@lezer/common';
import type { LabelFilter, LinesNode, LogMatcher, Stage } from '#logql';
import { childAt, childrenOf, inside, membersOf, namesIn, slice, stringOf, unquoted } from './logql-syntax.ts';

type StageOf<K extends Stage['kind']> = Extract<Stage, { readonly kind: K }>;

/** The streams and the pipeline of a query. */
export const linesIn = (node: SyntaxNode, text: string): LinesNode => ({
  kind: 'logs',
  streams: membersOf(inside(node, 'Selector').getChild('Matchers')).map((matcher) => matcherOf(matcher, text)),
  pipeline: membersOf(node.getChild('PipelineExpr')).flatMap((stage) => stagesOf(stage, text)),
});

const matcherOf = (node: SyntaxNode, text: string): LogMatcher => {
  const [label = '', op = '', value = ''] = childrenOf(node).map((child) => slice(child, text));
  return { label, op: op as LogMatcher['op'], value: unquoted(value) };
};

const stagesOf = (node: SyntaxNode, text: string): readonly Stage[] => {
  const stage = childAt(node, -1);
  return stage.name === 'LineFilters'
    ? membersOf(stage).map((filter) => lineFilterOf(filter, text))
    : [stageOf(stage, text)];
};

const lineFilterOf = (node: SyntaxNode, text: string): Stage => ({
  kind: 'line-filter',
  op: slice(inside(node, 'Filter'), text) as StageOf<'line-filter'>['op'],
  text: stringOf(inside(node, 'String'), text),
});

const stageOf = (node: SyntaxNode, text: string): Stage => {
  switch (node.name) {
    case 'LabelFilter':
      return { kind: 'label-filter', filter: filterOf(node, text) };
    case 'LineFormatExpr':
      return { kind: 'line-format', template: stringOf(inside(node, 'String'), text) };
    case 'LabelFormatExpr':
      return {
        kind: 'label-format',
        labels: membersOf(inside(node, 'LabelsFormat')).map((label) => formatOf(label, text)),
      };
    case 'DropLabelsExpr':
      return { kind: 'drop', labels: namesIn(node.getChild('DropLabels'), text) };
    case 'KeepLabelsExpr':
      return { kind: 'keep', labels: namesIn(node.getChild('KeepLabels'), text) };
    default:
      return parserOf(node, text);
  }
};

const parserOf = (node: SyntaxNode, text: string): Stage => {
  const kind = slice(childAt(node, 0), text);
  if (kind === 'pattern' || kind === 'regexp') return { kind, text: stringOf(inside(node, 'String'), text) };
  if (kind !== 'json' && kind !== 'logfmt') throw new Error(`'${kind}' has no node in our tree`);
  const fields = membersOf(node.getChild('LabelExtractionExpressionList')).map((field) => {
    const path = field.getChild('String');
    return { label: slice(childAt(field, 0), text), path: path === null ? null : stringOf(path, text) };
  });
  return { kind, fields };
};

const formatOf = (node: SyntaxNode, text: string): StageOf<'label-format'>['labels'][number] => {
  const from = childAt(node, -1);
  return {
    label: slice(childAt(node, 0), text),
    from:
      from.name === 'String'
        ? { kind: 'template', text: stringOf(from, text) }
        : { kind: 'label', text: slice(from, text) },
  };
};

/** A condition on the labels of a line. */
export const filterOf = (node: SyntaxNode, text: string): LabelFilter => {
  const [left, right] = node.getChildren('LabelFilter');
  if (left !== undefined && right !== undefined) {
    const kind = node.getChild('Or') === null ? 'and' : 'or';
    return { kind, left: filterOf(left, text), right: filterOf(right, text) };
  }
  if (left !== undefined) return filterOf(left, text);
  const condition = childAt(node, 0);
  if (condition.name === 'Matcher') return { kind: 'matcher', ...matcherOf(condition, text) };
  return comparisonOf(condition.name === 'UnitFilter' ? childAt(condition, 0) : condition, text);
};

const comparisonOf = (node: SyntaxNode, text: string): LabelFilter => {
  const [label = '', op = '', value = ''] = childrenOf(node).map((child) => slice(child, text));
  return { kind: 'comparison', label, op: op as '==', value };
};

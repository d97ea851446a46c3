import type { LogNode, NodeOf } from './node.ts';
import { type Side, sideNeedsParentheses } from './parentheses.ts';
import { groupingText, linesText, matchingText, stringText, unwrapText } from './terms.ts';

/** A query as LogQL, on one line. */
export const print = ({ node }: { readonly node: LogNode }): string => {
  switch (node.kind) {
    case 'logs':
      return linesText(node);
    case 'number':
      return String(node.value);
    case 'vector':
      return `vector(${node.value})`;
    case 'range-aggregation':
      return rangeAggregationText(node);
    case 'aggregation':
      return aggregationText(node);
    case 'label-replace':
      return labelReplaceText(node);
    case 'binary':
      return `${operand(node, 'left')} ${operatorText(node)} ${operand(node, 'right')}`;
  }
};

const rangeAggregationText = ({
  op,
  param,
  of,
  unwrap,
  range,
  offset,
  grouping,
}: NodeOf<'range-aggregation'>): string => {
  const selected = [
    linesText(of),
    ...(unwrap === null ? [] : [unwrapText(unwrap)]),
    `[${range}]`,
    ...(offset === null ? [] : [`offset ${offset}`]),
  ].join(' ');
  const call = `${op}(${param === null ? selected : `${param}, ${selected}`})`;
  return grouping === null ? call : `${call} ${groupingText(grouping)}`;
};

const aggregationText = ({ op, grouping, param, of }: NodeOf<'aggregation'>): string => {
  const head = grouping === null ? op : `${op} ${groupingText(grouping)} `;
  const inside = print({ node: of });
  return `${head}(${param === null ? inside : `${param}, ${inside}`})`;
};

const labelReplaceText = ({ of, target, replacement, source, regex }: NodeOf<'label-replace'>): string =>
  `label_replace(${[print({ node: of }), ...[target, replacement, source, regex].map(stringText)].join(', ')})`;

const operatorText = (node: NodeOf<'binary'>): string => {
  const { op, bool, matching } = node;
  const comparison = bool ? `${op} bool` : op;
  if (matching === null) return comparison;
  return `${comparison} ${matchingText(matching, operand(node, 'right').startsWith('('))}`;
};

const operand = (parent: NodeOf<'binary'>, side: Side): string => {
  const text = print({ node: parent[side] });
  return sideNeedsParentheses(parent, side) ? `(${text})` : text;
};

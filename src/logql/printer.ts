import { binaryText } from '#vectors';
import type { LogNode, NodeOf } from './node.ts';
import { groupingText, linesText, pipelineText, selectorText, stringText, unwrapText } from './terms.ts';

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
      return binaryText(node, (side) => print({ node: side }));
  }
};

const rangeAggregationText = (node: NodeOf<'range-aggregation'>): string => {
  const { op, param, grouping } = node;
  const selected = rangeText(node);
  const call = `${op}(${param === null ? selected : `${param}, ${selected}`})`;
  return grouping === null ? call : `${call} ${groupingText(grouping)}`;
};

/**
 * The range stands at the end, where everyone expects it. Loki reads an offset there after `unwrap` too, but Grafana's
 * editor does not where other stages come before it; so range and offset then follow the selector, which both read.
 *
 * @see https://github.com/grafana/lezer-logql
 */
const rangeText = ({ of, unwrap, range, offset }: NodeOf<'range-aggregation'>): string => {
  const length = offset === null ? `[${range}]` : `[${range}] offset ${offset}`;
  if (unwrap === null) return `${linesText(of)} ${length}`;
  return offset === null || of.pipeline.length === 0
    ? `${linesText(of)} ${unwrapText(unwrap)} ${length}`
    : `${selectorText(of)} ${length} ${pipelineText(of)} ${unwrapText(unwrap)}`;
};

const aggregationText = ({ op, grouping, param, of }: NodeOf<'aggregation'>): string => {
  const head = grouping === null ? op : `${op} ${groupingText(grouping)} `;
  const inside = print({ node: of });
  return `${head}(${param === null ? inside : `${param}, ${inside}`})`;
};

const labelReplaceText = ({ of, target, replacement, source, regex }: NodeOf<'label-replace'>): string =>
  `label_replace(${[print({ node: of }), ...[target, replacement, source, regex].map(stringText)].join(', ')})`;

import type { NodeOf } from './node.ts';

/** A number with the digits that its author wrote. */
export const numberText = (value: number): string => {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? 'Inf' : '-Inf';
  return String(value);
};

/** A string in quotes; the escapes of JSON are those of PromQL. Prometheus takes a bare U+FFFD for broken UTF-8. */
export const stringText = (value: string): string => JSON.stringify(value).replaceAll('\uFFFD', '\\ufffd');

/** A metric's name and the conditions on its labels. */
export const selectorText = ({ metric, matchers }: NodeOf<'selector'>): string => {
  const conditions = matchers.map(({ label, op, value }) => `${label}${op}${stringText(value)}`);
  return conditions.length === 0 ? metric : `${metric}{${conditions.join(', ')}}`;
};

/** What stands before the arguments of an aggregation. */
export const aggregationHead = ({ op, grouping }: NodeOf<'aggregation'>): string =>
  grouping === null ? op : `${op} ${grouping.kind} (${grouping.labels.join(', ')}) `;

/** What follows an expression to choose its samples: a range, a subquery, a shift in time. */
export const postfixText = (node: NodeOf<'matrix' | 'subquery' | 'offset' | 'at'>): string => {
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

import { type Vector, vectorOf } from './expression.ts';
import type { AggregationOperator, Grouping, MetricNode } from './node.ts';

const aggregate = (
  op: AggregationOperator,
  grouping: Grouping | null,
  of: MetricNode,
  param: number | null = null,
): MetricNode => ({ kind: 'aggregation', op, grouping, param, of });

const by = (labels: readonly string[]): Grouping | null => (labels.length === 0 ? null : { kind: 'by', labels });

const keeping =
  (op: AggregationOperator) =>
  <L extends string, X extends string, const B extends L = never>(keep: readonly B[], of: Vector<L, X>): Vector<B> =>
    vectorOf(aggregate(op, by(keep), of.node));

const dropping =
  (op: AggregationOperator) =>
  <L extends string, X extends string, const D extends L | X>(
    drop: readonly D[],
    of: Vector<L, X>,
  ): Vector<Exclude<L, D>, Exclude<X, D>> =>
    vectorOf(aggregate(op, { kind: 'without', labels: drop }, of.node));

/** Sum over everything but the kept labels; `[]` keeps none. */
export const sumBy = keeping('sum');
/** Mean over everything but the kept labels. */
export const avgBy = keeping('avg');
/** Smallest value for each set of the kept labels. */
export const minBy = keeping('min');
/** Greatest value for each set of the kept labels. */
export const maxBy = keeping('max');
/** Number of series for each set of the kept labels. */
export const countBy = keeping('count');
/** Standard deviation over everything but the kept labels. */
export const stddevBy = keeping('stddev');
/** Variance over everything but the kept labels. */
export const stdvarBy = keeping('stdvar');
/** Sum that drops the named labels and keeps the rest. */
export const sumWithout = dropping('sum');
/** Mean that drops the named labels and keeps the rest. */
export const avgWithout = dropping('avg');
/** Minimum that drops the named labels and keeps the rest. */
export const minWithout = dropping('min');
/** Maximum that drops the named labels and keeps the rest. */
export const maxWithout = dropping('max');

const ranked =
  (op: 'topk' | 'bottomk') =>
  <L extends string, X extends string>(
    count: number,
    of: Vector<L, X>,
    within: readonly NoInfer<L>[] = [],
  ): Vector<L, X> =>
    vectorOf(aggregate(op, by(within), of.node, wholeNumber(op, count)));

/** The `count` greatest series, of all or for each set of some labels; their labels stay. @throws when the count is not positive and whole */
export const topk = ranked('topk');
/** The `count` smallest series, of all or for each set of some labels; their labels stay. @throws when the count is not positive and whole */
export const bottomk = ranked('bottomk');

const wholeNumber = (op: string, count: number): number => {
  if (!(Number.isSafeInteger(count) && count > 0)) throw new Error(`${op} takes a whole number above 0, got ${count}`);
  return count;
};

const sorted =
  (op: 'sort' | 'sort_desc') =>
  <L extends string, X extends string>(of: Vector<L, X>): Vector<L, X> =>
    vectorOf(aggregate(op, null, of.node));

/** Sorts ascending by value; tables alone show it. */
export const sort = sorted('sort');
/** Sorts descending by value; tables alone show it. */
export const sortDesc = sorted('sort_desc');

/** The same series with a label set from a regular expression over another; `target` is a label afterwards. */
export const labelReplace = <L extends string, X extends string, const T extends string>(
  of: Vector<L, X>,
  replace: { readonly target: T; readonly replacement: string; readonly source: L; readonly regex: string },
): Vector<L | T, X> => vectorOf({ kind: 'label-replace', of: of.node, ...replace });

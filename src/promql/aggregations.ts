import type { Scope } from '#catalog';
import { type Amount, numberNode, type Vector, vectorOf } from './expression.ts';
import type { AggregationOperator, Grouping, Node } from './node.ts';

const aggregate = (op: AggregationOperator, grouping: Grouping | null, of: Node, param: Node | null = null): Node => ({
  kind: 'aggregation',
  op,
  grouping,
  param,
  of,
});

const by = (labels: readonly string[]): Grouping | null => (labels.length === 0 ? null : { kind: 'by', labels });

const acrossReplicas =
  (op: AggregationOperator) =>
  <L extends string, const B extends L = never>(keep: readonly B[], of: Vector<L>): Vector<B> =>
    vectorOf(aggregate(op, by(keep), of.node));

const droppingLabels =
  (op: AggregationOperator) =>
  <L extends string, const D extends L>(drop: readonly D[], of: Vector<L>): Vector<Exclude<L, D>> =>
    vectorOf(aggregate(op, { kind: 'without', labels: drop }, of.node));

/** Sum over everything but the kept labels; `[]` keeps none. An account gauge has to pass `maxBy` first. */
export const sumBy = acrossReplicas('sum');
/** Mean over everything but the kept labels. */
export const avgBy = acrossReplicas('avg');
/** Number of series for each set of the kept labels. */
export const countBy = acrossReplicas('count');
/** 1 for each set of the kept labels. */
export const groupBy = acrossReplicas('group');
/** Standard deviation over everything but the kept labels. */
export const stddevBy = acrossReplicas('stddev');
/** Variance over everything but the kept labels. */
export const stdvarBy = acrossReplicas('stdvar');
/** Sum that drops the named labels and keeps the rest. */
export const sumWithout = droppingLabels('sum');
/** Maximum that drops the named labels and keeps the rest; dropping `instance` makes an account's gauge one series again. */
export const maxWithout = droppingLabels('max');

const extremeBy =
  (op: 'max' | 'min') =>
  <L extends string, S extends Scope, const B extends Exclude<L, 'instance'> = never>(
    keep: readonly B[],
    of: Vector<L, S>,
  ): Vector<B> =>
    vectorOf(aggregate(op, by(keep), of.node));

/** Greatest value for each set of the kept labels; this is how an account's gauge loses its replicas. */
export const maxBy = extremeBy('max');
/** Smallest value for each set of the kept labels. */
export const minBy = extremeBy('min');

/** The `count` greatest series; the labels stay. */
export const topk = <L extends string>(count: number, of: Vector<L>): Vector<L> =>
  vectorOf(aggregate('topk', null, of.node, numberNode(count)));

/** The `count` smallest series; the labels stay. */
export const bottomk = <L extends string>(count: number, of: Vector<L>): Vector<L> =>
  vectorOf(aggregate('bottomk', null, of.node, numberNode(count)));

/** A quantile (0 to 1) over series for each set of the kept labels. */
export const quantileBy = <L extends string, const B extends L = never>(
  quantile: Amount,
  keep: readonly B[],
  of: Vector<L>,
): Vector<B> => vectorOf(aggregate('quantile', by(keep), of.node, numberNode(quantile)));

/** How many series have each value; the value becomes a label. */
export const countValues = <L extends string, const N extends string, const B extends L = never>(
  label: N,
  keep: readonly B[],
  of: Vector<L>,
): Vector<B | N> => vectorOf(aggregate('count_values', by(keep), of.node, { kind: 'string', value: label }));

import type { Scope } from '#catalog';
import { type Amount, type Expression, nodeOf, type UntypedVector, type Vector, vectorOf } from './expression.ts';
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
/** Mean that drops the named labels and keeps the rest. */
export const avgWithout = droppingLabels('avg');

/** An extreme that drops labels; an account's gauge drops `instance` first. */
interface ExtremeWithout {
  <L extends string, const D extends L>(drop: readonly D[], of: Vector<L>): Vector<Exclude<L, D>>;
  <L extends string, const D extends L = never>(
    drop: readonly ['instance', ...D[]],
    of: Vector<L, 'account'>,
  ): Vector<Exclude<L, D | 'instance'>>;
}

const extremeWithout =
  (op: 'max' | 'min'): ExtremeWithout =>
  (drop: readonly string[], of: Expression): UntypedVector =>
    vectorOf(aggregate(op, { kind: 'without', labels: drop }, of.node));

/** Maximum that drops the named labels and keeps the rest; dropping `instance` makes an account's gauge one series again. */
export const maxWithout = extremeWithout('max');
/** Minimum that drops the named labels and keeps the rest. */
export const minWithout = extremeWithout('min');

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

const ranked =
  (op: 'topk' | 'bottomk') =>
  <L extends string>(count: Amount, of: Vector<L>, within: readonly L[] = []): Vector<L> =>
    vectorOf(aggregate(op, by(within), of.node, nodeOf(count)));

/** The `count` greatest series, of all or for each set of some labels; their labels stay. */
export const topk = ranked('topk');
/** The `count` smallest series, of all or for each set of some labels; their labels stay. */
export const bottomk = ranked('bottomk');

/** A quantile (0 to 1) over series for each set of the kept labels. */
export const quantileBy = <L extends string, const B extends L = never>(
  quantile: Amount,
  keep: readonly B[],
  of: Vector<L>,
): Vector<B> => vectorOf(aggregate('quantile', by(keep), of.node, nodeOf(quantile)));

/** How many series have each value; the value becomes a label. */
export const countValues = <L extends string, const N extends string, const B extends L = never>(
  label: N,
  keep: readonly B[],
  of: Vector<L>,
): Vector<B | N> => vectorOf(aggregate('count_values', by(keep), of.node, { kind: 'string', value: label }));

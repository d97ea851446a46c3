import type { Histogram, LabelMap } from '#catalog';
import { type Amount, type BucketRate, nodeOf, rangeText, type Vector, vectorOf, type Window } from './expression.ts';
import { call } from './node.ts';
import { buckets, type LabelNames, type Where } from './selectors.ts';

/** Per-second growth of a histogram's buckets; aggregate it with `le` kept, then take `histogramQuantile`. */
export const bucketRate = <L extends LabelMap>(
  metric: Histogram<L>,
  over: Window,
  where: Where<L> = {},
): BucketRate<LabelNames<L> | 'le'> => ({
  type: 'bucket-rate',
  node: call('rate', { kind: 'matrix', of: buckets(metric, where), range: rangeText(over) }),
});

/** Adds up bucket rates by some labels; without `le` among them no quantile can be taken. */
export const sumBuckets = <L extends string, const B extends L>(
  by: readonly B[],
  of: BucketRate<L>,
): BucketRate<B> => ({
  type: 'bucket-rate',
  node: { kind: 'aggregation', op: 'sum', grouping: { kind: 'by', labels: by }, param: null, of: of.node },
});

/** A quantile (0 to 1) of a histogram in the metric's unit; does not compile once `le` is gone. */
export const histogramQuantile = <L extends string>(
  quantile: Amount,
  of: BucketRate<L | 'le'>,
): Vector<Exclude<L, 'le'>> => vectorOf(call('histogram_quantile', nodeOf(quantile), of.node));

/** The share (0 to 1) of observations between two bounds in the metric's unit; does not compile once `le` is gone. */
export const histogramFraction = <L extends string>(
  { from, to }: { readonly from: Amount; readonly to: Amount },
  of: BucketRate<L | 'le'>,
): Vector<Exclude<L, 'le'>> => vectorOf(call('histogram_fraction', nodeOf(from), nodeOf(to), of.node));

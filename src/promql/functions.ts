import type { Counter, Histogram, LabelMap, Scope } from '#catalog';
import {
  type Amount,
  type BucketRate,
  type CounterRange,
  type GaugeRange,
  nodeOf,
  rangeText,
  type Scalar,
  type Vector,
  vectorOf,
  type Window,
} from './expression.ts';
import { call, type Node } from './node.ts';
import { buckets, type LabelNames, samples, type Where } from './selectors.ts';

const overCounter =
  (name: string) =>
  <L extends LabelMap>(metric: Counter<L>, over: Window, where: Where<L> = {}): Vector<LabelNames<L>> =>
    vectorOf(call(name, samples(metric, over, where).node));

/** Per-second growth of a counter, averaged over a window; resets are corrected. */
export const rate = overCounter('rate');
/** Growth of a counter over a window, extrapolated to its edges. */
export const increase = overCounter('increase');
/** `rate` of samples that another function selected, such as a histogram's observations. */
export const rateOf = <L extends string>(range: CounterRange<L>): Vector<L> => vectorOf(call('rate', range.node));

const overTime =
  (name: string) =>
  <L extends string, S extends Scope>(range: GaugeRange<L, S>): Vector<L, S> =>
    vectorOf(call(name, range.node));

/** Slope of a gauge per second, by least squares over its samples. */
export const deriv = overTime('deriv');
/** Mean of the samples in a range. */
export const avgOverTime = overTime('avg_over_time');

/** The value a gauge will have after some seconds, by its slope over a range. */
export const predictLinear = <L extends string, S extends Scope>(
  range: GaugeRange<L, S>,
  seconds: Amount,
): Vector<L, S> => vectorOf(call('predict_linear', range.node, nodeOf(seconds)));

/** Absolute value. */
export const abs = <L extends string, S extends Scope>(of: Vector<L, S>): Vector<L, S> =>
  vectorOf(call('abs', of.node));

/** Not less than a bound. */
export const clampMin = <L extends string, S extends Scope>(of: Vector<L, S>, bound: Amount): Vector<L, S> =>
  vectorOf(call('clamp_min', of.node, nodeOf(bound)));

/** To the nearest multiple of a number. */
export const round = <L extends string, S extends Scope>(of: Vector<L, S>, to: Amount = 1): Vector<L, S> =>
  vectorOf(call('round', of.node, nodeOf(to)));

/** The evaluation time in unix seconds. */
export const time = (): Scalar => ({ type: 'scalar', node: call('time') });

/** A number as a vector without labels. */
export const vector = (of: Amount): Vector<never> => vectorOf(call('vector', nodeOf(of)));

/**
 * 1 where an expression has no series; it keeps the labels that the selector matches by equality, which the caller names.
 *
 * @throws when a named label is not matched so, because the series would lack it
 */
export const absent = <L extends string, S extends Scope, const B extends L = never>(
  of: Vector<L, S>,
  keeps: readonly B[] = [],
): Vector<B> => {
  const equal = equalities(of.node);
  const lost = keeps.find((label) => !equal.includes(label));
  if (lost !== undefined) {
    throw new Error(`absent loses the label '${lost}'; match it by equality in the selector, or do not name it`);
  }
  return vectorOf(call('absent', of.node));
};

/** The labels that a selector, shifted or not, matches by equality. */
const equalities = (node: Node): readonly string[] => {
  if (node.kind === 'selector') return node.matchers.filter(({ op }) => op === '=').map(({ label }) => label);
  return node.kind === 'offset' || node.kind === 'at' ? equalities(node.of) : [];
};

/** The same series with a label set from a regular expression over another; `target` is a label afterwards. */
export const labelReplace = <L extends string, const T extends string, S extends Scope>(
  of: Vector<L, S>,
  {
    target,
    replacement,
    source,
    regex,
  }: { readonly target: T; readonly replacement: string; readonly source: L; readonly regex: string },
): Vector<L | T, S> =>
  vectorOf(call('label_replace', of.node, text(target), text(replacement), text(source), text(regex)));

/** The same series with a label that all of them share. */
export const withLabel = <L extends string, const T extends string, S extends Scope>(
  of: Vector<L, S>,
  label: T,
  to: string,
): Vector<L | T, S> => vectorOf(call('label_replace', of.node, text(label), text(to), text(''), text('')));

const text = (value: string): Node => ({ kind: 'string', value });

/** Per-second growth of a histogram's buckets; aggregate it with `le` kept, then take `histogramQuantile`. */
export const bucketRate = <L extends LabelMap>(
  metric: Histogram<L>,
  over: Window,
  where: Where<L> = {},
): BucketRate<LabelNames<L> | 'le'> => ({
  type: 'bucket-rate',
  node: call('rate', { kind: 'matrix', of: buckets(metric, where), range: rangeText(over) }),
});

/** The sum of bucket rates by some labels; without `le` among them no quantile can be taken. */
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

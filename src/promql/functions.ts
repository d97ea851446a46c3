import type { Counter, Gauge, LabelMap, Scope } from '#catalog';
import {
  type Amount,
  type CounterRange,
  type GaugeRange,
  nodeOf,
  type Scalar,
  type Vector,
  vectorOf,
  type Window,
} from './expression.ts';
import { call, type Node } from './node.ts';
import { history, type LabelNames, samples, type Where } from './selectors.ts';

const overCounter =
  (name: string) =>
  <L extends LabelMap>(metric: Counter<L>, over: Window, where: Where<L> = {}): Vector<LabelNames<L>> =>
    vectorOf(call(name, samples(metric, over, where).node));

const overRange =
  (name: string) =>
  <L extends string>(range: CounterRange<L>): Vector<L> =>
    vectorOf(call(name, range.node));

/** Per-second growth of a counter, averaged over a window; resets are corrected. */
export const rate = overCounter('rate');
/** Per-second growth of a counter between its last two samples. */
export const irate = overCounter('irate');
/** Growth of a counter over a window, extrapolated to its edges. */
export const increase = overCounter('increase');
/** How often a counter was reset in a window. */
export const resets = overCounter('resets');
/** `rate` of samples that another function selected, such as a histogram's observations. */
export const rateOf = overRange('rate');
/** `irate` of samples that another function selected. */
export const irateOf = overRange('irate');
/** `increase` of samples that another function selected. */
export const increaseOf = overRange('increase');

const overGauge =
  (name: string) =>
  <L extends LabelMap, S extends Scope>(
    metric: Gauge<L, S>,
    over: Window,
    where: Where<L> = {},
  ): Vector<LabelNames<L>, S> =>
    vectorOf(call(name, history(metric, over, where).node));

/** Growth of a gauge over a window. */
export const delta = overGauge('delta');
/** Difference between the last two samples of a gauge. */
export const idelta = overGauge('idelta');
/** How often a gauge changed in a window. */
export const changes = overGauge('changes');

const overTime =
  (name: string) =>
  <L extends string, S extends Scope>(range: GaugeRange<L, S>): Vector<L, S> =>
    vectorOf(call(name, range.node));

/** Slope of a gauge per second, by least squares over its samples. */
export const deriv = overTime('deriv');
/** Mean of the samples in a range. */
export const avgOverTime = overTime('avg_over_time');
/** Greatest sample in a range. */
export const maxOverTime = overTime('max_over_time');
/** Smallest sample in a range. */
export const minOverTime = overTime('min_over_time');
/** Sum of the samples in a range. */
export const sumOverTime = overTime('sum_over_time');
/** Number of samples in a range. */
export const countOverTime = overTime('count_over_time');
/** Newest sample in a range. */
export const lastOverTime = overTime('last_over_time');
/** Standard deviation of the samples in a range. */
export const stddevOverTime = overTime('stddev_over_time');
/** Variance of the samples in a range. */
export const stdvarOverTime = overTime('stdvar_over_time');
/** 1 for each series with a sample in a range. */
export const presentOverTime = overTime('present_over_time');

/** The value a gauge will have after some seconds, by its slope over a range. */
export const predictLinear = <L extends string, S extends Scope>(
  range: GaugeRange<L, S>,
  seconds: Amount,
): Vector<L, S> => vectorOf(call('predict_linear', range.node, nodeOf(seconds)));

/** A quantile (0 to 1) of the samples in a range. */
export const quantileOverTime = <L extends string, S extends Scope>(
  quantile: number,
  range: GaugeRange<L, S>,
): Vector<L, S> => vectorOf(call('quantile_over_time', nodeOf(quantile), range.node));

const elementwise =
  (name: string) =>
  <L extends string, S extends Scope>(of: Vector<L, S>): Vector<L, S> =>
    vectorOf(call(name, of.node));

/** Absolute value. */
export const abs = elementwise('abs');
/** Rounds up. */
export const ceil = elementwise('ceil');
/** Rounds down. */
export const floor = elementwise('floor');
/** -1, 0 or 1 by the sign of each value. */
export const sgn = elementwise('sgn');
/** e to the power of each value. */
export const exp = elementwise('exp');
/** Natural logarithm. */
export const ln = elementwise('ln');
/** Logarithm to base 2. */
export const log2 = elementwise('log2');
/** Logarithm to base 10. */
export const log10 = elementwise('log10');
/** Square root. */
export const sqrt = elementwise('sqrt');
/** Sorts ascending by value; tables alone show it. */
export const sort = elementwise('sort');
/** Sorts descending by value; tables alone show it. */
export const sortDesc = elementwise('sort_desc');
/** The unix time of each sample. */
export const timestamp = elementwise('timestamp');

/** Not less than one bound and not more than another. */
export const clamp = <L extends string, S extends Scope>(
  of: Vector<L, S>,
  { min, max }: { readonly min: Amount; readonly max: Amount },
): Vector<L, S> => vectorOf(call('clamp', of.node, nodeOf(min), nodeOf(max)));

/** Not less than a bound. */
export const clampMin = <L extends string, S extends Scope>(of: Vector<L, S>, bound: Amount): Vector<L, S> =>
  vectorOf(call('clamp_min', of.node, nodeOf(bound)));

/** Not more than a bound. */
export const clampMax = <L extends string, S extends Scope>(of: Vector<L, S>, bound: Amount): Vector<L, S> =>
  vectorOf(call('clamp_max', of.node, nodeOf(bound)));

/** To the nearest multiple of a number. */
export const round = <L extends string, S extends Scope>(of: Vector<L, S>, to: Amount = 1): Vector<L, S> =>
  vectorOf(call('round', of.node, nodeOf(to)));

/** The evaluation time in unix seconds. */
export const time = (): Scalar => ({ type: 'scalar', node: call('time') });

/** A number as a vector without labels. */
export const vector = (of: Amount): Vector<never> => vectorOf(call('vector', nodeOf(of)));

/** The value of a vector that has one series, as a number. */
export const scalar = <S extends Scope>(of: Vector<never, S>): Scalar => ({
  type: 'scalar',
  node: call('scalar', of.node),
});

/**
 * 1 where an expression has no series; it keeps the labels that the selector matches by equality, which the caller names.
 *
 * @throws when a named label is not matched so, because the series would lack it
 */
export const absent = <L extends string, S extends Scope, const B extends L = never>(
  of: Vector<L, S>,
  keeps: readonly B[] = [],
): Vector<B> => vectorOf(absence('absent', of.node, keeps));

/** 1 where a range has no samples; labels as those of `absent`. @throws as `absent` does */
export const absentOverTime = <L extends string, S extends Scope, const B extends L = never>(
  of: CounterRange<L> | GaugeRange<L, S>,
  keeps: readonly B[] = [],
): Vector<B> => vectorOf(absence('absent_over_time', of.node, keeps));

const absence = (name: string, of: Node, keeps: readonly string[]): Node => {
  const equal = equalities(of);
  const lost = keeps.find((label) => !equal.includes(label));
  if (lost !== undefined) {
    throw new Error(`${name} loses the label '${lost}'; match it by equality in the selector, or do not name it`);
  }
  return call(name, of);
};

/** The labels that a selector, shifted or with a range, matches by equality. */
const equalities = (node: Node): readonly string[] => {
  if (node.kind === 'selector') return node.matchers.filter(({ op }) => op === '=').map(({ label }) => label);
  return node.kind === 'matrix' || node.kind === 'offset' || node.kind === 'at' ? equalities(node.of) : [];
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

/** The same series with a label joined from others. */
export const labelJoin = <L extends string, const T extends string, S extends Scope>(
  of: Vector<L, S>,
  { target, separator, sources }: { readonly target: T; readonly separator: string; readonly sources: readonly L[] },
): Vector<L | T, S> => vectorOf(call('label_join', of.node, text(target), text(separator), ...sources.map(text)));

/** The same series with a label that all of them share. */
export const withLabel = <L extends string, const T extends string, S extends Scope>(
  of: Vector<L, S>,
  label: T,
  to: string,
): Vector<L | T, S> => vectorOf(call('label_replace', of.node, text(label), text(to), text(''), text('')));

const text = (value: string): Node => ({ kind: 'string', value });

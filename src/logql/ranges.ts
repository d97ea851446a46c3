import type { Duration } from '#catalog';
import {
  finite,
  type Groupable,
  type LabelKind,
  type LabelKinds,
  type Lines,
  offsetText,
  rangeText,
  type Single,
  type UntypedVector,
  type Unwrapped,
  type Vector,
  vectorOf,
  type Window,
} from './expression.ts';
import { NO_ERROR } from './lines.ts';
import type { LabelFilter, LineOperator, LinesNode, MetricNode, Stage, UnwrappedOperator } from './node.ts';

const ofLines = (op: LineOperator, of: LinesNode, over: Window): MetricNode => ({
  kind: 'range-aggregation',
  op,
  param: null,
  of: readable(of),
  unwrap: null,
  range: rangeText(over),
  offset: null,
  grouping: null,
});

/** One line that a stage cannot read fails a whole metric query, so lines that may be such are left out. */
const readable = (lines: LinesNode): LinesNode => {
  const failing = lines.pipeline.findLastIndex(mayFail);
  const isGuarded = lines.pipeline.slice(failing + 1).some(isGuard);
  return failing < 0 || isGuarded ? lines : { ...lines, pipeline: [...lines.pipeline, GUARD] };
};

const GUARD: Stage = { kind: 'label-filter', filter: NO_ERROR };

const isGuard = (stage: Stage): boolean => stage.kind === 'label-filter' && stage.filter === NO_ERROR;

const mayFail = (stage: Stage): boolean =>
  stage.kind === 'label-filter' ? compares(stage.filter) : ['json', 'line-format', 'label-format'].includes(stage.kind);

const compares = (filter: LabelFilter): boolean =>
  filter.kind === 'and' || filter.kind === 'or'
    ? compares(filter.left) || compares(filter.right)
    : filter.kind === 'comparison';

const overLines =
  (op: LineOperator) =>
  <V extends LabelKinds, E extends LabelKinds>(of: Lines<V, E>, over: Window): Vector<Groupable<V>, Single<V>> =>
    vectorOf(ofLines(op, of.node, over));

/** How many lines each stream and set of labels has in a range. */
export const countOverTime = overLines('count_over_time');
/** How many lines come per second. */
export const rate = overLines('rate');
/** How many bytes the lines of a range have. */
export const bytesOverTime = overLines('bytes_over_time');
/** How many bytes of lines come per second. */
export const bytesRate = overLines('bytes_rate');

/**
 * 1 where a range has no lines; it keeps the labels that the stream selector matches by equality, which the caller names.
 *
 * @throws when a named label is not matched so, because the series would lack it
 */
export const absentOverTime = <V extends LabelKinds, E extends LabelKinds, const B extends Groupable<V> = never>(
  of: Lines<V, E>,
  over: Window,
  keeps: readonly B[] = [],
): Vector<B> => {
  const equal = of.node.streams.filter(({ op }) => op === '=').map(({ label }) => label);
  const lost = keeps.find((label) => !equal.includes(label));
  if (lost !== undefined) {
    throw new Error(
      `absent_over_time loses the label '${lost}'; match it by equality in the stream selector, or do not name it`,
    );
  }
  return vectorOf(ofLines('absent_over_time', of.node, over));
};

/** The labels of some kind. */
type OfKind<V extends LabelKinds, K extends LabelKind> = {
  [N in keyof V]: V[N] extends K ? N : never;
}[keyof V] &
  string;

const unwrapping =
  <K extends LabelKind>(conversion: Unwrapped<never, never>['conversion']) =>
  <V extends LabelKinds, E extends LabelKinds, const N extends OfKind<V, K>>(
    of: Lines<V, E>,
    label: N,
  ): Unwrapped<Groupable<V>, Exclude<Single<V>, N>> => ({ type: 'unwrapped', lines: of.node, label, conversion });

/** Takes the number of a label as the value of a line. Lines without it have none; lines with something else are left out. */
export const unwrap = unwrapping<'number'>(null);
/** Takes a label such as `1.5s` as the value of a line, in seconds. */
export const unwrapDuration = unwrapping<'duration'>('duration');
/** Takes a label such as `4KiB` as the value of a line, in bytes. */
export const unwrapBytes = unwrapping<'bytes'>('bytes');

/** What an aggregation of values needs besides its operator. */
interface Options {
  readonly param?: number;
  readonly by?: readonly string[] | undefined;
}

const ofValues = (op: UnwrappedOperator, of: UntypedValues, over: Window, { param, by }: Options = {}): MetricNode => ({
  kind: 'range-aggregation',
  op,
  param: param === undefined ? null : finite(param),
  of: of.lines,
  // A value that is no number would fail the whole query.
  unwrap: { label: of.label, conversion: of.conversion, filters: [NO_ERROR] },
  range: rangeText(over),
  offset: null,
  grouping: by === undefined ? null : { kind: 'by', labels: by },
});

type UntypedValues = Pick<Unwrapped<never, never>, 'lines' | 'label' | 'conversion'>;

const overValues =
  (op: UnwrappedOperator) =>
  <L extends string, X extends string>(of: Unwrapped<L, X>, over: Window): Vector<L, X> =>
    vectorOf(ofValues(op, of, over));

/** Sum of the values in a range. */
export const sumOverTime = overValues('sum_over_time');
/** Sum of the values in a range, per second. */
export const rateOf = overValues('rate');
/** Growth per second of values that only grow, such as a counter in the lines; resets are corrected. */
export const rateCounter = overValues('rate_counter');

/** An aggregation of values that can bring lines of several series together before it looks at the values. */
interface Grouped {
  <L extends string, X extends string>(of: Unwrapped<L, X>, over: Window): Vector<L, X>;
  <L extends string, X extends string, const B extends L = never>(
    of: Unwrapped<L, X>,
    over: Window,
    by: readonly B[],
  ): Vector<B>;
}

const groupedValues =
  (op: UnwrappedOperator): Grouped =>
  (of: UntypedValues, over: Window, by?: readonly string[]): UntypedVector =>
    vectorOf(ofValues(op, of, over, { by }));

/** Mean of the values in a range, of each series or for each set of some labels; `[]` takes all lines together. */
export const avgOverTime = groupedValues('avg_over_time');
/** Smallest value in a range. */
export const minOverTime = groupedValues('min_over_time');
/** Greatest value in a range. */
export const maxOverTime = groupedValues('max_over_time');
/** Standard deviation of the values in a range. */
export const stddevOverTime = groupedValues('stddev_over_time');
/** Variance of the values in a range. */
export const stdvarOverTime = groupedValues('stdvar_over_time');
/** Oldest value in a range. */
export const firstOverTime = groupedValues('first_over_time');
/** Newest value in a range. */
export const lastOverTime = groupedValues('last_over_time');

/** A quantile (0 to 1) of the values in a range. */
interface Quantile {
  <L extends string, X extends string>(quantile: number, of: Unwrapped<L, X>, over: Window): Vector<L, X>;
  <L extends string, X extends string, const B extends L = never>(
    quantile: number,
    of: Unwrapped<L, X>,
    over: Window,
    by: readonly B[],
  ): Vector<B>;
}

/** A quantile (0 to 1) of the values in a range, of each series or for each set of some labels. @throws when it is no number from 0 to 1 */
export const quantileOverTime: Quantile = (
  ...[quantile, of, over, by]: readonly [number, UntypedValues, Window, (readonly string[])?]
): UntypedVector => {
  if (!(quantile >= 0 && quantile <= 1)) throw new Error(`a quantile is a number from 0 to 1, got ${quantile}`);
  return vectorOf(ofValues('quantile_over_time', of, over, { param: quantile, by }));
};

/** An aggregation over a range as it was some time ago. @throws when it is something else, or has an offset already */
export const offset = <L extends string, X extends string>(of: Vector<L, X>, by: Duration): Vector<L, X> => {
  const { node } = of;
  if (node.kind !== 'range-aggregation') {
    throw new Error(`offset applies to an aggregation over a range, got '${node.kind}'; apply it to those inside`);
  }
  if (node.offset !== null) throw new Error('the expression has an offset already; shift it once');
  return vectorOf({ ...node, offset: offsetText(by) });
};

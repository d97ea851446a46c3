import { type Duration, type FieldKind, toSeconds } from '#catalog';
import type * as vectors from '#vectors';
import type { LinesNode, LogNode, MetricNode, Operator, Stage } from './node.ts';
import { print } from './printer.ts';

/** The range that Grafana chooses by the width of a panel; its linter wants it in every range of a panel. */
export const AUTO = '$__auto';
/** The dashboard's time range as a duration. */
export const RANGE = '$__range';
/** The step between two points of a graph. */
export const INTERVAL = '$__interval';

/** A dashboard variable that holds the number of a duration, and its unit: `${window_age}s`. */
export type VariableDuration = `\${${string}}${'ms' | 's' | 'm' | 'h' | 'd'}`;

/** The length of a range: a duration, or a Grafana variable that stands for one. */
export type Window = Duration | typeof AUTO | typeof RANGE | typeof INTERVAL | VariableDuration;

/** What a label of a line is: what a field is, or a text that is read as a duration (`1.5s`) or a size (`4KiB`). */
export type LabelKind = FieldKind | 'duration' | 'bytes';

/** The labels of a line, each with what it is. */
export type LabelKinds = Readonly<Record<string, LabelKind>>;

/** A query for log lines and the LogQL that asks it. */
export interface LogQuery {
  readonly type: 'lines';
  readonly node: LinesNode;
  readonly text: string;
}

/**
 * Lines at a point of a pipeline. `V` are the labels that a stage sees there, `E` what a parser takes out of the lines.
 */
export interface Lines<in out V extends LabelKinds, in out E extends LabelKinds = Nothing> extends LogQuery {
  readonly [TYPE]?: (labels: V, fields: E) => readonly [V, E];
}

/** Lines whose value is that of a label. `L` can be grouped by, `X` have a value for each line. */
export interface Unwrapped<in out L extends string, in out X extends string> {
  readonly type: 'unwrapped';
  readonly lines: LinesNode;
  readonly label: string;
  readonly conversion: 'duration' | 'bytes' | null;
  readonly [TYPE]?: (labels: L, single: X) => readonly [L, X];
}

/**
 * An instant vector. `L` is the set of labels with few values that its series still have; `X` are those with a value for
 * nearly every line, which an aggregation has to take away before anyone can look at the result. Both are invariant:
 * two vectors combine only when they have the same labels.
 */
export type Vector<L extends string, X extends string = never> = vectors.Vector<MetricNode, L, X>;

/** A number without labels. */
export type Scalar = vectors.Scalar<MetricNode>;

declare const TYPE: unique symbol;

/** No labels. */
export type Nothing = Readonly<Record<never, never>>;

/** Labels whose values are few: those that series may be grouped by. */
export type Groupable<V extends LabelKinds> = {
  [K in keyof V]: V[K] extends 'value' ? K : never;
}[keyof V] &
  string;

/** Labels with a value for nearly every line. */
export type Single<V extends LabelKinds> = {
  [K in keyof V]: V[K] extends 'value' ? never : K;
}[keyof V] &
  string;

/** Two sets of labels, with the kinds of the second where both have one. */
export type Merge<A, B> = {
  readonly [K in (keyof A | keyof B) & string]: (K extends keyof B ? B[K] : K extends keyof A ? A[K] : never) &
    LabelKind;
};

/** Anything with a tree that can be printed. */
export interface Expression {
  readonly node: LogNode;
}

/** A number, written as it is, or arithmetic of numbers. */
export type Amount = number | Scalar;

/** A vector before a signature says which labels it has. */
export type UntypedVector = vectors.UntypedVector<MetricNode>;

/** Wraps a tree as lines; the caller vouches for their labels. */
export const linesOf = <V extends LabelKinds, E extends LabelKinds>(node: LinesNode): Lines<V, E> => ({
  type: 'lines',
  node,
  text: print({ node }),
});

/** The same lines after more stages; the caller vouches for the labels that these leave. */
export const staged = <V extends LabelKinds, E extends LabelKinds>(
  { node }: { readonly node: LinesNode },
  ...stages: readonly Stage[]
): Lines<V, E> => linesOf({ ...node, pipeline: [...node.pipeline, ...stages] });

/** What LogQL says of its vectors: the trait are labels with a value for nearly every line; of the matches only set operators take them. */
export interface LogQl {
  readonly node: MetricNode;
  readonly operator: Operator;
  readonly trait: string;
  readonly plain: never;
  readonly many: never;
}

/** Wraps a tree as a vector; the caller vouches for its labels. */
export const vectorOf = <L extends string, X extends string = never>(node: MetricNode): Vector<L, X> => ({
  type: 'vector',
  node,
});

/** A number, as its author wrote it, or an expression as a tree node. @throws when it is no finite number: LogQL cannot write one */
export const nodeOf = (value: number | { readonly node: MetricNode }): MetricNode =>
  typeof value === 'number' ? { kind: 'number', value: finite(value) } : value.node;

/** A literal number. @throws when it is not finite */
export const num = (value: number): Scalar => ({ type: 'scalar', node: nodeOf(value) });

/** The same number. @throws when it is not finite: LogQL has no word for NaN and infinity */
export const finite = (value: number): number => {
  if (!Number.isFinite(value)) throw new Error(`LogQL cannot write ${value}; give a finite number`);
  return value;
};

/** The text of a range's length. @throws when it is no positive duration, such as `1.5h` or `-5m` */
export const rangeText = (over: Window): string => {
  if (over.startsWith('$')) return over;
  if (!(toSeconds(over) > 0)) throw new Error(`a range must be longer than nothing, got '${over}'`);
  return over;
};

/**
 * The text of an offset, which may look ahead (`-5m`); Loki reads no days and weeks there, so these become hours.
 *
 * @throws when it is no duration, such as `1.5h`
 */
export const offsetText = (by: Duration): string => {
  const isAhead = by.startsWith('-');
  const seconds = toSeconds(isAhead ? by.slice(1) : by);
  if (!isAhead || !/[dw]/.test(by)) return by;
  return seconds % SECONDS_PER_HOUR === 0 ? `-${seconds / SECONDS_PER_HOUR}h` : `-${seconds}s`;
};

const SECONDS_PER_HOUR = 3_600;

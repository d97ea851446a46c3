import type { Duration, FieldKind } from '#catalog';
import type { LinesNode, LogNode, MetricNode, Stage, TextNode } from './node.ts';
import { print } from './printer.ts';

/** The range that Grafana chooses by the width of a panel; its linter wants it in every range of a panel. */
export const AUTO = '$__auto';

/** The length of a range: a duration, or the Grafana variable that stands for one. */
export type Window = Duration | typeof AUTO;

/** The labels of a line by name, each with its kind. */
export type LabelKinds = Readonly<Record<string, FieldKind>>;

/** A query for log lines, as a tree and as LogQL. */
export interface LogQuery {
  readonly type: 'lines';
  readonly node: LinesNode | TextNode;
  readonly text: string;
}

/** Lines whose labels are in the signature of the function that returns them. */
export interface UntypedLines extends LogQuery {
  readonly node: LinesNode;
}

/** Lines at a point of a pipeline. `V` are the labels that a stage sees there, `E` what a parser extracts from the lines. */
export interface Lines<in out V extends LabelKinds, in out E extends LabelKinds = Nothing> extends UntypedLines {
  readonly [TYPE]?: (labels: V, fields: E) => readonly [V, E];
}

/**
 * An instant vector. `L` is the set of labels with few values that its series still have; `X` are those with a value for
 * nearly every line, which an aggregation has to remove before a panel can show the result.
 */
export interface Vector<in out L extends string, in out X extends string = never> {
  readonly type: 'vector';
  readonly node: MetricNode;
  readonly [TYPE]?: (labels: L, single: X) => readonly [L, X];
}

declare const TYPE: unique symbol;

/** No labels. */
type Nothing = Readonly<Record<never, never>>;

/** Labels whose values are few: those that series may be grouped by. */
export type Groupable<V extends LabelKinds> = { [K in keyof V]: V[K] extends 'value' ? K : never }[keyof V] & string;

/** Labels with a value for nearly every line. */
export type Single<V extends LabelKinds> = { [K in keyof V]: V[K] extends 'value' ? never : K }[keyof V] & string;

/** Two sets of labels, with the kinds of the second where both have one. */
export type Merge<A, B> = {
  readonly [K in (keyof A | keyof B) & string]: (K extends keyof B ? B[K] : K extends keyof A ? A[K] : never) &
    FieldKind;
};

/** Anything with a tree that can be printed. */
export interface Expression {
  readonly node: LogNode;
}

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

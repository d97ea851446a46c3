import { type Duration, type Scope, toSeconds } from '#catalog';
import type { Node } from './node.ts';

/** The range for `rate` that Grafana derives from the scrape interval. @see https://grafana.com/docs/grafana/latest/dashboards/variables/add-template-variables/#global-variables */
export const RATE_INTERVAL = '$__rate_interval';
/** The dashboard's time range as a duration. */
export const RANGE = '$__range';

/** The length of a range: a duration, or a Grafana variable that stands for one. */
export type Window = Duration | typeof RATE_INTERVAL | typeof RANGE | '$__interval';

/**
 * An instant vector. `L` is the set of labels its series still have; `S` says whether it is a fact of an account that
 * every replica repeats, so that only `max` and `min` over replicas make sense. Both are invariant: two vectors combine
 * only when they have the same labels.
 */
export interface Vector<in out L extends string, in out S extends Scope = 'instance'> {
  readonly type: 'vector';
  readonly node: Node;
  readonly [TYPE]?: (labels: L, scope: S) => readonly [L, S];
}

/** The samples of a counter over a window; `rate` and `increase` read it. */
export interface CounterRange<in out L extends string> {
  readonly type: 'counter-range';
  readonly node: Node;
  readonly [TYPE]?: (labels: L) => L;
}

/** The samples of a gauge, or of any expression by subquery, over a window. */
export interface GaugeRange<in out L extends string, in out S extends Scope = 'instance'> {
  readonly type: 'gauge-range';
  readonly node: Node;
  readonly [TYPE]?: (labels: L, scope: S) => readonly [L, S];
}

/** The per-second growth of a histogram's buckets; only `histogramQuantile` reads it, and only while `le` is kept. */
export interface BucketRate<in out L extends string> {
  readonly type: 'bucket-rate';
  readonly node: Node;
  readonly [TYPE]?: (labels: L) => L;
}

/** A number without labels. */
export interface Scalar {
  readonly type: 'scalar';
  readonly node: Node;
}

declare const TYPE: unique symbol;

/** Anything with a tree that can be printed. */
export interface Expression {
  readonly node: Node;
}

/** A number, written as it is, or a scalar expression. */
export type Amount = number | Scalar;

/** A vector whose labels are in the signature of the function that returns it. */
export interface UntypedVector {
  readonly type: 'vector';
  readonly node: Node;
}

/** Wraps a tree as a vector; the caller vouches for its labels. */
export const vectorOf = <L extends string, S extends Scope = 'instance'>(node: Node): Vector<L, S> => ({
  type: 'vector',
  node,
});

/** A number, as its author wrote it, or an expression as a tree node. */
export const nodeOf = (value: number | Expression): Node =>
  typeof value === 'number' ? { kind: 'number', value } : value.node;

/** A literal number. */
export const num = (value: number): Scalar => ({ type: 'scalar', node: nodeOf(value) });

/** The text of a range's length. @throws when it is not a positive duration, such as `1.5h` or `-5m` */
export const rangeText = (over: Window): string => {
  if (over.startsWith('$')) return over;
  if (!(toSeconds(over) > 0)) throw new Error(`a range must be longer than 0; received '${over}'`);
  return over;
};

/** The text of an offset, which may look ahead (`-5m`). @throws when it is not a valid duration, such as `1.5h` */
export const offsetText = (by: Duration): string => {
  toSeconds(by.startsWith('-') ? by.slice(1) : by);
  return by;
};

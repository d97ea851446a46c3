import type { BinaryNode, BinaryOperator } from './node.ts';

/**
 * An instant vector with its tree `N`. `L` is the set of labels its series still have, `T` what else the language knows
 * of them. Both are invariant: two vectors combine only when they have the same labels.
 */
export interface Vector<N, in out L extends string, in out T extends string> {
  readonly type: 'vector';
  readonly node: N;
  readonly [TYPE]?: (labels: L, trait: T) => readonly [L, T];
}

declare const TYPE: unique symbol;

/** A vector before a signature says which labels it has. */
export interface UntypedVector<N> {
  readonly type: 'vector';
  readonly node: N;
}

/** A number without labels. */
export interface Scalar<N> {
  readonly type: 'scalar';
  readonly node: N;
}

/** A number, written as it is, or a scalar expression. */
export type Amount<N> = number | Scalar<N>;

/** Anything with a tree. */
export interface Tree<N> {
  readonly node: N;
}

/** What a query language says of its vectors. */
export interface Language {
  readonly node: unknown;
  readonly operator: BinaryOperator;
  /** All that a vector can be beside its labels. */
  readonly trait: string;
  /** What an ordinary vector is, and what a match of two vectors gives. */
  readonly plain: string;
  /** What the many of a match of many to one may be, and stay. */
  readonly many: string;
}

/** Makes a language's tree of a number, or takes that of an expression. */
export type NodeMaker<Q extends Language> = (value: number | Tree<Q['node']>) => Q['node'];

/** Wraps a binary operation, which is a tree in every language, as a vector before a signature says which labels it has. */
export const vectorOf = <Q extends Language>(node: BinaryNode<Q['node'], Q['operator']>): UntypedVector<Q['node']> => ({
  type: 'vector',
  node,
});

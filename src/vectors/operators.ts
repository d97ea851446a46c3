import { binary, type ComparisonOperator } from './node.ts';
import { type Amount, type Language, type NodeMaker, type Scalar, type Tree, type Vector, vectorOf } from './vector.ts';

/** An arithmetic operator: between numbers, between a vector and a number, and between vectors with the same labels. */
export interface Arithmetic<Q extends Language> {
  (left: Amount<Q['node']>, right: Amount<Q['node']>): Scalar<Q['node']>;
  <L extends string, T extends Q['trait']>(
    left: Vector<Q['node'], L, T>,
    right: Amount<Q['node']>,
  ): Vector<Q['node'], L, T>;
  <L extends string, T extends Q['trait']>(
    left: Amount<Q['node']>,
    right: Vector<Q['node'], L, T>,
  ): Vector<Q['node'], L, T>;
  <L extends string, T extends Q['trait']>(
    left: Vector<Q['node'], L, T>,
    right: Vector<Q['node'], L, T>,
  ): Vector<Q['node'], L, T>;
}

/** Keeps the series for which the comparison holds; their values stay. Between vectors both have the same labels. */
export interface Comparison<Q extends Language> {
  <L extends string, T extends Q['trait']>(
    left: Vector<Q['node'], L, T>,
    right: Amount<Q['node']>,
  ): Vector<Q['node'], L, T>;
  <L extends string, T extends Q['trait']>(
    left: Vector<Q['node'], L, T>,
    right: Vector<Q['node'], L, T>,
  ): Vector<Q['node'], L, T>;
}

/** The comparisons of a language. */
export interface Comparisons<Q extends Language> {
  readonly eq: Comparison<Q>;
  readonly ne: Comparison<Q>;
  readonly gt: Comparison<Q>;
  readonly ge: Comparison<Q>;
  readonly lt: Comparison<Q>;
  readonly le: Comparison<Q>;
}

type Operand<N> = number | (Tree<N> & { readonly type: 'scalar' | 'vector' });

const isVector = (side: Operand<unknown>): boolean => typeof side !== 'number' && side.type === 'vector';

/** Makes the arithmetic operators of a language, whose numbers `nodeOf` writes. */
export const arithmeticOf =
  <Q extends Language>(nodeOf: NodeMaker<Q>) =>
  (op: Q['operator']): Arithmetic<Q> =>
    ((left: Operand<Q['node']>, right: Operand<Q['node']>) => ({
      type: isVector(left) || isVector(right) ? 'vector' : 'scalar',
      node: binary(op)(nodeOf(left), nodeOf(right)),
    })) as Arithmetic<Q>;

/** The comparisons of a language, whose numbers `nodeOf` writes; they keep values, or give 0 and 1 as `bool`. */
export const comparisonsOf = <Q extends Language>(
  nodeOf: NodeMaker<Q>,
  { bool = false }: { readonly bool?: boolean } = {},
): Comparisons<Q> => {
  const comparison = (op: ComparisonOperator): Comparison<Q> =>
    ((left: Operand<Q['node']>, right: Operand<Q['node']>) =>
      vectorOf<Q>(binary(op, { bool })(nodeOf(left), nodeOf(right)))) as Comparison<Q>;
  return {
    eq: comparison('=='),
    ne: comparison('!='),
    gt: comparison('>'),
    ge: comparison('>='),
    lt: comparison('<'),
    le: comparison('<='),
  };
};

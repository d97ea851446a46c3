import { type Amount, finite, nodeOf, type Scalar, type Vector, vectorOf } from './expression.ts';
import { type BinaryOperator, binary, type CompareOperator, type MetricNode } from './node.ts';

/** An arithmetic operator: between numbers, between a vector and a number, and between vectors with the same labels. */
interface Arithmetic {
  (left: Amount, right: Amount): Scalar;
  <L extends string, X extends string>(left: Vector<L, X>, right: Amount): Vector<L, X>;
  <L extends string, X extends string>(left: Amount, right: Vector<L, X>): Vector<L, X>;
  <L extends string, X extends string>(left: Vector<L, X>, right: Vector<L, X>): Vector<L, X>;
}

type Operand = number | { readonly type: 'scalar' | 'vector'; readonly node: MetricNode };

const isVector = (side: Operand): boolean => typeof side !== 'number' && side.type === 'vector';

const arithmetic = (op: BinaryOperator): Arithmetic =>
  ((left: Operand, right: Operand) => ({
    type: isVector(left) || isVector(right) ? 'vector' : 'scalar',
    node: binary(op, nodeOf(left), nodeOf(right)),
  })) as Arithmetic;

/** Addition. */
export const add = arithmetic('+');
/** Subtraction. */
export const sub = arithmetic('-');
/** Multiplication. */
export const mul = arithmetic('*');
/** Division. */
export const div = arithmetic('/');
/** Remainder. */
export const mod = arithmetic('%');
/** Power. */
export const pow = arithmetic('^');

/** Keeps the series for which the comparison holds; their values stay. Between vectors both have the same labels. */
interface Comparison {
  <L extends string, X extends string>(left: Vector<L, X>, right: Amount): Vector<L, X>;
  <L extends string, X extends string>(left: Vector<L, X>, right: Vector<L, X>): Vector<L, X>;
}

const comparison = (op: CompareOperator, bool = false): Comparison =>
  ((left: Operand, right: Operand) => vectorOf(binary(op, nodeOf(left), nodeOf(right), { bool }))) as Comparison;

/** Where equal. */
export const eq = comparison('==');
/** Where not equal. */
export const ne = comparison('!=');
/** Where greater. */
export const gt = comparison('>');
/** Where greater or equal. */
export const ge = comparison('>=');
/** Where less. */
export const lt = comparison('<');
/** Where less or equal. */
export const le = comparison('<=');

/** The comparisons as 0 and 1 for every series. */
export const bool = {
  eq: comparison('==', true),
  ne: comparison('!=', true),
  gt: comparison('>', true),
  ge: comparison('>=', true),
  lt: comparison('<', true),
  le: comparison('<=', true),
} as const;

/** A number as a vector without labels. @throws when it is negative or not finite, which LogQL cannot write there */
export const vector = (value: number): Vector<never> => {
  if (finite(value) < 0) throw new Error(`LogQL's vector() takes no negative number, got ${value}; subtract from it`);
  return vectorOf({ kind: 'vector', value });
};

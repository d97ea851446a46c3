import type { Scope } from '#catalog';
import { type Amount, type Expression, nodeOf, type Scalar, type Vector, vectorOf } from './expression.ts';
import { type BinaryOperator, binary, type ComparisonOperator } from './node.ts';

/** An arithmetic operator: between numbers, between a vector and a number, and between vectors with the same labels. */
interface Arithmetic {
  (left: Amount, right: Amount): Scalar;
  <L extends string, S extends Scope>(left: Vector<L, S>, right: Amount): Vector<L, S>;
  <L extends string, S extends Scope>(left: Amount, right: Vector<L, S>): Vector<L, S>;
  <L extends string, S extends Scope>(left: Vector<L, S>, right: Vector<L, S>): Vector<L, S>;
}

type Operand = number | (Expression & { readonly type: 'scalar' | 'vector' });

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
/** Angle of a point, in radians. */
export const atan2 = arithmetic('atan2');

/** The opposite of every value, or of a number. */
interface Negation {
  (of: Amount): Scalar;
  <L extends string, S extends Scope>(of: Vector<L, S>): Vector<L, S>;
}

/** The opposite of every value. */
export const neg: Negation = ((of: Operand) => ({
  type: isVector(of) ? 'vector' : 'scalar',
  node: { kind: 'negation', of: nodeOf(of) },
})) as Negation;

/** Keeps the series for which the comparison holds; their values stay. Between vectors both have the same labels. */
interface Comparison {
  <L extends string, S extends Scope>(left: Vector<L, S>, right: Amount): Vector<L, S>;
  <L extends string, S extends Scope>(left: Vector<L, S>, right: Vector<L, S>): Vector<L, S>;
}

const comparison = (op: ComparisonOperator, bool = false): Comparison =>
  ((left: Expression, right: Amount | Expression) =>
    vectorOf(binary(op, left.node, nodeOf(right), { bool }))) as Comparison;

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

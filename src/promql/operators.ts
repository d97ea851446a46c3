import type { Scope } from '#catalog';
import { arithmeticOf, comparisonsOf } from '#vectors';
import { type Amount, type Expression, nodeOf, type PromQl, type Scalar, type Vector } from './expression.ts';

const arithmetic = arithmeticOf<PromQl>(nodeOf);

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

type Operand = number | (Expression & { readonly type: 'scalar' | 'vector' });

/** The opposite of every value. */
export const neg: Negation = ((of: Operand) => ({
  type: typeof of === 'number' ? 'scalar' : of.type,
  node: { kind: 'negation', of: nodeOf(of) },
})) as Negation;

const comparisons = comparisonsOf<PromQl>(nodeOf);

/** Where equal. */
export const eq = comparisons.eq;
/** Where not equal. */
export const ne = comparisons.ne;
/** Where greater. */
export const gt = comparisons.gt;
/** Where greater or equal. */
export const ge = comparisons.ge;
/** Where less. */
export const lt = comparisons.lt;
/** Where less or equal. */
export const le = comparisons.le;

/** The comparisons as 0 and 1 for every series. */
export const bool = comparisonsOf<PromQl>(nodeOf, { bool: true });

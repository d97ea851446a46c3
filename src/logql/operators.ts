import { arithmeticOf, comparisonsOf } from '#vectors';
import { finite, type LogQl, nodeOf, type Vector, vectorOf } from './expression.ts';

const arithmetic = arithmeticOf<LogQl>(nodeOf);

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

const comparisons = comparisonsOf<LogQl>(nodeOf);

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
export const bool = comparisonsOf<LogQl>(nodeOf, { bool: true });

/** A number as a vector without labels. @throws when it is negative or not finite, which LogQL cannot write there */
export const vector = (value: number): Vector<never> => {
  if (finite(value) < 0) throw new Error(`LogQL's vector() takes no negative number, got ${value}; subtract from it`);
  return vectorOf({ kind: 'vector', value });
};

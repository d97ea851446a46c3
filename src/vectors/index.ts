export {
  type GroupBy,
  ignoring,
  type ManyToOne,
  type MatchableOperator,
  type MatchBy,
  matchingsOf,
  type OneToMany,
  type OneToOne,
  on,
  type SetOperator,
  type Union,
} from './matching.ts';
export {
  type BinaryNode,
  type BinaryOperator,
  type ComparisonOperator,
  type Matching,
  PRECEDENCE,
  UNARY_PRECEDENCE,
} from './node.ts';
export { type Arithmetic, arithmeticOf, type Comparison, type Comparisons, comparisonsOf } from './operators.ts';
export { isNegative, type Side, samePrecedence, sideNeedsParentheses } from './parentheses.ts';
export { binaryText, INDENT, indent, operandText, operatorText, parenthesized } from './printer.ts';
export type { Amount, Language, Scalar, UntypedVector, Vector } from './vector.ts';

import type { Scope } from '#catalog';
import {
  type Amount,
  type Expression,
  nodeOf,
  type Scalar,
  type UntypedVector,
  type Vector,
  vectorOf,
} from './expression.ts';
import { type BinaryOperator, binary, type Grouping, type Node, type NodeOf } from './node.ts';

type Operand = number | (Expression & { readonly type: 'scalar' | 'vector' });

/** An arithmetic operator: between numbers, between a vector and a number, and between vectors with the same labels. */
interface Arithmetic {
  (left: Amount, right: Amount): Scalar;
  <L extends string, S extends Scope>(left: Vector<L, S>, right: Amount): Vector<L, S>;
  <L extends string, S extends Scope>(left: Amount, right: Vector<L, S>): Vector<L, S>;
  <L extends string, S extends Scope>(left: Vector<L, S>, right: Vector<L, S>): Vector<L, S>;
}

const isVector = (side: Operand): boolean => typeof side !== 'number' && side.type === 'vector';

const arithmetic = (op: BinaryOperator): Arithmetic =>
  ((left: Operand, right: Operand) => ({
    type: isVector(left) || isVector(right) ? 'vector' : 'scalar',
    node: binary(nodeOf(left), op, nodeOf(right)),
  })) as Arithmetic;

/** Addition. */
export const add = arithmetic('+');
/** Subtraction. */
export const sub = arithmetic('-');
/** Multiplication. */
export const mul = arithmetic('*');
/** Division. */
export const div = arithmetic('/');

/** Keeps the series for which the comparison holds, with their values. Vectors need the same labels. */
interface Comparison {
  <L extends string, S extends Scope>(left: Vector<L, S>, right: Amount): Vector<L, S>;
  <L extends string, S extends Scope>(left: Vector<L, S>, right: Vector<L, S>): Vector<L, S>;
}

const comparison =
  (op: BinaryOperator): Comparison =>
  (left: Operand, right: Operand): UntypedVector =>
    vectorOf(binary(nodeOf(left), op, nodeOf(right)));

/** Where greater. */
export const gt = comparison('>');
/** Where greater or equal. */
export const ge = comparison('>=');
/** Where less. */
export const lt = comparison('<');
/** Where less or equal. */
export const le = comparison('<=');

/** The labels on which two sides match. */
export interface On<in out B extends string> {
  readonly labels: readonly B[];
  readonly of?: (labels: B) => B;
}

/** Matches series whose named labels are equal; without any, every series matches every other. */
export const on = <const B extends string = never>(...labels: readonly B[]): On<B> => ({ labels });

/** How many series match one: on which labels, and which labels of the one they take over. */
interface Group<B extends string, I extends string> {
  readonly by: On<B>;
  /** @default - no labels are taken over */
  readonly include?: readonly I[];
}

interface UntypedOn {
  readonly labels: readonly string[];
}

interface UntypedGroup {
  readonly by: UntypedOn;
  readonly include?: readonly string[];
}

type GroupedOperator = Exclude<BinaryOperator, 'and' | 'or' | 'unless'>;

const grouped = (
  side: 'left' | 'right',
  [left, op, right]: readonly [Expression, GroupedOperator, Expression],
  { by: { labels }, include = [] }: UntypedGroup,
): UntypedVector => vectorOf(binary(left.node, op, right.node, { kind: 'on', labels, group: { side, include } }));

/** Many series on the left with one on the right; the left's labels remain, with those included from the right. */
export const groupLeft = <
  L extends string,
  R extends string,
  const B extends L & R,
  S extends Scope,
  const I extends R = never,
>(
  left: Vector<L, S>,
  op: GroupedOperator,
  right: Vector<R>,
  match: Group<B, I>,
): Vector<L | I, S> => grouped('left', [left, op, right], match);

/** One series on the left with many on the right; the right's labels remain, with those included from the left. */
export const groupRight = <L extends string, R extends string, const B extends L & R, const I extends L = never>(
  left: Vector<L>,
  op: GroupedOperator,
  right: Vector<R>,
  match: Group<B, I>,
): Vector<R | I> => grouped('right', [left, op, right], match);

const setOperation =
  (op: 'and' | 'or' | 'unless') =>
  (left: Expression, right: Expression, by?: UntypedOn): UntypedVector =>
    vectorOf(binary(left.node, op, right.node, by === undefined ? null : { kind: 'on', labels: by.labels }));

/** A set operator: the left's series stay as they are. Without a match both sides have the same labels. */
interface SetOperator {
  <L extends string, S extends Scope>(left: Vector<L, S>, right: Vector<L, S>): Vector<L, S>;
  <L extends string, R extends string, const B extends L & R, S extends Scope, U extends Scope>(
    left: Vector<L, S>,
    right: Vector<R, U>,
    by: On<B>,
  ): Vector<L, S>;
}

/** A union: series of both sides stay as they are, so both have the same labels; the match says which of them are the same. */
interface Union {
  <L extends string, S extends Scope>(left: Vector<L, S>, right: Vector<L, S>): Vector<L, S>;
  <L extends string, const B extends L, S extends Scope>(
    left: Vector<L, S>,
    right: Vector<L, S>,
    by: On<B>,
  ): Vector<L, S>;
}

/** The left's series that have a match on the right. */
export const and: SetOperator = setOperation('and');
/** The left's series that have no match on the right. */
export const unless: SetOperator = setOperation('unless');
/** The left's series and those of the right that have no match among them. */
export const or: Union = setOperation('or');

const aggregate = (
  op: NodeOf<'aggregation'>['op'],
  grouping: Grouping | null,
  of: Node,
  param: Node | null = null,
): UntypedVector => vectorOf({ kind: 'aggregation', op, grouping, param, of });

const by = (labels: readonly string[]): Grouping | null => (labels.length === 0 ? null : { kind: 'by', labels });

const acrossReplicas =
  (op: 'sum' | 'count') =>
  <L extends string, const B extends L = never>(keep: readonly B[], of: Vector<L>): Vector<B> =>
    aggregate(op, by(keep), of.node);

/** Sum over everything but the kept labels; `[]` keeps none. An account gauge has to pass `maxBy` first. */
export const sumBy = acrossReplicas('sum');
/** Number of series for each set of the kept labels. */
export const countBy = acrossReplicas('count');

const extremeBy =
  (op: 'max' | 'min') =>
  <L extends string, S extends Scope, const B extends Exclude<L, 'instance'> = never>(
    keep: readonly B[],
    of: Vector<L, S>,
  ): Vector<B> =>
    aggregate(op, by(keep), of.node);

/** Greatest value for each set of the kept labels; this is how an account's gauge loses its replicas. */
export const maxBy = extremeBy('max');
/** Smallest value for each set of the kept labels. */
export const minBy = extremeBy('min');

/** An aggregation that drops labels; an account's gauge drops `instance` first. */
interface Without {
  <L extends string, const D extends L>(drop: readonly D[], of: Vector<L>): Vector<Exclude<L, D>>;
  <L extends string, const D extends L = never>(
    drop: readonly ['instance', ...D[]],
    of: Vector<L, 'account'>,
  ): Vector<Exclude<L, D | 'instance'>>;
}

/** Minimum that drops the named labels and keeps the rest; dropping `instance` makes an account's gauge one series again. */
export const minWithout: Without = (labels: readonly string[], of: Expression): UntypedVector =>
  aggregate('min', { kind: 'without', labels }, of.node);

/** How many series have each value; the value becomes a label. */
export const countValues = <L extends string, const N extends string, const B extends L = never>(
  label: N,
  keep: readonly B[],
  of: Vector<L>,
): Vector<B | N> => aggregate('count_values', by(keep), of.node, { kind: 'string', value: label });

import type { Scope } from '#catalog';
import { type Expression, type UntypedVector, type Vector, vectorOf } from './expression.ts';
import {
  type BinaryOperator,
  binary,
  type ComparisonOperator,
  type Matching,
  type Node,
  type SetOperatorName,
} from './node.ts';

/** Matching of two sides by the named labels, or by all but them. */
export interface MatchBy<in out B extends string, in out K extends 'on' | 'ignoring'> {
  readonly kind: K;
  readonly labels: readonly B[];
  readonly of?: (labels: B) => B;
}

/** Matches series whose named labels are equal; without any, every series matches every other. */
export const on = <const B extends string = never>(...labels: readonly B[]): MatchBy<B, 'on'> => ({
  kind: 'on',
  labels,
});

/** Matches series that are equal but for the named labels. */
export const ignoring = <const B extends string = never>(...labels: readonly B[]): MatchBy<B, 'ignoring'> => ({
  kind: 'ignoring',
  labels,
});

/** `ignoring` some labels makes sense where the others are the same on both sides; `never` otherwise. */
type Ignoring<L extends string, R extends string, B extends string> = [Exclude<L, B>] extends [Exclude<R, B>]
  ? [Exclude<R, B>] extends [Exclude<L, B>]
    ? MatchBy<B, 'ignoring'>
    : never
  : never;

/** An operator that takes vectors with different labels; a comparison keeps values, or gives 0 and 1 as `'> bool'`. */
export type MatchableOperator = Exclude<BinaryOperator, SetOperatorName> | `${ComparisonOperator} bool`;

const BOOL = ' bool';

const matching = (left: Expression, op: MatchableOperator, right: Expression, by: Matching): Node =>
  op.endsWith(BOOL)
    ? binary(op.slice(0, -BOOL.length) as ComparisonOperator, left.node, right.node, { matching: by, bool: true })
    : binary(op as BinaryOperator, left.node, right.node, { matching: by });

/** One to one by an explicit match: with `on` the named labels remain, with `ignoring` the others. */
interface OneToOne {
  <L extends string, R extends string, const B extends L & R>(
    left: Vector<L>,
    op: MatchableOperator,
    right: Vector<R>,
    by: MatchBy<B, 'on'>,
  ): Vector<B>;
  <L extends string, R extends string, const B extends L | R>(
    left: Vector<L>,
    op: MatchableOperator,
    right: Vector<R>,
    by: MatchBy<B, 'ignoring'> & Ignoring<L, R, B>,
  ): Vector<Exclude<L, B>>;
}

/** Combines two vectors one to one by an explicit match; with `on` the named labels remain, with `ignoring` the others. */
export const matched: OneToOne = (
  left: Expression,
  op: MatchableOperator,
  right: Expression,
  { kind, labels }: Matching,
): UntypedVector => vectorOf(matching(left, op, right, { kind, labels }));

/** How many series find one: by which labels, and which labels of the one they take over. */
export interface GroupBy<M, I extends string> {
  readonly by: M;
  /** @default - no labels are taken over */
  readonly include?: readonly I[];
}

/** Many to one: the left's labels remain, with those included from the right; an account's gauge stays one. */
interface ManyToOne {
  <L extends string, R extends string, const B extends L & R, S extends Scope, const I extends R = never>(
    left: Vector<L, S>,
    op: MatchableOperator,
    right: Vector<R>,
    match: GroupBy<MatchBy<B, 'on'>, I>,
  ): Vector<L | I, S>;
  <L extends string, R extends string, const B extends L | R, S extends Scope, const I extends R = never>(
    left: Vector<L, S>,
    op: MatchableOperator,
    right: Vector<R>,
    match: GroupBy<MatchBy<B, 'ignoring'> & Ignoring<L, R, B>, I>,
  ): Vector<L | I, S>;
}

/** One to many: the right's labels remain, with those included from the left. */
interface OneToMany {
  <L extends string, R extends string, const B extends L & R, const I extends L = never>(
    left: Vector<L>,
    op: MatchableOperator,
    right: Vector<R>,
    match: GroupBy<MatchBy<B, 'on'>, I>,
  ): Vector<R | I>;
  <L extends string, R extends string, const B extends L | R, const I extends L = never>(
    left: Vector<L>,
    op: MatchableOperator,
    right: Vector<R>,
    match: GroupBy<MatchBy<B, 'ignoring'> & Ignoring<L, R, B>, I>,
  ): Vector<R | I>;
}

const grouped =
  (side: 'left' | 'right') =>
  (
    left: Expression,
    op: MatchableOperator,
    right: Expression,
    { by: { kind, labels }, include = [] }: GroupBy<Matching, string>,
  ): UntypedVector =>
    vectorOf(matching(left, op, right, { kind, labels, group: { side, include } }));

/** Combines many series on the left with one on the right; the left's labels remain, with those included from the right. */
export const groupLeft: ManyToOne = grouped('left');

/** Combines one series on the left with many on the right; the right's labels remain, with those included from the left. */
export const groupRight: OneToMany = grouped('right');

/** A set operator: the left's series stay as they are. Without a match both sides have the same labels. */
interface SetOperator {
  <L extends string, S extends Scope>(left: Vector<L, S>, right: Vector<L, S>): Vector<L, S>;
  <L extends string, R extends string, const B extends L & R, S extends Scope, T extends Scope>(
    left: Vector<L, S>,
    right: Vector<R, T>,
    by: MatchBy<B, 'on'>,
  ): Vector<L, S>;
  <L extends string, R extends string, const B extends L | R, S extends Scope, T extends Scope>(
    left: Vector<L, S>,
    right: Vector<R, T>,
    by: MatchBy<B, 'ignoring'> & Ignoring<L, R, B>,
  ): Vector<L, S>;
}

/** A union: series of both sides stay as they are, so both have the same labels; the match says which of them are the same. */
interface Union {
  <L extends string, S extends Scope>(left: Vector<L, S>, right: Vector<L, S>): Vector<L, S>;
  <L extends string, const B extends L, S extends Scope, K extends 'on' | 'ignoring'>(
    left: Vector<L, S>,
    right: Vector<L, S>,
    by: MatchBy<B, K>,
  ): Vector<L, S>;
}

const setOperator =
  (op: SetOperatorName) =>
  (left: Expression, right: Expression, by?: Matching): UntypedVector =>
    vectorOf(
      binary(op, left.node, right.node, by === undefined ? {} : { matching: { kind: by.kind, labels: by.labels } }),
    );

/** The left's series that have a match on the right. */
export const and: SetOperator = setOperator('and');
/** The left's series that have no match on the right. */
export const unless: SetOperator = setOperator('unless');
/** The left's series and those of the right that have no match among them. */
export const or: Union = setOperator('or');

import { type BinaryOperator, binary, type ComparisonOperator, type Matching, type SetOperatorName } from './node.ts';
import { type Language, type Tree, type UntypedVector, type Vector, vectorOf } from './vector.ts';

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
export type MatchableOperator<Op extends BinaryOperator> = Exclude<Op, SetOperatorName> | `${ComparisonOperator} bool`;

/** A vector of a language; an ordinary one unless said otherwise. */
type VectorOf<Q extends Language, L extends string, T extends string = Q['plain']> = Vector<Q['node'], L, T>;

/** One to one by an explicit match: with `on` the named labels remain, with `ignoring` the others. */
export interface OneToOne<Q extends Language> {
  <L extends string, R extends string, const B extends L & R>(
    left: VectorOf<Q, L>,
    op: MatchableOperator<Q['operator']>,
    right: VectorOf<Q, R>,
    by: MatchBy<B, 'on'>,
  ): VectorOf<Q, B>;
  <L extends string, R extends string, const B extends L | R>(
    left: VectorOf<Q, L>,
    op: MatchableOperator<Q['operator']>,
    right: VectorOf<Q, R>,
    by: MatchBy<B, 'ignoring'> & Ignoring<L, R, B>,
  ): VectorOf<Q, Exclude<L, B>>;
}

/** How many series find one: by which labels, and which labels of the one they take over. */
export interface GroupBy<M, I extends string> {
  readonly by: M;
  /** @default - no labels are taken over */
  readonly include?: readonly I[];
}

/** Many to one: the left's labels remain, with those included from the right; an account's gauge of PromQL stays one. */
export interface ManyToOne<Q extends Language> {
  <L extends string, R extends string, const B extends L & R, T extends Q['many'], const I extends R = never>(
    left: VectorOf<Q, L, T>,
    op: MatchableOperator<Q['operator']>,
    right: VectorOf<Q, R>,
    match: GroupBy<MatchBy<B, 'on'>, I>,
  ): VectorOf<Q, L | I, T>;
  <L extends string, R extends string, const B extends L | R, T extends Q['many'], const I extends R = never>(
    left: VectorOf<Q, L, T>,
    op: MatchableOperator<Q['operator']>,
    right: VectorOf<Q, R>,
    match: GroupBy<MatchBy<B, 'ignoring'> & Ignoring<L, R, B>, I>,
  ): VectorOf<Q, L | I, T>;
}

/** One to many: the right's labels remain, with those included from the left. */
export interface OneToMany<Q extends Language> {
  <L extends string, R extends string, const B extends L & R, const I extends L = never>(
    left: VectorOf<Q, L>,
    op: MatchableOperator<Q['operator']>,
    right: VectorOf<Q, R>,
    match: GroupBy<MatchBy<B, 'on'>, I>,
  ): VectorOf<Q, R | I>;
  <L extends string, R extends string, const B extends L | R, const I extends L = never>(
    left: VectorOf<Q, L>,
    op: MatchableOperator<Q['operator']>,
    right: VectorOf<Q, R>,
    match: GroupBy<MatchBy<B, 'ignoring'> & Ignoring<L, R, B>, I>,
  ): VectorOf<Q, R | I>;
}

/** A set operator: the left's series stay as they are. Without a match both sides have the same labels. */
export interface SetOperator<Q extends Language> {
  <L extends string, T extends Q['trait']>(left: VectorOf<Q, L, T>, right: VectorOf<Q, L, T>): VectorOf<Q, L, T>;
  <L extends string, R extends string, const B extends L & R, T extends Q['trait'], U extends Q['trait']>(
    left: VectorOf<Q, L, T>,
    right: VectorOf<Q, R, U>,
    by: MatchBy<B, 'on'>,
  ): VectorOf<Q, L, T>;
  <L extends string, R extends string, const B extends L | R, T extends Q['trait'], U extends Q['trait']>(
    left: VectorOf<Q, L, T>,
    right: VectorOf<Q, R, U>,
    by: MatchBy<B, 'ignoring'> & Ignoring<L, R, B>,
  ): VectorOf<Q, L, T>;
}

/** A union: series of both sides stay as they are, so both have the same labels; the match says which of them are the same. */
export interface Union<Q extends Language> {
  <L extends string, T extends Q['trait']>(left: VectorOf<Q, L, T>, right: VectorOf<Q, L, T>): VectorOf<Q, L, T>;
  <L extends string, const B extends L, T extends Q['trait'], K extends 'on' | 'ignoring'>(
    left: VectorOf<Q, L, T>,
    right: VectorOf<Q, L, T>,
    by: MatchBy<B, K>,
  ): VectorOf<Q, L, T>;
}

/** The operators that match series by chosen labels. */
export interface Matchings<Q extends Language> {
  readonly matched: OneToOne<Q>;
  readonly groupLeft: ManyToOne<Q>;
  readonly groupRight: OneToMany<Q>;
  readonly and: SetOperator<Q>;
  readonly unless: SetOperator<Q>;
  readonly or: Union<Q>;
}

const BOOL = ' bool';

const combined = <Q extends Language>(
  left: Tree<Q['node']>,
  op: MatchableOperator<Q['operator']>,
  right: Tree<Q['node']>,
  matching: Matching,
): UntypedVector<Q['node']> => {
  const bool = op.endsWith(BOOL);
  const name = (bool ? op.slice(0, -BOOL.length) : op) as Q['operator'];
  return vectorOf<Q>(binary(name, { bool, matching })(left.node, right.node));
};

const matched =
  <Q extends Language>(): OneToOne<Q> =>
  (left: Tree<Q['node']>, op: MatchableOperator<Q['operator']>, right: Tree<Q['node']>, { kind, labels }: Matching) =>
    combined<Q>(left, op, right, { kind, labels });

const grouped =
  <Q extends Language>(side: 'left' | 'right') =>
  (
    left: Tree<Q['node']>,
    op: MatchableOperator<Q['operator']>,
    right: Tree<Q['node']>,
    { by: { kind, labels }, include = [] }: GroupBy<Matching, string>,
  ): UntypedVector<Q['node']> =>
    combined<Q>(left, op, right, { kind, labels, group: { side, include } });

const setOperator =
  <Q extends Language>(op: SetOperatorName & Q['operator']) =>
  (left: Tree<Q['node']>, right: Tree<Q['node']>, by?: Matching): UntypedVector<Q['node']> =>
    vectorOf<Q>(
      binary(op, by === undefined ? {} : { matching: { kind: by.kind, labels: by.labels } })(left.node, right.node),
    );

/** The operators of a language that match series by chosen labels. */
export const matchingsOf = <Q extends Language>(): Matchings<Q> => ({
  matched: matched<Q>(),
  groupLeft: grouped<Q>('left'),
  groupRight: grouped<Q>('right'),
  and: setOperator<Q>('and'),
  unless: setOperator<Q>('unless'),
  or: setOperator<Q>('or'),
});

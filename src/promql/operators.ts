import type { Duration, Scope } from '#catalog';
import {
  type Amount,
  type GaugeRange,
  numberNode,
  type Scalar,
  type Vector,
  vectorOf,
  type Window,
} from './expression.ts';
import type { BinaryOperator, Matching, Node } from './node.ts';

/** Matching of two sides by the named labels, or by all but them; `K` are the labels that the result has. */
export interface MatchBy<in out B extends string, in out K extends 'on' | 'ignoring'> {
  readonly kind: K;
  readonly labels: readonly B[];
  readonly of?: (labels: B) => B;
}

/** Matches series whose named labels are equal. */
export const on = <const B extends string>(...labels: readonly B[]): MatchBy<B, 'on'> => ({ kind: 'on', labels });

/** Matches series that are equal but for the named labels. */
export const ignoring = <const B extends string>(...labels: readonly B[]): MatchBy<B, 'ignoring'> => ({
  kind: 'ignoring',
  labels,
});

const binary = (
  op: BinaryOperator,
  left: Node,
  right: Node,
  more: { readonly bool?: boolean; readonly matching?: Matching } = {},
): Node => ({
  kind: 'binary',
  op,
  bool: more.bool ?? false,
  matching: more.matching ?? null,
  left,
  right,
});

const nodeOf = (side: Amount | { readonly node: Node }): Node =>
  typeof side === 'number' ? numberNode(side) : side.node;

/** An arithmetic operator: between numbers, between a vector and a number, and between vectors with the same labels. */
interface Arithmetic {
  (left: Scalar, right: Amount): Scalar;
  <L extends string, S extends Scope>(left: Vector<L, S>, right: Amount): Vector<L, S>;
  <L extends string, S extends Scope>(left: Amount, right: Vector<L, S>): Vector<L, S>;
  <L extends string, S extends Scope>(left: Vector<L, S>, right: Vector<L, S>): Vector<L, S>;
}

const arithmetic = (op: BinaryOperator): Arithmetic =>
  ((left: Amount | { node: Node }, right: Amount | { node: Node }) => ({
    type: 'vector',
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

/** The opposite of every value. */
export const neg = <L extends string, S extends Scope>(of: Vector<L, S>): Vector<L, S> =>
  vectorOf({ kind: 'negation', of: of.node });

/** Keeps the series for which the comparison holds; their values stay. Between vectors both have the same labels. */
interface Comparison {
  <L extends string, S extends Scope>(left: Vector<L, S>, right: Amount): Vector<L, S>;
  <L extends string, S extends Scope>(left: Vector<L, S>, right: Vector<L, S>): Vector<L, S>;
}

const comparison = (op: BinaryOperator, bool = false): Comparison =>
  ((left: { node: Node }, right: Amount | { node: Node }) =>
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

/** An operator of the first group that takes vectors with different labels. */
export type MatchableOperator = Exclude<BinaryOperator, 'and' | 'or' | 'unless'>;

/** One to one by an explicit match: with `on` the named labels remain. */
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
    by: [Exclude<L, B>] extends [Exclude<R, B>] ? MatchBy<B, 'ignoring'> : never,
  ): Vector<Exclude<L, B>>;
}

/** Combines two vectors one to one by an explicit match; with `on` the named labels remain, with `ignoring` the others. */
export const matched: OneToOne = ((
  left: { node: Node },
  op: MatchableOperator,
  right: { node: Node },
  { kind, labels }: Matching,
): Vector<never> => vectorOf(binary(op, left.node, right.node, { matching: { kind, labels } }))) as unknown as OneToOne;

/** Combines many series on the left with one on the right; the left's labels remain, with those included from the right. */
export const groupLeft = <L extends string, R extends string, const B extends L & R, const I extends R = never>(
  left: Vector<L>,
  op: MatchableOperator,
  right: Vector<R>,
  { by, include = [] }: { readonly by: MatchBy<B, 'on'>; readonly include?: readonly I[] },
): Vector<L | I> =>
  vectorOf(
    binary(op, left.node, right.node, {
      matching: { kind: 'on', labels: by.labels, group: { side: 'left', include } },
    }),
  );

/** Combines one series on the left with many on the right; the right's labels remain, with those included from the left. */
export const groupRight = <L extends string, R extends string, const B extends L & R, const I extends L = never>(
  left: Vector<L>,
  op: MatchableOperator,
  right: Vector<R>,
  { by, include = [] }: { readonly by: MatchBy<B, 'on'>; readonly include?: readonly I[] },
): Vector<R | I> =>
  vectorOf(
    binary(op, left.node, right.node, {
      matching: { kind: 'on', labels: by.labels, group: { side: 'right', include } },
    }),
  );

/** A set operator: the left's series stay as they are. Without `by` both sides have the same labels. */
interface SetOperator {
  <L extends string, S extends Scope>(left: Vector<L, S>, right: Vector<L, S>): Vector<L, S>;
  <L extends string, R extends string, const B extends L & R, S extends Scope>(
    left: Vector<L, S>,
    right: Vector<R>,
    by: MatchBy<B, 'on'>,
  ): Vector<L, S>;
}

const setOperator = (op: 'and' | 'unless'): SetOperator =>
  ((left: { node: Node }, right: { node: Node }, by?: { kind: 'on'; labels: readonly string[] }) =>
    vectorOf(
      binary(op, left.node, right.node, by === undefined ? {} : { matching: { kind: 'on', labels: by.labels } }),
    )) as SetOperator;

/** The left's series that have a match on the right. */
export const and = setOperator('and');
/** The left's series that have no match on the right. */
export const unless = setOperator('unless');

/** The left's series and those of the right that have no match among them. */
export const or = <L extends string, S extends Scope>(left: Vector<L, S>, right: Vector<L, S>): Vector<L, S> =>
  vectorOf(binary('or', left.node, right.node));

/** The expression as it was some time ago. @throws when the expression is no selector or subquery */
export const offset = <E extends Shiftable>(of: E, by: Duration): E =>
  shifted(of, (node) => ({ kind: 'offset', of: node, by }));

/** The expression at a fixed unix time, or at the start or end of the query. @throws when the expression is no selector or subquery */
export const at = <E extends Shiftable>(of: E, when: number | 'start' | 'end'): E =>
  shifted(of, (node) => ({ kind: 'at', of: node, at: when }));

/** What `offset` and `at` apply to. */
export interface Shiftable {
  readonly type: 'vector' | 'counter-range' | 'gauge-range';
  readonly node: Node;
}

const SHIFTABLE: readonly Node['kind'][] = ['selector', 'matrix', 'subquery', 'offset', 'at'];

const shifted = <E extends Shiftable>(of: E, change: (node: Node) => Node): E => {
  if (!SHIFTABLE.includes(of.node.kind)) {
    throw new Error(
      `offset and @ apply to a selector or a subquery, got a ${of.node.kind}; apply them to the selectors inside`,
    );
  }
  return { ...of, node: change(of.node) };
};

/** An expression evaluated every `step` over a window, as samples. @default step - the evaluation interval */
export const subquery = <L extends string, S extends Scope>(
  of: Vector<L, S>,
  over: Window,
  step?: Window,
): GaugeRange<L, S> => ({
  type: 'gauge-range',
  node: { kind: 'subquery', of: of.node, range: over, step: step ?? null },
});

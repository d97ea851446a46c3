/**
 * Operators between two numbers or series, by how tightly they bind: the same for Prometheus and Loki, which lacks `atan2`.
 *
 * @see https://prometheus.io/docs/prometheus/latest/querying/operators/#binary-operator-precedence
 * @see https://grafana.com/docs/loki/latest/query/query_reference/#order-of-operations
 */
export const PRECEDENCE = {
  or: 1,
  and: 2,
  unless: 2,
  '==': 3,
  '!=': 3,
  '<=': 3,
  '<': 3,
  '>=': 3,
  '>': 3,
  '+': 4,
  '-': 4,
  '*': 5,
  '/': 5,
  '%': 5,
  atan2: 5,
  '^': 7,
} as const;

/** Where a unary minus binds: tighter than `*`, looser than `^`. */
export const UNARY_PRECEDENCE = 6;

/** A binary operator. */
export type BinaryOperator = keyof typeof PRECEDENCE;

/** The operators that compare. */
export type ComparisonOperator = '==' | '!=' | '<=' | '<' | '>=' | '>';

/** The operators on sets of series. */
export type SetOperatorName = 'and' | 'or' | 'unless';

/** How the two sides of a binary operator find each other. */
export interface Matching {
  readonly kind: 'on' | 'ignoring';
  readonly labels: readonly string[];
  /** The side with many series per match, and the labels it takes from the other. @default - one to one */
  readonly group?: { readonly side: 'left' | 'right'; readonly include: readonly string[] };
}

/** A binary operator between two nodes of a language. */
export interface BinaryNode<N, Op extends BinaryOperator = BinaryOperator> {
  readonly kind: 'binary';
  readonly op: Op;
  readonly bool: boolean;
  readonly matching: Matching | null;
  readonly left: N;
  readonly right: N;
}

/** What a binary operator may have beside its sides. */
interface Modifiers {
  /** @default false - a comparison keeps values */
  readonly bool?: boolean;
  /** @default null - series match by all their labels */
  readonly matching?: Matching | null;
}

/** Puts a binary operator with its modifiers between two nodes. */
export const binary =
  <Op extends BinaryOperator>(op: Op, { bool = false, matching = null }: Modifiers = {}) =>
  <N>(left: N, right: N): BinaryNode<N, Op> => ({ kind: 'binary', op, bool, matching, left, right });

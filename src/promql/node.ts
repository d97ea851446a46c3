/**
 * Binary operators by how tightly they bind.
 *
 * @see https://prometheus.io/docs/prometheus/latest/querying/operators/#binary-operator-precedence
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

/** A unary minus binds tighter than `*` and looser than `^`. */
export const UNARY_PRECEDENCE = 6;

/** A binary operator. */
export type BinaryOperator = keyof typeof PRECEDENCE;

/** How the two sides of a binary operator are matched. */
export interface Matching {
  readonly kind: 'on' | 'ignoring';
  readonly labels: readonly string[];
  /** The side with many series per match, and the labels that it takes from the other. @default - one to one */
  readonly group?: { readonly side: 'left' | 'right'; readonly include: readonly string[] };
}

/** One condition on a label. */
export interface Matcher {
  readonly label: string;
  readonly op: '=' | '!=' | '=~' | '!~';
  readonly value: string;
}

/** The operator of an aggregation. */
type AggregationOperator =
  | 'sum'
  | 'min'
  | 'max'
  | 'avg'
  | 'count'
  | 'group'
  | 'stddev'
  | 'stdvar'
  | 'topk'
  | 'bottomk'
  | 'quantile'
  | 'count_values';

/** A PromQL expression as a tree. `range` and `step` are durations or Grafana variables. */
export type Node =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'string'; readonly value: string }
  | {
      readonly kind: 'selector';
      readonly metric: string;
      readonly labels: readonly string[];
      readonly matchers: readonly Matcher[];
    }
  | { readonly kind: 'matrix'; readonly of: Node; readonly range: string }
  | { readonly kind: 'subquery'; readonly of: Node; readonly range: string; readonly step: string | null }
  | { readonly kind: 'offset'; readonly of: Node; readonly by: string }
  | { readonly kind: 'at'; readonly of: Node; readonly at: number | 'start' | 'end' }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Node[] }
  | {
      readonly kind: 'aggregation';
      readonly op: AggregationOperator;
      readonly grouping: Grouping | null;
      readonly param: Node | null;
      readonly of: Node;
    }
  | {
      readonly kind: 'binary';
      readonly op: BinaryOperator;
      readonly bool: boolean;
      readonly matching: Matching | null;
      readonly left: Node;
      readonly right: Node;
    }
  | { readonly kind: 'negation'; readonly of: Node };

/** The nodes of some kinds. */
export type NodeOf<K extends Node['kind']> = Extract<Node, { readonly kind: K }>;

/** The labels that an aggregation keeps (`by`) or drops (`without`). */
export interface Grouping {
  readonly kind: 'by' | 'without';
  readonly labels: readonly string[];
}

/** A function call. */
export const call = (name: string, ...args: readonly Node[]): Node => ({ kind: 'call', name, args });

/** A binary operation; without a matching, series match by all their labels. */
export const binary = (left: Node, op: BinaryOperator, right: Node, matching: Matching | null = null): Node => ({
  kind: 'binary',
  op,
  bool: false,
  matching,
  left,
  right,
});

/** The direct children of a node. */
const children = (node: Node): readonly Node[] => {
  switch (node.kind) {
    case 'number':
    case 'string':
    case 'selector':
      return [];
    case 'call':
      return node.args;
    case 'binary':
      return [node.left, node.right];
    case 'aggregation':
      return node.param === null ? [node.of] : [node.param, node.of];
    default:
      return [node.of];
  }
};

/** The same tree with each node replaced by the result of a function, from the leaves up. */
export const rewrite = (node: Node, change: (node: Node) => Node): Node =>
  change(withChildren(node, (child) => rewrite(child, change)));

const withChildren = (node: Node, change: (child: Node) => Node): Node => {
  switch (node.kind) {
    case 'number':
    case 'string':
    case 'selector':
      return node;
    case 'call':
      return { ...node, args: node.args.map(change) };
    case 'binary':
      return { ...node, left: change(node.left), right: change(node.right) };
    case 'aggregation':
      return { ...node, param: node.param === null ? null : change(node.param), of: change(node.of) };
    default:
      return { ...node, of: change(node.of) };
  }
};

/** Every node of a tree, the root first. */
export const walk = (node: Node): readonly Node[] => [node, ...children(node).flatMap(walk)];

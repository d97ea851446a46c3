import type { BinaryNode } from '#vectors';

/** How a matcher compares: equal, not equal, matches, does not match. */
export type MatchOperator = '=' | '!=' | '=~' | '!~';

/** One condition on a label. */
export interface Matcher {
  readonly label: string;
  readonly op: MatchOperator;
  readonly value: string;
}

/** The operator of an aggregation. */
export type AggregationOperator =
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
  | BinaryNode<Node>
  | { readonly kind: 'negation'; readonly of: Node };

/** The nodes of some kinds. */
export type NodeOf<K extends Node['kind']> = Extract<Node, { readonly kind: K }>;

/** A call of a function. */
export const call = (name: string, ...args: readonly Node[]): Node => ({ kind: 'call', name, args });

/** The labels that an aggregation keeps (`by`) or drops (`without`). */
export interface Grouping {
  readonly kind: 'by' | 'without';
  readonly labels: readonly string[];
}

/** The nodes directly below a node. */
export const children = (node: Node): readonly Node[] => {
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

/** The same tree with each node replaced by what a function makes of it, from the leaves up. */
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

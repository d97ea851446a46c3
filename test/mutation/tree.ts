import type { Node } from '#promql';

export type { NodeOf } from '#promql';

/** A node that stands in place of another, and what has changed. */
export interface Variation {
  readonly change: string;
  readonly node: Node;
}

/** Finds the variations of one node, its children left as they are. */
export type Vary = (node: Node) => readonly Variation[];

/** A place below a node: what stands there, and the node with something else there. */
export interface Slot {
  readonly child: Node;
  readonly put: (child: Node) => Node;
}

/** The places directly below a node, in the order in which they are written. */
export const slots = (node: Node): readonly Slot[] => {
  switch (node.kind) {
    case 'number':
    case 'string':
    case 'selector':
      return [];
    case 'call':
      return node.args.map((child, index) => ({
        child,
        put: (one) => ({ ...node, args: node.args.with(index, one) }),
      }));
    case 'binary':
      return [
        { child: node.left, put: (left) => ({ ...node, left }) },
        { child: node.right, put: (right) => ({ ...node, right }) },
      ];
    case 'aggregation':
      return [
        ...(node.param === null ? [] : [{ child: node.param, put: (param: Node) => ({ ...node, param }) }]),
        { child: node.of, put: (of) => ({ ...node, of }) },
      ];
    default:
      return [{ child: node.of, put: (of) => ({ ...node, of }) }];
  }
};

/**
 * Every tree that differs from a tree by one variation of one node, the root's first. A node object that stands at two
 * places varies at each of them alone.
 */
export const variations = (root: Node, vary: Vary): readonly Variation[] => [
  ...vary(root),
  ...slots(root).flatMap(({ child, put }) =>
    variations(child, vary).map(({ change, node }) => ({ change, node: put(node) })),
  ),
];

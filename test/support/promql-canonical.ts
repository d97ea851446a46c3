import { type Node, rewrite } from '#promql';

/**
 * A tree as any of several equal spellings has it: what a selector's metric could have is left out, a minus before a
 * number is part of it, a time comes after an offset, and lists that say nothing are absent.
 */
export const canonical = (tree: Node): Node => rewrite(tree, simplified);

const simplified = (node: Node): Node => {
  switch (node.kind) {
    case 'number':
      return number(node.value);
    case 'negation':
      return node.of.kind === 'number' ? number(-node.of.value) : node;
    case 'selector':
      return { ...node, labels: [] };
    case 'offset':
      return node.of.kind === 'at' ? { ...node.of, of: { ...node, of: node.of.of } } : node;
    case 'aggregation':
      return node.grouping?.kind === 'by' && node.grouping.labels.length === 0 ? { ...node, grouping: null } : node;
    case 'binary':
      return isDefaultMatching(node) ? { ...node, matching: null } : node;
    default:
      return node;
  }
};

/** Adding nothing turns -0, which prints as 0, into 0. */
const number = (value: number): Node => ({ kind: 'number', value: value + 0 });

const isDefaultMatching = ({ matching }: Extract<Node, { kind: 'binary' }>): boolean =>
  matching !== null && matching.kind === 'ignoring' && matching.labels.length === 0 && matching.group === undefined;

import type { Tree } from '@lezer/common';

/** A node of a parsed text as plain data: one walk over the parser's tree, which is costly to ask often, makes all. */
export interface SyntaxNode {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly children: readonly SyntaxNode[];
}

/** A parser's tree as plain nodes, and the first place at which the text did not parse. */
export interface Parsed {
  readonly top: SyntaxNode;
  readonly error: number | undefined;
}

type Growing = SyntaxNode & { readonly children: Growing[] };

/** Reads a parser's tree once. */
export const nodesOf = (tree: Tree): Parsed => {
  const above: Growing[] = [{ name: '', from: 0, to: tree.length, children: [] }];
  let error: number | undefined;
  tree.iterate({
    enter: ({ type, from, to }) => {
      if (type.isError) error ??= from;
      const node: Growing = { name: type.name, from, to, children: [] };
      above.at(-1)?.children.push(node);
      above.push(node);
    },
    leave: () => {
      above.pop();
    },
  });
  const [root] = above as [Growing];
  return { top: root.children[0] ?? root, error };
};

/** The first child of a name. */
export const childOf = ({ children }: SyntaxNode, name: string): SyntaxNode | undefined =>
  children.find((child) => child.name === name);

/** The children of a name. */
export const childrenOf = ({ children }: SyntaxNode, name: string): readonly SyntaxNode[] =>
  children.filter((child) => child.name === name);

/** What a node is written like. */
export const writtenAs = ({ from, to }: SyntaxNode, text: string): string => text.slice(from, to);

import { parser } from '@grafana/lezer-logql';
import type { SyntaxNode } from '@lezer/common';

/** The top of what the editor's parser makes of a text. @throws when the text does not parse */
export const topOf = (text: string): SyntaxNode => {
  const tree = parser.parse(text);
  tree.iterate({
    enter: ({ type, from }) => {
      if (type.isError) throw new Error(`invalid LogQL at ${from}: '${text.slice(from, from + 40)}' in '${text}'`);
    },
  });
  return tree.topNode;
};

/** The nodes directly below a node. */
export const childrenOf = (node: SyntaxNode): readonly SyntaxNode[] => {
  const list: SyntaxNode[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling) list.push(child);
  return list;
};

/** The child of a name. @throws when there is none */
export const inside = (node: SyntaxNode, name: string): SyntaxNode => {
  const child = node.getChild(name);
  if (child === null) throw new Error(`'${node.name}' has no '${name}'`);
  return child;
};

/** The child at a place, counted from the end when negative. @throws when there is none */
export const childAt = (node: SyntaxNode, index: number): SyntaxNode => {
  const child = childrenOf(node).at(index);
  if (child === undefined) throw new Error(`'${node.name}' has no child ${index}`);
  return child;
};

/** The members of a list, which the editor's parser nests to the left under one name. */
export const membersOf = (list: SyntaxNode | null): readonly SyntaxNode[] =>
  list === null ? [] : flat(list, list.name);

const flat = (node: SyntaxNode, name: string): readonly SyntaxNode[] =>
  childrenOf(node).flatMap((child) => (child.name === name ? flat(child, name) : [child]));

/** The text of a node. */
export const slice = (node: SyntaxNode, text: string): string => text.slice(node.from, node.to);

/** The texts of the members of a list. */
export const namesIn = (list: SyntaxNode | null, text: string): readonly string[] =>
  membersOf(list).map((member) => slice(member, text));

/** The value of a string. */
export const stringOf = (node: SyntaxNode, text: string): string => unquoted(slice(node, text));

const ESCAPED: Readonly<Record<string, string>> = { a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' };
const ESCAPE = /\\(?:u([0-9a-f]{4})|U([0-9a-f]{8})|x([0-9a-f]{2})|(.))/g;

/** A string without its quotes, by the escapes of Go, which Loki reads and writes. */
export const unquoted = (text: string): string =>
  text.startsWith('`')
    ? text.slice(1, -1)
    : text.slice(1, -1).replace(ESCAPE, (_, short?: string, long?: string, byte?: string, one = '') => {
        const code = short ?? long ?? byte;
        return code === undefined ? (ESCAPED[one] ?? one) : String.fromCodePoint(Number.parseInt(code, 16));
      });

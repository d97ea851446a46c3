import type { Tree } from '@lezer/common';
import type { LRParser } from '@lezer/lr';

/** A query language and the parser that knows it. */
export interface Language {
  readonly name: string;
  readonly parser: LRParser;
}

/** Why a query does not parse, and how to fix it. */
export interface SyntaxFault {
  readonly problem: string;
  readonly fix: string;
}

/** A query that does not parse, or what it says. */
export type Read<T> = { readonly fault: SyntaxFault } | { readonly fault: undefined; readonly says: T };

/** Parses a query, whose Grafana variables are replaced first, and reads its syntax tree. */
export const readWith = <T>(
  { name, parser }: Language,
  query: string,
  read: (top: SyntaxNode, text: string) => T,
): Read<T> => {
  if (query.trim() === '') return { fault: { problem: `the ${name} query is empty`, fix: 'write one, or remove it' } };
  const { top, error } = nodesOf(parser.parse(withoutVariables(query)));
  return error === undefined ? { fault: undefined, says: read(top, query) } : { fault: explained(name, query, error) };
};

const EXCERPT = 40;
const CALLED_NAME = /([A-Za-z_]\w*)\s*$/;

const explained = (name: string, query: string, at: number): SyntaxFault => {
  const before = query.slice(0, at);
  const rest = query.slice(at).trim();
  const called = rest.startsWith('(') ? CALLED_NAME.exec(before)?.[1] : undefined;
  return {
    problem: `invalid ${name} ${placeOf(before)}: received ${excerpt(rest)} after '${before.trim().slice(-EXCERPT)}'`,
    fix:
      called === undefined
        ? 'correct the query there, or build it from the expression tree'
        : `name a function of ${name} instead of '${called}'`,
  };
};

const placeOf = (before: string): string => {
  const lines = before.split('\n');
  return `at line ${lines.length}, column ${(lines.at(-1) ?? '').length + 1}`;
};

const excerpt = (rest: string): string => (rest === '' ? 'the end' : `'${rest.slice(0, EXCERPT)}'`);

/** A node of a parsed text as plain data: one walk over the parser's tree, which is costly to ask often, makes all. */
export interface SyntaxNode {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly children: readonly SyntaxNode[];
}

/** A parser's tree as plain nodes, and the first place at which the text did not parse. */
interface Parsed {
  readonly top: SyntaxNode;
  readonly error: number | undefined;
}

type Growing = SyntaxNode & { readonly children: Growing[] };

/** Reads a parser's tree once. */
const nodesOf = (tree: Tree): Parsed => {
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

/** The text of a node. */
export const writtenAs = ({ from, to }: SyntaxNode, text: string): string => text.slice(from, to);

/** Strings and comments, in which variables stay; variables; and the brackets of a range. */
const TOKEN =
  /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`|#[^\n]*|(?<variable>\$\{\w+(?::\w+)?\}|\$\w+)|(?<bracket>[[\]])/gs;

const BEFORE_DURATION = /\boffset\s+-?$/;
const BEFORE_NUMBER =
  /(?:@|[<>=]=?|!=)\s*-?$|\b(?:topk|bottomk|approx_topk|quantile_over_time)\s*(?:(?:by|without)\s*\([^)]*\)\s*)?\($/;
const UNIT = /^[a-z]/;

/**
 * A query with each Grafana variable replaced by something of the same length that parses in its place, so that the
 * columns of a parser's errors are those of the query: durations in ranges and after `offset`, numbers where only they
 * fit, otherwise a name. Variables inside strings stay.
 *
 * @see https://grafana.com/docs/grafana/latest/dashboards/variables/variable-syntax/
 */
const withoutVariables = (query: string): string => {
  let inRange = false;
  return query.replace(TOKEN, (token, ...rest) => {
    const { variable, bracket } = rest.at(-1) as { variable?: string; bracket?: string };
    if (bracket !== undefined) inRange = bracket === '[';
    if (variable === undefined) return token;
    const at = rest.at(-3) as number;
    return standIn(variable, { inRange, before: query.slice(0, at), after: query.slice(at + variable.length) });
  });
};

interface Place {
  readonly inRange: boolean;
  readonly before: string;
  readonly after: string;
}

const standIn = ({ length }: string, { inRange, before, after }: Place): string => {
  if (inRange || BEFORE_DURATION.test(before)) return UNIT.test(after) ? '1'.repeat(length) : '1m'.padEnd(length);
  return (BEFORE_NUMBER.test(before) ? '1' : 'v').repeat(length);
};

import { type LogqlParts, parse as parseLogql } from '#logql';
import { type KnownSeries, type Node, type NodeOf, parse as parsePromql, type Read, walk } from '#promql';

export type { Read } from '#promql';

/** A PromQL expression as a tree, and every node of it, the root first. */
export interface Expression {
  readonly tree: Node;
  readonly nodes: readonly Node[];
  /** Every selector of it. */
  readonly selectors: readonly Selector[];
}

/** A selector of an expression. */
export type Selector = NodeOf<'selector'>;

/** Queries, each text parsed once in a run of the checks. */
export interface Queries {
  readonly promql: (text: string) => Read<Expression>;
  readonly logql: (text: string) => Read<LogqlParts>;
}

/** What all checks of a run share. */
export interface CheckContext {
  readonly queries: Queries;
  readonly known: KnownSeries;
}

/** Queries of a new run. */
export const parsedOnce = (): Queries => ({
  promql: once((text) => {
    const read = parsePromql(text);
    return read.fault === undefined ? { fault: undefined, says: expressionOf(read.says) } : read;
  }),
  logql: once(parseLogql),
});

const expressionOf = (tree: Node): Expression => {
  const nodes = walk(tree);
  return { tree, nodes, selectors: nodes.filter((node) => node.kind === 'selector') };
};

const once = <T>(make: (text: string) => T): ((text: string) => T) => {
  const made = new Map<string, T>();
  return (text) => {
    const known = made.get(text);
    if (known !== undefined) return known;
    const fresh = make(text);
    made.set(text, fresh);
    return fresh;
  };
};

import { type Node, walk } from '#promql';
import type { KnownSeries } from './known-series.ts';
import { LOGQL } from './logql.ts';
import { type LogqlParts, partsOf } from './logql-tree.ts';
import { PROMQL } from './promql.ts';
import { treeOf } from './promql-tree.ts';
import { type Fault, syntaxOf } from './syntax.ts';

/** A text read as a query of some language: why it is none, or what it says. */
export type Read<T> = { readonly fault: Fault } | { readonly fault: undefined; readonly says: T };

/** A PromQL expression as a tree, and every node of it, the root first. */
export interface Expression {
  readonly tree: Node;
  readonly nodes: readonly Node[];
  /** Every selector of it. */
  readonly selectors: readonly Selector[];
}

/** A selector of an expression. */
export type Selector = Extract<Node, { readonly kind: 'selector' }>;

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
    const { top, fault } = syntaxOf(PROMQL, text);
    if (fault !== undefined) return { fault };
    const expression = treeOf(top, text);
    const nodes = walk(expression);
    const selectors = nodes.filter((node) => node.kind === 'selector');
    return { fault, says: { tree: expression, nodes, selectors } };
  }),
  logql: once((text) => {
    const { top, fault } = syntaxOf(LOGQL, text);
    return fault === undefined ? { fault, says: partsOf(top, text) } : { fault };
  }),
});

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

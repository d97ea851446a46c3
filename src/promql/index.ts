export * from './aggregations.ts';
export * from './expression.ts';
export * from './filter.ts';
export * from './functions.ts';
export { type Matcher, type Node, rewrite, walk } from './node.ts';
export * from './operators.ts';
export { print } from './printer.ts';
export * from './selectors.ts';

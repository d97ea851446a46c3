export * from './log-query.ts';
export type { LogNode, Matcher as LogMatcher, Stage } from './node.ts';

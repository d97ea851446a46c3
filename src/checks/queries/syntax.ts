import type { LRParser } from '@lezer/lr';
import type { Finding } from '../check.ts';
import { withoutVariables } from './grafana-variables.ts';
import { nodesOf, type SyntaxNode } from './syntax-node.ts';

/** A query language and the parser that knows it. */
export interface Language {
  readonly name: string;
  readonly parser: LRParser;
}

/** What is wrong with something, wherever it is. */
export type Fault = Omit<Finding, 'path'>;

/** A query as its parser sees it: its Grafana variables replaced, and why it is none. */
export interface Syntax {
  readonly top: SyntaxNode;
  readonly fault: Fault | undefined;
}

/** Parses a query and finds the first place at which, its Grafana variables replaced, it does not parse. */
export const syntaxOf = ({ name, parser }: Language, query: string): Syntax => {
  const { top, error } = nodesOf(parser.parse(withoutVariables(query)));
  if (query.trim() === '')
    return { top, fault: { problem: `the ${name} query is empty`, fix: 'write one, or remove it' } };
  return { top, fault: error === undefined ? undefined : explained(name, query, error) };
};

/** The first place at which a query, its Grafana variables replaced, does not parse. */
export const checkSyntax = (language: Language, query: string, path: string): readonly Finding[] => {
  const { fault } = syntaxOf(language, query);
  return fault === undefined ? [] : [{ path, ...fault }];
};

const EXCERPT = 40;
const CALLED_NAME = /([A-Za-z_]\w*)\s*$/;

const explained = (name: string, query: string, at: number): Fault => {
  const before = query.slice(0, at);
  const rest = query.slice(at).trim();
  const called = rest.startsWith('(') ? CALLED_NAME.exec(before)?.[1] : undefined;
  return {
    problem: `no ${name} ${placeOf(before)}: got ${excerpt(rest)} after '${before.trim().slice(-EXCERPT)}'`,
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

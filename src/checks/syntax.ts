import type { LRParser } from '@lezer/lr';
import type { Finding } from './finding.ts';
import { withoutVariables } from './grafana-variables.ts';

/** A query language and the parser that knows it. */
export interface Language {
  readonly name: string;
  readonly parser: LRParser;
}

/** The first place at which a query, its Grafana variables replaced, does not parse. */
export const checkSyntax = ({ name, parser }: Language, query: string, path: string): readonly Finding[] => {
  if (query.trim() === '') return [{ path, problem: `the ${name} query is empty`, repair: 'write one, or remove it' }];
  const at = firstError(parser, withoutVariables(query));
  return at === undefined ? [] : [{ path, ...explained(name, query, at) }];
};

const firstError = (parser: LRParser, query: string): number | undefined => {
  const cursor = parser.parse(query).cursor();
  do {
    if (cursor.type.isError) return cursor.from;
  } while (cursor.next());
  return undefined;
};

const EXCERPT = 40;
const CALLED_NAME = /([A-Za-z_]\w*)\s*$/;

const explained = (name: string, query: string, at: number): Omit<Finding, 'path'> => {
  const before = query.slice(0, at);
  const rest = query.slice(at).trim();
  const called = rest.startsWith('(') ? CALLED_NAME.exec(before)?.[1] : undefined;
  return {
    problem: `no ${name} ${placeOf(before)}: got ${excerpt(rest)} after '${before.trim().slice(-EXCERPT)}'`,
    repair:
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

import type { z } from 'zod';
import { didYouMean } from '#catalog';
import type { Expectation } from './fields.ts';
import { looksSecret, SECRET_FIX, secretName } from './secrets.ts';

/** One thing that is wrong in a configuration, and how to fix it. */
export interface Problem {
  /** Keys from the root, such as `alerts.override.ComponentDown.for`. */
  readonly path: string;
  readonly problem: string;
  /** The value as written, shortened; a value that looks like a secret is never shown. */
  readonly received: string;
  readonly fix: string;
}

/** A problem on one line. */
export const problemText = ({ path, problem, received, fix }: Problem): string =>
  `${path}: ${problem}; received ${received}; ${fix}`;

/** Thrown for an invalid configuration; the message lists every problem, one per line. */
export class ConfigError extends Error {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
    super([`the configuration has ${count}:`, ...problems.map((problem) => `  ${problemText(problem)}`)].join('\n'));
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

/** A path as it is written in code: keys joined by dots, indexes in brackets. */
export const pathText = (path: readonly PropertyKey[]): string =>
  path
    .map((key, index) => (typeof key === 'number' ? `[${key}]` : `${index === 0 ? '' : '.'}${String(key)}`))
    .join('') || 'the configuration';

const LONGEST = 60;

/** A value as an error message shows it. */
export const show = (value: unknown): string => {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'object' && value !== null) return 'an object';
  if (typeof value !== 'string') return String(value);
  if (looksSecret(value)) return 'what looks like a secret (not shown)';
  return `'${value.length > LONGEST ? `${value.slice(0, LONGEST)}…` : value}'`;
};

/** The value at a path of an input of any shape. */
export const valueAt = (input: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (value, key) => (typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined),
    input,
  );

const KINDS: Readonly<Record<string, Expectation>> = {
  object: { must: 'an object', fix: 'write { … }' },
  record: { must: 'an object', fix: 'write { … }' },
  array: { must: 'a list', fix: 'write [ … ]' },
  string: { must: 'a string', fix: 'write it in quotes' },
  boolean: { must: 'true or false', fix: 'write true or false' },
};

const unknownKeys = (issue: z.core.$ZodIssueUnrecognizedKeys, input: unknown): readonly Problem[] =>
  issue.keys.map((key) => {
    const value = valueAt(input, [...issue.path, key]);
    const secret = secretName(key) || (typeof value === 'string' && looksSecret(value));
    return {
      path: pathText([...issue.path, key]),
      problem: 'unknown key',
      received: secret ? 'a value that is not shown here' : show(value),
      fix: secret ? SECRET_FIX : didYouMean(key, issue.message.split(' ')),
    };
  });

const oneOf = (known: readonly string[], value: unknown): Expectation => ({
  must: known.length === 1 ? String(known[0]) : `one of ${known.join(', ')}`,
  fix: typeof value === 'string' ? didYouMean(value, known) : `write ${known[0]}`,
});

const unionExpectation = (issue: z.core.$ZodIssueInvalidUnion, value: unknown): Expectation => {
  const options = 'options' in issue && Array.isArray(issue.options) ? issue.options.map(String) : [];
  return options.length > 0 ? oneOf(options, value) : { must: 'one of several shapes', fix: issue.message };
};

const expectationOf = (issue: z.core.$ZodIssue, value: unknown): Expectation => {
  if (issue.code === 'custom' && issue.params) return issue.params as Expectation;
  if (issue.code === 'invalid_type') return KINDS[issue.expected] ?? { must: issue.expected, fix: 'write one' };
  if (issue.code === 'invalid_key') return expectationOf(issue.issues[0] as z.core.$ZodIssue, value);
  if (issue.code === 'invalid_value') return oneOf(issue.values.map(String), value);
  if (issue.code === 'invalid_union') return unionExpectation(issue, value);
  return { must: 'something else', fix: issue.message };
};

/** The problems behind an issue of the schema. */
export const problemsOf = (issue: z.core.$ZodIssue, input: unknown): readonly Problem[] => {
  if (issue.code === 'unrecognized_keys') return unknownKeys(issue, input);
  const value = issue.code === 'invalid_key' ? issue.path.at(-1) : valueAt(input, issue.path);
  const { must, fix, received } = expectationOf(issue, value);
  return [{ path: pathText(issue.path), problem: `must be ${must}`, received: show(received ?? value), fix }];
};

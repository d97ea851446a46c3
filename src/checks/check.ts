import type { Finding } from './finding.ts';

/** A check as documents list it: its name, what it finds, and whose rule it is. */
export interface CheckEntry {
  /** The name of its source, where it has one; ours are `subject/problem`. */
  readonly name: string;
  readonly finds: string;
  readonly source: 'dashboard-linter' | 'pint' | 'tidewatch';
}

/** A check of one kind of subject. */
export interface Check<S> extends CheckEntry {
  readonly run: (subject: S) => readonly Finding[];
}

/** Every finding of some checks on a subject, each with the name of its check. */
export const runAll = <S>(checks: readonly Check<S>[], subject: S): readonly Finding[] =>
  checks.flatMap(({ name, run }) => run(subject).map((finding) => ({ ...finding, check: name })));

/** One finding where a condition holds, else none. */
export const findingIf = (found: boolean, finding: () => Finding): readonly Finding[] => (found ? [finding()] : []);

/** Some names for a sentence: in quotes, with commas; `none` where there are none. */
export const listed = (names: Iterable<string>): string => [...names].map((name) => `'${name}'`).join(', ') || 'none';

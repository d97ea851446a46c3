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

/** The known name that is most like another, for a repair; undefined where none is near. */
export const nearest = (name: string, known: Iterable<string>): string | undefined => {
  const ranked = [...known]
    .map((one) => ({ one, distance: distance(name, one) }))
    .toSorted((a, b) => a.distance - b.distance);
  const [best] = ranked;
  return best !== undefined && best.distance <= Math.max(2, name.length / 4) ? best.one : undefined;
};

/** How many letters have to be added, dropped or replaced. @see https://en.wikipedia.org/wiki/Levenshtein_distance */
const distance = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
};

import type { Finding } from '../finding.ts';
import type { Inventory, Placed } from './inventory.ts';

/** Something in a manifest that does not hold, with the name of the check that says so. */
export interface ManifestFinding extends Finding {
  readonly check: string;
}

/** One thing that must hold of every subject of a kind. */
export interface Check<S extends Placed> {
  readonly name: string;
  /** What is wrong with a subject and what was got, once for each thing that is. */
  readonly problems: (subject: S, inventory: Inventory) => readonly string[];
  readonly repair: string;
}

/** A check as a page tells of it. */
export type ManifestCheck = Pick<Check<Placed>, 'name' | 'repair'>;

/** Checks of the same subjects. */
export interface CheckGroup {
  readonly checks: readonly ManifestCheck[];
  readonly findings: (inventory: Inventory) => readonly ManifestFinding[];
}

/** Applies checks to all of their subjects. */
export const checksOf = <S extends Placed>(
  subjects: (inventory: Inventory) => readonly S[],
  checks: readonly Check<S>[],
): CheckGroup => ({
  checks: checks.map(({ name, repair }) => ({ name, repair })),
  findings: (inventory) =>
    subjects(inventory).flatMap((subject) =>
      checks.flatMap(({ name, problems, repair }) =>
        problems(subject, inventory).map((problem) => ({ check: name, path: subject.path, problem, repair })),
      ),
    ),
});

/** A problem, if there is one. */
export const when = (isWrong: boolean, problem: string): readonly string[] => (isWrong ? [problem] : []);

/** What was got, for a problem: nothing at all is called unset. */
export const got = (value: unknown): string => (value === undefined ? 'unset' : JSON.stringify(value));

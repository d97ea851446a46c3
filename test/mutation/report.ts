import { printOnOneLine } from '#promql';
import { type Equivalent, isAbout } from './equivalents.ts';
import { type Mutant, treeOf } from './mutants.ts';
import type { Catch } from './run.ts';

const isListed = (rule: string, mutant: Mutant, list: readonly Equivalent[]): boolean =>
  list.some(isAbout(rule, mutant));

/** What survives without a proof, each with its rule, its mutation and what became of the rule. */
export const unproven = ({ rule, survivors }: Catch, list: readonly Equivalent[]): readonly string[] =>
  survivors
    .filter((mutant) => !isListed(rule, mutant, list))
    .map((mutant) => `${rule}, ${mutant.operator}: ${changeText(mutant)}\n    ${mutatedText(mutant)}`);

const changeText = ({ change, place }: Mutant): string => (place === 1 ? change : `${change} (place ${place})`);

const mutatedText = ({ rule }: Mutant): string =>
  `${printOnOneLine({ node: treeOf(rule) })}${rule.kind === 'alert' && rule.for !== null ? ` for ${rule.for}` : ''}`;

/** What is wrong with the list: entries that are about no mutant, and those about one that a case kills. */
export const misproven = (catches: readonly Catch[], list: readonly Equivalent[]): readonly string[] =>
  list.flatMap((entry) => {
    const about = (mutants: (one: Catch) => readonly Mutant[]): boolean =>
      catches.some((one) => mutants(one).some((mutant) => isAbout(one.rule, mutant)(entry)));
    const name = `${entry.rule}: ${entry.change}${entry.place === undefined ? '' : ` (place ${entry.place})`}`;
    if (!about(({ mutants }) => mutants)) return [`${name} is no mutant; take it off the list of equivalents`];
    if (!about(({ survivors }) => survivors)) return [`${name} is killed; take it off the list of equivalents`];
    return [];
  });

/** How many mutants there were, were killed, and survived with and without a proof. */
export interface Count {
  readonly mutants: number;
  readonly killed: number;
  readonly equivalent: number;
  readonly survived: number;
}

/** Counts the mutants of some rules. */
export const count = (catches: readonly Catch[], list: readonly Equivalent[]): Count => {
  const mutants = catches.flatMap((one) => one.mutants).length;
  const survivors = catches.flatMap((one) => one.survivors).length;
  const survived = catches.flatMap((one) => unproven(one, list)).length;
  return { mutants, killed: mutants - survivors, equivalent: survivors - survived, survived };
};

const COLUMNS = ['mutants', 'killed', 'equivalent', 'survived'] as const;

/** The counts as a table: a line a rule, and their sum. */
export const table = (catches: readonly Catch[], list: readonly Equivalent[]): string => {
  const rows = [
    ['', ...COLUMNS],
    ...catches.map((one) => row(one.rule, count([one], list))),
    row('together', count(catches, list)),
  ];
  const first = Math.max(...rows.map(([name = '']) => name.length));
  return rows
    .map(([name = '', ...cells]) => `${name.padEnd(first)}${cells.map((cell) => cell.padStart(12)).join('')}`)
    .join('\n');
};

const row = (name: string, counts: Count): readonly string[] => [name, ...COLUMNS.map((column) => `${counts[column]}`)];

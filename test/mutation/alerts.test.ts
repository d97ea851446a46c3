import { afterAll, beforeAll, expect, test } from 'vitest';
import { alertGroups } from '#alerts';
import { ALL_CASES } from '../alerts/cases/all-cases.ts';
import { describePeers } from '../peers/peer.ts';
import { type TemporaryFolder, temporaryFolder } from '../peers/temporary-folder.ts';
import { EQUIVALENTS } from './equivalents.ts';
import { ruleName } from './mutants.ts';
import { count, misproven, table, unproven } from './report.ts';
import { ruleMutantsOf } from './rule-mutants.ts';
import { type Catch, run } from './run.ts';

const RULES = ruleMutantsOf(alertGroups, ALL_CASES);

/** At most this share of all mutants may be proven equivalent instead of killed. */
const MOST_EQUIVALENT = 0.05;

const TEN_MINUTES = 600_000;

/** Runs that run side by side: a process of promtool keeps a core busy, and there are two of them. */
const SIDE_BY_SIDE = 2;

/** Runs the mutants of each rule once, when it is first asked for, and some rules at a time. */
const runner = (folder: () => string) => {
  const runs = new Map<string, Promise<Catch>>();
  const lanes: Promise<unknown>[] = Array.from({ length: SIDE_BY_SIDE }, () => Promise.resolve());
  return (name: string): Promise<Catch> => {
    const known = runs.get(name);
    if (known !== undefined) return known;
    const subject = RULES.find(({ rule }) => ruleName(rule) === name);
    if (subject === undefined) throw new Error(`no rule is called '${name}'`);
    const lane = runs.size % SIDE_BY_SIDE;
    const result = (lanes[lane] ?? Promise.resolve()).then(() => run(folder(), subject));
    lanes[lane] = result.catch(() => {});
    runs.set(name, result);
    return result;
  };
};

describePeers(['promtool'], 'the mutants of all rules', () => {
  let folder: TemporaryFolder;
  const caught: Catch[] = [];
  const catchOf = runner(() => folder.path);
  beforeAll(async () => {
    folder = await temporaryFolder('mutation');
  });
  afterAll(async () => {
    process.stdout.write(`\n${table(caught, EQUIVALENTS)}\n`);
    await folder.remove();
  });

  const names = RULES.map(({ rule }) => ruleName(rule));

  test.concurrent.each(names)(
    'of %s are killed by its cases, or proven equivalent',
    async (name) => {
      const one = await catchOf(name);
      caught.push(one);
      expect(unproven(one, EQUIVALENTS)).toEqual([]);
    },
    TEN_MINUTES,
  );

  test(
    'are proven equivalent where the list says so, and one in twenty times at most',
    async () => {
      const all = await Promise.all(names.map(catchOf));
      expect(misproven(all, EQUIVALENTS)).toEqual([]);
      const { equivalent, mutants } = count(all, EQUIVALENTS);
      expect(equivalent / mutants).toBeLessThanOrEqual(MOST_EQUIVALENT);
    },
    TEN_MINUTES,
  );
});

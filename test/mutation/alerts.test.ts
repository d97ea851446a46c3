import { afterAll, beforeAll, expect, test } from 'vitest';
import { alertGroups } from '#alerts';
import { ALL_CASES } from '../alerts/cases/all-cases.ts';
import { describePeers } from '../peers/peer.ts';
import { type TemporaryFolder, temporaryFolder } from '../peers/temporary-folder.ts';
import { EQUIVALENTS } from './equivalents.ts';
import { type Catch, hunt } from './hunt.ts';
import { ruleName } from './mutants.ts';
import { quarriesOf } from './quarry.ts';
import { count, misproven, table, unproven } from './report.ts';

const QUARRIES = quarriesOf(alertGroups, ALL_CASES);

/** At most this share of all mutants may be proven equivalent instead of killed. */
const MOST_EQUIVALENT = 0.05;

const TEN_MINUTES = 600_000;

/** Hunts that run side by side: a process of promtool keeps a core busy, and there are two of them. */
const SIDE_BY_SIDE = 2;

/** Hunts the mutants of each rule once, when it is first asked for, and some rules at a time. */
const hunter = (folder: () => string) => {
  const hunts = new Map<string, Promise<Catch>>();
  const lanes: Promise<unknown>[] = Array.from({ length: SIDE_BY_SIDE }, () => Promise.resolve());
  return (name: string): Promise<Catch> => {
    const known = hunts.get(name);
    if (known !== undefined) return known;
    const quarry = QUARRIES.find(({ rule }) => ruleName(rule) === name);
    if (quarry === undefined) throw new Error(`no rule is called '${name}'`);
    const lane = hunts.size % SIDE_BY_SIDE;
    const result = (lanes[lane] ?? Promise.resolve()).then(() => hunt(folder(), quarry));
    lanes[lane] = result.catch(() => {});
    hunts.set(name, result);
    return result;
  };
};

describePeers(['promtool'], 'the mutants of all rules', () => {
  let folder: TemporaryFolder;
  const caught: Catch[] = [];
  const catchOf = hunter(() => folder.path);
  beforeAll(async () => {
    folder = await temporaryFolder('mutation');
  });
  afterAll(async () => {
    process.stdout.write(`\n${table(caught, EQUIVALENTS)}\n`);
    await folder.remove();
  });

  const names = QUARRIES.map(({ rule }) => ruleName(rule));

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

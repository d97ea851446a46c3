import { type Candidate, type MutantTest, runBatch, writeRules } from './case-run.ts';
import { type Mutant, mutantsOf, ruleName } from './mutants.ts';
import { type RuleMutants, testsOf } from './rule-mutants.ts';

/** What became of the mutants of a rule. */
export interface Catch {
  readonly rule: string;
  readonly mutants: readonly Mutant[];
  /** Those that no case tells from the rule itself. */
  readonly survivors: readonly Mutant[];
}

/** A mutant that is still alive, and the tests that it has not run yet. */
interface Contender {
  readonly mutant: Mutant;
  readonly candidate: Candidate;
  readonly open: Set<MutantTest>;
}

/** Tests per run of promtool: starting it costs as much as one test, and waiting for all of them wastes some. */
const BATCH = 24;

/**
 * Runs the mutants of one rule: each runs one test after the other until it fails one, those first that most others
 * failed. A test whose rules cannot be evaluated, because series match ambiguously, counts as failed.
 *
 * @throws when a mutant is not valid PromQL, or the rule itself fails one of its cases
 */
export const run = async (folder: string, subject: RuleMutants): Promise<Catch> => {
  const { rule, context } = subject;
  const tests = testsOf(subject);
  const name = ruleName(rule);
  const file = name.replaceAll(/\W+/g, '_');
  const itself = { name: `${file}-itself`, rules: context };
  const entries = mutantsOf(rule).map((mutant, index) => ({
    mutant,
    candidate: { name: `${file}-${index}`, rules: context.map((one) => (one === rule ? mutant.rule : one)) },
    open: new Set(tests),
  }));
  await writeRules(folder, [itself, ...entries.map(({ candidate }) => candidate)]);
  await clear(folder, itself, tests);
  const survivors = await eliminate(folder, entries, new Ranking(tests));
  return { rule: name, mutants: entries.map(({ mutant }) => mutant), survivors };
};

/** @throws when the rule itself fails: what its mutants fail then would prove nothing */
const clear = async (folder: string, itself: Candidate, tests: readonly MutantTest[]): Promise<void> => {
  const passed = await runBatch(
    folder,
    tests.map((mutantTest) => ({ candidate: itself, mutantTest })),
  );
  const failed = tests.filter((_, index) => !passed[index]).map(({ story }) => `'${story.title}'`);
  if (failed.length > 0) throw new Error(`the unchanged rule fails ${failed.join(', ')}; fix the rule or the case`);
};

const eliminate = async (
  folder: string,
  entries: readonly Contender[],
  ranking: Ranking,
): Promise<readonly Mutant[]> => {
  const alive = [...entries];
  const survivors: Mutant[] = [];
  while (alive.length > 0) {
    const batch = alive.splice(0, BATCH).flatMap((entry) => {
      const mutantTest = ranking.next(entry.open);
      if (mutantTest === undefined) survivors.push(entry.mutant);
      return mutantTest === undefined ? [] : [{ ...entry, mutantTest }];
    });
    const passed = batch.length > 0 ? await runBatch(folder, batch) : [];
    batch.forEach((entry, index) => {
      entry.open.delete(entry.mutantTest);
      if (passed[index]) alive.push(entry);
      else ranking.lost(entry.mutantTest);
    });
  }
  return survivors;
};

/** How often each mutantTest was stood and lost. */
class Ranking {
  readonly #tallies: ReadonlyMap<MutantTest, { stood: number; lost: number }>;

  constructor(tests: readonly MutantTest[]) {
    this.#tallies = new Map(tests.map((mutantTest) => [mutantTest, { stood: 0, lost: 0 }]));
  }

  /** The mutantTest that is lost most often, as far as is known, counted as stood; what was never tried counts as an even chance. */
  next(open: ReadonlySet<MutantTest>): MutantTest | undefined {
    const [best] = [...open].toSorted((a, b) => this.#odds(b) - this.#odds(a));
    const tally = best && this.#tallies.get(best);
    if (tally) tally.stood += 1;
    return best;
  }

  lost(mutantTest: MutantTest): void {
    const tally = this.#tallies.get(mutantTest);
    if (tally) tally.lost += 1;
  }

  #odds(mutantTest: MutantTest): number {
    const { stood, lost } = this.#tallies.get(mutantTest) ?? { stood: 0, lost: 0 };
    return (lost + 1) / (stood + 2);
  }
}

import { type Mutant, mutantsOf, ruleName } from './mutants.ts';
import { type Quarry, trialsOf } from './quarry.ts';
import { type Accused, hear, type Trial, writeRules } from './trial.ts';

/** What became of the mutants of a rule. */
export interface Catch {
  readonly rule: string;
  readonly mutants: readonly Mutant[];
  /** Those that no case tells from the rule itself. */
  readonly survivors: readonly Mutant[];
}

/** A mutant at large, and the trials that it has not stood yet. */
interface Suspect {
  readonly mutant: Mutant;
  readonly accused: Accused;
  readonly open: Set<Trial>;
}

/** So many trials in one run of promtool: to start it costs as much as a trial, and to wait for all of them wastes some. */
const BATCH = 24;

/**
 * Hunts the mutants of one rule: each stands one trial after the other until it loses, those first that most others
 * lost. A trial whose rules cannot be evaluated, because series match ambiguously, is lost as well.
 *
 * @throws when a mutant is no PromQL, or the rule itself fails one of its cases
 */
export const hunt = async (folder: string, quarry: Quarry): Promise<Catch> => {
  const { rule, context } = quarry;
  const trials = trialsOf(quarry);
  const name = ruleName(rule);
  const file = name.replaceAll(/\W+/g, '_');
  const itself = { name: `${file}-itself`, rules: context };
  const suspects = mutantsOf(rule).map((mutant, index) => ({
    mutant,
    accused: { name: `${file}-${index}`, rules: context.map((one) => (one === rule ? mutant.rule : one)) },
    open: new Set(trials),
  }));
  await writeRules(folder, [itself, ...suspects.map(({ accused }) => accused)]);
  await acquit(folder, itself, trials);
  const survivors = await chase(folder, suspects, new Ranking(trials));
  return { rule: name, mutants: suspects.map(({ mutant }) => mutant), survivors };
};

/** @throws when the rule itself fails: whatever its mutants lost then would prove nothing */
const acquit = async (folder: string, itself: Accused, trials: readonly Trial[]): Promise<void> => {
  const passed = await hear(
    folder,
    trials.map((trial) => ({ accused: itself, trial })),
  );
  const failed = trials.filter((_, index) => !passed[index]).map(({ story }) => `'${story.title}'`);
  if (failed.length > 0) throw new Error(`the unchanged rule fails ${failed.join(', ')}; repair the rule or the case`);
};

const chase = async (folder: string, suspects: readonly Suspect[], ranking: Ranking): Promise<readonly Mutant[]> => {
  const atLarge = [...suspects];
  const survivors: Mutant[] = [];
  while (atLarge.length > 0) {
    const heard = atLarge.splice(0, BATCH).flatMap((suspect) => {
      const trial = ranking.next(suspect.open);
      if (trial === undefined) survivors.push(suspect.mutant);
      return trial === undefined ? [] : [{ ...suspect, trial }];
    });
    const passed = heard.length > 0 ? await hear(folder, heard) : [];
    heard.forEach((suspect, index) => {
      suspect.open.delete(suspect.trial);
      if (passed[index]) atLarge.push(suspect);
      else ranking.lost(suspect.trial);
    });
  }
  return survivors;
};

/** How often each trial was stood and lost. */
class Ranking {
  readonly #tallies: ReadonlyMap<Trial, { stood: number; lost: number }>;

  constructor(trials: readonly Trial[]) {
    this.#tallies = new Map(trials.map((trial) => [trial, { stood: 0, lost: 0 }]));
  }

  /** The trial that is lost most often, as far as is known, counted as stood; what was never tried counts as an even chance. */
  next(open: ReadonlySet<Trial>): Trial | undefined {
    const [best] = [...open].toSorted((a, b) => this.#odds(b) - this.#odds(a));
    const tally = best && this.#tallies.get(best);
    if (tally) tally.stood += 1;
    return best;
  }

  lost(trial: Trial): void {
    const tally = this.#tallies.get(trial);
    if (tally) tally.lost += 1;
  }

  #odds(trial: Trial): number {
    const { stood, lost } = this.#tallies.get(trial) ?? { stood: 0, lost: 0 };
    return (lost + 1) / (stood + 2);
  }
}

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Rule, ruleFiles } from '#alerts';
import { run } from '../peers/peer.ts';
import { type AlertCase, type Depth, ruleTest, type Subject } from '../support/promtool.ts';

/** A story of an alert, told at one depth. */
export interface MutantTest {
  readonly subject: Subject;
  readonly story: AlertCase;
  readonly depth: Depth;
}

/** Rules that stand mutantTest, under a name that no other rules of the folder have. */
export interface Candidate {
  readonly name: string;
  readonly rules: readonly Rule[];
}

/** Rules and the mutantTest that they stand next. */
export interface Hearing {
  readonly candidate: Candidate;
  readonly mutantTest: MutantTest;
}

/** promtool compares annotations as soon as there are any, so rules have them only where they are looked at. */
const WORDS: Readonly<Record<Depth, readonly string[]>> = { labels: [], words: ['summary', 'description'] };

/** JSON is YAML, and quicker to write. */
const rulesText = (rules: readonly Rule[], depth: Depth): string => {
  const groups = ruleFiles([{ name: 'mutation', rules }]).flatMap(({ content }) => content.groups);
  const entries = groups.flatMap((group) =>
    group.rules.map((rule) =>
      'alert' in rule
        ? { ...rule, annotations: Object.fromEntries(WORDS[depth].map((word) => [word, rule.annotations[word]])) }
        : rule,
    ),
  );
  return JSON.stringify({ groups: [{ name: 'mutation', rules: entries }] });
};

const rulesPath = (folder: string, { name }: Candidate, depth: Depth): string =>
  join(folder, `${name}.${depth}.rules.yaml`);

/**
 * Writes the rules of several candidate into a folder.
 *
 * @throws when promtool cannot read them: an unreadable rule is a mistake of whoever made it, and proves nothing
 */
export const writeRules = async (folder: string, all: readonly Candidate[]): Promise<void> => {
  const depths: readonly Depth[] = ['labels', 'words'];
  for (const candidate of all) {
    for (const depth of depths) await writeFile(rulesPath(folder, candidate, depth), rulesText(candidate.rules, depth));
  }
  const files = all.map((candidate) => rulesPath(folder, candidate, 'labels'));
  const { code, stdout, stderr } = await run('promtool', ['check', 'rules', '--lint=none', ...files]);
  if (code !== 0) {
    throw new Error(`promtool cannot read some of the rules; make none that are no PromQL:\n${stderr}${stdout}`);
  }
};

const RESULT = /<testsuite name="([^"]*)" tests="\d+" failures="(\d+)" errors="(\d+)"/g;

/** Whether each of some candidate passes its mutantTest, all in one run of promtool; their rules are in the folder. */
export const runBatch = async (folder: string, hearings: readonly Hearing[]): Promise<readonly boolean[]> => {
  if (hearings.length === 0) return [];
  const files = await Promise.all(hearings.map((hearing, index) => writeTest(folder, hearing, index)));
  const report = `${files[0]}.xml`;
  const { code, stdout, stderr } = await run('promtool', ['test', 'rules', `--junit=${report}`, ...files], {
    timeoutMs: 300_000,
  });
  // 1 says that tests failed; anything above, that promtool itself did, which proves nothing.
  if (code > 1) throw new Error(`promtool ended with ${code}; look at what it says:\n${stderr}${stdout}`);
  const results = new Map(await resultsOf(report));
  return files.map((file) => {
    const passed = results.get(file);
    if (passed === undefined) throw new Error(`promtool told nothing about ${file}:\n${stderr}${stdout}`);
    return passed;
  });
};

const resultsOf = async (report: string): Promise<readonly (readonly [file: string, passed: boolean])[]> => {
  const text = await readFile(report, 'utf8');
  return [...text.matchAll(RESULT)].map(([, file = '', ...troubles]) => [
    file,
    troubles.every((count) => count === '0'),
  ]);
};

const writeTest = async (folder: string, { candidate, mutantTest }: Hearing, index: number): Promise<string> => {
  const { subject, story, depth } = mutantTest;
  const file = join(folder, `${candidate.name}.${index}.test.yaml`);
  await writeFile(
    file,
    JSON.stringify(ruleTest(subject, story, { rules: rulesPath(folder, candidate, depth), depth })),
  );
  return file;
};

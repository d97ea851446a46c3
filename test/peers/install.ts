/** `npm run peers`: puts the real programs that judge the output into `.cache/peers/`. */
import { parseArgs } from 'node:util';
import { acquire, type Installation, installationIn } from './acquire.ts';
import { cacheFolder } from './cache.ts';
import { isProgramName, PROGRAM_NAMES, PROGRAMS, type ProgramName } from './programs.ts';

const selected = (only: string | undefined): readonly ProgramName[] => {
  if (only === undefined) return PROGRAM_NAMES;
  return only.split(',').map((word) => {
    if (isProgramName(word)) return word;
    throw new Error(`--only names '${word}', which is not a program; choose from ${PROGRAM_NAMES.join(', ')}`);
  });
};

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const printRow = (name: string, cells: { version: string; source: string; start: number }): void => {
  const seconds = ((performance.now() - cells.start) / 1000).toFixed(1);
  process.stdout.write(`${name.padEnd(16)}${cells.version.padEnd(10)}${cells.source.padEnd(18)}${seconds} s\n`);
};

/** Installs one program, prints its line and tells whether it is there now. */
const installAndReport = async (name: ProgramName, installation: Installation): Promise<boolean> => {
  const start = performance.now();
  try {
    printRow(name, { ...(await acquire(PROGRAMS[name], installation)), start });
    return true;
  } catch (error) {
    printRow(name, { version: '-', source: 'missing', start });
    process.stderr.write(`${messageOf(error)}\n`);
    return false;
  }
};

const main = async (): Promise<void> => {
  const { values } = parseArgs({ options: { only: { type: 'string' } } });
  const installation = installationIn(cacheFolder());
  // One after the other: a Go build takes every core by itself.
  for (const name of selected(values.only)) {
    if (!(await installAndReport(name, installation))) process.exitCode = 1;
  }
};

await main().catch((error: unknown) => {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exitCode = 1;
});

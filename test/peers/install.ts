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

/** Installs one program, prints its line and tells whether it is there now. */
const installAndReport = async (name: ProgramName, installation: Installation): Promise<boolean> => {
  const start = performance.now();
  const seconds = () => `${((performance.now() - start) / 1000).toFixed(1)} s`;
  try {
    const { version, source } = await acquire(PROGRAMS[name], installation);
    console.log(`${name.padEnd(16)}${version.padEnd(10)}${source.padEnd(18)}${seconds()}`);
    return true;
  } catch (error) {
    console.error(`${name.padEnd(16)}${'-'.padEnd(10)}${'missing'.padEnd(18)}${seconds()}`);
    console.error(error instanceof Error ? error.message : error);
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
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});

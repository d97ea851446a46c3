/**
 * `npm run peers`: puts the real programs and the schemas that judge the output into `.cache/peers/`. It fails for
 * whatever is missing, or with `REQUIRE_PEERS` only for what that names.
 */
import { parseArgs } from 'node:util';
import { type Acquired, acquire, type Installation, installationIn } from './acquire.ts';
import { acquireSchema } from './acquire-schema.ts';
import { cacheFolder } from './cache.ts';
import { PEER_NAMES, type PeerName, parsePeerNames, requiredPeers } from './peer-names.ts';
import { isProgramName, PROGRAMS } from './programs.ts';
import { SCHEMAS } from './schemas.ts';

const acquireNamed = (name: PeerName, installation: Installation): Promise<Acquired> =>
  isProgramName(name) ? acquire(PROGRAMS[name], installation) : acquireSchema(SCHEMAS[name], installation);

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const printRow = (name: string, cells: { version: string; source: string; start: number }): void => {
  const seconds = ((performance.now() - cells.start) / 1000).toFixed(1);
  process.stdout.write(`${name.padEnd(16)}${cells.version.padEnd(10)}${cells.source.padEnd(18)}${seconds} s\n`);
};

/** Installs one of them, prints its line and returns whether it is there now. */
const installAndReport = async (name: PeerName, installation: Installation): Promise<boolean> => {
  const start = performance.now();
  try {
    printRow(name, { ...(await acquireNamed(name, installation)), start });
    return true;
  } catch (error) {
    printRow(name, { version: '-', source: 'missing', start });
    process.stderr.write(`${messageOf(error)}\n`);
    return false;
  }
};

const main = async (): Promise<void> => {
  const { values } = parseArgs({ options: { only: { type: 'string' } } });
  const selected = values.only === undefined ? PEER_NAMES : parsePeerNames(values.only, '--only');
  const required = process.env.REQUIRE_PEERS === undefined ? selected : requiredPeers();
  const installation = installationIn(cacheFolder());
  // One after the other: a Go build takes every core by itself.
  for (const name of selected) {
    if (!(await installAndReport(name, installation)) && required.includes(name)) process.exitCode = 1;
  }
};

await main().catch((error: unknown) => {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exitCode = 1;
});

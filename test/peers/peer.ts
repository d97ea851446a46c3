import { describe, type TestContext, test } from 'vitest';
import { installedSchema } from './acquire-schema.ts';
import { cacheFolder, installedPath } from './cache.ts';
import { type CommandOptions, type CommandResult, execute } from './command.ts';
import { type PeerName, requiredPeers } from './peer-names.ts';
import { isProgramName, PROGRAMS, type ProgramName } from './programs.ts';
import { SCHEMAS } from './schemas.ts';
import { findProgram, searchPath } from './search-path.ts';

export type { CommandOptions, CommandResult } from './command.ts';

/**
 * Absolute path of a program or schema: the installed one, or else a program of an accepted version on the PATH.
 * Undefined when it is missing.
 */
export const peer = (name: PeerName): string | undefined => {
  if (!isProgramName(name)) return installedSchema(cacheFolder(), SCHEMAS[name]);
  return installedPath(cacheFolder(), PROGRAMS[name]) ?? findProgram(PROGRAMS[name], searchPath());
};

const isMissing = (name: PeerName): boolean => peer(name) === undefined;

/** Says which programs or schemas are missing; undefined when all are there. */
export const whyAbsent = (names: readonly PeerName[]): string | undefined => {
  const missing = names.filter(isMissing);
  if (missing.length === 0) return undefined;
  const wanted = missing.map((name) => `${name} ${(isProgramName(name) ? PROGRAMS[name] : SCHEMAS[name]).version}`);
  return `${wanted.join(', ')} not installed: run \`npm run peers\``;
};

/**
 * Path of an installed program or schema.
 * @throws when it is missing, saying how to install it
 */
export const requirePeer = (name: PeerName): string => {
  const path = peer(name);
  if (path === undefined) throw new Error(whyAbsent([name]));
  return path;
};

/**
 * Leaves a test out, with the reason, where a program or schema that it needs is missing.
 * @throws where `REQUIRE_PEERS` names a missing one
 */
export const needsPeers = (names: readonly PeerName[], { skip }: Pick<TestContext, 'skip'>): void => {
  const reason = whyAbsent(names);
  if (reason === undefined) return;
  const required = requiredPeers().filter((name) => names.includes(name) && isMissing(name));
  if (required.length > 0) throw new Error(`${reason} (REQUIRE_PEERS requires ${required.join(', ')})`);
  skip(reason);
};

/** Describes tests that need real programs or published schemas: see `needsPeers` for what happens without them. */
export const describePeers = (names: readonly PeerName[], title: string, body: () => void): void => {
  if (whyAbsent(names) === undefined) describe(title, body);
  else describe(title, () => test(`needs ${names.join(', ')}`, (context) => needsPeers(names, context)));
};

/**
 * Runs a program to its end; never throws. The name of a real program means the one of `peer`, never one of another
 * version (exit code 127 when it is missing); any other word is a command.
 */
export const run = (
  program: ProgramName | (string & {}),
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> => {
  if (!isProgramName(program)) return execute(program, args, options);
  const path = peer(program);
  if (path) return execute(path, args, options);
  return Promise.resolve({ code: 127, stdout: '', stderr: `${whyAbsent([program])}\n` });
};

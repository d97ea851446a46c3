import { describe, test } from 'vitest';
import { installedSchema } from './acquire-schema.ts';
import { cacheFolder, installedPath } from './cache.ts';
import { type CommandOptions, type CommandResult, execute } from './command.ts';
import type { PeerName } from './peer-names.ts';
import { isProgramName, PROGRAMS, type ProgramName } from './programs.ts';
import { SCHEMAS } from './schemas.ts';

export type { CommandOptions, CommandResult } from './command.ts';

/** Absolute path of an installed program or schema, or undefined when it is missing. */
export const peer = (name: PeerName): string | undefined =>
  isProgramName(name) ? installedPath(cacheFolder(), PROGRAMS[name]) : installedSchema(cacheFolder(), SCHEMAS[name]);

/** What to tell when programs or schemas are missing; undefined when all are there. */
export const whyAbsent = (names: readonly PeerName[]): string | undefined => {
  const missing = names.filter((name) => peer(name) === undefined);
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
 * Describes tests that need real programs or published schemas. Where one is missing the suite is left out with the reason,
 * or fails when `REQUIRE_PEERS=1`.
 */
export const describePeers = (names: readonly PeerName[], title: string, body: () => void): void => {
  const reason = whyAbsent(names);
  if (reason === undefined) {
    describe(title, body);
    return;
  }
  describe(title, () => {
    test(`needs ${names.join(', ')}`, ({ skip }) => {
      if (process.env.REQUIRE_PEERS === '1') throw new Error(`${reason} (REQUIRE_PEERS=1)`);
      skip(reason);
    });
  });
};

/**
 * Runs a program to its end; never throws. The name of a real program means the installed one, never another on the
 * PATH (exit code 127 when it is missing); any other word is a command.
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

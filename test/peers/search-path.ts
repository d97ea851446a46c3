import { spawnSync } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { isExecutable } from './cache.ts';
import { accepts, type Program } from './programs.ts';

/** The folders of the PATH, in order. */
export const searchPath = (): readonly string[] => (process.env.PATH ?? '').split(delimiter).filter(Boolean);

/** Asks a binary for its version; undefined when it does not run or prints something else. */
export const reportedVersion = ({ versionArgs, versionPattern }: Program, path: string): string | undefined => {
  const { stdout, stderr } = spawnSync(path, versionArgs, { encoding: 'utf8', timeout: 10_000 });
  return versionPattern.exec(`${stdout}${stderr}`)?.[1];
};

/** The version of a binary, if the tests may run it. */
export const acceptedVersion = (program: Program, path: string): string | undefined => {
  if (!isExecutable(path)) return undefined;
  const version = reportedVersion(program, path);
  return version !== undefined && accepts(program, version) ? version : undefined;
};

/** The first binary of an accepted version in some folders. */
export const findProgram = (program: Program, folders: readonly string[]): string | undefined =>
  folders.map((folder) => join(folder, program.name)).find((path) => acceptedVersion(program, path) !== undefined);

import { mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { binaryPath, isExecutable, versionPath } from './cache.ts';
import { execute } from './command.ts';
import { buildWithGo } from './go-build.ts';
import { accepts, type Program } from './programs.ts';
import { fetchRelease, ReleaseUnavailable, type UnreachableHosts } from './release.ts';

/** What one run of the installer works with. */
export interface Installation {
  /** Cache folder that gets `bin/` and `versions/`. */
  readonly folder: string;
  /** Folders to look for programs in, in order; those of the PATH in real life. */
  readonly searchPath: readonly string[];
  readonly unreachable: UnreachableHosts;
}

/** What became of one program, or of one schema. */
export interface Acquired {
  readonly version: string;
  readonly source: 'kept' | 'from the PATH' | 'official release' | 'built with Go' | 'a Go module';
}

/** The installation that `npm run peers` makes in a cache folder. */
export const installationIn = (folder: string): Installation => ({
  folder,
  searchPath: (process.env.PATH ?? '').split(delimiter).filter(Boolean),
  unreachable: new Set(),
});

/** Asks a binary for its version; undefined when it does not run or says something else. */
export const reportedVersion = async (program: Program, path: string): Promise<string | undefined> => {
  const { stdout, stderr } = await execute(path, program.versionArgs, { timeoutMs: 10_000 });
  return program.versionPattern.exec(stdout + stderr)?.[1];
};

const acceptedVersion = async (program: Program, path: string): Promise<string | undefined> => {
  if (!isExecutable(path)) return undefined;
  const version = await reportedVersion(program, path);
  return version !== undefined && accepts(program, version) ? version : undefined;
};

const linkFromPath = async (
  program: Program,
  target: string,
  { searchPath, folder }: Installation,
): Promise<string | undefined> => {
  const own = dirname(binaryPath(folder, program.name));
  for (const directory of searchPath.filter((entry) => entry !== own)) {
    const path = join(directory, program.name);
    const version = await acceptedVersion(program, path);
    if (version === undefined) continue;
    await symlink(path, target);
    return version;
  }
  return undefined;
};

/** A release or a build that reports another version than the pinned one is refused, whatever its digest. */
const insistOnVersion = async (program: Program, target: string): Promise<string> => {
  const version = await reportedVersion(program, target);
  if (version === program.version) return version;
  throw new Error(`the new ${program.name} reports version ${version ?? 'nothing'}, not ${program.version}`);
};

const failure = (program: Program, reasons: readonly string[]): Error =>
  new Error(
    [
      `${program.name} ${program.version} cannot be installed:`,
      `  PATH: no ${program.name} of ${program.atLeast ? `version ${program.atLeast} or newer` : 'that version'}`,
      ...reasons.map((reason) => `  ${reason}`),
      `  put ${program.name} ${program.version} on the PATH, or make its release reachable, or install Go 1.26 or newer`,
    ].join('\n'),
  );

const obtain = async (program: Program, target: string, installation: Installation): Promise<Acquired> => {
  const linked = await linkFromPath(program, target, installation);
  if (linked) return { version: linked, source: 'from the PATH' };
  const reasons: string[] = [];
  try {
    await fetchRelease(program, target, installation.unreachable);
    return { version: await insistOnVersion(program, target), source: 'official release' };
  } catch (error) {
    // Only an absent release may be made up for by a build: one that is not what it should be ends it here.
    if (!(error instanceof ReleaseUnavailable)) throw error;
    reasons.push(`release: ${error.message}`);
  }
  try {
    await buildWithGo(program, target);
    return { version: await insistOnVersion(program, target), source: 'built with Go' };
  } catch (error) {
    reasons.push(`build: ${error instanceof Error ? error.message : String(error)}`);
    throw failure(program, reasons);
  }
};

const recordVersion = async (folder: string, program: Program, version: string): Promise<void> => {
  const path = versionPath(folder, program.name);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `${version}\n`);
};

/**
 * Makes a program available in the cache: keeps it, or takes it from the PATH, its official release or a Go build.
 * @throws when none of these works, or a downloaded file is not the published one
 */
export const acquire = async (program: Program, installation: Installation): Promise<Acquired> => {
  const { folder } = installation;
  const path = binaryPath(folder, program.name);
  const kept = await acceptedVersion(program, path);
  if (kept) {
    await recordVersion(folder, program, kept);
    return { version: kept, source: 'kept' };
  }
  await mkdir(dirname(path), { recursive: true });
  const target = `${path}.new-${process.pid}`;
  try {
    const acquired = await obtain(program, target, installation);
    // One step, so that a running test never sees half a program.
    await rename(target, path);
    await recordVersion(folder, program, acquired.version);
    return acquired;
  } finally {
    await rm(target, { force: true });
  }
};

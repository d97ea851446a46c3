import { mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { binaryPath, versionPath } from './cache.ts';
import { buildWithGo } from './go-build.ts';
import type { Program } from './programs.ts';
import { fetchRelease, ReleaseUnavailable, type UnreachableHosts } from './release.ts';
import { acceptedVersion, findProgram, reportedVersion, searchPath } from './search-path.ts';

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
  searchPath: searchPath(),
  unreachable: new Set(),
});

const linkFromPath = async (
  program: Program,
  target: string,
  { searchPath, folder }: Installation,
): Promise<string | undefined> => {
  const own = dirname(binaryPath(folder, program.name));
  const path = findProgram(
    program,
    searchPath.filter((entry) => entry !== own),
  );
  if (path === undefined) return undefined;
  await symlink(path, target);
  return reportedVersion(program, path);
};

/** A release or a build that reports another version than the pinned one is refused, whatever its digest. */
const insistOnVersion = (program: Program, target: string): string => {
  const version = reportedVersion(program, target);
  if (version === program.version) return version;
  throw new Error(`the new ${program.name} reports version ${version ?? 'nothing'}, not ${program.version}`);
};

const failure = ({ name, version, atLeast, release, go }: Program, reasons: readonly string[]): Error => {
  const ways = [
    `put ${name} ${version} on the PATH`,
    ...(release ? ['make its release reachable'] : []),
    ...(go ? ['install Go 1.26 or newer'] : []),
  ];
  return new Error(
    [
      `${name} ${version} cannot be installed:`,
      `  PATH: no ${name} of ${atLeast ? `version ${atLeast} or newer` : 'that version'}`,
      ...reasons.map((reason) => `  ${reason}`),
      `  ${ways.join(', or ')}`,
    ].join('\n'),
  );
};

const obtain = async (program: Program, target: string, installation: Installation): Promise<Acquired> => {
  const linked = await linkFromPath(program, target, installation);
  if (linked) return { version: linked, source: 'from the PATH' };
  const reasons: string[] = [];
  try {
    await fetchRelease(program, target, installation.unreachable);
    return { version: insistOnVersion(program, target), source: 'official release' };
  } catch (error) {
    // Only an absent release may be made up for by a build: one that is not what it should be ends it here.
    if (!(error instanceof ReleaseUnavailable)) throw error;
    reasons.push(`release: ${error.message}`);
  }
  if (program.go === undefined) throw failure(program, reasons);
  try {
    await buildWithGo(program.name, program.go, target);
    return { version: insistOnVersion(program, target), source: 'built with Go' };
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
  const kept = acceptedVersion(program, path);
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

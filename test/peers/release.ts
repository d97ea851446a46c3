import { createHash } from 'node:crypto';
import { chmod, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { execute } from './command.ts';
import type { ArchiveKind, Program, Release } from './programs.ts';

/** A release that is not available: the program may still come from elsewhere. */
export class ReleaseUnavailable extends Error {}

/** Hosts that did not answer in this run; they are not asked again. */
export type UnreachableHosts = Set<string>;

const CONNECT_TIMEOUT_MS = 5_000;
const TRANSFER_TIMEOUT_MS = 10 * 60_000;

const causeOf = (error: unknown): string => {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error ? cause.message : String(cause);
};

/**
 * Downloads a file: few seconds for the answer to begin, minutes for all of it.
 * @throws ReleaseUnavailable when it is not available
 */
export const download = async (url: string, unreachable: UnreachableHosts): Promise<Buffer> => {
  const { host } = new URL(url);
  if (unreachable.has(host)) throw new ReleaseUnavailable(`${host} was not reachable a moment ago`);
  const controller = new AbortController();
  const noAnswer = setTimeout(() => controller.abort(new Error('no answer in 5 s')), CONNECT_TIMEOUT_MS);
  const tooLong = setTimeout(() => controller.abort(new Error('not complete in 10 min')), TRANSFER_TIMEOUT_MS);
  try {
    const response = await fetch(url, { signal: controller.signal }).catch((error: unknown) => {
      unreachable.add(host);
      throw new ReleaseUnavailable(`${host} cannot be reached: ${causeOf(error)}`);
    });
    clearTimeout(noAnswer);
    if (!response.ok) throw new ReleaseUnavailable(`${url} answered ${response.status}`);
    return Buffer.from(await response.arrayBuffer());
  } catch (error) {
    throw error instanceof ReleaseUnavailable ? error : new ReleaseUnavailable(`${url} broke off: ${causeOf(error)}`);
  } finally {
    clearTimeout(noAnswer);
    clearTimeout(tooLong);
  }
};

/** Finds the digest of a file in a published checksum file: a bare digest, or lines of digest and name. */
export const publishedDigest = (checksums: string, file: string): string | undefined => {
  const rows = checksums.split('\n').map((line) => line.trim().split(/\s+\*?/));
  const row =
    rows.find(([, name]) => name === file) ?? (rows.length <= 2 ? rows.find((r) => r.length === 1) : undefined);
  const digest = row?.[0]?.toLowerCase();
  return digest && /^[0-9a-f]{64}$/.test(digest) ? digest : undefined;
};

/** @throws when the bytes are not the ones that the project published */
const verify = (archive: Buffer, checksums: string, release: Release): void => {
  const file = basename(new URL(release.url).pathname);
  const expected = publishedDigest(checksums, file);
  if (!expected) throw new Error(`${release.checksums} has no sha256 of ${file}; the release is refused`);
  const actual = createHash('sha256').update(archive).digest('hex');
  if (actual === expected) return;
  throw new Error(
    `sha256 of ${release.url} is ${actual}, but its project published ${expected}; the file is refused: ` +
      'try again, and if it stays so, ask the project whether the release was replaced',
  );
};

const UNPACK: Readonly<
  Record<Exclude<ArchiveKind, 'none'>, (archive: string, folder: string, member: string) => string[]>
> = {
  'tar.gz': (archive, folder, member) => ['tar', '-xzf', archive, '-C', folder, member],
  zip: (archive, folder, member) => ['unzip', '-q', '-o', archive, member, '-d', folder],
};

/** Unpacks one file of an archive into a folder and returns its path. */
const unpack = async (archive: string, folder: string, release: Release): Promise<string> => {
  if (release.archive === 'none') return archive;
  const [command = '', ...args] = UNPACK[release.archive](archive, folder, release.member);
  const { code, stderr } = await execute(command, args);
  if (code !== 0) throw new ReleaseUnavailable(`${command} cannot unpack ${basename(archive)}: ${stderr.trim()}`);
  return join(folder, release.member);
};

/**
 * Fetches a program's official release, checks it and puts its binary at a path.
 * @throws ReleaseUnavailable when there is no release; Error when its digest is wrong
 */
export const fetchRelease = async (program: Program, target: string, unreachable: UnreachableHosts): Promise<void> => {
  const { release } = program;
  if (release === undefined) throw new ReleaseUnavailable('none is known');
  const checksums = (await download(release.checksums, unreachable)).toString();
  const bytes = await download(release.url, unreachable);
  verify(bytes, checksums, release);
  const folder = await mkdtemp(`${target}-release-`);
  try {
    const archive = join(folder, basename(new URL(release.url).pathname));
    await writeFile(archive, bytes);
    const binary = await unpack(archive, folder, release);
    await chmod(binary, 0o755);
    await rename(binary, target);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

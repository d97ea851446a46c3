import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Acquired, Installation } from './acquire.ts';
import { execute } from './command.ts';
import { download, ReleaseUnavailable } from './release.ts';
import type { Schema } from './schemas.ts';

const MODULE_TIMEOUT_MS = 10 * 60_000;

/** Where a schema is kept in a cache folder; a raised pin has another name, so the old file is not judged by. */
export const schemaPath = (folder: string, { name, version, file }: Schema): string =>
  join(folder, 'schemas', `${name}-${version}${file.slice(file.lastIndexOf('.'))}`);

/** Path of an installed schema, or undefined. */
export const installedSchema = (folder: string, schema: Schema): string | undefined => {
  const path = schemaPath(folder, schema);
  return existsSync(path) ? path : undefined;
};

const digest = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** @throws when the bytes are not the pinned ones */
const insistOnDigest = (bytes: Buffer, { name, version, sha256 }: Schema, from: string): Buffer => {
  const actual = digest(bytes);
  if (actual === sha256) return bytes;
  throw new Error(`sha256 of ${name} ${version} from ${from} is ${actual}, not the pinned ${sha256}: it is refused`);
};

const isKept = async (path: string, { sha256 }: Schema): Promise<boolean> =>
  existsSync(path) && digest(await readFile(path)) === sha256;

/** Reads the file out of its Go module, which Go checks against its public log of sums. */
const fromModule = async ({ module, version, file }: Schema): Promise<Buffer> => {
  const { code, stdout, stderr } = await execute('go', ['mod', 'download', '-json', `${module}@v${version}`], {
    cwd: tmpdir(),
    env: { GOWORK: 'off', GOFLAGS: '' },
    timeoutMs: MODULE_TIMEOUT_MS,
  });
  if (code === 127) throw new Error('the `go` command is not there: install Go 1.26 or newer');
  if (code !== 0) throw new Error(`go mod download ${module}@v${version} failed: ${(stdout + stderr).trim()}`);
  const { Dir }: { Dir: string } = JSON.parse(stdout);
  return readFile(join(Dir, file));
};

const obtain = async (schema: Schema, { unreachable }: Installation): Promise<[Buffer, Acquired['source']]> => {
  try {
    return [insistOnDigest(await download(schema.url, unreachable), schema, schema.url), 'official release'];
  } catch (error) {
    if (!(error instanceof ReleaseUnavailable)) throw error;
    const bytes = await fromModule(schema).catch((cause: unknown) => {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new Error(
        `${schema.name} ${schema.version} cannot be installed:\n  file: ${error.message}\n  module: ${reason}\n` +
          `  make ${schema.url} reachable, or install Go 1.26 or newer`,
      );
    });
    return [insistOnDigest(bytes, schema, schema.module), 'a Go module'];
  }
};

/**
 * Makes a published schema available in the cache: keeps it, or takes it from its repository or its Go module.
 * @throws when none of these works, or the file is not the pinned one
 */
export const acquireSchema = async (schema: Schema, installation: Installation): Promise<Acquired> => {
  const path = schemaPath(installation.folder, schema);
  if (await isKept(path, schema)) return { version: schema.version, source: 'kept' };
  const [bytes, source] = await obtain(schema, installation);
  await mkdir(dirname(path), { recursive: true });
  const target = `${path}.new-${process.pid}`;
  try {
    await writeFile(target, bytes);
    // One step, so that a running test never reads half a file.
    await rename(target, path);
  } finally {
    await rm(target, { force: true });
  }
  return { version: schema.version, source };
};

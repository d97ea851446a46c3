import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Installation } from './acquire.ts';
import { acquireSchema, installedSchema, schemaPath } from './acquire-schema.ts';
import { freePort } from './process.ts';
import type { Schema } from './schemas.ts';
import { type TemporaryFolder, temporaryFolder } from './temporary-folder.ts';

const TEXT = '{"definitions":{}}';
const SHA256 = createHash('sha256').update(TEXT).digest('hex');

let server: Server;
let base: string;
let asked = 0;
let scratch: TemporaryFolder;
let installation: Installation;

beforeEach(async () => {
  asked = 0;
  server = createServer((_, response) => {
    asked += 1;
    response.end(TEXT);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  base = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  scratch = await temporaryFolder('schema');
  installation = { folder: scratch.path, searchPath: [], unreachable: new Set() };
});

afterEach(async () => {
  vi.unstubAllEnvs();
  server.closeAllConnections();
  server.close();
  await scratch.remove();
});

const schema = (changed: Partial<Schema> = {}): Schema => ({
  name: 'kubernetes-1.28',
  version: '1.28.15',
  sha256: SHA256,
  url: `${base}/swagger.json`,
  module: 'schema.test/no-such-module',
  file: 'api/swagger.json',
  ...changed,
});

test('downloads the published file, then keeps it', async () => {
  expect(await acquireSchema(schema(), installation)).toEqual({ version: '1.28.15', source: 'official release' });
  const path = installedSchema(scratch.path, schema());
  expect(path).toBe(join(scratch.path, 'schemas/kubernetes-1.28-1.28.15.json'));
  expect(await readFile(path ?? '', 'utf8')).toBe(TEXT);
  expect(await readdir(join(scratch.path, 'schemas'))).toEqual(['kubernetes-1.28-1.28.15.json']);
  expect(await acquireSchema(schema(), installation)).toEqual({ version: '1.28.15', source: 'kept' });
  expect(asked).toBe(1);
});

test('fetches a damaged file again', async () => {
  await acquireSchema(schema(), installation);
  await writeFile(schemaPath(scratch.path, schema()), 'half');
  expect(await acquireSchema(schema(), installation)).toMatchObject({ source: 'official release' });
});

test('refuses a file that is not the pinned one', async () => {
  const pinned = 'ab'.repeat(32);
  await expect(acquireSchema(schema({ sha256: pinned }), installation)).rejects.toThrow(
    `sha256 of kubernetes-1.28 1.28.15 from ${base}/swagger.json is ${SHA256}, not the pinned ${pinned}: it is refused`,
  );
  expect(installedSchema(scratch.path, schema())).toBeUndefined();
});

test('a raised pin makes the old file count as missing', async () => {
  await acquireSchema(schema(), installation);
  expect(installedSchema(scratch.path, schema({ version: '1.28.16' }))).toBeUndefined();
});

test('says everything it tried when there is neither the file nor Go', async () => {
  vi.stubEnv('PATH', '/no/such/folder');
  const url = `http://127.0.0.1:${await freePort()}/swagger.json`;
  await expect(acquireSchema(schema({ url }), installation)).rejects.toThrow(
    /^kubernetes-1.28 1.28.15 cannot be installed:\n {2}file: .*cannot be reached.*\n {2}module: the `go` command is not there.*\n {2}make .* reachable, or install Go 1.26 or newer$/,
  );
});

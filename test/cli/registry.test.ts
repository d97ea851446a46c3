import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { updateLock } from '../../src/cli/lock-file.ts';
import { resolveDigest } from '../../src/cli/registry.ts';

const INDEX = '{"schemaVersion":2,"manifests":[]}';
const DIGEST = `sha256:${createHash('sha256').update(INDEX).digest('hex')}`;
const INDEX_TYPE = 'application/vnd.oci.image.index.v1+json';

/** What the registry answers for a tag; the tag `private` first asks for a token. */
const ANSWERS: Readonly<Record<string, { status?: number; type?: string; digest?: string }>> = {
  good: {},
  docker: { type: 'application/vnd.docker.distribution.manifest.list.v2+json; charset=utf-8' },
  private: {},
  single: { type: 'application/vnd.oci.image.manifest.v1+json' },
  lying: { digest: `sha256:${'0'.repeat(64)}` },
  gone: { status: 404 },
};

let server: Server;
let host: string;
let seen: string[] = [];

const answer = (request: IncomingMessage, response: ServerResponse): void => {
  const { pathname, search } = new URL(request.url ?? '', 'http://registry');
  seen.push(`${pathname}${search}`);
  if (pathname === '/token') {
    response.end(JSON.stringify(search.includes('team%2Fapp') ? { token: 'let-me-in' } : {}));
    return;
  }
  const tag = pathname.split('/').at(-1) ?? '';
  const { status = 200, type = INDEX_TYPE, digest } = ANSWERS[tag] ?? { status: 404 };
  if (tag === 'private' && request.headers.authorization !== 'Bearer let-me-in') {
    const challenge = `Bearer realm="http://${host}/token",service="registry",scope="repository:${pathname.slice(4, -'/manifests/private'.length)}:pull"`;
    response.writeHead(401, { 'www-authenticate': challenge }).end();
    return;
  }
  const accepted = request.headers.accept?.includes('image.index') ?? false;
  response.writeHead(accepted ? status : 406, {
    'content-type': type,
    ...(digest ? { 'docker-content-digest': digest } : {}),
  });
  response.end(INDEX);
};

beforeAll(async () => {
  server = createServer(answer);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => server.close());

beforeEach(() => {
  seen = [];
});

describe('the digest of a tag', () => {
  test.each(['good', 'docker'])('is that of the index: %s', async (tag) => {
    expect(await resolveDigest(`${host}/team/app`, tag)).toBe(DIGEST);
  });

  test('comes with a token where the registry asks for one', async () => {
    expect(await resolveDigest(`${host}/team/app`, 'private')).toBe(DIGEST);
    expect(seen).toEqual([
      '/v2/team/app/manifests/private',
      '/token?service=registry&scope=repository%3Ateam%2Fapp%3Apull',
      '/v2/team/app/manifests/private',
    ]);
  });

  test.each([
    ['gone', 'app:gone must exist, received 404; correct the tag'],
    [
      'single',
      'app:single must be an index of several platforms, received application/vnd.oci.image.manifest.v1+json; choose another tag',
    ],
    ['lying', `app:lying must be what the registry says, sha256:${'0'.repeat(64)}, received ${DIGEST}; try again`],
  ])('is refused for %s', async (tag, message) => {
    await expect(resolveDigest(`${host}/team/app`, tag)).rejects.toThrow(`${host}/team/${message}`);
  });

  test('needs a public image', async () => {
    await expect(resolveDigest(`${host}/other/app`, 'private')).rejects.toThrow(
      `${host} returned no token, received 200; is the image public?`,
    );
  });
});

const lockOf = (images: Readonly<Record<string, { tag: string; digest: string | null }>>): string =>
  JSON.stringify({
    '//': 'a note',
    ...Object.fromEntries(
      Object.entries(images).map(([name, image]) => [
        name,
        { repository: `${host}/team/app`, digestSource: null, ...image },
      ]),
    ),
  });

describe('a lock file', () => {
  test('gets the digests of its tags and keeps everything else', async () => {
    const { text, changes } = await updateLock(
      lockOf({ a: { tag: 'good', digest: null }, b: { tag: 'docker', digest: DIGEST } }),
    );
    const { a, b, ...rest } = JSON.parse(text);
    expect(a).toMatchObject({ tag: 'good', digest: DIGEST, digestSource: 'the registry' });
    expect(b).toMatchObject({ tag: 'docker', digest: DIGEST, digestSource: null });
    expect(rest).toEqual({ '//': 'a note' });
    expect(changes).toEqual([`${host}/team/app:good had no digest -> ${DIGEST}`]);
  });

  test('names every image that cannot be resolved', async () => {
    const update = updateLock(lockOf({ a: { tag: 'gone', digest: null }, b: { tag: 'single', digest: null } }));
    await expect(update).rejects.toThrow(/app:gone must exist.*\n.*app:single must be an index/);
  });
});

describe('the command', () => {
  const SCRIPT = resolve(import.meta.dirname, '../../src/cli/images-update.ts');
  const execute = promisify(execFile);
  let folder: string;
  let path: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tidewatch-lock-'));
    path = join(folder, 'images.lock.json');
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  test('writes the file and prints what changed', async () => {
    await writeFile(path, lockOf({ a: { tag: 'good', digest: null } }));
    const { stdout } = await execute(process.execPath, [SCRIPT, path]);
    expect(stdout).toBe(`${host}/team/app:good had no digest -> ${DIGEST}\n`);
    expect(JSON.parse(await readFile(path, 'utf8')).a.digest).toBe(DIGEST);
  });

  test('leaves the file as it is where there is no registry', async () => {
    const text = JSON.stringify({ a: { repository: '127.0.0.1:1/team/app', tag: 'v1', digest: null } });
    await writeFile(path, text);
    const failed = execute(process.execPath, [SCRIPT, path]);
    await expect(failed).rejects.toMatchObject({ code: 1 });
    await expect(failed).rejects.toThrow(
      /registry 127\.0\.0\.1:1 cannot be reached, received .+; run this where there is a way to it\nthe lock file is unchanged/,
    );
    expect(await readFile(path, 'utf8')).toBe(text);
  });
});

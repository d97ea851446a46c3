import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { acquire, type Installation } from './acquire.ts';
import { GO_MODULES, installedPath } from './cache.ts';
import { execute } from './command.ts';
import { insistOnPin } from './go-build.ts';
import { freePort } from './process.ts';
import { type ArchiveKind, accepts, type GoBuild, PROGRAMS, type Program } from './programs.ts';
import { publishedDigest } from './release.ts';
import { type TemporaryFolder, temporaryFolder } from './temporary-folder.ts';

const TOOL = '#!/bin/sh\necho "tool version 1.2.3"\n';
const OTHER_VERSION = TOOL.replace('1.2.3', '1.2.2');
/** The tool as `tool-1.2.3/tool` in a zip file, so that the test needs no program that makes one. */
const ZIPPED_TOOL =
  'UEsDBBQAAAAAAAAAIQDj+uIBJAAAACQAAAAPAAAAdG9vbC0xLjIuMy90b29sIyEvYmluL3NoCmVjaG8gInRvb2wgdmVyc2lvbiAxLjIuMyIK' +
  'UEsBAhQDFAAAAAAAAAAhAOP64gEkAAAAJAAAAA8AAAAAAAAAAAAAAO0BAAAAAHRvb2wtMS4yLjMvdG9vbFBLBQYAAAAAAQABAD0AAABRAAAAAAA=';

const sha256 = (bytes: Buffer | string): string => createHash('sha256').update(bytes).digest('hex');

const toolProgram = (base: string, archive: ArchiveKind): Program => {
  const file = archive === 'none' ? 'tool' : `tool-1.2.3.${archive}`;
  return {
    name: 'tool',
    version: '1.2.3',
    versionArgs: ['--version'],
    versionPattern: /tool version (\S+)/,
    release: {
      url: `${base}/${file}`,
      archive,
      member: 'tool-1.2.3/tool',
      checksums: `${base}/sha256sums.txt`,
    },
    go: {
      module: 'etcd',
      requires: 'go.etcd.io/etcd/server/v3 v3.6.16',
      package: 'tool.test/no/such/package',
      variables: {},
    },
  };
};

describe('acquire', () => {
  const files = new Map<string, Buffer>();
  const asked: string[] = [];
  let server: Server;
  let base: string;
  let scratch: TemporaryFolder;
  let installation: Installation;

  beforeEach(async () => {
    files.clear();
    asked.length = 0;
    server = createServer(({ url = '/' }, response) => {
      asked.push(url);
      const file = files.get(basename(url));
      response.writeHead(file ? 200 : 404).end(file);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    base = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
    scratch = await temporaryFolder('install');
    installation = { folder: join(scratch.path, 'cache'), searchPath: [], unreachable: new Set() };
  });

  afterEach(async () => {
    vi.unstubAllEnvs();
    server.closeAllConnections();
    server.close();
    await scratch.remove();
  });

  const publish = (file: string, bytes: Buffer, digest = sha256(bytes)): void => {
    files.set(file, bytes);
    files.set('sha256sums.txt', Buffer.from(`${'0'.repeat(64)}  another-file\n${digest}  ${file}\n`));
  };

  const tarOfTool = async (): Promise<Buffer> => {
    const folder = join(scratch.path, 'tool-1.2.3');
    await mkdir(folder);
    await writeFile(join(folder, 'tool'), TOOL);
    const archive = join(scratch.path, 'tool.tar.gz');
    expect(await execute('tar', ['-czf', archive, '-C', scratch.path, 'tool-1.2.3'])).toMatchObject({ code: 0 });
    return readFile(archive);
  };

  const putOnPath = async (text: string): Promise<Installation> => {
    const folder = join(scratch.path, 'path');
    await mkdir(folder);
    await writeFile(join(folder, 'tool'), text);
    await chmod(join(folder, 'tool'), 0o755);
    return { ...installation, searchPath: ['/no/such/folder', folder] };
  };

  const withoutGo = (): void => {
    vi.stubEnv('PATH', '/no/such/folder');
  };

  test.each<ArchiveKind>(['none', 'tar.gz', 'zip'])(
    'installs a release packed as %s, then keeps it',
    async (archive) => {
      const bytes = {
        none: () => Buffer.from(TOOL),
        'tar.gz': tarOfTool,
        zip: () => Buffer.from(ZIPPED_TOOL, 'base64'),
      };
      const program = toolProgram(base, archive);
      publish(basename(program.release?.url ?? ''), await bytes[archive]());

      expect(await acquire(program, installation)).toEqual({ version: '1.2.3', source: 'official release' });
      const path = installedPath(installation.folder, program);
      expect(path).toBe(join(installation.folder, 'bin/tool'));
      expect(await readdir(join(installation.folder, 'bin'))).toEqual(['tool']);
      expect(asked).toHaveLength(2);

      expect(await acquire(program, installation)).toEqual({ version: '1.2.3', source: 'kept' });
      expect(asked).toHaveLength(2);
    },
  );

  test('refuses a release whose sha256 is not the published one, and does not build instead', async () => {
    publish('tool', Buffer.from(TOOL), 'ab'.repeat(32));
    const acquired = acquire(toolProgram(base, 'none'), installation);
    const published = 'ab'.repeat(32);
    const message = await acquired.catch((error: unknown) => (error instanceof Error ? error.message : ''));
    expect(message).toMatch(/^sha256 of /);
    expect(message).toContain(`is ${sha256(TOOL)}, but its project published ${published}; the file is refused`);
    expect(await readdir(join(installation.folder, 'bin'))).toEqual([]);
    expect(installedPath(installation.folder, toolProgram(base, 'none'))).toBeUndefined();
  });

  test('refuses a release that no published sha256 vouches for', async () => {
    files.set('tool', Buffer.from(TOOL));
    files.set('sha256sums.txt', Buffer.from(`${sha256(TOOL)}  another-file\n${'0'.repeat(64)}  third-file\n`));
    const acquired = acquire(toolProgram(base, 'none'), installation);
    await expect(acquired).rejects.toThrow('sha256sums.txt has no sha256 of tool; the release is refused');
  });

  test('refuses a release that reports another version', async () => {
    publish('tool', Buffer.from(OTHER_VERSION));
    const acquired = acquire(toolProgram(base, 'none'), installation);
    await expect(acquired).rejects.toThrow('the new tool reports version 1.2.2, not 1.2.3');
    expect(await readdir(join(installation.folder, 'bin'))).toEqual([]);
  });

  test('takes the pinned version from the PATH before it asks for a release', async () => {
    const acquired = await acquire(toolProgram(base, 'none'), await putOnPath(TOOL));
    expect(acquired).toEqual({ version: '1.2.3', source: 'from the PATH' });
    expect(asked).toEqual([]);
  });

  test('takes another version from the PATH only where the row allows it', async () => {
    const onPath = await putOnPath(OTHER_VERSION);
    publish('tool', Buffer.from(TOOL));
    const strict = toolProgram(base, 'none');
    expect(await acquire(strict, onPath)).toEqual({ version: '1.2.3', source: 'official release' });
    const elsewhere = { ...onPath, folder: join(scratch.path, 'second-cache') };
    const lenient: Program = { ...strict, atLeast: '1.2.0' };
    expect(await acquire(lenient, elsewhere)).toEqual({ version: '1.2.2', source: 'from the PATH' });
  });

  test('replaces an installed program when the pin is raised, which counts as missing until then', async () => {
    const old = toolProgram(base, 'none');
    publish('tool', Buffer.from(TOOL));
    await acquire(old, installation);
    const raised: Program = { ...old, version: '1.2.4' };
    expect(installedPath(installation.folder, raised)).toBeUndefined();
    publish('tool', Buffer.from(TOOL.replace('1.2.3', '1.2.4')));
    expect(await acquire(raised, installation)).toEqual({ version: '1.2.4', source: 'official release' });
    expect(installedPath(installation.folder, raised)).toBe(join(installation.folder, 'bin/tool'));
  });

  test('asks an unreachable host once, and says what to install when Go is missing too', async () => {
    withoutGo();
    const program = toolProgram(`http://127.0.0.1:${await freePort()}`, 'none');
    const { host } = new URL(program.release?.url ?? '');
    const first = acquire(program, installation);
    await expect(first).rejects.toThrow(`release: ${host} cannot be reached: connect ECONNREFUSED`);
    await expect(acquire(program, installation)).rejects.toThrow(
      [
        'tool 1.2.3 cannot be installed:',
        '  PATH: no tool of that version',
        `  release: ${host} was not reachable a moment ago`,
        '  build: the `go` command is not there: install Go 1.26 or newer',
        '  put tool 1.2.3 on the PATH, or make its release reachable, or install Go 1.26 or newer',
      ].join('\n'),
    );
  });

  test('does not build a program that has no Go module, even where Go is there', async () => {
    const { go: _, ...unbuilt } = toolProgram(base, 'none');
    await expect(acquire(unbuilt, installation)).rejects.toThrow(
      [
        `  release: ${base}/sha256sums.txt answered 404`,
        '  put tool 1.2.3 on the PATH, or make its release reachable',
      ].join('\n'),
    );
  });

  test('goes on to the build when there is no such release', async () => {
    withoutGo();
    await expect(acquire(toolProgram(base, 'none'), installation)).rejects.toThrow(
      `release: ${base}/sha256sums.txt answered 404\n  build: the \`go\` command is not there`,
    );
  });
});

describe('the Go modules', () => {
  const built = Object.values(PROGRAMS).flatMap(({ name, go }) => (go === undefined ? [] : [[name, go] as const]));

  test.each(built)('the one of %s requires the pinned version', async (name, go) => {
    await expect(insistOnPin(name, go)).resolves.toBeUndefined();
  });

  test('are those of the programs that may be linked, which Loki and Alloy are not', async () => {
    expect(await readdir(GO_MODULES)).toEqual([...new Set(built.map(([, { module }]) => module))].toSorted());
    expect(built.map(([name]) => name)).not.toEqual(expect.arrayContaining(['loki']));
    expect(built.map(([name]) => name)).not.toEqual(expect.arrayContaining(['alloy']));
  });

  test('a raised pin that was forgotten in go.mod is refused', async () => {
    const raised: GoBuild = {
      module: 'etcd',
      requires: 'go.etcd.io/etcd/server/v3 v3.6.17',
      package: '',
      variables: {},
    };
    await expect(insistOnPin('etcd', raised)).rejects.toThrow(
      "go/etcd/go.mod does not require 'go.etcd.io/etcd/server/v3 v3.6.17', which etcd is pinned to",
    );
  });
});

describe('accepts', () => {
  const pinned = toolProgram('http://127.0.0.1', 'none');
  test.each([
    { version: '1.2.3', atLeast: undefined, accepted: true },
    { version: '1.2.4', atLeast: undefined, accepted: false },
    { version: '1.2.4', atLeast: '1.2.0', accepted: true },
    { version: '1.10.0', atLeast: '1.9.5', accepted: true },
    { version: '1.1.9', atLeast: '1.2.0', accepted: false },
    { version: '1.2.3', atLeast: '9.0.0', accepted: true },
  ])('version $version with at least $atLeast is accepted: $accepted', ({ version, atLeast, accepted }) => {
    expect(accepts({ ...pinned, ...(atLeast ? { atLeast } : {}) }, version)).toBe(accepted);
  });
});

describe('publishedDigest', () => {
  const digest = 'c'.repeat(64);
  test.each([
    { form: 'a bare digest', text: digest, found: digest },
    { form: 'a bare digest and a newline', text: `${digest}\n`, found: digest },
    { form: 'sha256sum lines', text: `${'d'.repeat(64)}  b.zip\n${digest}  a.zip\n`, found: digest },
    { form: 'binary-mode lines', text: `${digest} *a.zip\n`, found: digest },
    { form: 'the digest of another file', text: `${digest}  b.zip\n`, found: undefined },
    { form: 'an error page', text: '<html></html>', found: undefined },
  ])('reads $form', ({ text, found }) => {
    expect(publishedDigest(text, 'a.zip')).toBe(found);
  });
});

import { mkdir, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { peer, requirePeer, run } from './peer.ts';
import { type TemporaryFolder, temporaryFolder } from './temporary-folder.ts';

const FIXTURES = resolve(import.meta.dirname, 'fixtures');
const VITEST = resolve(import.meta.dirname, '../../node_modules/vitest/vitest.mjs');

describe('without installed programs', () => {
  let empty: TemporaryFolder;

  beforeAll(async () => {
    empty = await temporaryFolder('no-peers');
    vi.stubEnv('PEERS_CACHE', empty.path);
  });

  afterAll(async () => {
    vi.unstubAllEnvs();
    await empty.remove();
  });

  const runSuite = (required: string) =>
    run(process.execPath, [VITEST, 'run', '--root', FIXTURES, '--reporter=verbose'], {
      cwd: FIXTURES,
      env: { PEERS_CACHE: empty.path, REQUIRE_PEERS: required, NO_COLOR: '1' },
    });

  test.each(['', '0', 'kubectl,http-route'])(
    "with REQUIRE_PEERS='%s' a suite that needs promtool is left out and says how to install it",
    async (required) => {
      const { code, stdout } = await runSuite(required);
      expect(stdout).toContain('promtool 3.15.0 not installed: run `npm run peers`');
      expect(stdout).toContain('1 skipped');
      expect(code).toBe(0);
    },
  );

  test.each(['all', '1', 'kubectl, promtool'])("with REQUIRE_PEERS='%s' the same suite fails", async (required) => {
    const { code, stdout, stderr } = await runSuite(required);
    expect(stdout + stderr).toContain(
      'promtool 3.15.0 not installed: run `npm run peers` (REQUIRE_PEERS requires promtool)',
    );
    expect(code).toBe(1);
  });

  test('an unknown name in REQUIRE_PEERS is an error that lists the known ones', async () => {
    const { code, stdout, stderr } = await runSuite('promtol');
    expect(stdout + stderr).toContain(
      "REQUIRE_PEERS names 'promtol', which is not there; choose from prometheus, promtool, alertmanager",
    );
    expect(code).toBe(1);
  });

  test('its path is undefined, and requiring it throws', () => {
    expect(peer('promtool')).toBeUndefined();
    expect(() => requirePeer('promtool')).toThrow('promtool 3.15.0 not installed: run `npm run peers`');
  });

  const onPath = async (name: string, output: string): Promise<string> => {
    const path = join(empty.path, 'path', name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, `#!/bin/sh\necho '${output}'\n`, { mode: 0o755 });
    vi.stubEnv('PATH', `${dirname(path)}${delimiter}${process.env.PATH}`);
    return path;
  };

  test('one of an accepted version on the PATH is used', async () => {
    const path = await onPath('loki', 'loki, version 3.7.9 (branch: HEAD)');
    expect(peer('loki')).toBe(path);
    expect(await run('loki', ['-version'])).toMatchObject({ code: 0, stdout: 'loki, version 3.7.9 (branch: HEAD)\n' });
  });

  test('one of another version on the PATH is not', async () => {
    await onPath('kubectl', 'Client Version: v1.20.0');
    expect(await run('kubectl', ['version', '--client'])).toEqual({
      code: 127,
      stdout: '',
      stderr: 'kubectl 1.33.4 not installed: run `npm run peers`\n',
    });
  });
});

describe('run', () => {
  const node = (script: string) => ['-e', script] as const;

  test('gives the program its input and returns both outputs and the exit code', async () => {
    const script = 'process.stdin.pipe(process.stdout); console.error("oh"); process.exitCode = 3';
    expect(await run(process.execPath, node(script), { input: 'hello' })).toEqual({
      code: 3,
      stdout: 'hello',
      stderr: 'oh\n',
    });
  });

  test('kills a program that takes too long', async () => {
    const { code, stderr } = await run(process.execPath, node('setTimeout(() => {}, 60_000)'), { timeoutMs: 200 });
    expect(code).toBe(124);
    expect(stderr).toMatch(/ was killed after 200 ms\n$/);
  });

  test('keeps the start of an endless output and says what it dropped', async () => {
    const { stdout } = await run(process.execPath, node('console.log("x".repeat(5000))'), { maxOutputBytes: 100 });
    expect(stdout).toBe(`${'x'.repeat(100)}\n[4901 more bytes dropped]\n`);
  });

  test('answers with code 127 when the program cannot be started', async () => {
    const { code, stderr } = await run('/no/such/program', []);
    expect(code).toBe(127);
    expect(stderr).toContain('/no/such/program cannot be started');
  });
});

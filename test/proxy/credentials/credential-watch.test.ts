import { mkdir, mkdtemp, rename, rm, symlink, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type CredentialFiles, readCredentialFiles } from '../../../proxy/credentials/credential-files.ts';
import { createCredentialWatch } from '../../../proxy/credentials/credential-watch.ts';
import { systemTimers, type Timers } from '../../../proxy/time.ts';
import { manualTime } from '../../support/manual-time.ts';

let folder = '';
const started: { stop(): void }[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'credentials-'));
});
afterEach(async () => {
  for (const watch of started.splice(0)) watch.stop();
  await rm(folder, { recursive: true });
});

const write = (name: string, content: string) => writeFile(join(folder, name), content);

/** Lays files out as the kubelet does: a version in a folder of its own, `..data` at it, a link a file at `..data`. */
const mountVersion = async (version: string, files: Readonly<Record<string, string>>) => {
  await mkdir(join(folder, version));
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, version, name), content);
  await symlink(version, join(folder, '..data_tmp'));
  await rename(join(folder, '..data_tmp'), join(folder, '..data'));
};

describe('the files of a folder', () => {
  test('are read in the order of their names; hidden ones are not', async () => {
    await write('beta', 'sk-ant-oat01-b');
    await write('alpha.key', 'sk-ant-api03-a\n');
    await write('.hidden', 'sk-ant-api03-c');
    const { credentials, problems } = await readCredentialFiles(folder, { oauth: true });
    expect(credentials.map(({ id, kind }) => [id, kind])).toStrictEqual([
      ['alpha-key', 'api_key'],
      ['beta', 'oauth'],
    ]);
    expect(problems).toStrictEqual([]);
  });

  test('that hold an OAuth token are refused unless the pool may share it', async () => {
    await write('key', 'sk-ant-api03-a');
    await write('person', 'sk-ant-oat01-b');
    await write('session', 'eyJhbGciOi.J9');
    const refused = await readCredentialFiles(folder, { oauth: false });
    expect(refused.credentials.map(({ id }) => id)).toStrictEqual(['key']);
    expect(refused.problems).toStrictEqual(
      ['person', 'session'].map(
        (name) =>
          `'${name}' holds an OAuth token of a subscription, and sharing one may be against the terms of the provider; mount an API key (sk-ant-api…), or read the terms and set poolOauth (TIDEWATCH_POOL_OAUTH=true)`,
      ),
    );
    expect(refused.warnings).toStrictEqual([]);
    const taken = await readCredentialFiles(folder, { oauth: true });
    expect(taken.credentials.map(({ id }) => id)).toStrictEqual(['key', 'person', 'session']);
    expect(taken.problems).toStrictEqual([]);
    expect(taken.warnings).toStrictEqual([
      "the pool shares OAuth tokens of subscriptions ('person', 'session'): this may be against the terms of the provider",
    ]);
  });

  test('that hold API keys alone are not warned of', async () => {
    await write('key', 'sk-ant-api03-a');
    expect((await readCredentialFiles(folder, { oauth: true })).warnings).toStrictEqual([]);
  });

  test('that hold none are reported, all at once, and the others count', async () => {
    await write('a key', 'sk-ant-api03-a');
    await write('a-key', 'sk-ant-api03-b');
    await write('empty', '');
    await write('long', 'x'.repeat(20_000));
    await mkdir(join(folder, 'sub'));
    const { credentials, problems } = await readCredentialFiles(folder, { oauth: true });
    expect(credentials.map(({ headers }) => headers)).toStrictEqual([{ 'x-api-key': 'sk-ant-api03-a' }]);
    expect(problems).toStrictEqual([
      "'a-key' is named 'a-key' like another file; rename it",
      "'empty' holds no credential; write one API key (sk-ant-api…) or one OAuth token (sk-ant-oat…) on one line",
      "'long' is too long for a credential; mount the secret alone",
      "'sub' cannot be read (EISDIR); make it a file that this user may read",
    ]);
  });
});

/** A watch whose periodic read is far away, unless a test says otherwise. */
const watchFolder = async (options: { everyMs?: number; timers?: Timers; folder?: string } = {}) => {
  const changes: CredentialFiles[] = [];
  const problems: string[] = [];
  const watch = createCredentialWatch({
    folder,
    oauth: true,
    timers: systemTimers,
    everyMs: 600_000,
    onChange: (files) => changes.push(files),
    onProblem: (problem) => problems.push(problem),
    ...options,
  });
  started.push(watch);
  await watch.read();
  watch.start();
  const last = () => changes.at(-1)?.credentials.flatMap(({ headers }) => Object.values(headers)[0] ?? []);
  return { watch, changes, problems, last };
};

const soon = { timeout: 5_000, interval: 20 };

describe('a change', () => {
  test('of a mounted Secret, whose link alone moves, is noticed at once', async () => {
    await mountVersion('..1', { alpha: 'sk-ant-api03-1' });
    await symlink(join('..data', 'alpha'), join(folder, 'alpha'));
    const { last, changes } = await watchFolder();
    expect(last()).toStrictEqual(['sk-ant-api03-1']);
    await mountVersion('..2', { alpha: 'sk-ant-api03-2' });
    await rm(join(folder, '..1'), { recursive: true });
    await vi.waitFor(() => expect(last()).toStrictEqual(['sk-ant-api03-2']), soon);
    expect(changes).toHaveLength(2);
  });

  test('of a plain file, a new one and a removed one are noticed at once', async () => {
    await write('alpha', 'sk-ant-api03-1');
    const { last } = await watchFolder();
    await write('alpha', 'sk-ant-api03-2');
    await vi.waitFor(() => expect(last()).toStrictEqual(['sk-ant-api03-2']), soon);
    await write('beta', 'sk-ant-api03-b');
    await vi.waitFor(() => expect(last()).toStrictEqual(['sk-ant-api03-2', 'sk-ant-api03-b']), soon);
    await unlink(join(folder, 'alpha'));
    await vi.waitFor(() => expect(last()).toStrictEqual(['sk-ant-api03-b']), soon);
  });

  test('that no event tells of is found by reading from time to time', async () => {
    await write('target', 'sk-ant-api03-1');
    const outside = await mkdtemp(join(tmpdir(), 'outside-'));
    await writeFile(join(outside, 'secret'), 'sk-ant-api03-1');
    await rm(join(folder, 'target'));
    await symlink(join(outside, 'secret'), join(folder, 'alpha'));
    const { last } = await watchFolder({ everyMs: 50 });
    await writeFile(join(outside, 'secret'), 'sk-ant-api03-2');
    await vi.waitFor(() => expect(last()).toStrictEqual(['sk-ant-api03-2']), soon);
    await writeFile(join(outside, 'secret'), 'sk-ant-api03-3');
    await vi.waitFor(() => expect(last()).toStrictEqual(['sk-ant-api03-3']), soon);
    await rm(outside, { recursive: true });
  });

  test('that is none is not told', async () => {
    await write('alpha', 'sk-ant-api03-1');
    const { watch, changes } = await watchFolder();
    await write('alpha', 'sk-ant-api03-1\n');
    await watch.read();
    expect(changes).toHaveLength(1);
  });
});

describe('a folder that is not there', () => {
  test('is told once and found when it comes', async () => {
    const late = join(folder, 'late');
    const { watch, problems, last } = await watchFolder({ folder: late, everyMs: 50 });
    await watch.read();
    expect(problems).toStrictEqual([`the folder of credentials '${late}' cannot be read (ENOENT); mount it there`]);
    await mkdir(late);
    await writeFile(join(late, 'alpha'), 'sk-ant-api03-1');
    await vi.waitFor(() => expect(last()).toStrictEqual(['sk-ant-api03-1']), soon);
  });

  test('is watched from when it comes', async () => {
    const late = join(folder, 'late');
    const { timers, advance } = manualTime(0);
    const { last } = await watchFolder({ folder: late, everyMs: 1_000, timers });
    await mkdir(late);
    await advance(1_000);
    // The periodic read reads the folder in the background, and only then listens.
    await new Promise((resolve) => setTimeout(resolve, 100));
    await writeFile(join(late, 'alpha'), 'sk-ant-api03-1');
    await new Promise((resolve) => setTimeout(resolve, 100));
    await advance(999);
    await vi.waitFor(() => expect(last()).toStrictEqual(['sk-ant-api03-1']), soon);
  });

  test('for a while leaves what was loaded', async () => {
    const sub = join(folder, 'sub');
    await mkdir(sub);
    await writeFile(join(sub, 'alpha'), 'sk-ant-api03-1');
    const { watch, problems, changes } = await watchFolder({ folder: sub });
    await rm(sub, { recursive: true });
    await watch.read();
    expect(problems).toHaveLength(1);
    expect(changes).toHaveLength(1);
  });
});

test('a watch that is stopped while it reads does not look again', async () => {
  const { timers, advance, pending } = manualTime(0);
  const { watch } = await watchFolder({ everyMs: 1_000, timers });
  expect(pending()).toBe(1);
  const reading = advance(1_000);
  watch.stop();
  await reading;
  await watch.read();
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(pending()).toBe(0);
});

test('a watch that is stopped notices nothing more', async () => {
  await write('alpha', 'sk-ant-api03-1');
  const { watch, changes } = await watchFolder({ everyMs: 20 });
  watch.stop();
  await write('alpha', 'sk-ant-api03-2');
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(changes).toHaveLength(1);
});

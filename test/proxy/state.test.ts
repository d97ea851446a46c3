import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createStateFile, type State } from '../../proxy/state.ts';
import { manualTime } from '../support/manual-time.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'state-'));
});
afterEach(() => rm(folder, { recursive: true }));

const open = (path = join(folder, 'state.json')) => {
  const time = manualTime(1_000);
  const problems: string[] = [];
  const current: { state: State; collected: number } = { state: { tracker: { n: 1 }, pool: null }, collected: 0 };
  const file = createStateFile({
    path,
    clock: time.clock,
    timers: time.timers,
    collect: () => {
      current.collected += 1;
      return current.state;
    },
    onProblem: (problem) => problems.push(problem),
  });
  const written = async (): Promise<unknown> => JSON.parse(await readFile(path, 'utf8'));
  return { path, time, file, problems, current, written };
};

describe('writing', () => {
  test('gathers changes for five seconds and leaves nothing but the file, for this user alone', async () => {
    const { time, file, current, path, written } = open();
    file.touch();
    await time.advance(4_999);
    expect(await readdir(folder)).toStrictEqual([]);
    file.touch();
    current.state = { tracker: { n: 2 }, pool: { m: 3 } };
    await time.advance(1);
    await vi.waitFor(async () => expect(await readdir(folder)).toStrictEqual(['state.json']));
    expect(await written()).toStrictEqual({ version: 1, savedAt: 6_000, tracker: { n: 2 }, pool: { m: 3 } });
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(current.collected).toBe(1);
    expect(time.pending()).toBe(0);
  });

  test('happens at once at the end, and only if something has changed', async () => {
    const { time, file, current, written } = open();
    await file.flush();
    expect(await readdir(folder)).toStrictEqual([]);
    file.touch();
    await file.flush();
    expect(await written()).toMatchObject({ tracker: { n: 1 } });
    expect(time.pending()).toBe(0);
    await file.flush();
    expect(current.collected).toBe(1);
  });

  test('of changes that come while it is written comes after it', async () => {
    const { file, current, written } = open();
    file.touch();
    const first = file.flush();
    current.state = { tracker: 'later', pool: null };
    file.touch();
    await Promise.all([first, file.flush()]);
    expect(await written()).toMatchObject({ tracker: 'later' });
  });

  test('never leaves a reader with half a file', async () => {
    const { file, current, written } = open();
    current.state = { tracker: 'x'.repeat(2_000_000), pool: null };
    file.touch();
    await file.flush();
    for (let round = 0; round < 20; round += 1) {
      file.touch();
      const writing = file.flush();
      expect(await written()).toMatchObject({ version: 1 });
      await writing;
    }
  });

  test('that fails is told once, is tried again with the next change, and leaves the old file', async () => {
    const { file, problems, written, current, path } = open();
    file.touch();
    await file.flush();
    await mkdir(`${path}.tmp`);
    current.state = { tracker: 'new', pool: null };
    file.touch();
    await file.flush();
    await file.flush();
    expect(problems).toStrictEqual([
      expect.stringMatching(
        /^the state cannot be written to '.*state\.json' \(EISDIR: .*\); it is lost with this process$/,
      ),
    ]);
    expect(await written()).toMatchObject({ tracker: { n: 1 } });
    await rm(`${path}.tmp`, { recursive: true });
    await file.flush();
    expect(await written()).toMatchObject({ tracker: 'new' });
  });

  test('into a folder that is not there is told and does not throw', async () => {
    const { file, problems } = open(join(folder, 'none', 'state.json'));
    file.touch();
    await file.flush();
    expect(problems).toHaveLength(1);
  });
});

describe('reading', () => {
  test('gives what was written', async () => {
    const { file, problems } = open();
    file.touch();
    await file.flush();
    expect(await open().file.load()).toStrictEqual({ tracker: { n: 1 }, pool: null });
    expect(problems).toStrictEqual([]);
  });

  test('without a file gives null and is no problem: it is the first start', async () => {
    const { file, problems } = open();
    expect(await file.load()).toBe(null);
    expect(problems).toStrictEqual([]);
  });

  test.each([
    ['cut short', '{"version":1,"tracker":{"acc', 'it is no JSON: 28 characters that end too soon or are damaged'],
    ['empty', '', 'it is no JSON: 0 characters that end too soon or are damaged'],
    ['of an older version', '{"version":0}', 'it is of version 0, this is 1'],
    ['of a newer version', '{"version":"2"}', 'it is of version "2", this is 1'],
    ['of another kind', '[1]', 'it holds no state'],
    ['null', 'null', 'it holds no state'],
  ])('a file that is %s starts empty, says why and keeps the file', async (_, text, why) => {
    const { file, path, problems } = open();
    await writeFile(path, text);
    expect(await file.load()).toBe(null);
    expect(problems).toStrictEqual([
      `the state in '${path}' cannot be used (${why}); starting empty; the file is kept as '${path}.unusable'`,
    ]);
    expect(await readFile(`${path}.unusable`, 'utf8')).toBe(text);
    expect(await readdir(folder)).toStrictEqual(['state.json.unusable']);
  });

  test('a file without a part gives null for it', async () => {
    const { file, path } = open();
    await writeFile(path, '{"version":1,"pool":{"m":3}}');
    expect(await file.load()).toStrictEqual({ tracker: null, pool: { m: 3 } });
  });

  test('what cannot be read starts empty and says why', async () => {
    const { file, problems } = open(folder);
    expect(await file.load()).toBe(null);
    expect(problems).toStrictEqual([expect.stringMatching(/cannot be read \(EISDIR.*starting empty$/)]);
  });
});

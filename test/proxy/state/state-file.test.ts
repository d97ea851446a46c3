import { mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createStateFile } from '../../../proxy/state/state-file.ts';
import { manualTime } from '../../support/manual-time.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'state-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** A process with one part, whose data a test sets. */
const open = (path = join(folder, 'state.json')) => {
  const time = manualTime(1_000);
  const problems: string[] = [];
  const part = { data: { n: 1 } as unknown, imported: [] as unknown[], exports: 0 };
  const file = createStateFile({
    path,
    ...time,
    parts: [
      {
        name: 'tracker',
        export() {
          part.exports += 1;
          return part.data;
        },
        import: (state) => part.imported.push(state),
      },
    ],
    onProblem: (problem) => problems.push(problem),
  });
  const written = async (): Promise<unknown> => JSON.parse(await readFile(path, 'utf8'));
  const save = async (data: unknown): Promise<void> => {
    part.data = data;
    file.touch();
    await file.flush();
  };
  return { path, time, file, problems, part, written, save };
};

describe('writing', () => {
  test('gathers changes for a second and leaves nothing but the file, for this user alone', async () => {
    const { time, file, part, path, written } = open();
    file.touch();
    await time.advance(999);
    expect(await readdir(folder)).toStrictEqual([]);
    file.touch();
    part.data = { n: 2 };
    await time.advance(1);
    await vi.waitFor(async () => expect(await readdir(folder)).toStrictEqual(['state.json']));
    expect(await written()).toStrictEqual({ version: 2, savedAt: 2_000, parts: { tracker: { n: 2 } } });
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(part.exports).toBe(1);
    expect(time.pending()).toBe(0);
  });

  test('waits 50 ms for changes that are costly to lose, also where others wait already', async () => {
    const { time, file, written } = open();
    file.touch();
    await time.advance(500);
    file.touch('at-once');
    file.touch();
    expect(time.pending()).toBe(1);
    await time.advance(50);
    await vi.waitFor(async () => expect(await written()).toMatchObject({ savedAt: 1_550 }));
    expect(time.pending()).toBe(0);
  });

  test('happens at once at the end, and only if something has changed', async () => {
    const { time, file, part, written } = open();
    await file.flush();
    expect(await readdir(folder)).toStrictEqual([]);
    file.touch();
    await file.flush();
    expect(await written()).toMatchObject({ parts: { tracker: { n: 1 } } });
    expect(time.pending()).toBe(0);
    await file.flush();
    expect(part.exports).toBe(1);
  });

  test('of changes that come while it is written comes after it', async () => {
    const { file, part, written } = open();
    file.touch();
    const first = file.flush();
    part.data = 'later';
    file.touch();
    await Promise.all([first, file.flush()]);
    expect(await written()).toMatchObject({ parts: { tracker: 'later' } });
  });

  test('never leaves a reader with half a file', async () => {
    const { written, save } = open();
    await save('x'.repeat(2_000_000));
    for (let round = 0; round < 20; round += 1) {
      const writing = save('x'.repeat(2_000_000 + round));
      expect(await written()).toMatchObject({ version: 2 });
      await writing;
    }
  });

  test('that fails is reported once, is tried again ten seconds later, and leaves the old file', async () => {
    const { file, time, problems, written, part, save } = open();
    const live = { n: 0 };
    await save(live);
    part.data = {
      toJSON: () => {
        throw new Error('no room');
      },
    };
    file.touch();
    await file.flush();
    file.touch();
    await file.flush();
    expect(problems).toStrictEqual([
      expect.stringMatching(
        /^the state cannot be written to '.*state\.json' \(no room\); it is lost with this process$/,
      ),
    ]);
    expect(await written()).toMatchObject({ parts: { tracker: { n: 0 } } });
    expect(await readdir(folder)).toStrictEqual(['state.json']);
    part.data = 'new';
    await time.advance(10_000);
    await vi.waitFor(async () => expect(await written()).toMatchObject({ parts: { tracker: 'new' } }));
  });

  test.each([
    ['is not there', async () => undefined],
    ['is a file', (path: string) => writeFile(path, '')],
  ])('into a folder that %s is reported and does not throw', async (_what, make) => {
    await make(join(folder, 'none'));
    const { file, problems } = open(join(folder, 'none', 'state.json'));
    file.touch();
    await file.flush();
    expect(problems).toStrictEqual([expect.stringMatching(/ENOENT|ENOTDIR/)]);
  });

  test('clears temporary files that a killed process left behind, and no others', async () => {
    const { save } = open();
    for (const name of ['state.json.one.tmp', 'state.json.unusable', 'other.tmp'])
      await writeFile(join(folder, name), '');
    await save({ n: 1 });
    expect((await readdir(folder)).toSorted()).toStrictEqual(['other.tmp', 'state.json', 'state.json.unusable']);
  });
});

describe('two processes', () => {
  const tokens = (input: number) => ({ since: 1, tokens: { opus: { input } } });

  test('keep what both counted', async () => {
    const [one, other] = [open(), open()];
    await one.save(tokens(100));
    await other.file.load();
    await other.save(tokens(105));
    await one.save(tokens(120));
    await other.save(tokens(106));
    expect(await one.written()).toMatchObject({ parts: { tracker: tokens(126) } });
  });

  test('write at the same time without a loss', async () => {
    const processes = [open(), open(), open()];
    await processes[0]?.save(tokens(0));
    for (const { file } of processes) await file.load();
    for (let round = 1; round <= 10; round += 1) {
      const saves = processes.map(({ save }) => save(tokens(round)));
      const turns = setInterval(() => {
        for (const { time } of processes) void time.advance(20);
      }, 1);
      await Promise.all(saves);
      clearInterval(turns);
    }
    expect(await processes[0]?.written()).toMatchObject({ parts: { tracker: tokens(30) } });
    expect(processes.flatMap(({ problems }) => problems)).toStrictEqual([]);
  });

  test('do not bring back what one of them removed', async () => {
    const [one, other] = [open(), open()];
    await one.save({ accounts: [{ credential: 'a' }, { credential: 'b' }] });
    await other.file.load();
    await other.save({ accounts: [{ credential: 'a' }, { credential: 'b' }, { credential: 'c' }] });
    await one.save({ accounts: [{ credential: 'b' }] });
    expect(await one.written()).toMatchObject({
      parts: { tracker: { accounts: [{ credential: 'c' }, { credential: 'b' }] } },
    });
  });

  test('keep a part that only one of them has', async () => {
    const one = open();
    await writeFile(one.path, '{"version":2,"parts":{"pool":{"m":3}}}');
    await one.file.load();
    await one.save({ n: 2 });
    expect(await one.written()).toMatchObject({ parts: { pool: { m: 3 }, tracker: { n: 2 } } });
  });

  test.each([
    ['is removed', (path: string) => rm(path)],
    ['is cut short', (path: string) => writeFile(path, '{"version":2,"par')],
    ['becomes that of another version', (path: string) => writeFile(path, '{"version":9,"parts":{"tracker":1}}')],
  ])('write everything anew where the file %s meanwhile', async (_what, change) => {
    const one = open();
    await one.save(tokens(100));
    await change(one.path);
    await one.save(tokens(100));
    expect(await one.written()).toMatchObject({ version: 2, parts: { tracker: tokens(100) } });
  });

  test('export data that they go on working with', async () => {
    const [one, other] = [open(), open()];
    const live = { since: 1, tokens: { opus: { input: 5 } } };
    await one.save(live);
    await other.file.load();
    await other.save(tokens(7));
    live.tokens.opus.input = 9;
    await one.save(live);
    expect(await one.written()).toMatchObject({ parts: { tracker: tokens(11) } });
  });
});

describe('the lock', () => {
  test('of a process that was killed is taken over after three seconds', async () => {
    const { path, time, written, save, problems } = open();
    await writeFile(`${path}.lock`, 'someone 1');
    await utimes(`${path}.lock`, 4_000_000_000, 4_000_000_000);
    const saving = save({ n: 2 });
    await vi.waitFor(() => expect(time.pending()).toBe(1));
    await time.advance(20);
    await expect(written()).rejects.toThrow(/ENOENT/);
    const turns = setInterval(() => void time.advance(100), 1);
    await saving;
    clearInterval(turns);
    expect(await written()).toMatchObject({ parts: { tracker: { n: 2 } } });
    expect(time.clock.now()).toBeGreaterThanOrEqual(4_000);
    expect(await readdir(folder)).toStrictEqual(['state.json']);
    expect(problems).toStrictEqual([]);
  });

  test('that others hold in turn ends a write after ten seconds', async () => {
    const { path, time, save, problems } = open();
    await writeFile(`${path}.lock`, 'someone 0');
    let turn = 0;
    const turns = setInterval(async () => {
      turn += 1;
      await writeFile(`${path}.lock`, `someone ${turn}`);
      await time.advance(500);
    }, 2);
    await save({ n: 2 });
    clearInterval(turns);
    expect(problems).toStrictEqual([expect.stringMatching(/state\.json\.lock' is held by another process/)]);
    expect(time.clock.now()).toBeGreaterThanOrEqual(11_000);
  });
});

describe('reading', () => {
  test('lets the part import what was written', async () => {
    await open().save({ n: 7 });
    const { file, part, problems } = open();
    await file.load();
    expect(part.imported).toStrictEqual([{ n: 7 }]);
    expect(problems).toStrictEqual([]);
  });

  test('without a file imports nothing and is no problem: it is the first start', async () => {
    const { file, part, problems } = open();
    await file.load();
    expect(part.imported).toStrictEqual([]);
    expect(problems).toStrictEqual([]);
  });

  test.each([
    ['cut short', '{"version":2,"parts":{"acc', 'it is no JSON: 26 characters that end too soon or are damaged'],
    ['empty', '', 'it is no JSON: 0 characters that end too soon or are damaged'],
    ['of an older version', '{"version":1}', 'it is of version 1, this is 2'],
    ['of a newer version', '{"version":"3"}', 'it is of version "3", this is 2'],
    ['of another kind', '[1]', 'it holds no state'],
    ['without parts', '{"version":2,"parts":[]}', 'it holds no parts'],
    ['null', 'null', 'it holds no state'],
  ])('a file that is %s starts empty, reports why and keeps the file', async (_, text, why) => {
    const { file, path, problems, part } = open();
    await writeFile(path, text);
    await file.load();
    expect(part.imported).toStrictEqual([]);
    expect(problems).toStrictEqual([
      `the state in '${path}' cannot be used (${why}); starting empty; the file is kept as '${path}.unusable'`,
    ]);
    expect(await readFile(`${path}.unusable`, 'utf8')).toBe(text);
    expect(await readdir(folder)).toStrictEqual(['state.json.unusable']);
  });

  test('a file without the part imports null for it', async () => {
    const { file, path, part } = open();
    await writeFile(path, '{"version":2,"parts":{"pool":{"m":3}}}');
    await file.load();
    expect(part.imported).toStrictEqual([null]);
  });

  test('what cannot be read starts empty and reports why', async () => {
    const { file, path, problems } = open();
    await mkdir(path);
    await file.load();
    expect(problems).toStrictEqual([expect.stringMatching(/cannot be read \(EISDIR: .*\); starting empty$/)]);
  });

  test('a part that refuses its state does not keep the process from starting', async () => {
    const path = join(folder, 'state.json');
    await open(path).save({ n: 7 });
    const problems: string[] = [];
    const refuse = () => {
      throw new Error('a time beyond all times');
    };
    const file = createStateFile({
      path,
      ...manualTime(0),
      parts: [{ name: 'tracker', export: () => null, import: refuse }],
      onProblem: (problem) => problems.push(problem),
    });
    await file.load();
    expect(problems).toStrictEqual([`the state of 'tracker' in '${path}' cannot be used (a time beyond all times)`]);
  });
});

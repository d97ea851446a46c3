import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createStateFile } from '../../../proxy/state/state-file.ts';
import { manualTime } from '../../support/manual-time.ts';

const WRITER = join(import.meta.dirname, '../../support/proxy/state-writer.ts');

let folder = '';
let path = '';
const children: ChildProcess[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'state-processes-'));
  path = join(folder, 'state.json');
});

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(folder, { recursive: true });
});

interface Line {
  readonly at: number;
  readonly count: number;
}

const start = async () => {
  const child = spawn(process.execPath, [WRITER, path], { stdio: ['ignore', 'pipe', 'pipe'] });
  children.push(child);
  let output = '';
  let problems = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    problems += chunk.toString();
  });
  const lines = (): readonly Line[] =>
    output
      .split('\n')
      .slice(0, -1)
      .map((line) => line.split(' ').map(Number))
      .map(([at = 0, count = 0]) => ({ at, count }));
  await expect.poll(() => lines().length, { timeout: 10_000 }).toBeGreaterThan(0);
  const end = async (signal: 'SIGTERM' | 'SIGKILL'): Promise<number> => {
    const closed = once(child, 'close');
    child.kill(signal);
    await closed;
    return lines().at(-1)?.count ?? 0;
  };
  return { lines, end, problems: () => problems };
};

const counted = (): number => JSON.parse(readFileSync(path, 'utf8')).parts.counter.tokens.opus;

describe('state in real processes', () => {
  test('of two that write for seconds holds what both counted after they end', async () => {
    const [one, other] = await Promise.all([start(), start()]);
    await delay(2_500);
    const total = (await one.end('SIGTERM')) + (await other.end('SIGTERM'));
    expect(one.problems() + other.problems()).toBe('');
    expect(total).toBeGreaterThan(500);
    expect(counted()).toBe(total);
    expect(readdirSync(folder)).toStrictEqual(['state.json']);
  });

  test('of a planned restart, where the new one starts before the old one ends, loses nothing', async () => {
    const old = await start();
    await delay(1_200);
    const next = await start();
    await delay(300);
    const before = await old.end('SIGTERM');
    await delay(200);
    const total = before + (await next.end('SIGTERM'));
    expect(counted()).toBe(total);
  });

  test('of one that is killed loses the last second at most', async () => {
    const one = await start();
    await delay(2_500);
    await one.end('SIGKILL');
    const killedAt = one.lines().at(-1)?.at ?? 0;
    // One second of gathering, and half of one for a slow disk.
    const safe =
      one
        .lines()
        .filter(({ at }) => at < killedAt - 1_500)
        .at(-1)?.count ?? 0;
    expect(safe).toBeGreaterThan(100);
    expect(counted()).toBeGreaterThanOrEqual(safe);
  });

  test('of one that is killed does not keep the next from going on', async () => {
    const one = await start();
    await delay(1_200);
    await one.end('SIGKILL');
    const before = counted();
    writeFileSync(`${path}.lock`, 'killed while it wrote');
    const next = await start();
    const own = await next.end('SIGTERM');
    expect(next.problems()).toBe('');
    expect(counted()).toBe(before + own);
  });
});

/** A small file system of its own; null where this user may not mount one. */
const mountSmall = (mount: string, options: string): boolean => {
  mkdirSync(mount, { recursive: true });
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'none', mount], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

describe('a volume', () => {
  const onVolume = async (
    options: string,
    use: (one: ReturnType<typeof open>, mount: string) => Promise<void>,
    skip: (note: string) => void,
  ): Promise<void> => {
    const mount = join(folder, 'volume');
    if (!mountSmall(mount, options)) return skip('mounting needs root');
    try {
      await use(open(join(mount, 'state.json')), mount);
    } finally {
      execFileSync('umount', [mount]);
    }
  };

  const open = (file: string) => {
    const problems: string[] = [];
    const part = { data: 'small' };
    const state = createStateFile({
      path: file,
      ...manualTime(0),
      parts: [{ name: 'part', export: () => part.data, import: () => undefined }],
      onProblem: (problem) => problems.push(problem),
    });
    const save = async (data: string): Promise<void> => {
      part.data = data;
      state.touch();
      await state.flush();
    };
    return { file, problems, save };
  };

  test('that is full keeps the old state, is reported once, and takes the next that fits', async (context) => {
    await onVolume(
      'size=256k',
      async ({ file, problems, save }, mount) => {
        await save('small');
        await save('x'.repeat(1_000_000));
        await save('x'.repeat(1_000_001));
        expect(problems).toStrictEqual([expect.stringMatching(/ENOSPC/)]);
        expect(JSON.parse(readFileSync(file, 'utf8')).parts.part).toBe('small');
        expect(readdirSync(mount)).toStrictEqual(['state.json']);
        await save('fits');
        expect(JSON.parse(readFileSync(file, 'utf8')).parts.part).toBe('fits');
      },
      context.skip,
    );
  });

  test('that is read-only is reported once', async (context) => {
    await onVolume(
      'size=64k,ro',
      async ({ problems, save }) => {
        await save('one');
        await save('two');
        expect(problems).toStrictEqual([expect.stringMatching(/EROFS/)]);
      },
      context.skip,
    );
  });
});

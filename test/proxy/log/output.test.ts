import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, constants, mkdtempSync, openSync, readFileSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Output, type OutputOptions } from '../../../proxy/log/output.ts';

let folder = '';
let path = '';
let fd = 0;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'output-'));
  path = join(folder, 'lines');
  fd = openSync(path, 'w');
});

afterEach(() => {
  closeSync(fd);
  rmSync(folder, { recursive: true });
});

test('all lines are there, in order, once it is flushed', async () => {
  const output = new Output(fd);
  const lines = Array.from({ length: 1_000 }, (_, index) => `line ${index} é\n`);
  for (const line of lines.slice(0, 500)) output.write(line);
  await new Promise((resolve) => setTimeout(resolve, 5));
  for (const line of lines.slice(500)) output.write(line);
  await output.flush(1_000);
  expect(readFileSync(path, 'utf8')).toBe(lines.join(''));
});

test('nothing is written before the caller is done', async () => {
  const output = new Output(fd);
  output.write('line\n');
  expect(readFileSync(path, 'utf8')).toBe('');
  await output.flush(1_000);
});

const HOUR_MS = 3_600_000;

test('lines are gathered until a flush', async () => {
  const output = new Output(fd, { gatherMs: HOUR_MS });
  output.write('a\n');
  await new Promise((resolve) => setTimeout(resolve, 30));
  output.write('b\n');
  expect(readFileSync(path, 'utf8')).toBe('');
  await output.flush(1_000);
  expect(readFileSync(path, 'utf8')).toBe('a\nb\n');
});

test('many lines do not wait', async () => {
  const output = new Output(fd, { gatherMs: HOUR_MS });
  for (let index = 0; index < 264; index += 1) output.write('x'.repeat(1_000));
  await vi.waitFor(() => expect(readFileSync(path, 'utf8')).toHaveLength(264_000));
});

test('gathered lines go out by themselves', async () => {
  const output = new Output(fd);
  output.write('a\n');
  await vi.waitFor(() => expect(readFileSync(path, 'utf8')).toBe('a\n'));
});

/** Both ends of a pipe of 64 KiB; nothing is read until the test does. */
const openPipe = (): { readonly reader: number; readonly writer: number } => {
  const pipe = join(folder, 'pipe');
  execFileSync('mkfifo', [pipe]);
  const reader = openSync(pipe, constants.O_RDONLY | constants.O_NONBLOCK);
  return { reader, writer: openSync(pipe, constants.O_WRONLY | constants.O_NONBLOCK) };
};

/** What can be read at once, at most a number of bytes. */
const readSome = (reader: number, most: number): string => {
  const buffer = Buffer.alloc(most);
  try {
    return buffer.toString('utf8', 0, readSync(reader, buffer));
  } catch {
    return '';
  }
};

const numbered = (count: number): readonly string[] =>
  Array.from(
    { length: count },
    (_, index) => `{"line":"${String(index).padStart(6, '0')}","é":"${'x'.repeat(200)}"}\n`,
  );

const countingOutput = (writer: number, options: OutputOptions = {}) => {
  const dropped = { lines: 0 };
  const onDropped = (lines: number): void => {
    dropped.lines += lines;
  };
  return { output: new Output(writer, { ...options, onDropped }), dropped };
};

describe('a pipe', () => {
  test('with a slow reader loses no line that fits the bound', async () => {
    const { reader, writer } = openPipe();
    const { output, dropped } = countingOutput(writer);
    const lines = numbered(24_000);
    for (const line of lines) output.write(line);
    let read = '';
    const slow = setInterval(() => {
      read += readSome(reader, 50_000);
    }, 1);
    await output.flush(30_000);
    clearInterval(slow);
    for (let more = readSome(reader, 99_999); more !== ''; more = readSome(reader, 99_999)) read += more;
    expect(read === lines.join('')).toBe(true);
    expect(dropped.lines).toBe(0);
  });

  test('with a slow reader counts exactly what exceeds the bound', async () => {
    const { reader, writer } = openPipe();
    const { output, dropped } = countingOutput(writer, { maxWaiting: 300_000 });
    let read = '';
    const slow = setInterval(() => {
      read += readSome(reader, 20_000);
    }, 1);
    for (const [index, line] of numbered(8_000).entries()) {
      output.write(line);
      if (index % 500 === 0) await new Promise((resolve) => setTimeout(resolve, 2));
    }
    await output.flush(30_000);
    clearInterval(slow);
    for (let more = readSome(reader, 99_999); more !== ''; more = readSome(reader, 99_999)) read += more;
    const lines = read.trimEnd().split('\n');
    for (const line of lines) JSON.parse(line);
    expect(dropped.lines).toBeGreaterThan(0);
    expect(lines.length + dropped.lines).toBe(8_000);
  });

  test('that is not read holds up a flush for its time limit, and what is left is dropped and counted', async () => {
    const { reader, writer } = openPipe();
    const { output, dropped } = countingOutput(writer);
    for (const line of numbered(1_000)) output.write(line);
    const before = performance.now();
    const lost = await output.flush(50);
    expect(performance.now() - before).toBeGreaterThan(40);
    expect(dropped.lines).toBe(lost);
    const read = readSome(reader, 500_000);
    expect(read.split('\n').length - 1 + lost).toBe(1_000);
    await expect(output.flush(50)).resolves.toBe(0);
  });

  test('whose reader has gone counts every line', async () => {
    const { reader, writer } = openPipe();
    const { output, dropped } = countingOutput(writer);
    output.write('read\n');
    await output.flush(1_000);
    closeSync(reader);
    for (const line of numbered(1_000)) output.write(line);
    await expect(output.flush(1_000)).resolves.toBe(0);
    expect(dropped.lines).toBe(1_000);
    output.write('later\n');
    await output.flush(1_000);
    expect(dropped.lines).toBe(1_001);
  });

  test('whose reader goes in the middle counts what it has not got', async () => {
    const { reader, writer } = openPipe();
    const { output, dropped } = countingOutput(writer);
    for (const line of numbered(1_000)) output.write(line);
    const flushed = output.flush(5_000);
    await new Promise((resolve) => setTimeout(resolve, 30));
    closeSync(reader);
    await flushed;
    const inPipe = Math.floor(65_536 / Buffer.byteLength(numbered(1)[0] ?? ''));
    expect(dropped.lines).toBe(1_000 - inPipe);
  });

  test('that is not read does not keep a process from ending', async () => {
    const { reader } = openPipe();
    const blocking = openSync(join(folder, 'pipe'), constants.O_WRONLY);
    const child = spawn(process.execPath, [join(import.meta.dirname, 'write-lines.ts'), '2000'], {
      stdio: ['ignore', blocking, 'pipe'],
    });
    let report = '';
    child.stderr?.on('data', (data) => {
      report += data;
    });
    const [code] = await once(child, 'exit');
    closeSync(blocking);
    const read = readSome(reader, 500_000);
    const { dropped, lost } = JSON.parse(report);
    expect(code).toBe(0);
    expect(lost).toBeGreaterThan(0);
    expect(dropped).toBe(lost);
    expect(read.split('\n').length - 1 + lost).toBe(2_000);
  });
});

test('what exceeds the bound is dropped and counted, and later lines go out again', async () => {
  const { output, dropped } = countingOutput(fd, { maxWaiting: 10 });
  for (const line of ['12345\n', '67890\n', 'ab\n']) output.write(line);
  await output.flush(1_000);
  output.write('later\n');
  await output.flush(1_000);
  expect(readFileSync(path, 'utf8')).toBe('12345\nab\nlater\n');
  expect(dropped.lines).toBe(1);
});

test('an output that cannot be written counts its lines without an error', async () => {
  const { output, dropped } = countingOutput(987_654);
  output.write('line\n');
  await output.flush(1_000);
  output.write('line\n');
  await output.flush(1_000);
  expect(dropped.lines).toBe(2);
});

test('a flush without lines ends at once', async () => {
  await expect(new Output(fd).flush(1_000)).resolves.toBe(0);
});

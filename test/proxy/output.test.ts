import { execFileSync } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, readFileSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Output } from '../../proxy/output.ts';

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

test('lines are gathered until a flush wants them', async () => {
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
  for (let index = 0; index < 66; index += 1) output.write('x'.repeat(1_000));
  await vi.waitFor(() => expect(readFileSync(path, 'utf8')).toHaveLength(66_000));
});

test('gathered lines go out by themselves', async () => {
  const output = new Output(fd);
  output.write('a\n');
  await vi.waitFor(() => expect(readFileSync(path, 'utf8')).toBe('a\n'));
});

test('a reader that has stopped holds up a flush for its time limit, and gets the rest when it goes on', async () => {
  const pipe = join(folder, 'pipe');
  execFileSync('mkfifo', [pipe]);
  const end = openSync(pipe, constants.O_RDWR | constants.O_NONBLOCK);
  const output = new Output(end);
  const line = `${'x'.repeat(99_999)}\n`;
  output.write(line);
  const before = performance.now();
  await output.flush(50);
  expect(performance.now() - before).toBeGreaterThan(40);
  let read = readSync(end, Buffer.alloc(200_000));
  await output.flush(1_000);
  read += readSync(end, Buffer.alloc(200_000));
  closeSync(end);
  expect(read).toBe(line.length);
});

test('what exceeds the bound is dropped, and later lines go out again', async () => {
  const output = new Output(fd, { maxWaiting: 10 });
  for (const line of ['12345\n', '67890\n', 'ab\n']) output.write(line);
  await output.flush(1_000);
  output.write('later\n');
  await output.flush(1_000);
  expect(readFileSync(path, 'utf8')).toBe('12345\nab\nlater\n');
});

test('an output that is gone takes lines without an error', async () => {
  const output = new Output(987_654);
  output.write('line\n');
  await output.flush(1_000);
  output.write('line\n');
  await output.flush(1_000);
});

test('a flush without lines ends at once', async () => {
  await new Output(fd).flush(1_000);
});

import { spawnSync } from 'node:child_process';
import { beforeAll, describe, expect, test } from 'vitest';
import { describePeers } from '../peers/peer.ts';
import { proxyLines } from './proxy-lines.ts';
import { SOURCE_COMMANDS } from './source-lines.ts';

const [LARGE, SLOW, COLUMNS, SQL] = SOURCE_COMMANDS;

/** What came out of a pipe that began with all lines. */
const through = (command: string | null | undefined, lines: readonly string[]): readonly string[] => {
  if (!command) throw new Error('the table has no such command');
  const input = `${lines.join('\n')}\n`;
  const { status, stdout, stderr } = spawnSync('sh', ['-c', command], { input, encoding: 'utf8' });
  if (stderr !== '') throw new Error(`'${command}' ended with ${status}: ${stderr}`);
  return stdout.trim() === '' ? [] : stdout.trim().split('\n');
};

/** The same, compact and parsed. */
const selected = (command: string | undefined, lines: readonly string[]): readonly Record<string, unknown>[] =>
  through(command?.replace('jq ', 'jq -c '), lines).map((line) => JSON.parse(line) as Record<string, unknown>);

let lines: readonly string[] = [];

beforeAll(async () => {
  lines = await proxyLines();
});

describePeers(['jq'], 'the command lines of the guide 003, with jq', () => {
  test('requests that used many tokens', () => {
    expect(selected(LARGE?.command, lines).map(({ tokens }) => tokens)).toEqual([
      { input: 12_000, output: 900, total: 12_900 },
    ]);
  });

  test('slow requests', () => {
    const slow = selected(SLOW?.command, lines);
    expect(slow.map(({ model }) => model)).toEqual(['claude-haiku-4-5']);
    expect(slow[0]?.duration).toBeGreaterThan(6_000);
  });

  test('the fields that the guide logs have its names and kinds', () => {
    const [first] = selected(`jq 'select(.event == "api_request")'`, lines);
    expect(first).toMatchObject({
      event: 'api_request',
      domain: '127.0.0.1',
      method: 'POST',
      path: '/v1/messages',
      status: '200',
      tokens: { input: 4_025, output: 120 },
    });
    expect(first?.duration).toBeTypeOf('number');
  });

  test('errors by kind, in place of the fifth column', () => {
    expect(through(COLUMNS?.instead, lines).map((line) => line.trim())).toEqual(['1 overloaded']);
  });
});

describe('the command lines of the guide 003 that cannot hold', () => {
  test('errors are found by the word, but have no column that names a kind', () => {
    expect(through('grep ERROR', lines).map((line) => JSON.parse(line).error_type)).toEqual(['overloaded']);
    expect(through(COLUMNS?.command, lines).map((line) => line.trim())).toEqual(['1']);
  });

  test('no line speaks of a database', () => {
    expect(through(SQL?.command, lines)).toEqual([]);
  });

  test('each refusal says why and what to write in its place', () => {
    for (const { refused, instead } of SOURCE_COMMANDS) expect(refused === null).toBe(instead === null);
  });
});

test('no line holds a key or a prompt', () => {
  expect(lines).not.toHaveLength(0);
  for (const line of lines) expect(line).not.toMatch(/sk-ant|a prompt that no line may hold/);
});

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { GO_MODULES } from './cache.ts';
import { execute } from './command.ts';
import type { Program } from './programs.ts';

const BUILD_TIMEOUT_MS = 45 * 60_000;

const linkerFlags = (variables: Readonly<Record<string, string>>): string =>
  ['-s', '-w', ...Object.entries(variables).map(([name, value]) => `-X ${name}=${value}`)].join(' ');

const lastLines = (text: string, count: number): string => text.trim().split('\n').slice(-count).join('\n');

/**
 * Insists that the module's go.mod requires the version that the table pins.
 * @throws when it requires another one
 */
export const insistOnPin = async ({ name, go }: Program): Promise<void> => {
  const file = join(GO_MODULES, go.module, 'go.mod');
  const lines = (await readFile(file, 'utf8')).split('\n').map((line) => line.replace(/\s*\/\/.*/, '').trim());
  if (lines.some((line) => line.replace(/^require /, '') === go.requires)) return;
  throw new Error(`${file} does not require '${go.requires}', which ${name} is pinned to: update it with go get`);
};

/**
 * Builds a program from its Go module. The committed go.sum pins every source, and `-mod=readonly` keeps it so.
 * @throws when Go is missing, too old, or cannot fetch or build the module
 */
export const buildWithGo = async (program: Program, target: string): Promise<void> => {
  await insistOnPin(program);
  const cwd = join(GO_MODULES, program.go.module);
  const flags = ['-mod=readonly', '-trimpath', '-buildvcs=false', '-ldflags', linkerFlags(program.go.variables)];
  const { code, stderr } = await execute('go', ['build', ...flags, '-o', target, program.go.package], {
    cwd,
    env: { CGO_ENABLED: '0', GOWORK: 'off' },
    timeoutMs: BUILD_TIMEOUT_MS,
  });
  if (code === 127) throw new Error('the `go` command is not there: install Go 1.26 or newer');
  if (code !== 0) throw new Error(`go build ${program.go.package} failed:\n${lastLines(stderr, 15)}`);
};

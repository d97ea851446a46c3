import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { GO_MODULES } from './cache.ts';
import { type CommandOptions, execute } from './command.ts';
import type { GoBuild } from './programs.ts';

const BUILD_TIMEOUT_MS = 45 * 60_000;

const linkerFlags = (variables: Readonly<Record<string, string>>): string =>
  ['-s', '-w', ...Object.entries(variables).map(([name, value]) => `-X ${name}=${value}`)].join(' ');

const lastLines = (text: string, count: number): string => text.trim().split('\n').slice(-count).join('\n');

/**
 * Insists that the module's go.mod requires the version that the table pins.
 * @throws when it requires another one
 */
export const insistOnPin = async (name: string, { module, requires }: GoBuild): Promise<void> => {
  const file = join(GO_MODULES, module, 'go.mod');
  const lines = (await readFile(file, 'utf8')).split('\n').map((line) => line.replace(/\s*\/\/.*/, '').trim());
  if (lines.some((line) => line.replace(/^require /, '') === requires)) return;
  throw new Error(`${file} does not require '${requires}', which ${name} is pinned to: update it with go get`);
};

/** @throws with the last lines of what the command printed when it fails */
const runOrThrow = async (command: string, args: readonly string[], options: CommandOptions = {}): Promise<string> => {
  const { code, stdout, stderr } = await execute(command, args, options);
  if (code === 127) throw new Error(`the \`${command}\` command is not there: install Go 1.26 or newer`);
  if (code === 0) return stdout;
  throw new Error(`${command} ${args[0]} ${args.at(-1)} failed:\n${lastLines(stderr, 15)}`);
};

/** Copies a module, adds an empty file where its zip lacks one, and returns the go.mod that builds from the copy. */
const goModWithAsset = async ({ module, requires }: GoBuild, asset: string, folder: string): Promise<string> => {
  const cwd = join(GO_MODULES, module);
  const path = requires.replace(/ .*/, '');
  const { Dir }: { Dir: string } = JSON.parse(await runOrThrow('go', ['mod', 'download', '-json', path], { cwd }));
  const sources = join(folder, 'sources');
  await runOrThrow('cp', ['-R', Dir, sources]);
  await runOrThrow('chmod', ['-R', 'u+w', sources]);
  await mkdir(dirname(join(sources, asset)), { recursive: true });
  await writeFile(join(sources, asset), '');
  for (const suffix of ['mod', 'sum']) await copyFile(join(cwd, `go.${suffix}`), join(folder, `build.${suffix}`));
  const goMod = join(folder, 'build.mod');
  await runOrThrow('go', ['mod', 'edit', `-replace=${path}=${sources}`, goMod]);
  return goMod;
};

/**
 * Builds a program from its Go module. The committed go.sum pins every source, and `-mod=readonly` keeps it so.
 * @throws when Go is missing, too old, or cannot fetch or build the module
 */
export const buildWithGo = async (name: string, go: GoBuild, target: string): Promise<void> => {
  await insistOnPin(name, go);
  const folder = await mkdtemp(`${target}-build-`);
  try {
    const { missingAsset } = go;
    const modFile = missingAsset === undefined ? [] : [`-modfile=${await goModWithAsset(go, missingAsset, folder)}`];
    const flags = ['-mod=readonly', '-trimpath', '-buildvcs=false', '-ldflags', linkerFlags(go.variables)];
    await runOrThrow('go', ['build', ...modFile, ...flags, '-o', target, go.package], {
      cwd: join(GO_MODULES, go.module),
      env: { CGO_ENABLED: '0', GOWORK: 'off' },
      timeoutMs: BUILD_TIMEOUT_MS,
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants } from 'node:fs';
import { createServer } from 'node:net';
import { delimiter, join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** A program that the preview runs. */
export type ProgramName = 'prometheus' | 'promtool';

const INSTALLED = resolve(import.meta.dirname, '../../../.cache/peers/bin');

/** The first executable of a name in some folders. @default folders - what `npm run peers` installs, then the PATH */
export const findExecutable = (
  name: string,
  folders: readonly string[] = [INSTALLED, ...(process.env.PATH ?? '').split(delimiter).filter(Boolean)],
): string | undefined =>
  folders
    .map((folder) => join(folder, name))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });

/** Whether both programs that a generated week needs are there. */
export const hasPrograms = (): boolean =>
  findExecutable('prometheus') !== undefined && findExecutable('promtool') !== undefined;

const requireProgram = (name: ProgramName): string => {
  const path = findExecutable(name);
  if (path === undefined)
    throw new Error(`${name} is neither in ${INSTALLED} nor on the PATH; run \`npm run peers\` or install it`);
  return path;
};

const running = new Set<ChildProcess>();

const killAll = (): void => {
  for (const child of running) child.kill('SIGKILL');
};

let guarded = false;

/** Takes the programs along when this process ends; a signal's default ending runs no `exit` listener. */
const guardExit = (): void => {
  if (guarded) return;
  guarded = true;
  process.once('exit', killAll);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      killAll();
      process.kill(process.pid, signal);
    });
  }
};

/** Bytes of a program's output that are kept for an error message. */
const KEPT_OUTPUT = 16_384;

interface Launched {
  readonly child: ChildProcess;
  output(): string;
}

const launch = (path: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Launched => {
  guardExit();
  const child = spawn(path, [...args], { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  running.add(child);
  child.once('exit', () => running.delete(child));
  let text = '';
  const keep = (chunk: Buffer): void => {
    text = (text + chunk.toString()).slice(-KEPT_OUTPUT);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  return { child, output: () => text.trim() };
};

/** How a program is run. */
export interface RunOptions {
  /** It is killed after this time. */
  readonly timeoutMs: number;
  /** Added to this process's environment. @default - nothing */
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * Runs a program to its end.
 *
 * @throws when it cannot be started, fails, or takes longer than `timeoutMs`; the message has what it printed last
 */
export const runProgram = async (
  path: string,
  args: readonly string[],
  { timeoutMs, env }: RunOptions,
): Promise<void> => {
  const { child, output } = launch(path, args, env);
  const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
  try {
    const [code, signal]: unknown[] = await once(child, 'close');
    if (code !== 0) throw new Error(`${path} ended with ${signal ?? `code ${code}`}: ${output()}`);
  } finally {
    clearTimeout(timer);
  }
};

/** Longer than the slowest of its uses takes on two busy cores. */
const PROMTOOL_TIMEOUT_MS = 300_000;

/** Runs promtool to its end. @throws when it is missing or fails, with its reason */
export const promtool = (args: readonly string[]): Promise<void> =>
  runProgram(requireProgram('promtool'), args, { timeoutMs: PROMTOOL_TIMEOUT_MS });

/** A Prometheus on loopback. */
export interface LocalPrometheus {
  readonly url: string;
  stop(): Promise<void>;
}

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('the loopback listener has no port');
  return address.port;
};

const READY_TIMEOUT_MS = 60_000;
const POLL_MS = 50;

const isReady = (url: string): Promise<boolean> =>
  fetch(`${url}/-/ready`, { signal: AbortSignal.timeout(1_000) }).then(
    ({ ok }) => ok,
    () => false,
  );

const waitUntilReady = async ({ child, output }: Launched, url: string): Promise<void> => {
  const deadline = performance.now() + READY_TIMEOUT_MS;
  while (!(await isReady(url))) {
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Error(`prometheus ended before it was ready: ${output()}`);
    if (performance.now() > deadline) throw new Error(`prometheus was not ready after ${READY_TIMEOUT_MS} ms`);
    await delay(POLL_MS);
  }
};

const stopChild = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
};

/** Starts a Prometheus that serves the blocks in a folder and scrapes nothing. @throws when it is missing or fails */
export const servePrometheus = async (dataDir: string, configFile: string): Promise<LocalPrometheus> => {
  const address = `127.0.0.1:${await freePort()}`;
  const url = `http://${address}`;
  const launched = launch(requireProgram('prometheus'), [
    `--config.file=${configFile}`,
    `--storage.tsdb.path=${dataDir}`,
    `--web.listen-address=${address}`,
    // The week may lie further back than samples are kept by default.
    '--storage.tsdb.retention.time=100y',
    '--log.level=error',
  ]);
  try {
    await waitUntilReady(launched, url);
  } catch (error) {
    await stopChild(launched.child);
    throw error;
  }
  return { url, stop: () => stopChild(launched.child) };
};

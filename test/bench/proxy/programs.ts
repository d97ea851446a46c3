import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** The core of what is measured, and the core of everything else. */
export const CORES = { measured: '0', other: '1' } as const;

/** Moves this process to a core, so that it never runs on the one that is measured. */
export const pinSelf = (core: string): void => {
  execFileSync('taskset', ['-cp', core, String(process.pid)], { stdio: 'ignore' });
};

/** A program of a benchmark that listens on a port. */
export interface Listening {
  readonly url: string;
  readonly pid: number;
  stop(): Promise<void>;
}

const ROOT = resolve(import.meta.dirname, '../../..');

/** How a program is started. */
export interface StartOptions {
  readonly args?: readonly string[];
  /** Options of Node.js itself. */
  readonly node?: readonly string[];
  readonly environment?: NodeJS.ProcessEnv;
}

/**
 * Starts a Node.js program on one core and waits for the line from which its port can be read. What it writes goes to a
 * file, as it does in a pod; a pipe would make its speed depend on ours.
 */
export const startOn = async (
  core: string,
  script: string,
  { args = [], node = [], environment = {} }: StartOptions = {},
): Promise<Listening> => {
  const folder = await mkdtemp(join(tmpdir(), 'bench-'));
  const file = join(folder, 'output');
  const output = openSync(file, 'w');
  const child = spawn('taskset', ['-c', core, process.execPath, ...node, resolve(ROOT, script), ...args], {
    cwd: ROOT,
    env: { ...process.env, ...environment },
    stdio: ['ignore', output, 'inherit'],
  });
  closeSync(output);
  const port = await portOf(child, file);
  return {
    url: `http://127.0.0.1:${port}`,
    pid: child.pid ?? 0,
    stop: () => stop(child).then(() => rm(folder, { recursive: true })),
  };
};

const PORT = /^(\d+)$|"port":(\d+)/m;

const portOf = async (child: ChildProcess, file: string): Promise<string> => {
  for (;;) {
    const found = PORT.exec(await readFile(file, 'utf8'));
    if (found !== null) return found[1] ?? found[2] ?? '';
    if (child.exitCode !== null) throw new Error('the program ended before it printed its port');
    await delay(20);
  }
};

/** Starts a program that does not print its port, on a port of ours, and waits until it answers. */
export const startPeer = async (core: string, program: string, port: number): Promise<Listening> => {
  const args = ['-c', core, process.execPath, program, '--headless', `--port=${port}`];
  const environment = { ...process.env, NODE_ENV: 'production', TRUSTED_CUSTOM_HOSTS: '127.0.0.1' };
  const child = spawn('taskset', args, { env: environment, stdio: 'ignore' });
  const url = `http://127.0.0.1:${port}`;
  for (;;) {
    if (child.exitCode !== null) throw new Error(`'${program}' ended before it listened on port ${port}`);
    const answers = await fetch(url).then(
      () => true,
      () => false,
    );
    if (answers) return { url, pid: child.pid ?? 0, stop: () => stop(child) };
    await delay(100);
  }
};

const stop = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null) return;
  child.kill('SIGTERM');
  await once(child, 'exit');
};

const STATUS_KIB = /^VmRSS:\s+(\d+) kB$/m;

/** The memory that a process holds, in megabytes. */
export const residentMb = (pid: number): number =>
  Number(STATUS_KIB.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? Number.NaN) / 1_024;

/** A tick of the kernel's accounting is a hundredth of a second on every Linux that Node.js runs on. */
const TICK_MS = 10;

/** The processor time that a process has used, in milliseconds. @see https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
export const processorMs = (pid: number): number => {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
};

/** What wrk measured. */
export interface Load {
  readonly perSecond: number;
  readonly requests: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Answers that were no success (`status`), and what went wrong with connections. */
  readonly failures: Readonly<Record<'connect' | 'read' | 'write' | 'status' | 'timeout', number>>;
}

const SCRIPT = resolve(import.meta.dirname, 'load.lua');

/** A busy machine may hold up the load for seconds; that is no failure of the program. */
const PATIENCE = '20s';

/** How much is asked for, and how. */
export interface LoadOptions {
  readonly connections: number;
  readonly seconds: number;
  /** Whether the answers are streams. @default false */
  readonly streams?: boolean;
  readonly environment?: NodeJS.ProcessEnv;
}

/** Sends messages of 4 KB over some connections for some seconds. */
export const load = (url: string, options: LoadOptions): Load => {
  const { connections, seconds, streams = false, environment = {} } = options;
  const target = `${url}/v1/messages?beta=true`;
  const args = ['-t1', `-c${connections}`, `-d${seconds}s`, '--timeout', PATIENCE, '-s', SCRIPT, target];
  if (streams) args.push('--', 'stream');
  const output = execFileSync('taskset', ['-c', CORES.other, 'wrk', ...args], {
    encoding: 'utf8',
    env: { ...process.env, ...environment },
  });
  const line = output.split('\n').find((text) => text.startsWith('{'));
  if (line === undefined) throw new Error(`wrk printed no result: ${output}`);
  return JSON.parse(line) as Load;
};

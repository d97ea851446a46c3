import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** How a long-running program is started. */
export interface ProcessOptions {
  /** Path or command. */
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  /** Added to this process's environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** It is ready once this URL answers with success. */
  readonly readyUrl?: string;
  /** It is ready once this says so; goes before `readyUrl`. A rejection means "not yet". */
  readonly ready?: () => Promise<boolean>;
  /** How long it may take to become ready. @default 30 seconds */
  readonly timeoutMs?: number;
}

/** A program that runs until it is stopped. */
export interface RunningProcess {
  readonly pid: number;
  /** The last 256 KiB that it printed, both outputs together. */
  logs(): string;
  /** Ends it: SIGTERM, then SIGKILL after five seconds. Stopping it again does nothing. */
  stop(): Promise<void>;
}

const READY_TIMEOUT_MS = 30_000;
const POLL_MS = 50;
const PATIENCE_MS = 5_000;
const LOG_BYTES = 256 * 1024;
const LOG_LINES_IN_ERRORS = 20;

const running = new Set<ChildProcess>();

const killAll = (): void => {
  for (const child of running) child.kill('SIGKILL');
};

const dieOf = (signal: 'SIGINT' | 'SIGTERM') => (): void => {
  killAll();
  process.kill(process.pid, signal);
};

let guarded = false;

/** Takes the programs along when this process ends; a signal's default ending runs no `exit` listener. */
const guardExit = (): void => {
  if (guarded) return;
  guarded = true;
  process.once('exit', killAll);
  process.once('SIGINT', dieOf('SIGINT'));
  process.once('SIGTERM', dieOf('SIGTERM'));
};

const collectLogs = (child: ChildProcess): (() => string) => {
  let logs = Buffer.alloc(0);
  const keep = (chunk: Buffer): void => {
    logs = Buffer.concat([logs, chunk]).subarray(-LOG_BYTES);
  };
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  return () => logs.toString();
};

const hasEnded = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null;

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const stopChild = async (child: ChildProcess): Promise<void> => {
  if (hasEnded(child)) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const killer = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS);
  await ended;
  clearTimeout(killer);
};

const answers = async (url: string): Promise<boolean> => (await fetch(url, { signal: AbortSignal.timeout(1_000) })).ok;

const isReady = async ({ ready, readyUrl }: ProcessOptions): Promise<boolean> => {
  const ask = ready ?? (readyUrl ? () => answers(readyUrl) : async () => true);
  return ask().catch(() => false);
};

/** @throws when the program ends, or is not ready in time */
const waitUntilReady = async (child: ChildProcess, options: ProcessOptions): Promise<void> => {
  const { program, timeoutMs = READY_TIMEOUT_MS } = options;
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const ready = await isReady(options);
    if (hasEnded(child)) throw new Error(`${program} ended early with ${child.signalCode ?? `code ${child.exitCode}`}`);
    if (ready) return;
    if (performance.now() > deadline) throw new Error(`${program} was not ready after ${timeoutMs} ms`);
    await delay(POLL_MS);
  }
};

/** Starts a program that this process takes along when it ends. */
const launch = async ({ program, args, cwd, env }: ProcessOptions): Promise<ChildProcess> => {
  guardExit();
  const child = spawn(program, [...args], {
    ...(cwd ? { cwd } : {}),
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  child.once('exit', () => running.delete(child));
  try {
    await once(child, 'spawn');
  } catch (error) {
    running.delete(child);
    throw new Error(`${program} cannot be started: ${messageOf(error)}`, { cause: error });
  }
  return child;
};

/**
 * Starts a program and waits until it is ready. It dies with this process.
 * @throws when it cannot be started, ends early or is not ready in time; the message has the last log lines
 */
export const startProcess = async (options: ProcessOptions): Promise<RunningProcess> => {
  const child = await launch(options);
  const logs = collectLogs(child);
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  try {
    await waitUntilReady(child, options);
  } catch (error) {
    await stopChild(child);
    // What it wrote last may still be in the pipe when it is gone already.
    await Promise.race([closed, delay(1_000)]);
    const tail = logs().trimEnd().split('\n').slice(-LOG_LINES_IN_ERRORS).join('\n');
    throw new Error(`${messageOf(error)}; its last log lines:\n${tail}`, { cause: error });
  }
  return { pid: child.pid ?? 0, logs, stop: () => stopChild(child) };
};

/** Finds a loopback TCP port that is free now. */
export const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('the loopback listener has no port');
  return address.port;
};

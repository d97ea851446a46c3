import { spawn } from 'node:child_process';

/** What a command gets; everything is optional. */
export interface CommandOptions {
  readonly cwd?: string;
  /** Added to this process's environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Text for its standard input. @default none: the input is closed */
  readonly input?: string;
  /** It is killed after this time. @default 60 seconds */
  readonly timeoutMs?: number;
  /** Bytes kept of each output; the rest is dropped, with a note. @default 8 MiB */
  readonly maxOutputBytes?: number;
}

/** How a command ended: 127 when it could not be started, 124 when it was out of time, 128 when a signal ended it. */
export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const CANNOT_START = 127;
const OUT_OF_TIME = 124;
const ENDED_BY_SIGNAL = 128;
const EIGHT_MIB = 8 * 1024 * 1024;

/** Keeps the first bytes of a stream: a program gone wild must not exhaust the test process. */
const keepStart = (stream: NodeJS.ReadableStream, maxBytes: number): (() => string) => {
  const chunks: Buffer[] = [];
  let kept = 0;
  let dropped = 0;
  stream.on('data', (chunk: Buffer) => {
    const part = chunk.subarray(0, maxBytes - kept);
    chunks.push(part);
    kept += part.length;
    dropped += chunk.length - part.length;
  });
  return () => Buffer.concat(chunks).toString() + (dropped > 0 ? `\n[${dropped} more bytes dropped]\n` : '');
};

/** Runs a command to its end; never throws, and keeps a bounded part of its output. */
export const execute = (
  command: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> => {
  const { cwd, input, timeoutMs = 60_000, maxOutputBytes = EIGHT_MIB } = options;
  return new Promise((resolve) => {
    const child = spawn(command, [...args], { ...(cwd ? { cwd } : {}), env: { ...process.env, ...options.env } });
    const stdout = keepStart(child.stdout, maxOutputBytes);
    const stderr = keepStart(child.stderr, maxOutputBytes);
    const end = (code: number, note = '') => {
      clearTimeout(timer);
      resolve({ code, stdout: stdout(), stderr: stderr() + note });
    };
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      end(OUT_OF_TIME, `${command} was killed after ${timeoutMs} ms\n`);
    }, timeoutMs);
    child.on('error', (error) => end(CANNOT_START, `${command} cannot be started: ${error.message}\n`));
    child.on('close', (code) => end(code ?? ENDED_BY_SIGNAL));
    // A program that ends without reading its input closes the pipe: its exit code says more than EPIPE.
    child.stdin.on('error', () => {});
    child.stdin.end(input);
  });
};

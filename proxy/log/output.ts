import { constants, fstatSync, openSync, write } from 'node:fs';
import type { Timers } from '../time.ts';

/** How an output trades memory and delay for fewer calls. */
export interface OutputOptions {
  /**
   * How long lines are gathered before they go out in one call; each call wakes a thread and costs as much as some
   * dozens of lines.
   *
   * @default 50
   */
  readonly gatherMs?: number;
  /**
   * How many characters may wait besides the batch that is being written; while nobody reads the output, further lines
   * are dropped.
   *
   * @default 16 Mi
   */
  readonly maxWaiting?: number;
  /** Called with a number of lines that were dropped. @default - they are not counted */
  readonly onDropped?: (lines: number) => void;
  /** @default - timers that keep the process alive until the lines are out */
  readonly timers?: Timers;
}

const GATHER_MS = 50;
const MAX_WAITING = 16 * 1024 * 1024;

/** So many characters go out at once. */
const ENOUGH = 256 * 1024;

/** How long a reader that is behind gets before the next try. */
const RETRY_MS = 10;

const LINE_FEED = 0x0a;
const NOTHING = Buffer.alloc(0);

/** The timers of the process do not keep it alive, and a last line may wait for its reader when nothing else does. */
const holdingTimers: Timers = {
  after(ms, run) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};

const STANDARD_OUTPUT = 1;

/**
 * A descriptor of standard output. A pipe is opened a second time so that writes to it do not block: a blocked one holds
 * a thread, and `process.exit` waits for that thread. Where the pipe cannot be opened it is the descriptor itself.
 */
export const openStandardOutput = (): number => {
  try {
    if (!fstatSync(STANDARD_OUTPUT).isFIFO()) return STANDARD_OUTPUT;
    return openSync(`/proc/self/fd/${STANDARD_OUTPUT}`, constants.O_WRONLY | constants.O_NONBLOCK);
  } catch {
    return STANDARD_OUTPUT;
  }
};

/** Writes lines to a file descriptor without ever making the caller wait, and counts every line that it cannot write. */
export class Output {
  readonly #fd: number;
  readonly #gatherMs: number;
  readonly #maxWaiting: number;
  readonly #onDropped: (lines: number) => void;
  readonly #timers: Timers;
  #waiting: string[] = [];
  #waitingCharacters = 0;
  /** What is left of the batch that is being written. */
  #batch: Buffer = NOTHING;
  #hurry = false;
  #stopGathering: () => void = () => undefined;
  #busy: Promise<void> | null = null;

  constructor(fd: number, options: OutputOptions = {}) {
    this.#fd = fd;
    this.#gatherMs = options.gatherMs ?? GATHER_MS;
    this.#maxWaiting = options.maxWaiting ?? MAX_WAITING;
    this.#onDropped = options.onDropped ?? (() => undefined);
    this.#timers = options.timers ?? holdingTimers;
  }

  /** Takes a line, its line feed included; it has no other line feed. */
  write(line: string): void {
    if (this.#waitingCharacters + line.length > this.#maxWaiting) {
      this.#onDropped(1);
      return;
    }
    this.#waiting.push(line);
    this.#waitingCharacters += line.length;
    this.#busy ??= this.#drain();
    if (this.#waitingCharacters >= ENOUGH) this.#stopGathering();
  }

  /**
   * Writes all lines so far without gathering more. Lines that are not out within the time limit are dropped and
   * counted; resolves to their number.
   */
  async flush(timeoutMs: number): Promise<number> {
    if (this.#busy === null) return 0;
    this.#hurry = true;
    this.#stopGathering();
    await this.#within(timeoutMs, this.#busy);
    this.#hurry = false;
    return this.#dropAll();
  }

  #within(ms: number, work: Promise<void>): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#timers.after(ms, resolve);
      void work.then(() => {
        cancel();
        resolve();
      });
    });
  }

  #dropAll(): number {
    const lines = linesIn(this.#batch) + this.#waiting.length;
    this.#waiting = [];
    this.#waitingCharacters = 0;
    this.#batch = NOTHING;
    if (lines > 0) this.#onDropped(lines);
    return lines;
  }

  async #drain(): Promise<void> {
    while (this.#waiting.length > 0) {
      await this.#gather();
      this.#batch = Buffer.from(this.#waiting.join(''));
      this.#waiting = [];
      this.#waitingCharacters = 0;
      while (this.#batch.length > 0) await this.#writeOnce(this.#batch);
    }
    this.#busy = null;
  }

  #gather(): Promise<void> {
    if (this.#hurry || this.#waitingCharacters >= ENOUGH) return Promise.resolve();
    return new Promise((resolve) => {
      const cancel = this.#timers.after(this.#gatherMs, resolve);
      this.#stopGathering = () => {
        cancel();
        resolve();
      };
    });
  }

  #writeOnce(batch: Buffer): Promise<void> {
    return new Promise((resolve) => {
      write(this.#fd, batch, (error, written) => {
        if (error?.code === 'EAGAIN') this.#timers.after(RETRY_MS, resolve);
        else {
          this.#advance(batch, error === null ? written : null);
          resolve();
        }
      });
    });
  }

  /** Takes what was written off the batch, or drops the batch where it cannot be written (null). */
  #advance(batch: Buffer, written: number | null): void {
    // A flush that could not wait any longer has dropped and counted it.
    if (this.#batch !== batch) return;
    this.#batch = written === null ? NOTHING : batch.subarray(written);
    if (written === null) this.#onDropped(linesIn(batch));
  }
}

/** The lines that end in some bytes; the rest of a line that was written in part is one of them. */
const linesIn = (bytes: Buffer): number => {
  let lines = 0;
  for (let at = bytes.indexOf(LINE_FEED); at !== -1; at = bytes.indexOf(LINE_FEED, at + 1)) lines += 1;
  return lines;
};

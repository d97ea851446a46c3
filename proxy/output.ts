import { write } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';

/** How an output trades memory and delay for fewer calls. */
export interface OutputOptions {
  /**
   * How long lines are gathered before they go out in one call; each call wakes a thread and costs as much as some
   * dozens of lines.
   *
   * @default 20
   */
  readonly gatherMs?: number;
  /**
   * What lines may wait, in characters; when nobody reads the output any more, further ones are dropped.
   *
   * @default 16 Mi
   */
  readonly maxWaiting?: number;
}

const GATHER_MS = 20;
const MAX_WAITING = 16 * 1024 * 1024;

/** So many characters go out at once. */
const ENOUGH = 64 * 1024;

/** How long a reader that is behind gets before the next try. */
const RETRY_MS = 10;

const NOTHING = Buffer.alloc(0);

/** Writes lines to a file descriptor without ever making the caller wait; a reader that has stopped holds up nothing. */
export class Output {
  readonly #fd: number;
  readonly #gatherMs: number;
  readonly #maxWaiting: number;
  #waiting: string[] = [];
  #waitingCharacters = 0;
  #closed = false;
  #hurry = false;
  #stopGathering: () => void = () => undefined;
  #busy: Promise<void> | null = null;

  constructor(fd: number, { gatherMs = GATHER_MS, maxWaiting = MAX_WAITING }: OutputOptions = {}) {
    this.#fd = fd;
    this.#gatherMs = gatherMs;
    this.#maxWaiting = maxWaiting;
  }

  /** Takes a line, its line feed included. */
  write(line: string): void {
    if (this.#closed || this.#waitingCharacters + line.length > this.#maxWaiting) return;
    this.#waiting.push(line);
    this.#waitingCharacters += line.length;
    this.#busy ??= this.#drain();
    if (this.#waitingCharacters >= ENOUGH) this.#stopGathering();
  }

  /** Writes all lines so far without gathering more; resolves when they are out, at the latest after the time limit. */
  async flush(timeoutMs: number): Promise<void> {
    if (this.#busy === null) return;
    this.#hurry = true;
    this.#stopGathering();
    const timeout = new AbortController();
    const late = wait(timeoutMs, undefined, { signal: timeout.signal }).catch(() => undefined);
    await Promise.race([this.#busy, late]);
    timeout.abort();
    this.#hurry = false;
  }

  async #drain(): Promise<void> {
    while (this.#waiting.length > 0) {
      await this.#gather();
      let rest: Buffer = Buffer.from(this.#waiting.join(''));
      this.#waiting = [];
      this.#waitingCharacters = 0;
      while (rest.length > 0) rest = await this.#writeOnce(rest);
    }
    this.#busy = null;
  }

  #gather(): Promise<void> {
    if (this.#hurry || this.#waitingCharacters >= ENOUGH) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, this.#gatherMs);
      this.#stopGathering = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** Writes once and resolves to what is left; nothing is left once nobody can read any more. */
  #writeOnce(bytes: Buffer): Promise<Buffer> {
    return new Promise((resolve) => {
      write(this.#fd, bytes, (error, written) => {
        if (error === null) resolve(bytes.subarray(written));
        else if (error.code === 'EAGAIN') setTimeout(resolve, RETRY_MS, bytes);
        else {
          this.#closed = true;
          resolve(NOTHING);
        }
      });
    });
  }
}

import { write } from 'node:fs';
import { setImmediate as nextTurn, setTimeout as wait } from 'node:timers/promises';

/** Waiting lines may take this much; when nobody reads the output any more, further ones are dropped. */
const MAX_WAITING_CHARACTERS = 16 * 1024 * 1024;

/** How long a reader that is behind gets before the next try. */
const RETRY_MS = 10;

const NOTHING = Buffer.alloc(0);

/**
 * Writes lines to a file descriptor without ever making the caller wait: all lines of one turn of the event loop go
 * out in one call, and a reader that has stopped holds up nothing.
 */
export class Output {
  readonly #fd: number;
  readonly #maxWaiting: number;
  #waiting: string[] = [];
  #waitingCharacters = 0;
  #closed = false;
  #busy: Promise<void> | null = null;

  constructor(fd: number, maxWaiting: number = MAX_WAITING_CHARACTERS) {
    this.#fd = fd;
    this.#maxWaiting = maxWaiting;
  }

  /** Takes a line, its line feed included. */
  write(line: string): void {
    if (this.#closed || this.#waitingCharacters + line.length > this.#maxWaiting) return;
    this.#waiting.push(line);
    this.#waitingCharacters += line.length;
    this.#busy ??= this.#drain();
  }

  /** Resolves when all lines so far are out, at the latest after the time limit. */
  async flush(timeoutMs: number): Promise<void> {
    if (this.#busy === null) return;
    const timeout = new AbortController();
    const late = wait(timeoutMs, undefined, { signal: timeout.signal }).catch(() => undefined);
    await Promise.race([this.#busy, late]);
    timeout.abort();
  }

  async #drain(): Promise<void> {
    await wait(20);
    while (this.#waiting.length > 0) {
      let rest: Buffer = Buffer.from(this.#waiting.join(''));
      this.#waiting = [];
      this.#waitingCharacters = 0;
      while (rest.length > 0) rest = await this.#writeOnce(rest);
    }
    this.#busy = null;
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

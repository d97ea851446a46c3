/** The most of an error's body that is held back while it is decided whether another attempt is made. */
const HELD_BYTES = 64 * 1024;

/** How long an error's body is waited for; after that its head alone decides. */
export const HELD_MS = 2_000;

/** An error answer that is held back from the client. */
export class HeldAnswer {
  readonly #chunks: Buffer[] = [];
  #bytes = 0;
  /** Takes back the time limit. */
  readonly cancelTimer: () => void;
  /** Whether it is being decided already. */
  deciding = false;

  constructor(cancelTimer: () => void) {
    this.cancelTimer = cancelTimer;
  }

  /** What was held so far, in order. */
  get chunks(): readonly Buffer[] {
    return this.#chunks;
  }

  /** Takes a piece; false where no more is to be held. */
  push(chunk: Buffer): boolean {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    return this.#bytes <= HELD_BYTES;
  }
}

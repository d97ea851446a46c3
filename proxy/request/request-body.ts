import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import type { ReplayBudget } from './replay-budget.ts';

/** Who is notified of what happens to a request body. */
export interface BodyOwner {
  /** Sees each piece once, in order. */
  bodyChunk(chunk: Buffer): void;
  /** The request can go up: its body is there, or enough of it that the rest is streamed. */
  bodyReady(): void;
  /** The body is longer than it may be. */
  bodyTooLarge(): void;
}

/** What undici sends as the body of one attempt; null sends none. */
export type AttemptBody = Buffer | Readable | null;

/**
 * So much of a body is gathered before the request goes up. A smaller body goes up in one piece, which costs half of what
 * a stream does, and a client that sends a byte and stops takes up no connection to the upstream.
 */
const GATHERED_BYTES = 64 * 1024;

/**
 * The body of a client's request on its way up. A small one goes up as one buffer, a larger one is streamed at the pace of
 * the upstream. A copy is kept until `release` where one is cheap: of a small body always, of a larger one for as long as
 * the budget lets it, so that the body can be sent again.
 */
export class RequestBody {
  /** The bytes that have arrived. */
  bytes = 0;
  /** Whether all of it has arrived. */
  complete = false;
  readonly #request: IncomingMessage;
  readonly #owner: BodyOwner;
  readonly #maxBytes: number;
  readonly #budget: ReplayBudget | null;
  /** The pieces from the first byte on; null once they are not kept any more. */
  #pieces: Buffer[] | null = [];
  /** What the pieces take of the budget. */
  #budgeted = 0;
  /** The length that the head announces; NaN for a body that ends with its last chunk. */
  #length = Number.NaN;
  #upload: Upload | null = null;
  #ready = false;
  #closed = false;

  constructor(request: IncomingMessage, owner: BodyOwner, limits: { maxBytes: number; budget: ReplayBudget | null }) {
    this.#request = request;
    this.#owner = owner;
    this.#maxBytes = limits.maxBytes;
    this.#budget = limits.budget;
  }

  /** Whether another attempt could send the body from its first byte. */
  get canRepeat(): boolean {
    return this.#pieces !== null;
  }

  /** Begins to take the body; the owner is notified when the request can go up. */
  begin(): void {
    this.#length = announcedLength(this.#request);
    if (this.#length === 0) {
      this.complete = true;
      this.#becomeReady();
      return;
    }
    this.#request.on('data', (chunk: Buffer) => this.#arrived(chunk));
    if (!(this.#length <= GATHERED_BYTES)) this.#request.on('end', () => this.#ended());
  }

  /** The body for an attempt, from its first byte. */
  open(): AttemptBody {
    const pieces = this.#pieces ?? [];
    if (this.complete && this.#upload === null) return whole(pieces);
    const upload = new Upload(() => this.#request.resume());
    for (const piece of pieces) upload.push(piece);
    if (this.complete) upload.push(null);
    else if (this.#upload === null && !this.#takeBudget(this.bytes)) this.#pieces = null;
    this.#upload = upload;
    return upload;
  }

  /** No other attempt will be made: the copy is given back. */
  release(): void {
    this.#pieces = null;
    this.#budget?.give(this.#budgeted);
    this.#budgeted = 0;
  }

  /** Ends the way up: what still arrives is thrown away. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#upload = null;
    this.release();
    if (!this.complete) this.#request.resume();
  }

  #arrived(chunk: Buffer): void {
    if (this.#closed) return;
    this.bytes += chunk.length;
    if (this.bytes > this.#maxBytes) {
      if (this.bytes - chunk.length <= this.#maxBytes) this.#owner.bodyTooLarge();
      return;
    }
    this.complete = this.bytes === this.#length;
    this.#owner.bodyChunk(chunk);
    this.#keep(chunk);
    if (!this.#ready) this.#gathered();
    else if (this.#upload !== null && !this.#upload.push(chunk)) this.#request.pause();
    if (this.complete) this.#upload?.push(null);
  }

  #keep(chunk: Buffer): void {
    if (this.#pieces === null) return;
    if (this.#upload === null || this.#takeBudget(chunk.length)) this.#pieces.push(chunk);
    else this.release();
  }

  #gathered(): void {
    if (this.complete) this.#becomeReady();
    else if (this.bytes >= GATHERED_BYTES) {
      this.#request.pause();
      this.#becomeReady();
    }
  }

  #becomeReady(): void {
    this.#ready = true;
    this.#owner.bodyReady();
  }

  #takeBudget(bytes: number): boolean {
    if (this.#budget === null || !this.#budget.take(bytes, this.#budgeted)) return false;
    this.#budgeted += bytes;
    return true;
  }

  #ended(): void {
    if (this.complete || this.#closed) return;
    this.complete = true;
    if (this.#ready) this.#upload?.push(null);
    else this.#becomeReady();
  }
}

const whole = (pieces: readonly Buffer[]): Buffer | null => {
  const [first] = pieces;
  if (first === undefined) return null;
  return pieces.length === 1 ? first : Buffer.concat(pieces);
};

const announcedLength = ({ headers }: IncomingMessage): number => {
  if (headers['transfer-encoding'] !== undefined) return Number.NaN;
  return Number(headers['content-length'] ?? 0);
};

/** The stream that undici reads an attempt's body from; destroying it leaves the client's connection alone. */
class Upload extends Readable {
  readonly #more: () => void;

  constructor(more: () => void) {
    super();
    this.#more = more;
  }

  override _read(): void {
    this.#more();
  }
}

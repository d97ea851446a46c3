import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import type { ReplayBudget } from './replay-budget.ts';

/** Who is told what happens to a request body. */
export interface BodyOwner {
  /** Sees each piece once, in order. */
  bodyChunk(chunk: Buffer): void;
  /** The request can go up: its body is there, or will be streamed. */
  bodyReady(): void;
  /** The body is longer than it may be. */
  bodyTooLarge(): void;
}

/** What undici sends as the body of one attempt; null sends none. */
export type AttemptBody = Buffer | Readable | null;

/**
 * A body of at most this size is waited for and goes up in one piece, which costs half of what a stream does; most come
 * in the packet of their head, where there is nothing to wait for.
 */
const WHOLE_BYTES = 64 * 1024;

/**
 * The body of a client's request on its way up. A small one goes up as one buffer; any other, or one of unknown length,
 * is streamed at the pace of the upstream. Where a budget is given a copy is kept for as long as it fits, so that the
 * body can be sent again.
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
  #kept: Buffer[] | null;
  #keptBytes = 0;
  #gathered: Buffer[] | null = null;
  #whole: Buffer | null = null;
  #upload: Upload | null = null;
  #opened = false;
  #closed = false;

  constructor(request: IncomingMessage, owner: BodyOwner, limits: { maxBytes: number; budget: ReplayBudget | null }) {
    this.#request = request;
    this.#owner = owner;
    this.#maxBytes = limits.maxBytes;
    this.#budget = limits.budget;
    this.#kept = limits.budget === null ? null : [];
  }

  /** Whether another attempt could send the body from its first byte. */
  get canRepeat(): boolean {
    return !this.#opened || (this.complete && this.bytes === 0) || this.#kept !== null;
  }

  /** Begins to take the body; the owner is told when the request can go up. */
  begin(): void {
    const length = announcedLength(this.#request);
    if (length === 0) {
      this.complete = true;
      this.#owner.bodyReady();
    } else if (length <= WHOLE_BYTES) this.#request.on('data', (chunk: Buffer) => this.#gather(chunk, length));
    else this.#stream();
  }

  /** The body for an attempt, from its first byte. */
  open(): AttemptBody {
    const whole = this.#whole;
    if (whole !== null) {
      if (this.#kept === null) this.#whole = null;
      this.#opened = true;
      return whole;
    }
    return this.complete && this.bytes === 0 ? null : this.#openStream();
  }

  #openStream(): Readable {
    const upload = new Upload(() => this.#request.resume());
    for (const chunk of (this.#opened ? this.#kept : null) ?? []) upload.push(chunk);
    this.#opened = true;
    if (this.complete) upload.push(null);
    else this.#upload = upload;
    return upload;
  }

  /** Ends the way up: what still arrives is thrown away and the copy is given back. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#upload = null;
    this.#whole = null;
    this.#gathered = null;
    this.#dropCopy();
    if (!this.complete) this.#request.resume();
  }

  #gather(chunk: Buffer, length: number): void {
    if (this.#closed) return;
    this.bytes += chunk.length;
    if (this.bytes < length) {
      this.#gathered ??= [];
      this.#gathered.push(chunk);
      return;
    }
    const whole = this.#gathered === null ? chunk : Buffer.concat([...this.#gathered, chunk]);
    this.#gathered = null;
    this.complete = true;
    this.#whole = whole;
    this.#owner.bodyChunk(whole);
    this.#keep(whole);
    this.#owner.bodyReady();
  }

  #stream(): void {
    this.#request.pause();
    this.#request.on('data', (chunk: Buffer) => this.#arrived(chunk));
    this.#request.on('end', () => this.#ended());
    this.#owner.bodyReady();
  }

  #arrived(chunk: Buffer): void {
    if (this.#closed || !this.#take(chunk) || this.#upload === null) return;
    if (!this.#upload.push(chunk)) this.#request.pause();
  }

  /** Counts and keeps a chunk; false where the body has grown too large. */
  #take(chunk: Buffer): boolean {
    const before = this.bytes;
    this.bytes += chunk.length;
    if (this.bytes > this.#maxBytes) {
      if (before <= this.#maxBytes) this.#owner.bodyTooLarge();
      return false;
    }
    this.#owner.bodyChunk(chunk);
    this.#keep(chunk);
    return true;
  }

  #keep(chunk: Buffer): void {
    if (this.#kept === null || this.#budget === null) return;
    if (!this.#budget.take(chunk.length, this.#keptBytes)) {
      this.#dropCopy();
      return;
    }
    this.#keptBytes += chunk.length;
    this.#kept.push(chunk);
  }

  #dropCopy(): void {
    this.#kept = null;
    this.#budget?.give(this.#keptBytes);
    this.#keptBytes = 0;
  }

  #ended(): void {
    this.complete = true;
    this.#upload?.push(null);
  }
}

/** The length that the head announces; NaN for a body that ends with its last chunk. */
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

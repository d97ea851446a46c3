import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import type { ReplayBudget } from './replay-budget.ts';

/** Who is told what happens to a request body. */
export interface BodyOwner {
  /** Sees each chunk once, in order, as it arrives. */
  bodyChunk(chunk: Buffer): void;
  /** The body is longer than it may be. */
  bodyTooLarge(): void;
}

/** What undici sends as the body of one attempt; null sends none. */
export type AttemptBody = Buffer | Readable | null;

/**
 * The body of a client's request on its way up. A body that arrived together with its head goes up as one buffer; any
 * other is streamed, at the pace of the upstream. Where a budget is given a copy is kept for as long as it fits, so
 * that the body can be sent again.
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

  /** Takes what has arrived together with the head and waits for the rest. */
  begin(): void {
    const { complete } = this.#request;
    if (complete) {
      const whole = this.#request.read() as Buffer | null;
      this.complete = true;
      if (whole !== null) this.#take(whole);
      this.#whole = whole;
      // The end is only announced to a stream that is asked for more; the connection waits for it.
      this.#request.read();
      return;
    }
    this.#request.pause();
    this.#request.on('data', (chunk: Buffer) => this.#arrived(chunk));
    this.#request.on('end', () => this.#ended());
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
    this.#dropCopy();
    if (!this.complete) this.#request.resume();
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

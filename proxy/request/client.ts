import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { firstOf } from '../http/headers.ts';
import type { Trailers } from './head.ts';

/** Who is notified of what happens on the way to the client. */
export interface ClientOwner {
  /** The client has caught up: more of the answer can be sent. */
  clientReady(): void;
  /** The answer is complete and handed over, or the connection is gone. */
  clientClosed(): void;
}

/** A body of at most this size comes with its head, which then needs no packet of its own. */
const AT_ONCE_BYTES = 16 * 1024;

const PROCESSING = 102;
const EARLY_HINTS = 103;

/** What node:http takes as the value of a link; it throws for anything else. */
const LINK = /^<[^<>\s]*>(?:\s*;\s*[\w-]+=(?:"[^"]*"|[\w-]+))*$/;

/** The way to the client: writes the answer at the client's pace and knows how much of it has left the process. */
export class Client {
  readonly response: ServerResponse;
  /** The bytes of the body that were sent. */
  bytes = 0;
  /** Whether the client left before the end of its answer. */
  gone = false;
  readonly #owner: ClientOwner;
  #headSent = false;
  #wrote = false;
  /** The bytes of the body that are still to come; NaN where that is not known. */
  #left = Number.NaN;
  #caughtUp = true;
  #watchesDrain = false;

  constructor(response: ServerResponse, owner: ClientOwner) {
    this.response = response;
    this.#owner = owner;
    response.sendDate = false;
    response.on('close', () => owner.clientClosed());
  }

  /** Whether the head of an answer was sent. */
  get headSent(): boolean {
    return this.#headSent;
  }

  /** Whether everything that was sent has been handed to the kernel. */
  get hasAll(): boolean {
    return this.response.writableEnded ? this.response.writableFinished : this.#caughtUp;
  }

  /** The bytes that wait for the client to read. */
  get waiting(): number {
    return this.response.socket?.writableLength ?? 0;
  }

  /** Passes a provisional answer on; others than these two say nothing to a client of the API. */
  inform(status: number, headers: IncomingHttpHeaders): void {
    // HTTP/1.0 knows no provisional answers. @see https://www.rfc-editor.org/rfc/rfc9110#section-15.2
    if (this.response.req.httpVersionMinor === 0) return;
    if (status === PROCESSING) this.response.writeProcessing();
    const link = firstOf(headers.link);
    if (status === EARLY_HINTS && link !== undefined && LINK.test(link)) this.response.writeEarlyHints({ link });
  }

  /** Sends the head of the upstream's answer; `length` is that of its body, NaN where it is not known. */
  sendHead(status: number, reason: string, headers: string[], length: number): void {
    this.#headSent = true;
    this.#left = length;
    if (reason === '') this.response.writeHead(status, headers);
    else this.response.writeHead(status, reason, headers);
    if (!(length <= AT_ONCE_BYTES)) process.nextTick(flushHead, this);
  }

  /** Sends a piece of the body; false asks for a pause until the owner is notified. */
  send(chunk: Buffer): boolean {
    this.#wrote = true;
    this.bytes += chunk.length;
    this.#left -= chunk.length;
    if (this.#left === 0) {
      // The last piece and the end in one call are one write to the socket.
      this.response.end(chunk);
      return true;
    }
    if (this.response.write(chunk)) return true;
    this.#caughtUp = false;
    this.#watchDrain();
    return false;
  }

  /** Ends the answer. */
  finish(trailers: Trailers = []): void {
    if (this.response.writableEnded) return;
    if (trailers.length > 0) this.response.addTrailers(trailers);
    this.#wrote = true;
    this.response.end();
  }

  /** Sends a whole answer at once; a HEAD request gets its head only. */
  answer(status: number, headers: readonly string[], body: Buffer): void {
    this.#headSent = true;
    this.#wrote = true;
    this.response.writeHead(status, [...headers]);
    if (this.response.req.method !== 'HEAD') this.bytes += body.length;
    this.response.end(body);
  }

  /** Sends what there is and then cuts the connection, so that the client sees an answer that breaks off. */
  breakOff(): void {
    const { socket, req } = this.response;
    // An answer to HTTP/1.0 may end with its connection: only a reset tells it from a whole one.
    if (socket === null || req.httpVersionMinor === 0) {
      this.cut();
      return;
    }
    if (!this.#wrote) this.response.flushHeaders();
    socket.destroySoon();
  }

  /** Cuts the connection. */
  cut(): void {
    this.response.destroy();
  }

  /** Sends a head whose body takes its time: the client sees the status when the upstream gave it. */
  flushHead(): void {
    if (!this.#wrote && !this.response.destroyed) this.response.flushHeaders();
  }

  #watchDrain(): void {
    if (this.#watchesDrain) return;
    this.#watchesDrain = true;
    this.response.on('drain', () => {
      this.#caughtUp = true;
      this.#owner.clientReady();
    });
  }
}

/** One function for all, so that no head costs a closure. */
const flushHead = (client: Client): void => client.flushHead();

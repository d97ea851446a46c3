import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { errorBody, LOCAL_ERRORS, type LocalError } from '../errors.ts';
import { firstOf } from '../headers.ts';
import type { Outcome } from '../records.ts';
import type { UsageReport } from '../usage/reader.ts';
import type { Forwarding } from './forwarding.ts';
import type { Trailers } from './head.ts';
import { Ledger } from './ledger.ts';
import { type BodyOwner, RequestBody } from './request-body.ts';
import { asksForStream, StreamFlag } from './stream-flag.ts';
import type { UnderWay } from './under-way.ts';
import { NO_SIDE, type UpstreamSide } from './upstream-side.ts';

/** How long a client that was refused may go on sending before its connection is cut. */
const LINGER_MS = 5_000;

/** A body of at most this size comes with its head, which then needs no packet of its own. */
const AT_ONCE_BYTES = 16 * 1024;

const STREAMING = { stream: 'true' } as const;
const WHOLE = { stream: 'false' } as const;

/** What an exchange is about. */
export interface ExchangeOptions {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** The path without its query. */
  readonly path: string;
  /** The most bytes that the request's body may have. */
  readonly maxBytes: number;
}

/** The client's side of one request and its answer, from its arrival to its one record. */
export class Exchange implements BodyOwner, UnderWay {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly ledger: Ledger;
  readonly body: RequestBody;
  upstream: UpstreamSide = NO_SIDE;
  place = 0;
  stalledSince: number | null = null;
  /** Whether the client has left before the end of its answer. */
  gone = false;
  /** The bytes of the answer that came after that. */
  bytesAfterLeaving = 0;
  readonly #context: Forwarding;
  #flag: StreamFlag | null = null;
  #wrote = false;
  /** The bytes of the answer that are still to come; NaN where that is not known. */
  #left = Number.NaN;
  #caughtUp = true;
  #upstreamEnded = false;
  #watchesDrain = false;
  #settled = false;

  constructor(context: Forwarding, { request, response, path, maxBytes }: ExchangeOptions) {
    this.#context = context;
    this.request = request;
    this.response = response;
    this.ledger = new Ledger(context.clock, request, path);
    this.body = new RequestBody(request, this, { maxBytes, budget: context.pool === null ? null : context.budget });
    response.sendDate = false;
    response.on('close', () => this.#closed());
    context.exchanges.add(this);
    context.metrics.requestsInFlight.inc(WHOLE);
  }

  /** Whether nothing more is to be sent to the client. */
  get decided(): boolean {
    return this.ledger.outcome !== null || this.#settled;
  }

  bodyChunk(chunk: Buffer): void {
    if (this.ledger.stream || this.request.method !== 'POST') return;
    const whole = this.body.complete && this.#flag === null;
    if (!whole) this.#flag ??= new StreamFlag();
    if (this.#flag === null ? asksForStream(chunk) : this.#flag.sees(chunk)) this.setStream(true);
  }

  bodyReady(): void {
    if (!this.decided) this.upstream.go();
  }

  bodyTooLarge(): void {
    this.refuse('too_large', 'the request body is larger than this proxy takes on this path');
  }

  /** Corrects whether the client gets a stream; the gauge of requests under way moves with it. */
  setStream(stream: boolean): void {
    if (stream === this.ledger.stream) return;
    this.#context.metrics.requestsInFlight.dec(stream ? WHOLE : STREAMING);
    this.#context.metrics.requestsInFlight.inc(stream ? STREAMING : WHOLE);
    this.ledger.stream = stream;
  }

  refuse(error: LocalError, message: string): void {
    this.answer({ error, message, outcome: 'rejected' });
  }

  /** Answers in the proxy's own name; an answer that is already on its way is cut instead. */
  answer({ error, message, outcome, headers = [] }: LocalAnswer): void {
    if (this.decided) return;
    this.ledger.outcome = outcome;
    this.upstream.cancel();
    if (this.ledger.headSent) {
      this.cut();
      return;
    }
    const body = errorBody(error, message);
    const { status } = LOCAL_ERRORS[error];
    this.ledger.head(status);
    this.#wrote = true;
    this.response.writeHead(status, [...JSON_TYPE, 'content-length', String(body.length), ...headers]);
    if (this.request.method !== 'HEAD') this.ledger.responseBytes += body.length;
    this.response.end(body);
    this.#discardRequest();
  }

  /** Passes a provisional answer on; others than these two say nothing to a client of the API. */
  inform(status: number, headers: IncomingHttpHeaders): void {
    if (this.decided) return;
    if (status === PROCESSING) this.response.writeProcessing();
    const link = firstOf(headers.link);
    if (status === EARLY_HINTS && link !== undefined && LINK.test(link)) this.response.writeEarlyHints({ link });
  }

  /** Sends the head of the upstream's answer; `length` is that of its body, NaN where it is not known. */
  sendHead(status: number, statusText: string, headers: string[], length: number): void {
    if (this.decided) return;
    this.ledger.head(status);
    this.#left = length;
    if (statusText === '') this.response.writeHead(status, headers);
    else this.response.writeHead(status, statusText, headers);
    if (!(length <= AT_ONCE_BYTES)) process.nextTick(flushHead, this);
  }

  /** Sends a piece of the answer; false asks for a pause until `resume` is called on the upstream's side. */
  send(chunk: Buffer): boolean {
    if (this.gone) {
      this.bytesAfterLeaving += chunk.length;
      return true;
    }
    this.#wrote = true;
    this.ledger.responseBytes += chunk.length;
    this.#left -= chunk.length;
    if (this.#left === 0) {
      // The last piece and the end in one call are one write to the socket.
      this.response.end(chunk);
      return true;
    }
    if (this.response.write(chunk)) return true;
    this.#waitForClient();
    return false;
  }

  /** The upstream's answer is complete. */
  finish(trailers: Trailers = []): void {
    this.#upstreamEnded = true;
    if (this.gone) {
      this.settle();
      return;
    }
    if (this.response.writableEnded) return;
    if (trailers.length > 0) this.response.addTrailers(trailers);
    this.#wrote = true;
    this.response.end();
  }

  /** The connection to the upstream failed: the client gets an error where nothing has reached it, else the same cut. */
  upstreamFailed(error: LocalError, message: string): void {
    if (this.gone) {
      this.settle();
      return;
    }
    if (!this.ledger.headSent) {
      this.answer({ error, message, outcome: 'upstream_error_before_head' });
      return;
    }
    this.ledger.outcome = 'upstream_error_mid_stream';
    this.cut();
  }

  cut(): void {
    this.response.destroy();
  }

  shutDown(): void {
    if (this.#settled) return;
    if (!this.decided) {
      const message = 'the proxy is shutting down; try again';
      this.answer({ error: 'not_ready', message, outcome: 'shutdown', headers: ['connection', 'close'] });
    }
    this.upstream.cancel();
    this.ledger.end();
    this.settle();
    if (!this.response.writableEnded) this.cut();
  }

  /** Ends the exchange and has its one record written. */
  settle(): void {
    if (this.#settled) return;
    this.#settled = true;
    this.ledger.requestBytes = this.body.bytes;
    this.body.close();
    this.#context.metrics.requestsInFlight.dec(this.ledger.stream ? STREAMING : WHOLE);
    void this.upstream.report().then((report) => this.#record(report));
  }

  /** Sends a head whose body lets wait for itself: the client sees the status when the upstream gave it. */
  flushHead(): void {
    if (!this.#wrote && !this.response.destroyed) this.response.flushHeaders();
  }

  #waitForClient(): void {
    this.#caughtUp = false;
    this.stalledSince = this.#context.clock.monotonic();
    if (this.#watchesDrain) return;
    this.#watchesDrain = true;
    this.response.on('drain', () => {
      this.#caughtUp = true;
      this.stalledSince = null;
      this.upstream.resume();
    });
  }

  /** Reads what a refused client still sends, because closing early could cost it the answer; for a bounded time. */
  #discardRequest(): void {
    const { request } = this;
    this.body.close();
    if (request.complete) return;
    const timer = setTimeout(() => request.destroy(), LINGER_MS).unref();
    request.once('close', () => clearTimeout(timer));
  }

  #closed(): void {
    if (this.#settled) return;
    this.ledger.end();
    if (this.response.writableFinished || this.decided) {
      this.settle();
      return;
    }
    this.gone = true;
    this.stalledSince = null;
    this.ledger.outcome = this.ledger.headSent ? 'client_gone_mid_stream' : 'client_gone_before_head';
    if (this.#upstreamEnded) this.settle();
    else this.upstream.abandon();
  }

  #record(report: UsageReport | null): void {
    const served = this.#served(report);
    if (served) this.ledger.outcome = report?.streamError ? 'upstream_error_mid_stream' : 'finished';
    this.upstream.settled(served);
    this.#context.exchanges.delete(this);
    this.#context.records.write(this.ledger.record(report));
  }

  /** A client that left with everything in its hands that the upstream ever sent was served. */
  #served(report: UsageReport | null): boolean {
    if (this.ledger.outcome === null) return true;
    if (this.ledger.outcome !== 'client_gone_mid_stream') return false;
    const hasAll = this.#caughtUp && this.bytesAfterLeaving === 0;
    return hasAll && (this.#upstreamEnded || report?.finished === true);
  }
}

/** What the proxy answers in its own name. */
export interface LocalAnswer {
  readonly error: LocalError;
  readonly message: string;
  readonly outcome: Outcome;
  readonly headers?: readonly string[];
}

const PROCESSING = 102;
const EARLY_HINTS = 103;
/** What node:http takes as the value of a link; it throws for anything else. */
const LINK = /^<[^<>\s]*>(?:\s*;\s*[\w-]+=(?:"[^"]*"|[\w-]+))*$/;

const JSON_TYPE = ['content-type', 'application/json'] as const;

/** One function for all, so that no head costs a closure. */
const flushHead = (exchange: Exchange): void => exchange.flushHead();

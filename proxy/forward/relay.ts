import type { IncomingHttpHeaders } from 'node:http';
import type { ErrorType } from '#catalog';
import { failureAnswer } from '../errors.ts';
import { type CredentialHeaders, firstOf, requestHeaders, responseHeaders } from '../headers.ts';
import { clientCredential } from '../pass-through.ts';
import { classify } from '../pool/classify.ts';
import { classifyFailure } from '../pool/transport-failure.ts';
import type { UsageReader, UsageReport } from '../usage/reader.ts';
import { Attempt, type AttemptOwner } from './attempt.ts';
import type { Drain } from './drains.ts';
import type { Exchange } from './exchange.ts';
import type { Forwarding } from './forwarding.ts';
import { trailersOf } from './head.ts';
import type { UpstreamSide } from './upstream-side.ts';

const EVENT_STREAM = 'text/event-stream';

/** The upstream's side of an exchange whose client brings its own credential: one attempt, whose answer is the client's. */
export class Relay implements AttemptOwner, UpstreamSide {
  protected readonly context: Forwarding;
  protected readonly exchange: Exchange;
  protected attempt: Attempt | null = null;
  /** Reads the copy of the answer; null before the head, and once it was asked for what it read. */
  protected reader: UsageReader | null = null;
  /** What was read where the reader was asked early. */
  protected early: UsageReport | null = null;
  readonly #target: string;
  #begun = false;
  #abandoned = false;
  #cutShort = false;
  #drain: Drain | null = null;

  constructor(context: Forwarding, exchange: Exchange, target: string) {
    this.context = context;
    this.exchange = exchange;
    this.#target = target;
    exchange.upstream = this;
  }

  /** Takes the body and sends the request up as soon as that is ready. */
  begin(): void {
    const { exchange, context } = this;
    const { ledger } = exchange;
    if (!this.choose()) return;
    if (exchange.request.headers.expect !== undefined) exchange.response.writeContinue();
    exchange.body.begin();
    ledger.overheadMs += context.clock.monotonic() - ledger.startedAt;
    this.#begun = true;
  }

  go(): void {
    const { clock } = this.context;
    const at = clock.monotonic();
    this.send();
    // A body that was there at once is a part of the beginning, which is timed as a whole.
    if (this.#begun) this.exchange.ledger.overheadMs += clock.monotonic() - at;
  }

  informed(status: number, headers: IncomingHttpHeaders): void {
    this.exchange.inform(status, headers);
  }

  answered(attempt: Attempt): void {
    const arrivedAt = this.context.clock.monotonic();
    this.observe(attempt);
    this.sendHead(attempt);
    this.exchange.ledger.overheadMs += this.context.clock.monotonic() - arrivedAt;
  }

  received(attempt: Attempt, chunk: Buffer): void {
    this.reader?.write(chunk);
    if (!this.exchange.send(chunk)) attempt.pause();
    else if (this.exchange.bytesAfterLeaving > this.context.config.abandonedBytes) this.#cut();
  }

  ended(attempt: Attempt): void {
    this.exchange.finish(trailersOf(attempt.trailers));
  }

  failed(attempt: Attempt, error: Error): void {
    this.#cutShort = this.#abandoned;
    const type = classifyFailure(error);
    this.note(attempt, type, error.message);
    this.exchange.upstreamFailed(
      failureAnswer(type, error),
      `the upstream could not be reached or broke off (${type})`,
    );
  }

  resume(): void {
    this.attempt?.resume();
  }

  abandon(): void {
    const { attempt } = this;
    if (attempt === null || attempt.over || !this.#mayCost()) {
      this.cancel();
      this.exchange.settle();
      return;
    }
    this.#abandoned = true;
    this.#drain = this.context.drains.begin(() => this.#cut());
    if (this.#drain === null) this.#cut();
    else attempt.resume();
  }

  cancel(): void {
    if (this.attempt === null || this.attempt.over) return;
    this.#cutShort = this.#abandoned;
    this.attempt.cancel();
  }

  report(): Promise<UsageReport | null> {
    if (this.reader === null) return Promise.resolve(this.early);
    return this.reader.end().then((report) => {
      this.#noteReported(report);
      return report;
    });
  }

  settled(served: boolean): void {
    this.#drain?.done();
    if (!this.#abandoned || served) return;
    this.context.metrics.drains.inc({ result: this.#cutShort ? 'cut_short' : 'complete' });
  }

  /** Finds out who pays; false where the client was told that nobody can. */
  protected choose(): boolean {
    const credential = clientCredential(this.exchange.request.headers);
    this.exchange.ledger.credential = credential === null ? null : this.context.credentialId(credential);
    return true;
  }

  /** Makes an attempt, with the headers of a credential in place of the client's where they are given. */
  protected send(headers?: CredentialHeaders): void {
    const { request, ledger, body } = this.exchange;
    const attempt = new Attempt(this, ledger.credential, (this.attempt?.ordinal ?? 0) + 1);
    this.attempt = attempt;
    this.context.upstream.dispatch(
      {
        path: this.#target,
        method: request.method ?? 'GET',
        headers: requestHeaders(request.rawHeaders, request.headers.connection, headers),
        body: body.open(),
      },
      attempt,
    );
  }

  /** Learns what the head of an answer tells. */
  protected observe({ status, headers, credential }: Attempt): void {
    const { ledger } = this.exchange;
    ledger.requestId = firstOf(headers['request-id']) ?? null;
    if (credential !== null) this.context.tracker.observeHeaders(credential, headers);
    this.reader = this.context.createReader({
      status,
      contentType: firstOf(headers['content-type']),
      contentEncoding: firstOf(headers['content-encoding']),
      path: ledger.path,
    });
  }

  protected sendHead({ status, statusText, headers, raw }: Attempt): void {
    if (status < 300) this.exchange.setStream(firstOf(headers['content-type'])?.startsWith(EVENT_STREAM) ?? false);
    const length = Number(headers['content-length'] ?? Number.NaN);
    this.exchange.sendHead(status, statusText, responseHeaders(raw, headers.connection), length);
  }

  /** Counts and logs an error that an attempt met. */
  protected note(attempt: Attempt, type: ErrorType, message: string): void {
    const { ledger } = this.exchange;
    ledger.error = { type, message };
    this.context.metrics.upstreamErrors.inc({ error_type: type }, 1, ledger.requestId);
    this.context.log.upstreamError({
      status: attempt.status === 0 ? null : String(attempt.status),
      error_type: type,
      error_message: message,
      credential: attempt.credential,
      attempt: attempt.ordinal,
      request_id: ledger.requestId,
    });
  }

  #noteReported({ error, streamError }: UsageReport): void {
    const { attempt } = this;
    if (attempt === null) return;
    const { status, headers } = attempt;
    if (status >= 400) this.note(attempt, classify({ status, headers, error }), error?.message ?? '');
    if (streamError !== null) this.note(attempt, 'stream_error', `${streamError.type}: ${streamError.message}`);
  }

  /** Whether the upstream has the whole request and bills an answer that nobody waits for. */
  #mayCost(): boolean {
    return this.exchange.body.complete && this.exchange.request.method === 'POST';
  }

  #cut(): void {
    this.#cutShort = true;
    this.cancel();
    this.exchange.settle();
  }
}

import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';
import type { CredentialHeaders, RawHeaders } from '../http/forwarded-headers.ts';

/** Who acts on what an attempt meets. */
export interface AttemptOwner {
  /** A provisional answer (1xx) came; the real one follows. */
  informed(status: number, headers: IncomingHttpHeaders): void;
  /** The head of the answer came. */
  answered(attempt: Attempt): void;
  /** A piece of the answer's body came. */
  received(attempt: Attempt, chunk: Buffer): void;
  /** The answer is complete. */
  ended(attempt: Attempt): void;
  /** The connection failed. */
  failed(attempt: Attempt, error: Error): void;
}

/** What an attempt goes out with. */
export interface AttemptOptions {
  /** The id of the credential; null for none. */
  readonly credential: string | null;
  /** The fingerprint of the pool credential's secret; null where the client's own credential goes up. */
  readonly fingerprint: string | null;
  readonly headers: CredentialHeaders | undefined;
  readonly ordinal: number;
  /** Monotonic milliseconds. */
  readonly sentAt: number;
}

const CANCELLED = new Error('the proxy gave the request up');
const NO_HEADERS: RawHeaders = [];

/** One request to the upstream, as undici reports on it; after its end or `cancel` it is silent. */
export class Attempt implements Dispatcher.DispatchHandler {
  /** The id of the credential that it goes out with. */
  readonly credential: string | null;
  /** The fingerprint of the pool credential's secret; null where the client's own credential went up. */
  readonly fingerprint: string | null;
  /** The headers that replaced the client's credential; undefined where that went up. */
  readonly credentialHeaders: CredentialHeaders | undefined;
  /** Which attempt for its request this is, from 1. */
  readonly ordinal: number;
  /** When it was sent, in monotonic milliseconds. */
  readonly sentAt: number;
  status = 0;
  statusText = '';
  headers: IncomingHttpHeaders = {};
  raw: RawHeaders = NO_HEADERS;
  trailers: RawHeaders = NO_HEADERS;
  /** Whether nothing more will come. */
  over = false;
  readonly #owner: AttemptOwner;
  #controller: Dispatcher.DispatchController | null = null;

  constructor(owner: AttemptOwner, { credential, fingerprint, headers, ordinal, sentAt }: AttemptOptions) {
    this.#owner = owner;
    this.credential = credential;
    this.fingerprint = fingerprint;
    this.credentialHeaders = headers;
    this.ordinal = ordinal;
    this.sentAt = sentAt;
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.over) controller.abort(CANCELLED);
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: IncomingHttpHeaders,
    statusText?: string,
  ): void {
    if (this.over) return;
    if (status < 200) {
      this.#owner.informed(status, headers);
      return;
    }
    this.status = status;
    this.statusText = statusText ?? '';
    this.headers = headers;
    this.raw = rawOf(controller.rawHeaders);
    this.#owner.answered(this);
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#owner.received(this, chunk);
  }

  onResponseEnd(controller: Dispatcher.DispatchController): void {
    if (this.over) return;
    this.over = true;
    this.trailers = rawOf(controller.rawTrailers);
    this.#owner.ended(this);
  }

  onResponseError(_controller: Dispatcher.DispatchController | null, error: Error): void {
    if (this.over) return;
    this.over = true;
    this.#owner.failed(this, error);
  }

  /** Stops reading the answer until `resume`. */
  pause(): void {
    this.#controller?.pause();
  }

  /** Reads the answer on. */
  resume(): void {
    this.#controller?.resume();
  }

  /** Ends the request and its connection. */
  cancel(): void {
    if (this.over) return;
    this.over = true;
    this.#controller?.abort(CANCELLED);
  }
}

/** HTTP/1.1 headers come as a list of names and values; the type also knows HTTP/2's object, which is switched off. */
const rawOf = (raw: Dispatcher.DispatchController['rawHeaders']): RawHeaders => (Array.isArray(raw) ? raw : NO_HEADERS);

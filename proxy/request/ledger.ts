import type { IncomingMessage } from 'node:http';
import { CLIENT_GONE, type ErrorType } from '#catalog';
import type { Refusal } from '../http/errors.ts';
import { firstOf } from '../http/headers.ts';
import type { Clock } from '../time.ts';
import type { UsageReport } from '../usage/reader.ts';
import type { Outcome, RequestRecord } from './record.ts';

/** An error that goes into the record. */
export interface RecordedError {
  readonly type: ErrorType;
  readonly message: string;
}

const SESSION = 'x-claude-code-session-id';

/** What is written down about one request while it runs, for its record. */
export class Ledger {
  readonly startedAt: number;
  readonly method: string;
  readonly path: string;
  readonly domain: string;
  readonly sessionId: string | null;
  stream = false;
  credential: string | null = null;
  fingerprint: string | null = null;
  requestId: string | null = null;
  error: RecordedError | null = null;
  /** Why the proxy answered without asking the upstream; null where it asked. */
  refusal: Refusal | null = null;
  /** How the request ended; null while that is open, and for one that simply finished. */
  outcome: Outcome | null = null;
  status = Number(CLIENT_GONE);
  readonly #clock: Clock;
  readonly #at: number;
  #headAt: number | null = null;
  #endedAt: number | null = null;
  #overheadMs = 0;

  constructor(clock: Clock, request: IncomingMessage, path: string) {
    this.#clock = clock;
    this.#at = clock.now();
    this.startedAt = clock.monotonic();
    this.method = request.method ?? '';
    this.path = path;
    this.domain = domainOf(request.headers.host);
    this.sessionId = firstOf(request.headers[SESSION]) ?? null;
  }

  /** Notes that the head of an answer goes out. */
  head(status: number): void {
    this.status = status;
    this.#headAt = this.#clock.monotonic();
  }

  /** Notes that the client has its answer, or has left. */
  end(): void {
    this.#endedAt ??= this.#clock.monotonic();
  }

  /** Notes that the proxy itself worked on the request from a moment (monotonic milliseconds) until now. */
  worked(since: number): void {
    this.#overheadMs += this.#clock.monotonic() - since;
  }

  /** The record, once everything is known. */
  record(report: UsageReport | null, bytes: { readonly request: number; readonly response: number }): RequestRecord {
    const endedAt = this.#endedAt ?? this.#clock.monotonic();
    return {
      requestId: this.requestId,
      at: this.#at,
      method: this.method,
      path: this.path,
      domain: this.domain,
      stream: this.stream,
      status: this.status,
      outcome: this.outcome ?? 'finished',
      refusal: this.refusal,
      credential: this.credential,
      fingerprint: this.fingerprint,
      sessionId: this.sessionId,
      report,
      durationMs: endedAt - this.startedAt,
      ttfbMs: this.#headAt === null ? null : this.#headAt - this.startedAt,
      requestBytes: bytes.request,
      responseBytes: bytes.response,
      overheadMs: this.#overheadMs,
      errorType: this.error?.type ?? null,
      errorMessage: this.error?.message ?? null,
    };
  }
}

/** The host name that the client asked for, without its port. */
const domainOf = (host: string | undefined): string => {
  if (host === undefined) return '';
  const colon = host.lastIndexOf(':');
  const name = colon > host.lastIndexOf(']') ? host.slice(0, colon) : host;
  return name.toLowerCase();
};

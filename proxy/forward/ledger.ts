import type { IncomingMessage } from 'node:http';
import type { ErrorType } from '#catalog';
import type { Clock } from '../clock.ts';
import { firstOf } from '../headers.ts';
import type { Outcome, RequestRecord } from '../records.ts';
import type { UsageReport } from '../usage/reader.ts';

/** An error to tell with the record. */
export interface ToldError {
  readonly type: ErrorType;
  readonly message: string;
}

const SESSION = 'x-claude-code-session-id';

/** The status of a client that left before the head. */
const CLIENT_GONE = 499;

/** What is written down about one exchange while it runs, for its record. */
export class Ledger {
  readonly startedAt: number;
  readonly method: string;
  readonly path: string;
  readonly domain: string;
  readonly sessionId: string | null;
  stream = false;
  credential: string | null = null;
  requestId: string | null = null;
  error: ToldError | null = null;
  /** How the exchange ended; null while that is open, and for one that simply finished. */
  outcome: Outcome | null = null;
  status = CLIENT_GONE;
  /** Time spent in the proxy itself, in milliseconds. */
  overheadMs = 0;
  requestBytes = 0;
  responseBytes = 0;
  readonly #clock: Clock;
  readonly #at: number;
  #headAt: number | null = null;
  #endedAt: number | null = null;

  constructor(clock: Clock, request: IncomingMessage, path: string) {
    this.#clock = clock;
    this.#at = clock.now();
    this.startedAt = clock.monotonic();
    this.method = request.method ?? '';
    this.path = path;
    this.domain = domainOf(request.headers.host);
    this.sessionId = firstOf(request.headers[SESSION]) ?? null;
  }

  /** Whether the head of an answer is on its way to the client. */
  get headSent(): boolean {
    return this.#headAt !== null;
  }

  /** Notes that the head goes out now. */
  head(status: number): void {
    this.status = status;
    this.#headAt = this.#clock.monotonic();
  }

  /** Notes that the client has its answer, or has left. */
  end(): void {
    this.#endedAt ??= this.#clock.monotonic();
  }

  /** The record, once everything is known. */
  record(report: UsageReport | null): RequestRecord {
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
      credential: this.credential,
      sessionId: this.sessionId,
      report,
      durationMs: endedAt - this.startedAt,
      ttfbMs: this.#headAt === null ? null : this.#headAt - this.startedAt,
      requestBytes: this.requestBytes,
      responseBytes: this.responseBytes,
      overheadMs: this.overheadMs,
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

import type { ErrorType, outcome } from '#catalog';
import type { UsageReport } from './usage/reader.ts';

/** How a request ended. */
export type Outcome = (typeof outcome.values)[number];

/** What is known of one accepted request when it is over. */
export interface RequestRecord {
  /** The upstream's `request-id`. */
  readonly requestId: string | null;
  /** When the request arrived, in unix milliseconds. */
  readonly at: number;
  readonly method: string;
  /** The path without its query. */
  readonly path: string;
  /** The host that the client asked for. */
  readonly domain: string;
  readonly stream: boolean;
  /** The status that the client got; 499 where it left before the head. */
  readonly status: number;
  readonly outcome: Outcome;
  readonly credential: string | null;
  readonly sessionId: string | null;
  readonly report: UsageReport | null;
  readonly durationMs: number;
  readonly ttfbMs: number | null;
  readonly requestBytes: number;
  readonly responseBytes: number;
  readonly overheadMs: number;
  readonly errorType: ErrorType | null;
  readonly errorMessage: string | null;
}

/** Takes exactly one record an accepted request. */
export interface Records {
  /** Queues a record; never waits and never throws. A full queue drops it and counts the drop. */
  write(record: RequestRecord): void;
  /** Hands all queued records to the sinks, for at most the given time; later writes are still taken. */
  flush(timeoutMs: number): Promise<void>;
}

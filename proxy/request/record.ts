import type { ErrorType, proxyLabels } from '#catalog';
import type { UsageReport } from '../usage/report.ts';

/** How a request ended. */
export type Outcome = (typeof proxyLabels.outcome.values)[number];

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
  /** Why the proxy answered without asking the upstream; null where it asked. */
  readonly refusal: (typeof proxyLabels.refusal.values)[number] | null;
  readonly credential: string | null;
  /** The fingerprint of the pool credential's secret that the request was sent with; null where the client's own went up. */
  readonly fingerprint: string | null;
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

import type { UsageReport } from '../usage/reader.ts';

/** The upstream's side of an exchange. */
export interface UpstreamSide {
  /** The request can go up. */
  go(): void;
  /** Reads the answer on after the client has caught up. */
  resume(): void;
  /** The client has left: reads the answer on, or gives it up, and has the exchange settled in the end. */
  abandon(): void;
  /** Gives the answer up at once. */
  cancel(): void;
  /** What the copy of the answer said; null where there was none. Asked for once, at the end. */
  report(): Promise<UsageReport | null>;
  /** Everything is known; tells whether the client was served, though it may have left. */
  settled(served: boolean): void;
}

/** The upstream's side of an exchange that never gets that far. */
export const NO_SIDE: UpstreamSide = {
  go: () => undefined,
  resume: () => undefined,
  abandon: () => undefined,
  cancel: () => undefined,
  report: () => Promise.resolve(null),
  settled: () => undefined,
};

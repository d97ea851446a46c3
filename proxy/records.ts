import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ErrorType, proxyLabels } from '#catalog';
import type { Clock } from './clock.ts';
import type { Log } from './log.ts';
import type { Metrics } from './metrics.ts';
import { type Bill, createBilling } from './usage/bill.ts';
import type { UsageEntry, UsageReport } from './usage/report.ts';

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

/** Takes a record and its bill; what it throws is reported and keeps no other sink from its work. */
export type Sink = (record: RequestRecord, bill: Bill) => void;

/** Takes exactly one record an accepted request. */
export interface Records {
  /** How many records wait for the sinks. */
  readonly waiting: number;
  /** Queues a record; never waits and never throws. A full queue drops it and counts the drop. */
  write(record: RequestRecord): void;
  /** Hands all queued records to the sinks, for at most the given time; later writes are still taken. */
  flush(timeoutMs: number): Promise<void>;
}

/** What records go through. */
export interface RecordsOptions {
  readonly sinks: readonly Sink[];
  readonly metrics: Metrics;
  readonly log: Log;
  readonly clock: Clock;
  /** @default 10,000 records, some megabytes */
  readonly capacity?: number;
}

const CAPACITY = 10_000;

/** The longest that records keep the event loop from its streams. */
const SLICE_MS = 2;

/** A sink that fails does so for every record, so it is reported only so often. */
const REPORT_EVERY_MS = 60_000;

const NO_ENTRIES: readonly UsageEntry[] = [];

const WRITTEN = { result: 'written' } as const;
const DROPPED = { result: 'dropped' } as const;

/** A queue of records in front of their sinks. */
export const createRecords = (options: RecordsOptions): Records => new RecordQueue(options);

class RecordQueue implements Records {
  readonly #options: RecordsOptions;
  readonly #capacity: number;
  readonly #billOf = createBilling();
  #queue: RequestRecord[] = [];
  /** The first record of the queue that is still to be handed on. */
  #next = 0;
  #scheduled = false;
  #reportedAt = Number.NEGATIVE_INFINITY;

  constructor(options: RecordsOptions) {
    this.#options = options;
    this.#capacity = options.capacity ?? CAPACITY;
  }

  get waiting(): number {
    return this.#queue.length - this.#next;
  }

  write(record: RequestRecord): void {
    if (this.waiting >= this.#capacity) {
      this.#options.metrics.usageRecords.inc(DROPPED);
      return;
    }
    this.#queue.push(record);
    this.#schedule();
  }

  async flush(timeoutMs: number): Promise<void> {
    const { clock } = this.#options;
    const deadline = clock.monotonic() + timeoutMs;
    while (this.waiting > 0 && clock.monotonic() < deadline) {
      this.#drainSlice();
      await nextTurn();
    }
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#drainSlice();
      if (this.waiting > 0) this.#schedule();
    });
  }

  #drainSlice(): void {
    const { clock } = this.#options;
    const end = clock.monotonic() + SLICE_MS;
    let record = this.#queue[this.#next];
    while (record !== undefined) {
      this.#next += 1;
      this.#handOn(record);
      record = clock.monotonic() < end ? this.#queue[this.#next] : undefined;
    }
    this.#queue = this.waiting === 0 ? [] : this.#queue.slice(this.#next);
    this.#next = 0;
  }

  #handOn(record: RequestRecord): void {
    const { sinks, metrics } = this.#options;
    const bill = this.#billOf(record.report?.entries ?? NO_ENTRIES, record.at);
    let written = true;
    for (const sink of sinks) if (!this.#give(sink, record, bill)) written = false;
    metrics.usageRecords.inc(written ? WRITTEN : DROPPED);
  }

  /** Gives a record to a sink; tells whether it took it. */
  #give(sink: Sink, record: RequestRecord, bill: Bill): boolean {
    try {
      sink(record, bill);
      return true;
    } catch (error) {
      this.#report(error);
      return false;
    }
  }

  #report(error: unknown): void {
    const { clock, log } = this.#options;
    if (clock.monotonic() - this.#reportedAt < REPORT_EVERY_MS) return;
    this.#reportedAt = clock.monotonic();
    log.failed({ part: 'record sink', error_message: error instanceof Error ? error.message : String(error) });
  }
}

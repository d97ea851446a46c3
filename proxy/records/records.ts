import type { Log } from '../log/log.ts';
import type { Metrics } from '../metrics/metrics.ts';
import type { RequestRecord } from '../request/record.ts';
import type { Clock, Timers } from '../time.ts';
import { type Bill, createBilling } from '../usage/bill.ts';
import type { UsageReport } from '../usage/report.ts';

/** A record with its bill. */
export interface Recorded {
  readonly record: RequestRecord;
  readonly bill: Bill;
}

/** Where records go. */
export interface Sink {
  /** As the log names it. */
  readonly name: string;
  /** Takes a batch; returns or resolves once it is safe there. A batch that it throws or rejects for is lost, and counted. */
  write(batch: readonly Recorded[]): void | Promise<void>;
  /** Makes everything safe that was taken; called at the end, with the time that is left. */
  flush(timeoutMs: number): Promise<void>;
}

/** Takes exactly one record for each request. */
export interface Records {
  /** How many records are not yet safe in every sink. */
  readonly waiting: number;
  /** Queues a record; never waits and never throws. Where too many wait, it is dropped and counted. */
  write(record: RequestRecord): void;
  /** Waits until all records are safe, for at most the given time; later writes are still taken. Never rejects. */
  flush(timeoutMs: number): Promise<void>;
}

/** Bills what a response used; `at` is when its request arrived, in unix milliseconds. */
export type BillRequest = (report: UsageReport | null, at: number) => Bill;

/** What records go through. */
export interface RecordsOptions {
  readonly sinks: readonly Sink[];
  readonly metrics: Pick<Metrics, 'usageRecords'>;
  readonly log: Pick<Log, 'failed'>;
  readonly clock: Clock;
  readonly timers: Timers;
  /** Bills a request that arrived at a time (unix milliseconds). @default - each response for itself, at the catalog's prices */
  readonly billOf?: BillRequest;
  /** The most records that wait, for each sink. @default 10,000, some megabytes */
  readonly capacity?: number;
}

const CAPACITY = 10_000;

/** The most records that are worked on at once: longer would keep the event loop from its streams. */
const MAX_BATCH = 64;

/** A sink that fails does so for every batch, so it is reported only so often. */
const REPORT_EVERY_MS = 60_000;

const WRITTEN = { result: 'written' } as const;
const DROPPED = { result: 'dropped' } as const;

/** Creates the records of a proxy: a queue in front of each sink, so that a slow one holds up no other. */
export const createRecords = (options: RecordsOptions): Records => new RecordQueue(options);

/** A record on its way to every sink. */
interface Entry extends Recorded {
  /** How many sinks have not acknowledged it. */
  left: number;
  lost: boolean;
}

/** The queue in front of one sink, which has one batch at a time. */
class Lane {
  readonly sink: Sink;
  readonly #settled: (batch: readonly Entry[], error: unknown) => void;
  readonly #capacity: number;
  #queue: Entry[] = [];
  #busy = false;

  constructor(sink: Sink, capacity: number, settled: (batch: readonly Entry[], error: unknown) => void) {
    this.sink = sink;
    this.#capacity = capacity;
    this.#settled = settled;
  }

  /** Queues a record; false where too many wait. */
  push(entry: Entry): boolean {
    if (this.#queue.length >= this.#capacity) return false;
    this.#queue.push(entry);
    return true;
  }

  /** Hands the next batch on, unless the sink still has one. */
  run(): void {
    if (this.#busy || this.#queue.length === 0) return;
    const batch = this.#queue.length <= MAX_BATCH ? this.#queue : this.#queue.slice(0, MAX_BATCH);
    this.#queue = batch === this.#queue ? [] : this.#queue.slice(MAX_BATCH);
    this.#busy = true;
    try {
      const written = this.sink.write(batch);
      if (written === undefined) this.#done(batch, null);
      else {
        written.then(
          () => this.#done(batch, null),
          (error: unknown) => this.#done(batch, error ?? REJECTED),
        );
      }
    } catch (error) {
      this.#done(batch, error ?? REJECTED);
    }
  }

  #done(batch: readonly Entry[], error: unknown): void {
    this.#busy = false;
    this.#settled(batch, error);
    if (this.#queue.length > 0) setImmediate(() => this.run());
  }
}

/** In place of an error, where a sink gives none. */
const REJECTED = 'rejected';

class RecordQueue implements Records {
  readonly #options: RecordsOptions;
  readonly #capacity: number;
  readonly #billOf: BillRequest;
  readonly #lanes: readonly Lane[];
  #queue: RequestRecord[] = [];
  /** The first record of the queue that is still to be handed on. */
  #next = 0;
  #inLanes = 0;
  #scheduled = false;
  #whenIdle: (() => void)[] = [];
  #reportedAt = Number.NEGATIVE_INFINITY;

  constructor(options: RecordsOptions) {
    this.#options = options;
    this.#capacity = options.capacity ?? CAPACITY;
    this.#billOf = options.billOf ?? createBilling();
    this.#lanes = options.sinks.map(
      (sink) => new Lane(sink, this.#capacity, (batch, error) => this.#settled(sink, batch, error)),
    );
  }

  get waiting(): number {
    return this.#queue.length - this.#next + this.#inLanes;
  }

  write(record: RequestRecord): void {
    if (this.#queue.length - this.#next >= this.#capacity) {
      this.#options.metrics.usageRecords.inc(DROPPED);
      return;
    }
    this.#queue.push(record);
    this.#schedule();
  }

  async flush(timeoutMs: number): Promise<void> {
    const { clock, timers, sinks } = this.#options;
    const deadline = clock.monotonic() + timeoutMs;
    const idle = this.waiting === 0 ? Promise.resolve() : new Promise<void>((done) => this.#whenIdle.push(done));
    await inTime(timers, timeoutMs, idle);
    const left = Math.max(0, deadline - clock.monotonic());
    const flushed = sinks.map((sink) => flushOf(sink, left).catch((error: unknown) => this.#report(sink, error)));
    await inTime(timers, left, Promise.all(flushed));
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#drainSlice();
      if (this.#queue.length > this.#next) this.#schedule();
    });
  }

  #drainSlice(): void {
    const end = Math.min(this.#next + MAX_BATCH, this.#queue.length);
    for (const record of this.#queue.slice(this.#next, end)) this.#handOn(record);
    this.#next = end;
    if (end === this.#queue.length) [this.#queue, this.#next] = [[], 0];
    for (const lane of this.#lanes) lane.run();
  }

  #handOn(record: RequestRecord): void {
    const bill = this.#billOf(record.report, record.at);
    const entry: Entry = { record, bill, left: this.#lanes.length, lost: false };
    this.#inLanes += 1;
    for (const lane of this.#lanes) if (!lane.push(entry)) this.#acknowledge(entry, true);
  }

  #settled(sink: Sink, batch: readonly Entry[], error: unknown): void {
    if (error !== null) this.#report(sink, error);
    for (const entry of batch) this.#acknowledge(entry, error !== null);
  }

  #acknowledge(entry: Entry, lost: boolean): void {
    entry.left -= 1;
    entry.lost ||= lost;
    if (entry.left > 0) return;
    this.#inLanes -= 1;
    this.#options.metrics.usageRecords.inc(entry.lost ? DROPPED : WRITTEN);
    if (this.waiting > 0) return;
    for (const done of this.#whenIdle.splice(0)) done();
  }

  #report(sink: Sink, error: unknown): void {
    const { clock, log } = this.#options;
    if (clock.monotonic() - this.#reportedAt < REPORT_EVERY_MS) return;
    this.#reportedAt = clock.monotonic();
    const message = error instanceof Error ? error.message : String(error);
    log.failed({ part: 'record sink', error_message: `${sink.name}: ${message}` });
  }
}

/** A sink that throws has failed to flush. */
const flushOf = async (sink: Sink, timeoutMs: number): Promise<void> => sink.flush(timeoutMs);

/** Waits for something, for at most a time. */
const inTime = async (timers: Timers, ms: number, what: Promise<unknown>): Promise<void> => {
  let cancel = (): void => undefined;
  const late = new Promise<void>((resolve) => {
    cancel = timers.after(ms, resolve);
  });
  await Promise.race([what, late]);
  cancel();
};

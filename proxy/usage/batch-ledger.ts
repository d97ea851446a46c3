import { z } from 'zod';
import { COUNTED, combined } from './entries.ts';
import type { UsageEntry } from './report.ts';

/** What was billed of one batch, as plain data. */
export interface BatchState {
  readonly id: string;
  /** Whether its results were read to their end, after which nothing more of it is billed. */
  readonly complete: boolean;
  /** What was billed so far; empty once it is complete. */
  readonly billed: readonly UsageEntry[];
}

/** What a fetch of results is billed by. */
export interface BatchFetch {
  readonly batchId: string;
  /** What the fetch bills by itself. */
  readonly entries: readonly UsageEntry[];
  /** Whether all results were read. */
  readonly complete: boolean;
}

/**
 * Bills each batch once, however often its results are fetched: a fetch bills by how much it exceeds what was billed of
 * its batch before, and nothing once the results were read to their end. So a fetch that was cut bills what it has, and
 * the next one the rest; together they never bill more than the whole.
 */
export interface BatchLedger {
  /** What of a fetch is to be billed. */
  bill(fetch: BatchFetch): readonly UsageEntry[];
  /** The batches that are remembered, the one fetched longest ago first. */
  export(): readonly BatchState[];
  /**
   * Takes in exported batches besides those that are remembered; of a batch that both have, what either has billed
   * counts. What is no such data is passed over.
   *
   * @returns how many were taken in
   */
  import(state: unknown): number;
}

/** What a ledger can be given. */
export interface BatchLedgerOptions {
  /** The most batches that are remembered; the one fetched longest ago is forgotten first. @default 2,000 */
  readonly capacity?: number;
}

/** Results can be fetched for 29 days, so a team creates seventy batches a day before one is forgotten too early. */
const CAPACITY = 2_000;

/** Creates a ledger that knows no batch. */
export const createBatchLedger = ({ capacity = CAPACITY }: BatchLedgerOptions = {}): BatchLedger =>
  new LruLedger(capacity);

class LruLedger implements BatchLedger {
  readonly #capacity: number;
  /** In the order of their last fetch. */
  readonly #batches = new Map<string, BatchState>();

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  bill({ batchId, entries, complete }: BatchFetch): readonly UsageEntry[] {
    const known = this.#batches.get(batchId);
    const rest = known?.complete === true ? [] : excess(entries, known?.billed ?? []);
    this.#set(joined(known, { id: batchId, complete, billed: entries }));
    return rest;
  }

  export(): readonly BatchState[] {
    return [...this.#batches.values()];
  }

  import(state: unknown): number {
    const list = z.array(z.unknown()).safeParse(state).data ?? [];
    const batches = list.flatMap((one) => batchState.safeParse(one).data ?? []);
    for (const batch of batches) this.#set(joined(this.#batches.get(batch.id), batch));
    return batches.length;
  }

  #set(batch: BatchState): void {
    this.#batches.delete(batch.id);
    this.#batches.set(batch.id, batch);
    const [oldest] = this.#batches.keys();
    if (this.#batches.size > this.#capacity && oldest !== undefined) this.#batches.delete(oldest);
  }
}

const count = z.int().min(0);

const batchState = z.object({
  id: z.string(),
  complete: z.boolean(),
  billed: z.array(
    z.object({
      model: z.string(),
      mode: z.enum(['standard', 'fast']),
      batch: z.boolean(),
      geo: z.string().nullable(),
      input: count,
      output: count,
      cacheRead: count,
      cacheWrite5m: count,
      cacheWrite1h: count,
      webSearches: count,
      promptUpTo: count,
    }),
  ),
});

/** Whether entries count tokens that the same price covers. */
const isSame = (one: UsageEntry, two: UsageEntry): boolean =>
  one.model === two.model && one.mode === two.mode && one.geo === two.geo && one.promptUpTo === two.promptUpTo;

const NOTHING = { input: 0, output: 0, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0, webSearches: 0 };

const excess = (entries: readonly UsageEntry[], billed: readonly UsageEntry[]): readonly UsageEntry[] =>
  entries
    .map((entry) => {
      const before = billed.find((one) => isSame(one, entry)) ?? NOTHING;
      return combined(entry, before, (now, then) => Math.max(0, now - then));
    })
    .filter((entry) => COUNTED.some((field) => entry[field] > 0));

/** What either of two states of a batch has billed. */
const joined = (known: BatchState | undefined, next: BatchState): BatchState => {
  if (next.complete || known?.complete === true) return { id: next.id, complete: true, billed: [] };
  const before = known?.billed ?? [];
  const both = next.billed.map((entry) => {
    const same = before.find((one) => isSame(one, entry));
    return same === undefined ? entry : combined(entry, same, Math.max);
  });
  return {
    id: next.id,
    complete: false,
    billed: [...both, ...before.filter((one) => !both.some((entry) => isSame(one, entry)))],
  };
};

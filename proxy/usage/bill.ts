import { OTHER } from '#catalog';
import { dayOf, type PricedEntry, priced, promptTokens } from './cost.ts';
import type { UsageEntry } from './report.ts';

/** An entry of a bill with its price. */
export interface BilledEntry extends PricedEntry {
  readonly entry: UsageEntry;
}

/** What one request used, added up over the models that it bills. */
export interface Bill {
  readonly entries: readonly BilledEntry[];
  /** The answering model: its id in the price table, else as the API writes it; null where nothing was used. */
  readonly model: string | null;
  /** Input tokens that no cache served. */
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
  /** All tokens of the prompt, from caches or not. */
  readonly prompt: number;
  /** USD at list prices; null where a part has no known price. */
  readonly usd: number | null;
}

const NO_USE: Bill = {
  entries: [],
  model: null,
  input: 0,
  output: 0,
  cacheRead: 0,
  cacheWrite: 0,
  prompt: 0,
  usd: 0,
};

/** The bill of a request that arrived at a time, in unix milliseconds. */
export const billOf = (entries: readonly UsageEntry[], at: number): Bill => {
  if (entries.length === 0) return NO_USE;
  const day = dayOf(at);
  const billed = entries.map((entry) => ({ entry, ...priced(entry, day) }));
  return billed.reduce(plus, { ...NO_USE, entries: billed, model: nameOf(billed[0]) });
};

const nameOf = (first: BilledEntry | undefined): string | null => {
  if (first === undefined) return null;
  return first.model === OTHER ? first.entry.model : first.model;
};

const plus = (bill: Bill, { entry, usd }: BilledEntry): Bill => ({
  ...bill,
  input: bill.input + entry.input,
  output: bill.output + entry.output,
  cacheRead: bill.cacheRead + entry.cacheRead,
  cacheWrite: bill.cacheWrite + entry.cacheWrite5m + entry.cacheWrite1h,
  prompt: bill.prompt + promptTokens(entry),
  usd: bill.usd === null || usd === null ? null : bill.usd + usd,
});

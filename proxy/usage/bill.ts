import { OTHER } from '#catalog';
import { DAY_MS, dayOf, type PricedEntry, priced, promptTokens, startOfDay } from './cost.ts';
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

/** Writes the bill of what a request used; `at` is when it arrived, in unix milliseconds. */
export type Billing = (entries: readonly UsageEntry[], at: number) => Bill;

/** A billing that works out the day once a day. */
export const createBilling = (): Billing => {
  let [start, day] = [Number.NaN, ''];
  return (entries, at) => {
    if (entries.length === 0) return NO_USE;
    if (!(at >= start && at < start + DAY_MS)) [start, day] = [startOfDay(at), dayOf(at)];
    return billOf(entries, day);
  };
};

const billOf = (entries: readonly UsageEntry[], day: string): Bill => {
  const billed = entries.map((entry) => ({ entry, ...priced(entry, day) }));
  const [first] = billed;
  const model = first?.model === OTHER ? first.entry.model : (first?.model ?? null);
  const bill = { ...NO_USE, entries: billed, model, usd: billed.some(({ usd }) => usd === null) ? null : 0 };
  for (const { entry, usd } of billed) {
    bill.input += entry.input;
    bill.output += entry.output;
    bill.cacheRead += entry.cacheRead;
    bill.cacheWrite += entry.cacheWrite5m + entry.cacheWrite1h;
    bill.prompt += promptTokens(entry);
    if (bill.usd !== null) bill.usd += usd ?? 0;
  }
  return bill;
};

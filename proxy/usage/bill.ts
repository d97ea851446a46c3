import { OTHER } from '#catalog';
import { DAY_MS, dayOf, type PricedEntry, priced, promptTokens, startOfDay } from './cost.ts';
import { CATALOG_PRICES, type PriceTable } from './prices.ts';
import type { UsageEntry, UsageReport } from './report.ts';

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
  /** USD at list prices; null where a part has no known price, or where the usage is not known. */
  readonly usd: number | null;
  /** False where a response that bills did not report what, so that entries and tokens are at most a part. */
  readonly known: boolean;
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
  known: true,
};

const UNKNOWN_USE: Bill = { ...NO_USE, usd: null, known: false };

/** What a bill is written from; null where no response was read. */
export type Billed = Pick<UsageReport, 'entries' | 'usage'> | null;

/** Writes the bill of a request; `at` is when it arrived, in unix milliseconds. */
export type Billing = (report: Billed, at: number) => Bill;

/** What a billing is made of. */
export interface BillingOptions {
  /** @default the prices of the catalog */
  readonly prices?: PriceTable;
}

/** Creates a billing; it works out the day once a day. */
export const createBilling = ({ prices = CATALOG_PRICES }: BillingOptions = {}): Billing => {
  let [start, day] = [Number.NaN, ''];
  return (report, at) => {
    const known = report?.usage !== 'unknown';
    if (report === null || report.entries.length === 0) return known ? NO_USE : UNKNOWN_USE;
    if (!(at >= start && at < start + DAY_MS)) [start, day] = [startOfDay(at), dayOf(at)];
    const billed = report.entries.map((entry) => ({ entry, ...priced(entry, day, prices) }));
    return billOf(billed, known);
  };
};

const billOf = (billed: readonly BilledEntry[], known: boolean): Bill => {
  const [first] = billed;
  const model = first?.model === OTHER ? first.entry.model : (first?.model ?? null);
  const usd = !known || billed.some((one) => one.usd === null) ? null : 0;
  const bill = { ...NO_USE, entries: billed, model, usd: usd as number | null, known };
  for (const { entry, usd: part } of billed) {
    bill.input += entry.input;
    bill.output += entry.output;
    bill.cacheRead += entry.cacheRead;
    bill.cacheWrite += entry.cacheWrite5m + entry.cacheWrite1h;
    bill.prompt += promptTokens(entry);
    if (bill.usd !== null) bill.usd += part ?? 0;
  }
  return bill;
};

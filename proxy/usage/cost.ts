import { BATCH_FACTOR, type ModelId, modelId, OTHER, type Price, priceOf, WEB_SEARCH_USD } from '#catalog';
import type { UsageEntry } from './report.ts';

/** What an entry costs, under the name that the price table has for its model. */
export interface PricedEntry {
  /** USD at list prices; null where no price is known for the model in this mode. */
  readonly usd: number | null;
  readonly model: ModelId | typeof OTHER;
}

const PER_MILLION = 1_000_000;

/** The length of a day in milliseconds. */
export const DAY_MS = 86_400_000;

/** When the day (UTC) of a time begins; both in unix milliseconds. */
export const startOfDay = (at: number): number => Math.floor(at / DAY_MS) * DAY_MS;

/** The day (UTC, ISO 8601) of a time in unix milliseconds. */
export const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10);

/** The length of an entry's prompt, which decides the price band: cache reads and writes are part of it. */
export const promptTokens = ({ input, cacheRead, cacheWrite5m, cacheWrite1h }: UsageEntry): number =>
  input + cacheRead + cacheWrite5m + cacheWrite1h;

const tokensUsd = (entry: UsageEntry, price: Price): number =>
  (entry.input * price.input +
    entry.output * price.output +
    entry.cacheRead * price.cacheRead +
    entry.cacheWrite5m * price.cacheWrite5m +
    entry.cacheWrite1h * price.cacheWrite1h) /
  PER_MILLION;

/** Prices an entry as of a day (UTC, ISO 8601). The batch factor covers tokens; a web search costs the same anywhere. */
export const priced = (entry: UsageEntry, day: string): PricedEntry => {
  const id = modelId(entry.model);
  if (id === undefined) return { usd: null, model: OTHER };
  const price = priceOf(id, { day, promptTokens: promptTokens(entry), mode: entry.mode });
  if (price === undefined) return { usd: null, model: id };
  const tokens = tokensUsd(entry, price) * (entry.batch ? BATCH_FACTOR : 1);
  return { usd: tokens + entry.webSearches * WEB_SEARCH_USD, model: id };
};

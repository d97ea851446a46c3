import {
  BATCH_FACTOR,
  type ModelId,
  type ModelPrices,
  modelId,
  OTHER,
  type Price,
  priceIn,
  WEB_SEARCH_USD,
} from '#catalog';
import { CATALOG_PRICES, type PriceTable } from './prices.ts';
import type { UsageEntry } from './report.ts';

/** What an entry costs, under the catalog's id of its model. */
export interface PricedEntry {
  /** USD at list prices; null where no price is known for the model in this mode and place. */
  readonly usd: number | null;
  /** `other` where the catalog does not have the model, although a price file may. */
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

/** Where inference ran that costs the list price; `not_available` is what models without a choice report. */
const ANYWHERE: readonly (string | null)[] = [null, '', 'global', 'not_available'];

/** By what the place of inference multiplies a model's price; undefined where the price of the place is not known. */
const geoFactor = (geo: string | null, { usFactor }: ModelPrices): number | undefined => {
  if (usFactor === 1 || ANYWHERE.includes(geo)) return 1;
  return geo === 'us' ? usFactor : undefined;
};

const usdOf = (entry: UsageEntry, day: string, model: ModelPrices | undefined): number | null => {
  if (model === undefined) return null;
  const prompt = entry.promptUpTo ?? promptTokens(entry);
  const price = priceIn(model.prices, { day, promptTokens: prompt, mode: entry.mode });
  const factor = geoFactor(entry.geo, model);
  if (price === undefined || factor === undefined) return null;
  const tokens = tokensUsd(entry, price) * factor * (entry.batch ? BATCH_FACTOR : 1);
  return tokens + entry.webSearches * WEB_SEARCH_USD;
};

/**
 * Prices an entry as of a day (UTC, ISO 8601). The factors of batches and of inference in the United States cover
 * tokens; a web search costs the same anywhere.
 */
export const priced = (entry: UsageEntry, day: string, prices: PriceTable = CATALOG_PRICES): PricedEntry => ({
  usd: usdOf(entry, day, prices.find(entry.model)),
  model: modelId(entry.model) ?? OTHER,
});

import { type direction, type ModelId, modelId, OTHER, RATE_LIMIT_WINDOWS, type RateLimitWindow } from '#catalog';
import type { UsageEntry } from '../usage/reader.ts';

/** What a token was. */
export type Direction = (typeof direction.values)[number];

/** Tokens by what they were. */
export type TokenCounts = Readonly<Record<Direction, number>>;

/** Tokens by model of the price table; models without a price share `other`. */
export type TokenTable = ReadonlyMap<ModelId | typeof OTHER, TokenCounts>;

/** No tokens of any model. */
export const NO_TOKENS: TokenTable = new Map();

const NONE: TokenCounts = { input: 0, output: 0, cache_read: 0, cache_write: 0 };

const KNOWN: ReadonlyMap<string, RateLimitWindow> = new Map(Object.entries(RATE_LIMIT_WINDOWS));

/** What is known of a window by its name; undefined for a name that the catalog lacks. */
export const knownWindow = (window: string): RateLimitWindow | undefined => KNOWN.get(window);

/** Whether a window counts tokens at all; the scope of an unknown one is not known, so it counts none. */
export const countsTokens = (window: string): boolean => (knownWindow(window)?.counts ?? 'none') !== 'none';

/** Whether a window counts the tokens of a model, by the model's own id: an unpriced Sonnet is a Sonnet too. */
export const countsModel = (window: string, model: string): boolean => {
  const counts = knownWindow(window)?.counts ?? 'none';
  return counts === 'all' || (counts !== 'none' && model.toLowerCase().includes(counts));
};

/** A table with the tokens of a response entry added. */
export const plus = (table: TokenTable, entry: UsageEntry): TokenTable => {
  const model = modelId(entry.model) ?? OTHER;
  const before = table.get(model) ?? NONE;
  const counts: TokenCounts = {
    input: before.input + entry.input,
    output: before.output + entry.output,
    cache_read: before.cache_read + entry.cacheRead,
    cache_write: before.cache_write + entry.cacheWrite5m + entry.cacheWrite1h,
  };
  return new Map(table).set(model, counts);
};

/** All tokens of a table, whatever they were. */
export const total = (table: TokenTable): number =>
  [...table.values()].reduce((sum, one) => sum + one.input + one.output + one.cache_read + one.cache_write, 0);

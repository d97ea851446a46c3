import { type ModelId, modelId, OTHER, type proxyLabels, RATE_LIMIT_WINDOWS, type RateLimitWindow } from '#catalog';
import type { UsageEntry } from '../usage/reader.ts';

/** What a token was. */
export type Direction = (typeof proxyLabels.direction.values)[number];

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

/** Tokens of a table that models read, from a cache or not, and those that they wrote. */
export interface TokenSums {
  readonly tokensIn: number;
  readonly tokensOut: number;
}

/** The tokens of all models of a table. */
export const sums = (table: TokenTable): TokenSums => {
  const all = [...table.values()];
  return {
    tokensIn: all.reduce((sum, { input, cache_read, cache_write }) => sum + input + cache_read + cache_write, 0),
    tokensOut: all.reduce((sum, { output }) => sum + output, 0),
  };
};

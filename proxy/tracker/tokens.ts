import { type ModelId, modelFamily, modelId, OTHER, type proxyLabels, type WindowTraits } from '#catalog';
import type { UsageEntry } from '../usage/reader.ts';

/** What a token was. */
export type Direction = (typeof proxyLabels.direction.values)[number];

/** Tokens by what they were. */
export type TokenCounts = Readonly<Record<Direction, number>>;

/** Tokens by model of the price table; models without a price share `other`. */
export type TokenTable = ReadonlyMap<ModelId | typeof OTHER, TokenCounts>;

/** A table that is added to in place: a window counts each request, and a copy each time would cost more than the sums. */
export type TokenTally = Map<ModelId | typeof OTHER, Record<Direction, number>>;

/** Whether a window that counts those models counts the tokens of one, by the model's own id: an unpriced Sonnet is a Sonnet too. */
export const countsModel = (counts: WindowTraits['counts'], model: string): boolean =>
  counts === 'all' || (counts !== null && counts === modelFamily(model));

/** Adds the tokens of a response entry to a table. */
export const addTo = (table: TokenTally, entry: UsageEntry): void => {
  const model = modelId(entry.model) ?? OTHER;
  const counts = table.get(model) ?? { input: 0, output: 0, cache_read: 0, cache_write: 0 };
  counts.input += entry.input;
  counts.output += entry.output;
  counts.cache_read += entry.cacheRead;
  counts.cache_write += entry.cacheWrite5m + entry.cacheWrite1h;
  table.set(model, counts);
};

/** A table of its own with the tokens of another. */
export const tallyOf = (table: TokenTable): TokenTally => {
  const tally: TokenTally = new Map();
  for (const [model, counts] of table) tally.set(model, { ...counts });
  return tally;
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

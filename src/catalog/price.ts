/** USD per million tokens, by what the tokens were. */
export interface Rates {
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  readonly cacheWrite5m: number;
  readonly cacheWrite1h: number;
}

/** Rates that hold from a day on, for prompts up to a length, in a mode. */
export interface Price extends Rates {
  /** The first day (UTC, ISO 8601) on which the price holds; null means since the model exists. */
  readonly from: string | null;
  /** The longest prompt in tokens, cache reads and writes included, that the price covers; null means any length. */
  readonly promptUpTo: number | null;
  readonly mode: 'standard' | 'fast';
}

/** What one model costs, and the other spellings of its id. */
export interface ModelPrices {
  /** Ids that name the same model, with and without date suffix; the date itself is not listed. */
  readonly aliases: readonly string[];
  readonly prices: readonly Price[];
}

/** Batch requests cost half. @see https://platform.claude.com/docs/en/about-claude/pricing */
export const BATCH_FACTOR = 0.5;

/** USD for one web search by the server. @see https://platform.claude.com/docs/en/about-claude/pricing */
export const WEB_SEARCH_USD = 0.01;

type Row = readonly [input: number, cacheWrite5m: number, cacheWrite1h: number, cacheRead: number, output: number];

const price = ([input, cacheWrite5m, cacheWrite1h, cacheRead, output]: Row, when: Partial<Price> = {}): Price => ({
  from: null,
  promptUpTo: null,
  mode: 'standard',
  input,
  output,
  cacheRead,
  cacheWrite5m,
  cacheWrite1h,
  ...when,
});

/** Cache multipliers apply on top of a mode's input price: writes 1.25x (5 minutes) and 2x (1 hour), reads 0.1x. */
const fast = (input: number, output: number): Price =>
  price([input, input * 1.25, input * 2, input / 10, output], { mode: 'fast' });

const model = (prices: readonly Price[], aliases: readonly string[] = []): ModelPrices => ({ aliases, prices });

const FABLE_5_1: Row = [10, 12.5, 20, 0.25, 50];
const FABLE_5: Row = [10, 12.5, 20, 1, 50];
const OPUS: Row = [5, 6.25, 10, 0.5, 25];
const OPUS_4: Row = [15, 18.75, 30, 1.5, 75];
const SONNET: Row = [3, 3.75, 6, 0.3, 15];

/** The day on which cache reads of Sonnet 5.5 became cheaper. */
const SONNET_5_5_CHEAPER_READS = '2026-10-07';

/** The longest prompt of Haiku 5.5's lower band, in tokens. */
const HAIKU_5_5_BAND = 100_000;

/**
 * Prices of the Anthropic API in USD per million tokens, as published in October 2026. A model that is not listed is
 * counted as unpriced, never guessed. Among a model's prices the first that covers day, mode and prompt length holds.
 *
 * @see https://platform.claude.com/docs/en/about-claude/pricing
 */
export const PRICES = {
  'claude-fable-5-1': model([price(FABLE_5_1)]),
  'claude-mythos-5-1': model([price(FABLE_5_1)]),
  'claude-fable-5': model([price(FABLE_5)]),
  'claude-mythos-5': model([price(FABLE_5)]),
  'claude-opus-5-5': model([price([4, 5, 8, 0.2, 20])]),
  'claude-opus-5': model([price(OPUS), fast(10, 50)]),
  'claude-opus-4-8': model([price(OPUS), fast(10, 50)]),
  'claude-opus-4-7': model([price(OPUS), fast(30, 150)]),
  'claude-opus-4-6': model([price(OPUS), fast(30, 150)]),
  'claude-opus-4-5': model([price(OPUS)]),
  'claude-opus-4-1': model([price(OPUS_4)]),
  'claude-opus-4': model([price(OPUS_4)], ['claude-opus-4-0']),
  'claude-sonnet-5-5': model([
    price([2, 2.5, 4, 0.1, 10], { from: SONNET_5_5_CHEAPER_READS }),
    price([2, 2.5, 4, 0.2, 10]),
  ]),
  'claude-sonnet-5': model([price([2, 2.5, 4, 0.2, 10])]),
  'claude-sonnet-4-6': model([price(SONNET)]),
  'claude-sonnet-4-5': model([price(SONNET)]),
  'claude-sonnet-4': model([price(SONNET)], ['claude-sonnet-4-0']),
  'claude-sonnet-3-7': model([price(SONNET)], ['claude-3-7-sonnet']),
  'claude-haiku-5-5': model([
    price([0.1, 0.125, 0.2, 0.01, 0.5], { promptUpTo: HAIKU_5_5_BAND }),
    price([0.5, 0.625, 1, 0.05, 2.5]),
  ]),
  'claude-haiku-4-5': model([price([1, 1.25, 2, 0.1, 5])]),
  'claude-haiku-3-5': model([price([0.8, 1, 1.6, 0.08, 4])], ['claude-3-5-haiku']),
  'claude-haiku-3': model([price([0.25, 0.3, 0.5, 0.03, 1.25])], ['claude-3-haiku']),
} as const satisfies Readonly<Record<string, ModelPrices>>;

/** The id of a model with a known price. */
export type ModelId = keyof typeof PRICES;

/** The ids of all models with a known price. */
export const MODEL_IDS = Object.keys(PRICES) as readonly ModelId[];

const DATE_SUFFIX = /-\d{8}$/;
const BY_ALIAS = new Map<string, ModelId>(
  MODEL_IDS.flatMap((id) => [id, ...PRICES[id].aliases].map((name): [string, ModelId] => [name, id])),
);

/** The price table's id for a model id as the API writes it, with or without its date; undefined where no price is known. */
export const modelId = (name: string): ModelId | undefined =>
  BY_ALIAS.get(name) ?? BY_ALIAS.get(name.replace(DATE_SUFFIX, ''));

/** The circumstances that decide which of a model's prices holds. */
export interface Usage {
  /** The day (UTC, ISO 8601) on which the tokens were used. */
  readonly day: string;
  /** The prompt's length in tokens, cache reads and writes included. */
  readonly promptTokens: number;
  readonly mode: 'standard' | 'fast';
}

/** The price that holds for a model's usage; undefined where none is known. */
export const priceOf = (id: ModelId, { day, promptTokens, mode }: Usage): Price | undefined => {
  const prices: readonly Price[] = PRICES[id].prices;
  return prices.find(
    (one) =>
      one.mode === mode &&
      (one.from === null || one.from <= day) &&
      (one.promptUpTo === null || promptTokens <= one.promptUpTo),
  );
};

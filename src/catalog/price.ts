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

/** What one model costs, and its other names. */
export interface ModelPrices {
  /** Other names of the model, as `modelName` writes them. */
  readonly aliases: readonly string[];
  readonly prices: readonly Price[];
  /** By what tokens of every kind are multiplied where inference is kept in the United States (`inference_geo: "us"`). */
  readonly usFactor: number;
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

/** The price in fast mode: a multiple of the model's own rates, those of caches included. */
const fast = (
  [input, cacheWrite5m, cacheWrite1h, cacheRead, output]: Row,
  factor: number,
  from: string | null = null,
) =>
  price([input * factor, cacheWrite5m * factor, cacheWrite1h * factor, cacheRead * factor, output * factor], {
    mode: 'fast',
    from,
  });

/** A model whose price does not depend on where inference runs. */
const model = (prices: readonly Price[], aliases: readonly string[] = []): ModelPrices => ({
  aliases,
  prices,
  usFactor: 1,
});

/**
 * A model whose inference can be kept in the United States, which Opus 4.6, Sonnet 4.6 and all later models can.
 *
 * @see https://platform.claude.com/docs/en/manage-claude/data-residency
 */
const withResidency = (prices: readonly Price[]): ModelPrices => ({ aliases: [], prices, usFactor: 1.1 });

const FABLE_5_2: Row = [8, 10, 16, 0.2, 40];
const FABLE_5_1: Row = [10, 12.5, 20, 0.25, 50];
const FABLE_5: Row = [10, 12.5, 20, 1, 50];
const OPUS_5_5: Row = [4, 5, 8, 0.2, 20];
const OPUS: Row = [5, 6.25, 10, 0.5, 25];
/** Opus 4.1 and its predecessors. */
const EARLY_OPUS: Row = [15, 18.75, 30, 1.5, 75];
const SONNET: Row = [3, 3.75, 6, 0.3, 15];

/** The day on which cache reads of Sonnet 5.5 became cheaper. */
const SONNET_5_5_CHEAPER_READS = '2026-10-07';

/** The first day of Fable 5.2 and Mythos 5.2. */
const FABLE_5_2_FROM = '2026-11-09';

/** The longest prompt of Haiku 5.5's lower band, in tokens. */
const HAIKU_5_5_BAND = 100_000;

/**
 * Prices of the Anthropic API in USD per million tokens, as published in November 2026. A model that is not listed is
 * counted as unpriced, never guessed. Among a model's prices the first that covers day, mode and prompt length holds.
 *
 * @see https://platform.claude.com/docs/en/about-claude/pricing
 */
export const PRICES = {
  'claude-fable-5-2': withResidency([price(FABLE_5_2, { from: FABLE_5_2_FROM }), fast(FABLE_5_2, 2, FABLE_5_2_FROM)]),
  'claude-mythos-5-2': withResidency([price(FABLE_5_2, { from: FABLE_5_2_FROM }), fast(FABLE_5_2, 2, FABLE_5_2_FROM)]),
  'claude-fable-5-1': withResidency([price(FABLE_5_1)]),
  'claude-mythos-5-1': withResidency([price(FABLE_5_1)]),
  'claude-fable-5': withResidency([price(FABLE_5)]),
  'claude-mythos-5': withResidency([price(FABLE_5)]),
  'claude-opus-5-5': withResidency([price(OPUS_5_5), fast(OPUS_5_5, 2)]),
  'claude-opus-5': withResidency([price(OPUS), fast(OPUS, 2)]),
  'claude-opus-4-8': withResidency([price(OPUS), fast(OPUS, 2)]),
  'claude-opus-4-7': withResidency([price(OPUS), fast(OPUS, 6)]),
  'claude-opus-4-6': withResidency([price(OPUS), fast(OPUS, 6)]),
  'claude-opus-4-5': model([price(OPUS)]),
  'claude-opus-4-1': model([price(EARLY_OPUS)]),
  'claude-opus-4': model([price(EARLY_OPUS)], ['claude-opus-4-0']),
  'claude-opus-3': model([price(EARLY_OPUS)], ['claude-3-opus']),
  'claude-sonnet-5-5': withResidency([
    price([2, 2.5, 4, 0.1, 10], { from: SONNET_5_5_CHEAPER_READS }),
    price([2, 2.5, 4, 0.2, 10]),
  ]),
  'claude-sonnet-5': withResidency([price([2, 2.5, 4, 0.2, 10])]),
  'claude-sonnet-4-6': withResidency([price(SONNET)]),
  'claude-sonnet-4-5': model([price(SONNET)]),
  'claude-sonnet-4': model([price(SONNET)], ['claude-sonnet-4-0']),
  'claude-sonnet-3-7': model([price(SONNET)], ['claude-3-7-sonnet']),
  'claude-sonnet-3-5': model([price(SONNET)], ['claude-3-5-sonnet']),
  'claude-sonnet-3': model([price(SONNET)], ['claude-3-sonnet']),
  'claude-haiku-5-5': withResidency([
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

/** The prompt lengths in tokens at which some prices change, in ascending order. */
export const promptBands = (prices: readonly Price[]): readonly number[] =>
  [...new Set(prices.flatMap(({ promptUpTo }) => promptUpTo ?? []))].toSorted((a, b) => a - b);

/** The prompt lengths in tokens at which a price of the table changes, in ascending order. */
export const PROMPT_BANDS = promptBands(MODEL_IDS.flatMap((id): readonly Price[] => PRICES[id].prices));

const BY_ALIAS = new Map<string, ModelId>(
  MODEL_IDS.flatMap((id) => [id, ...PRICES[id].aliases].map((name): [string, ModelId] => [name, id])),
);

/** Names of models are shorter, ARNs included; what is longer is not searched for patterns. */
const MAX_NAME = 256;

/**
 * What comes before a model's id: on Bedrock an ARN, the regions of an inference profile and the provider, on Vertex AI
 * the path of the publisher.
 */
const PREFIX =
  /^(?:(?:arn:aws[a-z-]*:bedrock:[^/]*\/)?(?:[a-z]+(?:-[a-z]+)*\.)?anthropic\.|(?:projects\/[^/]+\/locations\/[^/]+\/)?publishers\/anthropic\/models\/)/;

/**
 * What comes after it: a date or `-latest`, a version and date of Vertex AI (`@20250929`), a version and context length
 * of Bedrock (`-v1:0`, `-v1:0:200k`), and the context length that Claude Code asks for (`[1m]`).
 */
const SUFFIX = /(?:-latest|-\d{8}|@[\w.-]+|-v\d+(?::\d+k?)*|\[\d+[km]\])+$/;

/**
 * A model's name in lower case, without date and without what a platform adds, so that every spelling of a model is the
 * same name.
 *
 * @see https://platform.claude.com/docs/en/about-claude/models/model-ids-and-versions
 */
export const modelName = (name: string): string =>
  name.length > MAX_NAME ? name : name.toLowerCase().replace(PREFIX, '').replace(SUFFIX, '');

/** So many spellings are remembered: requests repeat a few, and each costs two searches for patterns. */
const MAX_SPELLINGS = 256;

const bySpelling = new Map<string, ModelId>(BY_ALIAS);

/** The price table's id for a model in any spelling; undefined where no price is known. */
export const modelId = (name: string): ModelId | undefined => bySpelling.get(name) ?? found(name);

const found = (name: string): ModelId | undefined => {
  const id = BY_ALIAS.get(modelName(name));
  if (id !== undefined && bySpelling.size < BY_ALIAS.size + MAX_SPELLINGS) bySpelling.set(name, id);
  return id;
};

/** What decides which of a model's prices holds. */
export interface Usage {
  /** The day (UTC, ISO 8601) on which the tokens were used. */
  readonly day: string;
  /** The prompt's length in tokens, cache reads and writes included. */
  readonly promptTokens: number;
  readonly mode: 'standard' | 'fast';
}

/** The first of a model's prices that covers a usage; undefined where none does. */
export const priceIn = (prices: readonly Price[], { day, promptTokens, mode }: Usage): Price | undefined =>
  prices.find(
    (one) =>
      one.mode === mode &&
      (one.from === null || one.from <= day) &&
      (one.promptUpTo === null || promptTokens <= one.promptUpTo),
  );

/** The price that holds for a model's usage; undefined where none is known. */
export const priceOf = (id: ModelId, usage: Usage): Price | undefined => priceIn(PRICES[id].prices, usage);

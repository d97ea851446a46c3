import { z } from 'zod';
import {
  didYouMean,
  type ModelId,
  type ModelPrices,
  modelId,
  modelName,
  PRICES,
  PROMPT_BANDS,
  type Price,
  promptBands,
} from '#catalog';
import { objectOf } from '../json/json.ts';
import { MAX_TOKENS } from './entries.ts';

/** What models cost. */
export interface PriceTable {
  /** The prices of a model in any spelling of its name; undefined where none is known. */
  find(name: string): ModelPrices | undefined;
  /** The prompt lengths in tokens at which a price changes, in ascending order. */
  readonly bands: readonly number[];
}

const catalogPrices = (name: string): ModelPrices | undefined => {
  const id = modelId(name);
  return id && PRICES[id];
};

/** The prices of the catalog. */
export const CATALOG_PRICES: PriceTable = { find: catalogPrices, bands: PROMPT_BANDS };

/** A price file that cannot be used, with every problem at once: the field, what it has, and what it may have. */
export class PricesError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'PricesError';
    this.problems = problems;
  }
}

/** The most that a million tokens can cost in USD; more is a price in another unit. */
const MAX_RATE = 10_000;

const rate = z
  .number('must be a number of USD per million tokens')
  .min(0, 'must be 0 or more')
  .max(MAX_RATE, `must be ${MAX_RATE} or less, in USD per million tokens`);

const tokens = z
  .int('must be a whole number of tokens')
  .min(1, 'must be 1 or more')
  .max(MAX_TOKENS, `must be ${MAX_TOKENS} or less`);

const text = z.string('must be a text').trim().min(1, 'must not be empty');

const row = z.strictObject(
  {
    input: rate,
    output: rate,
    cacheRead: rate,
    cacheWrite5m: rate,
    cacheWrite1h: rate,
    from: z.iso.date('must be a day such as "2026-11-09"').optional(),
    promptUpTo: tokens.optional(),
    mode: z.enum(['standard', 'fast'], 'must be "standard" or "fast"').optional(),
    aliases: z.array(text, 'must be a list of names').optional(),
  },
  'must be an object of rates, or a list of such objects',
);

const FIELDS: readonly string[] = Object.keys(row.shape);

const rows = z.preprocess(
  (value) => (Array.isArray(value) ? value : [value]),
  z.array(row).min(1, 'must have a row of rates'),
);

const schema = z.strictObject(
  { models: z.record(text, rows, 'must be an object with a model a name') },
  'must be an object: {"models": {"<model>": {"input": 3, …}}}',
);

type Row = z.output<typeof row>;

/**
 * Reads prices from JSON, `{ "models": { "<model>": row or list of rows } }`, where a row is `{ input, output, cacheRead,
 * cacheWrite5m, cacheWrite1h, from?, promptUpTo?, mode?, aliases? }` in USD per million tokens. They go before the
 * catalog's: of a model that the catalog has, a row replaces what it covers (its mode, from its day on, up to its prompt
 * length), and the rest stays.
 *
 * @throws PricesError
 */
export const readPrices = (json: string): PriceTable => {
  const value = parsedJson(json);
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new PricesError(parsed.error.issues.flatMap((issue) => problemsOf(issue, value)));
  return tableOf(new Map(Object.entries(parsed.data.models)));
};

const parsedJson = (json: string): unknown => {
  try {
    return JSON.parse(json);
  } catch (error) {
    throw new PricesError([`prices: must be JSON, but ${(error as Error).message}; correct it there`]);
  }
};

const tableOf = (models: ReadonlyMap<string, readonly Row[]>): PriceTable => {
  const problems: string[] = [];
  const byName = new Map<string, ModelPrices>();
  const owners = new Map<string, string>();
  for (const [key, own] of models) {
    const known = modelId(key);
    const names = new Set([key, ...own.flatMap(({ aliases }) => aliases ?? []), ...namesOf(known)].map(modelName));
    problems.push(...overlaps(key, own), ...conflicts(key, names, owners));
    const prices = pricesOf(own, known);
    for (const name of names) {
      owners.set(name, key);
      byName.set(name, prices);
    }
  }
  if (problems.length > 0) throw new PricesError(problems);
  const bands = promptBands(
    [...byName.values(), ...Object.values(PRICES)].flatMap(({ prices }): readonly Price[] => prices),
  );
  return { find: (name) => byName.get(modelName(name)) ?? catalogPrices(name), bands };
};

/** A model's prices: the file's, then the catalog's. The place of inference changes the price of the catalog's models only. */
const pricesOf = (own: readonly Row[], known: ModelId | undefined): ModelPrices => {
  const base: ModelPrices = known === undefined ? { aliases: [], prices: [], usFactor: 1 } : PRICES[known];
  const prices = own.map(
    ({ aliases, from = null, promptUpTo = null, mode = 'standard', ...rates }): Price => ({
      ...rates,
      from,
      promptUpTo,
      mode,
    }),
  );
  return { ...base, prices: [...prices.toSorted(byPrecedence), ...base.prices] };
};

/** Later days first, then shorter prompts: the first that covers a usage holds. */
const byPrecedence = (a: Price, b: Price): number =>
  (b.from ?? '').localeCompare(a.from ?? '') || (a.promptUpTo ?? MAX_TOKENS) - (b.promptUpTo ?? MAX_TOKENS);

const overlaps = (key: string, own: readonly Row[]): readonly string[] => {
  const covered = own.map(({ mode = 'standard', from, promptUpTo }) => JSON.stringify({ mode, from, promptUpTo }));
  return covered
    .filter((one, index) => covered.indexOf(one) !== index)
    .map((one) => `models.${key}: two rows cover the same, ${one}; leave one out, or give them different days`);
};

const namesOf = (id: ModelId | undefined): readonly string[] => (id === undefined ? [] : [id, ...PRICES[id].aliases]);

/** The first name of a model that is also another's, of the file or of the catalog. */
const conflicts = (key: string, names: ReadonlySet<string>, owners: ReadonlyMap<string, string>): readonly string[] => {
  for (const name of names) {
    const owner = owners.get(name);
    if (owner !== undefined) return [`models.${key}: '${name}' is also a name of models.${owner}; leave one out`];
    const other = modelId(name);
    if (other !== undefined && other !== modelId(key)) {
      return [`models.${key}: the alias '${name}' is a name of ${other}; put the rates under models.${other}`];
    }
  }
  return [];
};

const problemsOf = (issue: z.core.$ZodIssue, root: unknown): readonly string[] => {
  const { path, value } = located(root, issue.path.map(String));
  if (issue.code === 'unrecognized_keys') {
    const known = path.length === 0 ? ['models'] : FIELDS;
    return issue.keys.map((key) => `${[...path, key].join('.')}: no such field; ${didYouMean(key, known)}`);
  }
  return [`${path.join('.') || 'prices'}: ${issue.message}, received ${shown(value)}`];
};

/** What stands at a path, and the path as the file has it: a single row has no index. */
const located = (
  root: unknown,
  path: readonly string[],
): { readonly path: readonly string[]; readonly value: unknown } => {
  let value = root;
  const taken: string[] = [];
  for (const [depth, key] of path.entries()) {
    if (depth === ROW_DEPTH && !Array.isArray(value)) continue;
    taken.push(key);
    value = objectOf(value)[key];
  }
  return { path: taken, value };
};

/** Where a row's index stands in the path of a problem, after `models` and the model. */
const ROW_DEPTH = 2;

const MAX_SHOWN = 80;

const shown = (value: unknown): string => (value === undefined ? 'nothing' : JSON.stringify(value).slice(0, MAX_SHOWN));

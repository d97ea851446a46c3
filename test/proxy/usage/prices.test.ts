import { describe, expect, test } from 'vitest';
import { PRICES, type Price, priceIn } from '#catalog';
import { CATALOG_PRICES, PricesError, type PriceTable, readPrices } from '../../../proxy/usage/prices.ts';

const RATES = { input: 1, output: 2, cacheRead: 3, cacheWrite5m: 4, cacheWrite1h: 5 };

const table = (models: object): PriceTable => readPrices(JSON.stringify({ models }));

const priceOf = (
  prices: PriceTable,
  name: string,
  usage: { day?: string; promptTokens?: number; mode?: 'fast' } = {},
) => priceIn(prices.find(name)?.prices ?? [], { day: '2026-11-27', promptTokens: 1_000, mode: 'standard', ...usage });

const row = (price: Partial<Price>): Price => ({ ...RATES, from: null, promptUpTo: null, mode: 'standard', ...price });

test('the catalog finds a model in any spelling', () => {
  expect(CATALOG_PRICES.find('us.anthropic.claude-opus-4-5-20251101-v1:0')).toBe(PRICES['claude-opus-4-5']);
  expect(CATALOG_PRICES.find('gpt-5')).toBeUndefined();
  expect(CATALOG_PRICES.bands).toStrictEqual([100_000]);
});

describe('a price file', () => {
  test('adds a model with its names, in any spelling', () => {
    const prices = table({
      'Claude-Opus-7': {
        ...RATES,
        aliases: ['opus-seven', 'arn:aws:bedrock:us-east-1:1:application-inference-profile/abc'],
      },
    });
    const names = [
      'claude-opus-7',
      'claude-opus-7-20270101',
      'eu.anthropic.claude-opus-7-v1:0',
      'opus-seven[1m]',
      'arn:aws:bedrock:us-east-1:1:application-inference-profile/abc',
    ];
    for (const name of names) expect(priceOf(prices, name)).toStrictEqual(row({}));
    expect(prices.find('claude-opus-7')?.usFactor).toBe(1);
    expect(prices.find('claude-opus-8')).toBeUndefined();
    expect(prices.find('claude-opus-5')).toBe(PRICES['claude-opus-5']);
  });

  test('replaces what a row covers and leaves the rest of a model', () => {
    const prices = table({ 'claude-opus-5': { ...RATES, from: '2026-12-01' } });
    expect(priceOf(prices, 'claude-opus-5', { day: '2026-11-30' })?.input).toBe(5);
    expect(priceOf(prices, 'claude-opus-5', { day: '2026-12-01' })).toStrictEqual(row({ from: '2026-12-01' }));
    expect(priceOf(prices, 'claude-opus-5', { day: '2026-12-01', mode: 'fast' })?.input).toBe(10);
    expect(prices.find('claude-opus-5')?.usFactor).toBe(1.1);
  });

  test('replaces a model under each of its names', () => {
    const byAlias = table({ 'claude-3-haiku': RATES });
    const byId = table({ 'claude-haiku-3': RATES });
    for (const prices of [byAlias, byId])
      for (const name of ['claude-3-haiku-20240307', 'claude-haiku-3'])
        expect(priceOf(prices, name)).toStrictEqual(row({}));
  });

  test('adds a mode to a model', () => {
    const prices = table({ 'claude-sonnet-5': { ...RATES, mode: 'fast' } });
    expect(priceOf(prices, 'claude-sonnet-5', { mode: 'fast' })?.input).toBe(1);
    expect(priceOf(prices, 'claude-sonnet-5')?.input).toBe(2);
  });

  test('may list rows in any order: the latest day and the shortest prompt hold', () => {
    const rows = [
      { ...RATES, input: 10 },
      { ...RATES, input: 20, from: '2026-11-01' },
      { ...RATES, input: 21, from: '2026-11-01', promptUpTo: 200_000 },
      { ...RATES, input: 30, from: '2026-12-01' },
    ];
    for (const models of [{ m: rows }, { m: rows.toReversed() }]) {
      const prices = table(models);
      expect(prices.bands).toStrictEqual([100_000, 200_000]);
      expect(priceOf(prices, 'm', { day: '2026-10-31' })?.input).toBe(10);
      expect(priceOf(prices, 'm', { promptTokens: 200_000 })?.input).toBe(21);
      expect(priceOf(prices, 'm', { promptTokens: 200_001 })?.input).toBe(20);
      expect(priceOf(prices, 'm', { day: '2026-12-01', promptTokens: 1 })?.input).toBe(30);
    }
  });

  test('may be without models', () => {
    expect(table({}).find('claude-opus-5')).toBe(PRICES['claude-opus-5']);
  });
});

const problems = (json: string): readonly string[] => {
  try {
    readPrices(json);
  } catch (error) {
    if (error instanceof PricesError) return error.problems;
    throw error;
  }
  return [];
};

describe('a price file is refused', () => {
  test.each<[string, string, readonly string[]]>([
    [
      'that is no JSON',
      '{"models":}',
      [`prices: must be JSON, but Unexpected token '}', "{"models":}" is not valid JSON; correct it there`],
    ],
    ['that is a list', '[]', ['prices: must be an object: {"models": {"<model>": {"input": 3, …}}}, received []']],
    ['without models', '{}', ['models: must be an object with a model a name, received nothing']],
    ['with another field', '{"models":{},"modles":{}}', ["modles: no such field; did you mean 'models'?"]],
    [
      'with a model that is a number',
      '{"models":{"m":3}}',
      ['models.m: must be an object of rates, or a list of such objects, received 3'],
    ],
    ['with an empty list', '{"models":{"m":[]}}', ['models.m: must have a row of rates, received []']],
  ])('%s', (_, json, expected) => {
    expect(problems(json)).toStrictEqual(expected);
  });

  const of = (rates: object) => problems(JSON.stringify({ models: { m: rates } }));

  test.each<[string, object, readonly string[]]>([
    ['missing', { input: undefined }, ['models.m.input: must be a number of USD per million tokens, received nothing']],
    ['a text', { output: '3' }, ['models.m.output: must be a number of USD per million tokens, received "3"']],
    ['negative', { cacheRead: -1 }, ['models.m.cacheRead: must be 0 or more, received -1']],
    [
      'in another unit',
      { input: 3e6 },
      ['models.m.input: must be 10000 or less, in USD per million tokens, received 3000000'],
    ],
    ['of another name', { cacheReads: 1 }, ["models.m.cacheReads: no such field; did you mean 'cacheRead'?"]],
    [
      'from no day',
      { from: '2026-02-30' },
      ['models.m.from: must be a day such as "2026-11-09", received "2026-02-30"'],
    ],
    ['for half a token', { promptUpTo: 0.5 }, ['models.m.promptUpTo: must be a whole number of tokens, received 0.5']],
    ['for no tokens', { promptUpTo: 0 }, ['models.m.promptUpTo: must be 1 or more, received 0']],
    ['in no mode', { mode: 'slow' }, ['models.m.mode: must be "standard" or "fast", received "slow"']],
    ['under no names', { aliases: 'm2' }, ['models.m.aliases: must be a list of names, received "m2"']],
    ['under an empty name', { aliases: [' '] }, ['models.m.aliases.0: must not be empty, received " "']],
  ])('with a rate %s', (_, fields, expected) => {
    expect(of({ ...RATES, ...fields })).toStrictEqual(expected);
  });

  test('with every problem at once', () => {
    expect(of([RATES, { ...RATES, input: 'x', output: null }])).toStrictEqual([
      'models.m.1.input: must be a number of USD per million tokens, received "x"',
      'models.m.1.output: must be a number of USD per million tokens, received null',
    ]);
  });

  test('with two rows for the same', () => {
    expect(of([RATES, { ...RATES, mode: 'standard' }])).toStrictEqual([
      'models.m: two rows cover the same, {"mode":"standard"}; leave one out, or give them different days',
    ]);
  });

  test('with two models of one name', () => {
    const models = {
      m: { ...RATES, aliases: ['other-name'] },
      n: { ...RATES, aliases: ['Other-Name'] },
      'm-20260101': RATES,
    };
    expect(problems(JSON.stringify({ models }))).toStrictEqual([
      "models.n: 'other-name' is also a name of models.m; leave one out",
      "models.m-20260101: 'm' is also a name of models.m; leave one out",
    ]);
  });

  test('with two keys of one model of the catalog', () => {
    const models = { 'claude-haiku-3': RATES, 'claude-3-haiku': RATES };
    expect(problems(JSON.stringify({ models }))).toStrictEqual([
      "models.claude-3-haiku: 'claude-3-haiku' is also a name of models.claude-haiku-3; leave one out",
    ]);
  });

  test("with an alias that is another model's", () => {
    expect(of({ ...RATES, aliases: ['claude-opus-5'] })).toStrictEqual([
      "models.m: the alias 'claude-opus-5' is a name of claude-opus-5; put the rates under models.claude-opus-5",
    ]);
  });
});

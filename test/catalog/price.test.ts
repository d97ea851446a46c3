import { describe, expect, test } from 'vitest';
import {
  BATCH_FACTOR,
  MODEL_IDS,
  type ModelId,
  modelId,
  modelName,
  PRICES,
  type Price,
  priceOf,
  WEB_SEARCH_USD,
} from '#catalog';

const BEFORE = '2026-10-06';
const SINCE = '2026-10-07';
/** A day on which every model of the table exists. */
const TODAY = '2026-11-27';

const usage = { day: TODAY, promptTokens: 1_000, mode: 'standard' } as const;

/** Rates in the order of the published table. */
const rates = (price: Price | undefined) =>
  price && [price.input, price.cacheWrite5m, price.cacheWrite1h, price.cacheRead, price.output];

describe('the price of a model', () => {
  test.each<[ModelId, readonly number[]]>([
    ['claude-fable-5-2', [8, 10, 16, 0.2, 40]],
    ['claude-mythos-5-2', [8, 10, 16, 0.2, 40]],
    ['claude-fable-5-1', [10, 12.5, 20, 0.25, 50]],
    ['claude-mythos-5-1', [10, 12.5, 20, 0.25, 50]],
    ['claude-fable-5', [10, 12.5, 20, 1, 50]],
    ['claude-mythos-5', [10, 12.5, 20, 1, 50]],
    ['claude-opus-5-5', [4, 5, 8, 0.2, 20]],
    ['claude-opus-5', [5, 6.25, 10, 0.5, 25]],
    ['claude-opus-4-8', [5, 6.25, 10, 0.5, 25]],
    ['claude-opus-4-7', [5, 6.25, 10, 0.5, 25]],
    ['claude-opus-4-6', [5, 6.25, 10, 0.5, 25]],
    ['claude-opus-4-5', [5, 6.25, 10, 0.5, 25]],
    ['claude-opus-4-1', [15, 18.75, 30, 1.5, 75]],
    ['claude-opus-4', [15, 18.75, 30, 1.5, 75]],
    ['claude-opus-3', [15, 18.75, 30, 1.5, 75]],
    ['claude-sonnet-5-5', [2, 2.5, 4, 0.1, 10]],
    ['claude-sonnet-5', [2, 2.5, 4, 0.2, 10]],
    ['claude-sonnet-4-6', [3, 3.75, 6, 0.3, 15]],
    ['claude-sonnet-4-5', [3, 3.75, 6, 0.3, 15]],
    ['claude-sonnet-4', [3, 3.75, 6, 0.3, 15]],
    ['claude-sonnet-3-7', [3, 3.75, 6, 0.3, 15]],
    ['claude-sonnet-3-5', [3, 3.75, 6, 0.3, 15]],
    ['claude-sonnet-3', [3, 3.75, 6, 0.3, 15]],
    ['claude-haiku-5-5', [0.1, 0.125, 0.2, 0.01, 0.5]],
    ['claude-haiku-4-5', [1, 1.25, 2, 0.1, 5]],
    ['claude-haiku-3-5', [0.8, 1, 1.6, 0.08, 4]],
    ['claude-haiku-3', [0.25, 0.3, 0.5, 0.03, 1.25]],
  ])('%s', (id, expected) => {
    expect(rates(priceOf(id, usage))).toEqual(expected);
  });

  test('is there for every model that has one', () => {
    expect(MODEL_IDS).toHaveLength(27);
    expect(MODEL_IDS.filter((id) => priceOf(id, usage) === undefined)).toEqual([]);
  });

  test('changes on its day', () => {
    expect(priceOf('claude-sonnet-5-5', { ...usage, day: BEFORE })?.cacheRead).toBe(0.2);
    expect(priceOf('claude-sonnet-5-5', { ...usage, day: SINCE })?.cacheRead).toBe(0.1);
    expect(priceOf('claude-sonnet-5-5', { ...usage, day: '2027-01-01' })?.cacheRead).toBe(0.1);
  });

  test.each(['claude-fable-5-2', 'claude-mythos-5-2'] as const)('%s begins on its day in every mode', (id) => {
    const known = ['2026-11-08', '2026-11-09'].map((day) =>
      (['standard', 'fast'] as const).map((mode) => priceOf(id, { ...usage, day, mode })?.input),
    );
    expect(known).toEqual([
      [undefined, undefined],
      [8, 16],
    ]);
  });

  test('changes with the length of the prompt', () => {
    expect(priceOf('claude-haiku-5-5', { ...usage, promptTokens: 100_000 })?.input).toBe(0.1);
    expect(rates(priceOf('claude-haiku-5-5', { ...usage, promptTokens: 100_001 }))).toEqual([0.5, 0.625, 1, 0.05, 2.5]);
  });

  test.each<[ModelId, readonly number[] | undefined]>([
    ['claude-fable-5-2', [16, 20, 32, 0.4, 80]],
    ['claude-mythos-5-2', [16, 20, 32, 0.4, 80]],
    ['claude-opus-5-5', [8, 10, 16, 0.4, 40]],
    ['claude-opus-5', [10, 12.5, 20, 1, 50]],
    ['claude-opus-4-8', [10, 12.5, 20, 1, 50]],
    ['claude-opus-4-7', [30, 37.5, 60, 3, 150]],
    ['claude-opus-4-6', [30, 37.5, 60, 3, 150]],
    ['claude-opus-4-5', undefined],
    ['claude-sonnet-5-5', undefined],
  ])('%s in fast mode', (id, expected) => {
    expect(rates(priceOf(id, { ...usage, mode: 'fast' }))).toEqual(expected);
  });

  test('is higher for inference in the United States from Opus 4.6 and Sonnet 4.6 on', () => {
    expect(MODEL_IDS.filter((id) => PRICES[id].usFactor === 1)).toEqual([
      'claude-opus-4-5',
      'claude-opus-4-1',
      'claude-opus-4',
      'claude-opus-3',
      'claude-sonnet-4-5',
      'claude-sonnet-4',
      'claude-sonnet-3-7',
      'claude-sonnet-3-5',
      'claude-sonnet-3',
      'claude-haiku-4-5',
      'claude-haiku-3-5',
      'claude-haiku-3',
    ]);
    expect(new Set(MODEL_IDS.map((id) => PRICES[id].usFactor))).toEqual(new Set([1, 1.1]));
  });

  test('of a batch is half, and of a search a cent', () => {
    expect([BATCH_FACTOR, WEB_SEARCH_USD]).toEqual([0.5, 0.01]);
  });
});

describe('the id of a model', () => {
  test.each([
    ['claude-opus-5-5', 'claude-opus-5-5'],
    ['claude-opus-4-5-20251101', 'claude-opus-4-5'],
    ['claude-opus-4-0', 'claude-opus-4'],
    ['claude-opus-4-20250514', 'claude-opus-4'],
    ['claude-sonnet-4-0', 'claude-sonnet-4'],
    ['claude-3-7-sonnet-20250219', 'claude-sonnet-3-7'],
    ['claude-3-5-haiku-20241022', 'claude-haiku-3-5'],
    ['claude-3-haiku-20240307', 'claude-haiku-3'],
    ['claude-3-opus-20240229', 'claude-opus-3'],
    ['claude-3-sonnet-20240229', 'claude-sonnet-3'],
    ['claude-3-5-sonnet-latest', 'claude-sonnet-3-5'],
    ['claude-3-5-sonnet-v2@20241022', 'claude-sonnet-3-5'],
    ['Claude-Opus-5-5', 'claude-opus-5-5'],
    ['claude-opus-5-5[1m]', 'claude-opus-5-5'],
    ['claude-sonnet-4-5-20250929[1m]', 'claude-sonnet-4-5'],
    ['claude-sonnet-4-5@20250929', 'claude-sonnet-4-5'],
    ['claude-opus-4@default', 'claude-opus-4'],
    ['publishers/anthropic/models/claude-haiku-4-5@20251001', 'claude-haiku-4-5'],
    ['projects/p-1/locations/us-east5/publishers/anthropic/models/claude-opus-4-6', 'claude-opus-4-6'],
    ['anthropic.claude-sonnet-4-6', 'claude-sonnet-4-6'],
    ['anthropic.claude-opus-4-6-v1', 'claude-opus-4-6'],
    ['anthropic.claude-3-sonnet-20240229-v1:0:28k', 'claude-sonnet-3'],
    ['us.anthropic.claude-sonnet-4-5-20250929-v1:0', 'claude-sonnet-4-5'],
    ['us-gov.anthropic.claude-sonnet-4-5-20250929-v1:0', 'claude-sonnet-4-5'],
    ['eu.anthropic.claude-3-7-sonnet-20250219-v1:0', 'claude-sonnet-3-7'],
    ['apac.anthropic.claude-3-5-sonnet-20241022-v2:0', 'claude-sonnet-3-5'],
    ['global.anthropic.claude-opus-4-5-20251101-v1:0[1m]', 'claude-opus-4-5'],
    [
      'arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-opus-4-1-20250805-v1:0',
      'claude-opus-4-1',
    ],
    ['arn:aws-us-gov:bedrock:us-gov-west-1::foundation-model/anthropic.claude-3-haiku-20240307-v1:0', 'claude-haiku-3'],
  ])('%s is %s', (name, id) => {
    expect(modelId(name)).toBe(id);
  });

  test.each([
    'claude-opus-6',
    'claude-opus',
    'gpt-5',
    '',
    'claude-opus-5-5-2026',
    'claude-opus-5-5-fast',
    'my-claude-opus-5-5',
    'openrouter/claude-opus-5-5',
    'us.meta.claude-opus-5-5',
    'claude-opus-5-5[1m]x',
    'arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc123',
    `claude-opus-5-5${'-20250101'.repeat(100)}`,
    'constructor',
  ])('%j has no price, and none is guessed', (name) => {
    expect(modelId(name)).toBeUndefined();
  });

  test('is no alias of another', () => {
    const aliases = Object.values(PRICES).flatMap((model) => model.aliases);
    expect(new Set(aliases).size).toBe(aliases.length);
    expect(aliases.filter((alias) => modelName(alias) !== alias)).toEqual([]);
    expect(aliases.filter((alias) => (MODEL_IDS as readonly string[]).includes(alias))).toEqual([]);
  });
});

import { describe, expect, test } from 'vitest';
import { UsageMerge } from '../../../proxy/usage/merge.ts';
import type { UsageEntry } from '../../../proxy/usage/report.ts';

const merged = (...usages: readonly unknown[]): readonly UsageEntry[] => {
  const merge = new UsageMerge();
  merge.model('claude-opus-4-8');
  for (const usage of usages) merge.usage(usage);
  return merge.entries();
};

/** The fields that say something, without those that are zero. */
const told = (entries: readonly UsageEntry[]) =>
  entries.map((entry) => Object.fromEntries(Object.entries(entry).filter(([, value]) => value !== 0)));

const OPUS = { model: 'claude-opus-4-8', mode: 'standard', batch: false };

describe('cache writes', () => {
  test.each([
    ['without a split live five minutes', { cache_creation_input_tokens: 50 }, 50, 0],
    [
      'without a total are what the split says',
      { cache_creation: { ephemeral_5m_input_tokens: 3, ephemeral_1h_input_tokens: 4 } },
      3,
      4,
    ],
    [
      'are never counted twice',
      {
        cache_creation_input_tokens: 7,
        cache_creation: { ephemeral_5m_input_tokens: 3, ephemeral_1h_input_tokens: 4 },
      },
      3,
      4,
    ],
    [
      'beyond the split live five minutes',
      { cache_creation_input_tokens: 10, cache_creation: { ephemeral_1h_input_tokens: 4 } },
      6,
      4,
    ],
    [
      'never exceed their total',
      { cache_creation_input_tokens: 2, cache_creation: { ephemeral_1h_input_tokens: 4 } },
      0,
      2,
    ],
    ['that are null are none', { cache_creation_input_tokens: null, cache_creation: null }, 0, 0],
  ])('%s', (_, usage, short, long) => {
    expect(merged(usage)).toMatchObject([{ cacheWrite5m: short, cacheWrite1h: long }]);
  });

  test('keep their split when message_delta brings only a total', () => {
    const start = {
      cache_creation_input_tokens: 7,
      cache_creation: { ephemeral_5m_input_tokens: 3, ephemeral_1h_input_tokens: 4 },
    };
    expect(merged(start, { cache_creation_input_tokens: 9 })).toMatchObject([{ cacheWrite5m: 5, cacheWrite1h: 4 }]);
  });
});

test.each([[-1], [1.5], [Number.NaN], ['12'], [1e300], [{}], [true]])('%j is no count of tokens', (input_tokens) => {
  expect(told(merged({ input_tokens, output_tokens: 1 }))).toStrictEqual([{ ...OPUS, output: 1 }]);
});

test('a value that is no usage object counts as none', () => {
  expect(merged(null, undefined, 5, 'x')).toStrictEqual([]);
});

test('a message without a model is billed to other', () => {
  const merge = new UsageMerge();
  merge.usage({ input_tokens: 1 });
  expect(merge.entries()).toMatchObject([{ model: 'other', input: 1 }]);
});

describe('iterations', () => {
  test('bill compaction, which the totals leave out, at its own prompt length', () => {
    const iterations = [
      { type: 'compaction', input_tokens: 180_000, output_tokens: 3_500 },
      { type: 'message', input_tokens: 23_000, output_tokens: 1_000 },
    ];
    expect(told(merged({ input_tokens: 23_000, output_tokens: 1_000, iterations }))).toStrictEqual([
      { ...OPUS, input: 180_000, output: 3_500 },
      { ...OPUS, input: 23_000, output: 1_000 },
    ]);
  });

  test('bill an advisor to its own model, after the answering one', () => {
    const advisor = { type: 'advisor_message', model: 'claude-fable-5', input_tokens: 800, output_tokens: 30 };
    const iterations = [
      { ...advisor, cache_read_input_tokens: 5 },
      { type: 'message', input_tokens: 10, output_tokens: 20 },
      { type: 'message', input_tokens: 12, output_tokens: 40 },
    ];
    expect(told(merged({ input_tokens: 22, output_tokens: 60, iterations }))).toStrictEqual([
      { ...OPUS, input: 10, output: 20 },
      { ...OPUS, input: 12, output: 40 },
      { ...OPUS, model: 'claude-fable-5', input: 800, output: 30, cacheRead: 5 },
    ]);
  });

  test('that know less than the totals are filled up', () => {
    const iterations = [{ type: 'message', input_tokens: 10, output_tokens: 1 }];
    const usage = { input_tokens: 10, output_tokens: 1, iterations, server_tool_use: { web_search_requests: 3 } };
    expect(told(merged(usage, { output_tokens: 500 }))).toStrictEqual([
      { ...OPUS, output: 499, webSearches: 3 },
      { ...OPUS, input: 10, output: 1 },
    ]);
  });

  test('of compaction fill up no gap of the answer', () => {
    const iterations = [
      { type: 'compaction', input_tokens: 180_000, output_tokens: 3_500 },
      { type: 'message', input_tokens: 23_000, output_tokens: 1 },
    ];
    const entries = merged({ input_tokens: 23_000, output_tokens: 1, iterations }, { output_tokens: 1_000 });
    expect(told(entries)[0]).toStrictEqual({ ...OPUS, output: 999 });
  });

  test('share tier and speed with the response unless they have a speed of their own', () => {
    const iterations = [{ input_tokens: 1 }, { input_tokens: 2, speed: 'standard' }];
    expect(merged({ input_tokens: 3, speed: 'fast', service_tier: 'batch', iterations })).toMatchObject([
      { input: 1, mode: 'fast', batch: true },
      { input: 2, mode: 'standard', batch: true },
    ]);
  });

  test.each([[[]], [null], [7]])('%j says nothing', (iterations) => {
    expect(told(merged({ input_tokens: 3, iterations }))).toStrictEqual([{ ...OPUS, input: 3 }]);
  });
});

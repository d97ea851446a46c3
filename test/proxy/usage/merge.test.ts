import { describe, expect, test } from 'vitest';
import { MAX_TOKENS } from '../../../proxy/usage/entries.ts';
import { UsageMerge } from '../../../proxy/usage/merge.ts';
import type { UsageEntry } from '../../../proxy/usage/report.ts';

const merged = (...usages: readonly unknown[]): readonly UsageEntry[] => {
  const merge = new UsageMerge();
  merge.model('claude-opus-4-8');
  for (const usage of usages) merge.usage(usage);
  return merge.merged().entries;
};

/** The fields of entries that are neither zero nor null. */
const counted = (entries: readonly UsageEntry[]) =>
  entries.map((entry) =>
    Object.fromEntries(Object.entries(entry).filter(([, value]) => value !== 0 && value !== null)),
  );

const OPUS = { model: 'claude-opus-4-8', mode: 'standard', batch: false };

describe('cache writes', () => {
  test.each([
    ['without a split live five minutes', { cache_creation_input_tokens: 50 }, 50, 0],
    [
      'without a total are those of the split',
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
    ['that are null are none', { input_tokens: 1, cache_creation_input_tokens: null, cache_creation: null }, 0, 0],
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

const usageOf = (...usages: readonly unknown[]) => {
  const merge = new UsageMerge();
  for (const usage of usages) merge.usage(usage);
  return merge.merged();
};

const UNKNOWN = { entries: [], usage: 'unknown' };

describe('a count', () => {
  test.each([[-1], [1.5], [Number.NaN], ['12'], [1e300], [MAX_TOKENS + 1], [{}], [true]])(
    'of %j is none, so the usage is not known',
    (bad) => {
      expect(usageOf({ input_tokens: bad, output_tokens: 1 })).toStrictEqual(UNKNOWN);
      expect(usageOf({ input_tokens: 1 }, { output_tokens: bad })).toStrictEqual(UNKNOWN);
      expect(usageOf({ input_tokens: 1, cache_creation: { ephemeral_1h_input_tokens: bad } })).toStrictEqual(UNKNOWN);
      const iterations = [{ type: 'message', input_tokens: 1, output_tokens: bad }];
      expect(usageOf({ input_tokens: 1, output_tokens: 1, iterations })).toStrictEqual(UNKNOWN);
    },
  );

  test('that a later one replaces may have been anything', () => {
    expect(usageOf({ input_tokens: 1, output_tokens: -1 }, { output_tokens: 5 })).toMatchObject({
      entries: [{ input: 1, output: 5 }],
      usage: 'known',
    });
  });

  test('may be as high as the bound, also as a sum over samplings', () => {
    const half = { type: 'message', input_tokens: MAX_TOKENS / 2, output_tokens: 1 };
    expect(usageOf({ input_tokens: MAX_TOKENS }).usage).toBe('known');
    expect(usageOf({ input_tokens: 1, iterations: [half, half] }).usage).toBe('known');
    expect(usageOf({ input_tokens: 1, iterations: [half, half, half] })).toStrictEqual(UNKNOWN);
  });
});

test('a value that is no usage object, or has no count of tokens, is absent', () => {
  expect(usageOf(null, undefined, 5, 'x')).toStrictEqual({ entries: [], usage: 'absent' });
  expect(usageOf({}, { input_tokens: null, service_tier: 'standard' })).toStrictEqual({ entries: [], usage: 'absent' });
});

test('a message without a model is billed to other', () => {
  const merge = new UsageMerge();
  merge.usage({ input_tokens: 1 });
  expect(merge.merged().entries).toMatchObject([{ model: 'other', input: 1 }]);
});

describe('iterations', () => {
  test('bill compaction, which the totals leave out, at its own prompt length', () => {
    const iterations = [
      { type: 'compaction', input_tokens: 180_000, output_tokens: 3_500 },
      { type: 'message', input_tokens: 23_000, output_tokens: 1_000 },
    ];
    expect(counted(merged({ input_tokens: 23_000, output_tokens: 1_000, iterations }))).toStrictEqual([
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
    expect(counted(merged({ input_tokens: 22, output_tokens: 60, iterations }))).toStrictEqual([
      { ...OPUS, input: 10, output: 20 },
      { ...OPUS, input: 12, output: 40 },
      { ...OPUS, model: 'claude-fable-5', input: 800, output: 30, cacheRead: 5 },
    ]);
  });

  test('that know less than the totals are filled up', () => {
    const iterations = [{ type: 'message', input_tokens: 10, output_tokens: 1 }];
    const usage = { input_tokens: 10, output_tokens: 1, iterations, server_tool_use: { web_search_requests: 3 } };
    expect(counted(merged(usage, { output_tokens: 500 }))).toStrictEqual([
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
    expect(counted(entries)[0]).toStrictEqual({ ...OPUS, output: 999 });
  });

  test('share tier and speed with the response unless they have a speed of their own', () => {
    const iterations = [{ input_tokens: 1 }, { input_tokens: 2, speed: 'standard' }];
    expect(merged({ input_tokens: 3, speed: 'fast', service_tier: 'batch', iterations })).toMatchObject([
      { input: 1, mode: 'fast', batch: true },
      { input: 2, mode: 'standard', batch: true },
    ]);
  });

  test.each([[[]], [null], [7]])('%j changes nothing', (iterations) => {
    expect(counted(merged({ input_tokens: 3, iterations }))).toStrictEqual([{ ...OPUS, input: 3 }]);
  });
});

describe('a fallback to another model', () => {
  const fable = { type: 'message', model: 'claude-fable-5', input_tokens: 408, output_tokens: 0 };
  const opus = { type: 'fallback_message', model: 'claude-opus-4-8', input_tokens: 412, output_tokens: 264 };

  /** Totals of the last attempt beside a list of attempts, where message_start names the first model. */
  const fallenBack = (total: object, iterations: readonly object[], stopReason = 'end_turn') => {
    const merge = new UsageMerge();
    merge.model('claude-fable-5');
    merge.usage({ input_tokens: 408, output_tokens: 0 });
    merge.block({ type: 'text' });
    merge.usage({ ...total, iterations });
    merge.stopReason(stopReason);
    return counted(merge.merged().entries);
  };

  test('bills the model that answered, and nothing for an attempt without output', () => {
    const total = { input_tokens: 412, output_tokens: 264 };
    expect(fallenBack(total, [fable, opus])).toStrictEqual([{ ...OPUS, input: 412, output: 264 }]);
  });

  test('bills an attempt that was declined after some output', () => {
    const total = { input_tokens: 412, output_tokens: 264 };
    expect(fallenBack(total, [{ ...fable, output_tokens: 120 }, opus])).toStrictEqual([
      { ...OPUS, input: 412, output: 264 },
      { ...OPUS, model: 'claude-fable-5', input: 408, output: 120 },
    ]);
  });

  test('bills the last of two that answered', () => {
    const sonnet = { type: 'fallback_message', model: 'claude-sonnet-5', input_tokens: 420, output_tokens: 33 };
    const total = { input_tokens: 420, output_tokens: 33 };
    expect(fallenBack(total, [fable, { ...opus, output_tokens: 0 }, sonnet])).toStrictEqual([
      { ...OPUS, model: 'claude-sonnet-5', input: 420, output: 33 },
    ]);
  });

  test('bills what came later, and searches, to the model that answered', () => {
    const total = { input_tokens: 412, output_tokens: 300, server_tool_use: { web_search_requests: 2 } };
    expect(fallenBack(total, [fable, opus])).toStrictEqual([
      { ...OPUS, output: 36, webSearches: 2 },
      { ...OPUS, input: 412, output: 264 },
    ]);
  });

  test('bills the first attempt alone where the last was declined before any output', () => {
    const total = { input_tokens: 412, output_tokens: 0 };
    const iterations = [
      { ...fable, output_tokens: 120 },
      { ...opus, output_tokens: 0 },
    ];
    expect(fallenBack(total, iterations, 'refusal')).toStrictEqual([
      { ...OPUS, model: 'claude-fable-5', input: 408, output: 120 },
    ]);
  });

  test('bills compaction and advisors of both attempts', () => {
    const total = { input_tokens: 412, output_tokens: 264 };
    const compaction = { type: 'compaction', model: 'claude-fable-5', input_tokens: 9_000, output_tokens: 70 };
    const advisor = { type: 'advisor_message', model: 'claude-opus-4-8', input_tokens: 50, output_tokens: 0 };
    expect(fallenBack(total, [compaction, fable, advisor, opus])).toStrictEqual([
      { ...OPUS, input: 50 },
      { ...OPUS, input: 412, output: 264 },
      { ...OPUS, model: 'claude-fable-5', input: 9_000, output: 70 },
    ]);
  });

  test('without a list of attempts goes by the block that marks it', () => {
    const merge = new UsageMerge();
    merge.model('claude-fable-5');
    merge.block({ type: 'fallback', from: { model: 'claude-fable-5' }, to: { model: 'claude-opus-4-8' } });
    merge.block({ type: 'text' });
    merge.usage({ input_tokens: 412, output_tokens: 264 });
    expect(counted(merge.merged().entries)).toStrictEqual([{ ...OPUS, input: 412, output: 264 }]);
  });
});

describe('a refusal', () => {
  const refused = (output: number, blocks: readonly object[], stopReason: unknown = 'refusal') => {
    const merge = new UsageMerge();
    merge.model('claude-opus-4-8');
    for (const block of blocks) merge.block(block);
    merge.usage({ input_tokens: 106, output_tokens: output });
    merge.stopReason(stopReason);
    return merge.merged();
  };
  const NOTHING = { entries: [], usage: 'known' };

  test.each([0, 1, 5])('before any output bills nothing, with %d tokens reported', (output) => {
    expect(refused(output, [])).toStrictEqual(NOTHING);
  });

  test('of every model of a fallback bills nothing', () => {
    expect(refused(1, [{ type: 'fallback', to: { model: 'claude-opus-4-8' } }])).toStrictEqual(NOTHING);
  });

  test.each<[string, number, readonly object[], unknown]>([
    ['after output', 3, [{ type: 'text' }], 'refusal'],
    ['with more tokens than a placeholder', 6, [], 'refusal'],
    ['that is none', 1, [], 'end_turn'],
    ['that is not given', 1, [], null],
  ])('%s is billed', (_, output, blocks, stopReason) => {
    expect(refused(output, blocks, stopReason)).toMatchObject({ entries: [{ input: 106, output }], usage: 'known' });
  });
});

test('the place of inference is that of the response unless a sampling has its own', () => {
  const iterations = [
    { type: 'message', input_tokens: 1 },
    { type: 'advisor_message', model: 'claude-fable-5', input_tokens: 2, inference_geo: 'global' },
  ];
  expect(merged({ input_tokens: 1, inference_geo: 'us', iterations })).toMatchObject([
    { geo: 'us' },
    { geo: 'global' },
  ]);
});

import { describe, expect, test } from 'vitest';
import { dayOf, priced } from '../../../proxy/usage/cost.ts';
import type { UsageEntry } from '../../../proxy/usage/report.ts';
import { usageEntry } from '../../support/proxy/usage-entry.ts';

const MILLION = 1_000_000;

const TODAY = '2026-11-21';

describe('a price', () => {
  test.each<[string, Partial<UsageEntry>, number]>([
    ['of input', { input: MILLION }, 5],
    ['of output', { output: MILLION }, 25],
    ['of a cache read', { cacheRead: MILLION }, 0.5],
    ['of a five-minute cache write', { cacheWrite5m: MILLION }, 6.25],
    ['of a one-hour cache write', { cacheWrite1h: MILLION }, 10],
    ['of fast mode', { mode: 'fast', input: MILLION, output: MILLION }, 60],
    ['of a batch is half', { batch: true, input: MILLION, output: MILLION }, 15],
    ['of web searches, which no batch makes cheaper', { batch: true, input: MILLION, webSearches: 100 }, 3.5],
    ['of nothing', {}, 0],
  ])('%s', (_, counts, usd) => {
    expect(priced(usageEntry(counts), TODAY)).toStrictEqual({ usd, model: 'claude-opus-4-8' });
  });

  test.each([
    ['before its change', '2026-10-06', 0.2],
    ['on the day of its change', '2026-10-07', 0.1],
  ])('%s is that of the day', (_, day, usd) => {
    expect(priced(usageEntry({ model: 'claude-sonnet-5-5', cacheRead: MILLION }), day).usd).toBe(usd);
  });

  test.each([
    ['at the end of the lower band', { input: 50_000, cacheRead: 40_000, cacheWrite5m: 10_000 }, 0.00665],
    ['one token above it', { input: 50_001, cacheRead: 40_000, cacheWrite5m: 10_000 }, 0.0332505],
  ])('%s goes by the whole prompt, cache included', (_, counts, usd) => {
    expect(priced(usageEntry({ model: 'claude-haiku-5-5', ...counts }), TODAY).usd).toBeCloseTo(usd, 10);
  });

  test('is found under a dated id and an alias', () => {
    expect(priced(usageEntry({ model: 'claude-opus-4-5-20251101', input: MILLION }), TODAY)).toStrictEqual({
      usd: 5,
      model: 'claude-opus-4-5',
    });
    expect(priced(usageEntry({ model: 'claude-3-haiku-20240307', input: MILLION }), TODAY)).toStrictEqual({
      usd: 0.25,
      model: 'claude-haiku-3',
    });
  });

  test('of an unknown model is never guessed', () => {
    expect(priced(usageEntry({ model: 'claude-opus-9', input: 1 }), TODAY)).toStrictEqual({
      usd: null,
      model: 'other',
    });
  });

  test('of a mode that a model does not have is never guessed', () => {
    const fastSonnet = usageEntry({ model: 'claude-sonnet-5', mode: 'fast', input: 1 });
    expect(priced(fastSonnet, TODAY)).toStrictEqual({ usd: null, model: 'claude-sonnet-5' });
  });
});

test('a day begins at midnight UTC', () => {
  const midnight = Date.UTC(2026, 9, 7);
  expect([dayOf(midnight - 1), dayOf(midnight)]).toStrictEqual(['2026-10-06', '2026-10-07']);
});

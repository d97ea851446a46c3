import { describe, expect, test } from 'vitest';
import { dayOf, priced } from '../../../proxy/usage/cost.ts';
import { readPrices } from '../../../proxy/usage/prices.ts';
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

  test.each<[string, Partial<UsageEntry>, number | null]>([
    ['in the US of a model with a choice', { geo: 'us', input: MILLION }, 5.5],
    ['in the US of output', { geo: 'us', output: MILLION }, 27.5],
    ['in the US of caches', { geo: 'us', cacheRead: MILLION, cacheWrite5m: MILLION, cacheWrite1h: MILLION }, 18.425],
    ['in the US in fast mode', { geo: 'us', mode: 'fast', input: MILLION }, 11],
    ['in the US in a batch', { geo: 'us', batch: true, input: MILLION }, 2.75],
    ['in the US of searches, which cost the same anywhere', { geo: 'us', webSearches: 100 }, 1],
    ['in the US of a model without a choice', { geo: 'us', model: 'claude-sonnet-4-5', input: MILLION }, 3],
    ['anywhere', { geo: 'global', input: MILLION }, 5],
    ['where it is not available', { geo: 'not_available', input: MILLION }, 5],
    ['in an empty place', { geo: '', input: MILLION }, 5],
    ['in a place of an unknown price, which is not guessed', { geo: 'eu', input: MILLION }, null],
    ['in any place of a model without a choice', { geo: 'eu', model: 'claude-sonnet-4-5', input: MILLION }, 3],
  ])('%s', (_, counts, usd) => {
    const { usd: cost } = priced(usageEntry(counts), TODAY);
    if (usd === null) expect(cost).toBeNull();
    else expect(cost).toBeCloseTo(usd, 10);
  });

  test('of a model that only a price file has is billed as other', () => {
    const rates = { input: 1, output: 2, cacheRead: 3, cacheWrite5m: 4, cacheWrite1h: 5 };
    const prices = readPrices(JSON.stringify({ models: { 'claude-opus-9': rates, 'claude-opus-5': rates } }));
    const cost = (model: string) => priced(usageEntry({ model, input: MILLION }), TODAY, prices);
    expect(cost('claude-opus-9')).toStrictEqual({ usd: 1, model: 'other' });
    expect(cost('claude-opus-5')).toStrictEqual({ usd: 1, model: 'claude-opus-5' });
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

import { expect, test } from 'vitest';
import { createBilling } from '../../../proxy/usage/bill.ts';
import { readPrices } from '../../../proxy/usage/prices.ts';
import type { UsageEntry } from '../../../proxy/usage/report.ts';
import { usageEntry } from '../records/request-record.ts';

const known = (entries: readonly UsageEntry[]) => ({ entries, usage: 'known' as const });

const at = (day: number) => Date.UTC(2026, 9, day, 12);
const reads = usageEntry({
  model: 'claude-sonnet-5-5',
  input: 0,
  output: 0,
  cacheRead: 1_000_000,
  cacheWrite5m: 0,
  cacheWrite1h: 0,
});

test('adds up what a response bills', () => {
  const entries = [usageEntry(), usageEntry({ model: 'claude-sonnet-5', input: 5 })];
  expect(createBilling()(known(entries), at(1))).toMatchObject({
    model: 'claude-opus-4-8',
    input: 30,
    output: 240,
    cacheRead: 8_000,
    cacheWrite: 600,
    prompt: 8_630,
  });
});

test('prices by the day, whichever day comes next', () => {
  const bill = createBilling();
  expect([5, 8, 5].map((day) => bill(known([reads]), at(day)).usd)).toStrictEqual([0.2, 0.1, 0.2]);
});

test('changes its day at midnight UTC', () => {
  const bill = createBilling();
  const midnight = Date.UTC(2026, 9, 7);
  expect([midnight - 1, midnight].map((time) => bill(known([reads]), time).usd)).toStrictEqual([0.2, 0.1]);
});

test('of no response bills nothing, and so does a response without a price', () => {
  const bill = createBilling();
  const nothing = { entries: [], model: null, usd: 0, known: true };
  expect(bill(null, at(1))).toMatchObject(nothing);
  expect(bill({ entries: [], usage: 'none' }, at(1))).toMatchObject(nothing);
  expect(bill({ entries: [], usage: 'known' }, at(1))).toMatchObject(nothing);
});

test('of an unknown usage has no cost, whatever part of it is known', () => {
  const bill = createBilling();
  expect(bill({ entries: [], usage: 'unknown' }, at(1))).toMatchObject({ usd: null, known: false, prompt: 0 });
  const part = bill({ entries: [usageEntry({ input: 7 })], usage: 'unknown' }, at(1));
  expect(part).toMatchObject({ usd: null, known: false, input: 7, entries: [{ usd: expect.any(Number) }] });
});

test('has no cost where one of its models has none', () => {
  const bill = createBilling()(known([usageEntry(), usageEntry({ model: 'gpt-5' })]), at(1));
  expect(bill).toMatchObject({ usd: null, known: true, output: 240 });
});

test('prices by the table that it is given', () => {
  const row = { input: 1, output: 2, cacheRead: 3, cacheWrite5m: 4, cacheWrite1h: 5 };
  const prices = readPrices(JSON.stringify({ models: { 'my-model': row } }));
  const bill = createBilling({ prices })(known([usageEntry({ model: 'my-model', output: 1_000_000 })]), at(1));
  expect(bill.model).toBe('my-model');
  expect(bill.entries).toMatchObject([{ model: 'other' }]);
  expect(bill.usd).toBeCloseTo(2.013_425, 9);
});

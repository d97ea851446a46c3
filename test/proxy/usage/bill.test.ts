import { expect, test } from 'vitest';
import { createBilling } from '../../../proxy/usage/bill.ts';
import { usageEntry } from '../request-record.ts';

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
  expect(createBilling()(entries, at(1))).toMatchObject({
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
  expect([5, 8, 5].map((day) => bill([reads], at(day)).usd)).toStrictEqual([0.2, 0.1, 0.2]);
});

test('changes its day at midnight UTC', () => {
  const bill = createBilling();
  const midnight = Date.UTC(2026, 9, 7);
  expect([midnight - 1, midnight].map((time) => bill([reads], time).usd)).toStrictEqual([0.2, 0.1]);
});

import { expect, test } from 'vitest';
import { ReplayBudget } from '../../../proxy/request/replay-budget.ts';

test('copies of request bodies are bounded for each request and for all together', () => {
  const budget = new ReplayBudget(100, 250);
  expect(budget.take(60, 0)).toBe(true);
  expect(budget.take(41, 60)).toBe(false);
  expect(budget.take(40, 60)).toBe(true);
  expect(budget.take(100, 0)).toBe(true);
  expect(budget.take(51, 0)).toBe(false);
  expect(budget.taken).toBe(200);
  budget.give(100);
  expect(budget.take(51, 0)).toBe(true);
  expect(budget.taken).toBe(151);
});

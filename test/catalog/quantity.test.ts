import { expect, test } from 'vitest';
import { amountOf, bytesOf } from '#catalog';

test.each([
  ['250m', 0.25],
  ['2', 2],
  [1.5, 1.5],
  ['0', 0],
  ['3k', 3000],
  ['512Mi', 536_870_912],
  ['1.5Gi', 1_610_612_736],
  ['2E', 2e18],
  ['1e3', 1000],
  ['12E2', 1200],
  ['1Ei', 2 ** 60],
])('%s is a quantity of %d', (quantity, amount) => {
  expect(amountOf(quantity)).toBe(amount);
});

test.each(['', 'Gi', '18GB', '5K', '1 Gi', '1.2.3', 'much'])('%j is no quantity', (quantity) => {
  expect(amountOf(quantity)).toBeNaN();
});

test.each([
  ['512B', 512],
  ['1KB', 1024],
  ['18GB', 19_327_352_832],
])('%s is a size of %d bytes', (size, bytes) => {
  expect(bytesOf(size)).toBe(bytes);
});

test.each(['', '18', '18Gi', '1.5GB', 'GB'])('%j is no size', (size) => {
  expect(bytesOf(size)).toBeNaN();
});

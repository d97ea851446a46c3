import { describe, expect, test } from 'vitest';
import { checkLogql } from '#checks';
import { add, and, bool, div, gt, mul, num, or, pow, print, sub, unless, vector } from '#logql';
import { CONSTRUCTORS } from './constructors.ts';

const one = vector(1);

describe('a constructor prints', () => {
  test.each(CONSTRUCTORS)('%s', (_, expression, text) => {
    expect(print(expression)).toBe(text);
  });

  test.each(CONSTRUCTORS)('what the check of every emitted query passes: %s', (_, expression) => {
    expect(checkLogql(print(expression))).toEqual([]);
  });
});

describe('parentheses', () => {
  test.each([
    ['left to right', sub(sub(one, 1), 2), 'vector(1) - 1 - 2'],
    ['right to left', sub(one, sub(one, 2)), 'vector(1) - (vector(1) - 2)'],
    ['a product in a sum', add(mul(one, 2), 1), 'vector(1) * 2 + 1'],
    ['a sum in a product', mul(2, add(one, 1)), '2 * (vector(1) + 1)'],
    ['a quotient below a product', div(one, mul(one, 2)), 'vector(1) / (vector(1) * 2)'],
    ['a power to the right', pow(one, pow(one, 2)), 'vector(1) ^ vector(1) ^ 2'],
    ['a power to the left', pow(pow(one, 2), 2), '(vector(1) ^ 2) ^ 2'],
    ['a comparison of sums', gt(add(one, 1), 2), 'vector(1) + 1 > 2'],
    ['a sum of comparisons', add(bool.gt(one, 1), 2), '(vector(1) > bool 1) + 2'],
    ['and before or', or(and(one, one), one), 'vector(1) and vector(1) or vector(1)'],
    ['or before and', and(or(one, one), one), '(vector(1) or vector(1)) and vector(1)'],
    ['unless with and', unless(one, and(one, one)), 'vector(1) unless (vector(1) and vector(1))'],
    ['a power of a negative number', pow(num(-2), 2), '(-2) ^ 2'],
    ['a negative number on the right', sub(one, -2), 'vector(1) - -2'],
    ['a negative number on the left', mul(-2, one), '-2 * vector(1)'],
  ])('%s', (_, expression, text) => {
    expect(print(expression)).toBe(text);
  });
});

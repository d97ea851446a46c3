import { expect, test } from 'vitest';
import { checkLogql } from '#checks';
import { print } from '#logql';
import { CONSTRUCTORS } from './constructors.ts';

test.each(CONSTRUCTORS)('a constructor prints %s', (_, expression, text) => {
  expect(print(expression)).toBe(text);
});

test.each(CONSTRUCTORS)('every emitted query passes the syntax check: %s', (_, expression) => {
  expect(checkLogql(print(expression))).toEqual([]);
});

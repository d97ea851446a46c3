import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { print, printOnOneLine } from '#promql';
import { promqlTree } from '../support/promql-arbitrary.ts';
import { canonical } from '../support/promql-canonical.ts';
import { groupingParentheses, parseTree } from '../support/promql-tree.ts';
import { sparedParentheses } from '../support/spare-parentheses.ts';

const RUNS = { numRuns: 300 };

describe('what is printed', () => {
  test('parses back to the same tree on one line', () => {
    fc.assert(
      fc.property(promqlTree, (node) => {
        expect(parseTree(printOnOneLine({ node }))).toEqual(canonical(node));
      }),
      RUNS,
    );
  });

  test('parses back to the same tree on several lines', () => {
    const isLong = (node: Parameters<typeof canonical>[0]): boolean => print({ node }).includes('\n');
    fc.assert(
      fc.property(promqlTree.filter(isLong), (node) => {
        expect(parseTree(print({ node }))).toEqual(canonical(node));
      }),
      RUNS,
    );
  });

  test('has no pair of parentheses without which it meant the same', () => {
    fc.assert(
      fc.property(promqlTree, (node) => {
        const text = printOnOneLine({ node });
        const grouping = { pairs: groupingParentheses, parse: parseTree, keeps: isNegatedPowerOfNumber };
        expect(sparedParentheses(grouping, text)).toEqual([]);
      }),
      RUNS,
    );
  });
});

/** `-(2 ^ 2)` keeps its parentheses: Prometheus would not need them, but many readers take it for a power of -2. */
const isNegatedPowerOfNumber = (text: string, open: number, close: number): boolean => {
  const tree = parseTree(text.slice(open + 1, close));
  return text[open - 1] === '-' && tree.kind === 'binary' && tree.op === '^' && tree.left.kind === 'number';
};

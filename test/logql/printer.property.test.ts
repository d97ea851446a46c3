import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkLogql } from '#checks';
import { print } from '#logql';
import { logqlTree } from '../support/logql-arbitrary.ts';
import { canonical } from '../support/logql-canonical.ts';
import { groupingParentheses } from '../support/logql-syntax.ts';
import { parseTree } from '../support/logql-tree.ts';
import { sparedParentheses } from '../support/spare-parentheses.ts';

const RUNS = { numRuns: 300 };

describe('what is printed', () => {
  test('parses back to the same tree', () => {
    fc.assert(
      fc.property(logqlTree, (node) => {
        expect(parseTree(print({ node }))).toEqual(canonical(node));
      }),
      RUNS,
    );
  });

  test('passes the check that every emitted query passes, and has one line', () => {
    fc.assert(
      fc.property(logqlTree, (node) => {
        const text = print({ node });
        expect(checkLogql(text)).toEqual([]);
        expect(text).not.toContain('\n');
      }),
      RUNS,
    );
  });

  test('has no pair of parentheses without which it meant the same', () => {
    fc.assert(
      fc.property(logqlTree, (node) => {
        const text = print({ node });
        const grouping = { pairs: groupingParentheses, parse: parseTree, keeps: isNegativeBase };
        expect(sparedParentheses(grouping, text)).toEqual([]);
      }),
      RUNS,
    );
  });
});

/** `(-2) ^ 2` keeps its parentheses: Loki would not need them, but Prometheus takes `-2 ^ 2` for the opposite of a power. */
const isNegativeBase = (text: string, open: number, close: number): boolean =>
  /^-[\d.e+-]+$/.test(text.slice(open + 1, close)) && text.slice(close + 1).startsWith(' ^');

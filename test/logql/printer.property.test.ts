import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkLogql } from '#checks';
import { print } from '#logql';
import { logqlTree } from '../support/logql-arbitrary.ts';
import { parseTree } from '../support/logql-tree.ts';

const RUNS = { numRuns: 300 };

test('a printed tree parses back to the same tree', () => {
  fc.assert(
    fc.property(logqlTree, (node) => {
      expect(parseTree(print({ node }))).toEqual(node);
    }),
    RUNS,
  );
});

test('a printed tree passes the syntax check, and has one line', () => {
  fc.assert(
    fc.property(logqlTree, (node) => {
      const text = print({ node });
      expect(checkLogql(text)).toEqual([]);
      expect(text).not.toContain('\n');
    }),
    RUNS,
  );
});

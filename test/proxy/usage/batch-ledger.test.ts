import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createBatchLedger } from '../../../proxy/usage/batch-ledger.ts';
import type { UsageEntry } from '../../../proxy/usage/report.ts';
import { usageEntry } from '../../support/proxy/usage-entry.ts';

const entry = (counts: Partial<UsageEntry>) => usageEntry({ batch: true, promptUpTo: 100_000, ...counts });

const OPUS = entry({ input: 100, output: 10 });
const HAIKU = entry({ model: 'claude-haiku-4-5', input: 30, webSearches: 2 });

const fetched = (entries: readonly UsageEntry[], complete = true, batchId = 'b1') => ({ batchId, entries, complete });

test('a batch is billed once, however often its results are fetched', () => {
  const ledger = createBatchLedger();
  expect(ledger.bill(fetched([OPUS, HAIKU]))).toStrictEqual([OPUS, HAIKU]);
  expect(ledger.bill(fetched([OPUS, HAIKU]))).toStrictEqual([]);
  expect(ledger.bill(fetched([OPUS], false))).toStrictEqual([]);
  expect(ledger.bill(fetched([OPUS], true, 'b2'))).toStrictEqual([OPUS]);
});

test('a fetch that was cut bills what it has, and later ones the rest', () => {
  const ledger = createBatchLedger();
  const part = entry({ input: 40, output: 10 });
  expect(ledger.bill(fetched([part], false))).toStrictEqual([part]);
  expect(ledger.bill(fetched([entry({ input: 15 })], false))).toStrictEqual([]);
  expect(ledger.bill(fetched([part], false))).toStrictEqual([]);
  expect(ledger.bill(fetched([OPUS, HAIKU]))).toStrictEqual([entry({ input: 60 }), HAIKU]);
  expect(ledger.bill(fetched([OPUS, HAIKU]))).toStrictEqual([]);
});

test('models, modes, places and price bands are compared each with itself', () => {
  const kinds = [
    OPUS,
    entry({ input: 100, mode: 'fast' }),
    entry({ input: 100, geo: 'us' }),
    entry({ input: 100, promptUpTo: 5 }),
  ];
  const ledger = createBatchLedger();
  for (const kind of kinds) expect(ledger.bill(fetched([kind], false))).toStrictEqual([kind]);
  expect(ledger.bill(fetched(kinds))).toStrictEqual([]);
});

test('any cut fetches before a whole one bill the whole together', () => {
  const line = fc.record({ model: fc.constantFrom('a', 'b'), input: fc.nat({ max: 9 }), output: fc.nat({ max: 9 }) });
  const sum = (lines: readonly { model: string; input: number; output: number }[]) =>
    ['a', 'b'].map((model) => {
      const own = lines.filter((one) => one.model === model);
      const total = (field: 'input' | 'output') => own.reduce((all, one) => all + one[field], 0);
      return entry({ model, input: total('input'), output: total('output') });
    });
  const property = fc.property(fc.array(line), fc.array(fc.nat({ max: 12 })), (lines, places) => {
    const ledger = createBatchLedger();
    const parts = places.flatMap((place) => ledger.bill(fetched(sum(lines.slice(0, place)), false)));
    const all = [...parts, ...ledger.bill(fetched(sum(lines)))];
    expect(sum(all)).toStrictEqual(sum(lines));
  });
  fc.assert(property);
});

test('what is exported is taken in by another ledger', () => {
  const ledger = createBatchLedger();
  ledger.bill(fetched([OPUS]));
  ledger.bill(fetched([entry({ input: 40 })], false, 'b2'));
  const next = createBatchLedger();
  expect(next.import(JSON.parse(JSON.stringify(ledger.export())))).toBe(2);
  expect(next.export()).toStrictEqual(ledger.export());
  expect(next.bill(fetched([OPUS]))).toStrictEqual([]);
  expect(next.bill(fetched([OPUS], true, 'b2'))).toStrictEqual([entry({ input: 60, output: 10 })]);
});

test('two ledgers that take in each other agree in any order', () => {
  const one = createBatchLedger();
  const two = createBatchLedger();
  one.bill(fetched([entry({ input: 40, output: 10 })], false));
  two.bill(fetched([entry({ input: 60 }), HAIKU], false));
  one.bill(fetched([OPUS], false, 'b2'));
  two.bill(fetched([OPUS], true, 'b2'));
  const [first, second] = [one.export(), two.export()];
  one.import(second);
  two.import(first);
  for (const ledger of [one, two]) {
    expect(ledger.bill(fetched([OPUS, HAIKU]))).toStrictEqual([entry({ input: 40 })]);
    expect(ledger.bill(fetched([OPUS], true, 'b2'))).toStrictEqual([]);
  }
});

test.each([[null], ['x'], [{}], [[null, 5, {}, { id: 'b1' }, { id: 'b1', complete: 'yes', billed: [] }]]])(
  '%j is no state and changes nothing',
  (state) => {
    const ledger = createBatchLedger();
    expect(ledger.import(state)).toBe(0);
    expect(ledger.export()).toStrictEqual([]);
  },
);

test('the batch fetched longest ago is forgotten first', () => {
  const ledger = createBatchLedger({ capacity: 2 });
  for (const id of ['b1', 'b2', 'b1', 'b3']) ledger.bill(fetched([OPUS], true, id));
  expect(ledger.export().map(({ id }) => id)).toStrictEqual(['b1', 'b3']);
});

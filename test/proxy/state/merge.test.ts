import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mergeState } from '../../../proxy/state/merge.ts';

describe('merging', () => {
  test.each([
    ['nothing changed', { a: 1 }, { a: 1 }, { a: 1 }, { a: 1 }],
    ['I alone changed it', { a: 1 }, { a: 2 }, { a: 1 }, { a: 2 }],
    ['they alone changed it', { a: 1 }, { a: 1 }, { a: 2 }, { a: 2 }],
    ['both changed different fields', { a: 1, b: 1 }, { a: 2, b: 1 }, { a: 1, b: 2 }, { a: 2, b: 2 }],
    ['both changed the same field', { a: 1 }, { a: 2 }, { a: 3 }, { a: 2 }],
    ['I removed it', { a: 1, b: 1 }, { a: 1 }, { a: 1, b: 1 }, { a: 1 }],
    ['they removed it', { a: 1, b: 1 }, { a: 1, b: 1 }, { a: 1 }, { a: 1 }],
    ['I removed what they changed', { a: 1, b: 1 }, { a: 1 }, { a: 2, b: 2 }, { a: 2, b: 2 }],
    ['there was nothing, and one is damaged', undefined, { a: 1 }, 'damaged', { a: 1 }],
  ])('where %s', (_what, base, mine, theirs, merged) => {
    expect(mergeState(base, mine, theirs)).toStrictEqual(merged);
  });

  test('merges rows by their identity, and sets of texts by the text', () => {
    const row = (id: string, n: number, family = 'opus') => ({ id, family, n });
    expect(
      mergeState(
        [row('a', 1), row('b', 1), row('c', 1)],
        [row('a', 2), row('b', 1), row('d', 1)],
        [row('a', 1), row('b', 2), row('c', 1), row('a', 1, 'haiku')],
      ),
    ).toStrictEqual([row('a', 1, 'haiku'), row('a', 2), row('b', 2), row('d', 1)]);
    expect(mergeState(['a', 'b'], ['b', 'c'], ['a', 'b', 'd'])).toStrictEqual(['d', 'b', 'c']);
    expect(
      mergeState(
        [['k', 1]],
        [['k', 2]],
        [
          ['k', 1],
          ['l', 1],
        ],
      ),
    ).toStrictEqual([
      ['l', 1],
      ['k', 2],
    ]);
  });

  test('keeps a secret that was replaced apart from the one before', () => {
    const member = (fingerprint: string, expired: boolean) => ({ id: 'a', fingerprint, expired });
    expect(mergeState([member('1', false)], [member('2', false)], [member('1', true)])).toStrictEqual([
      member('1', true),
      member('2', false),
    ]);
  });

  test.each(['madeAt', 'learnedAt', 'observedAt', 'at'])('takes plain fields together from the newer %s', (time) => {
    const base = { utilization: 10, resetsAt: 1, [time]: 1 };
    const mine = { utilization: 20, resetsAt: 1, [time]: 5 };
    const theirs = { utilization: 10, resetsAt: 2, [time]: 6 };
    expect(mergeState(base, mine, theirs)).toStrictEqual(theirs);
    expect(mergeState(base, theirs, mine)).toStrictEqual(theirs);
  });

  test('takes the plain fields beside readings from the side with the last reading', () => {
    const window = (elapsed: boolean, value: number, madeAt: number, reset: number, resetMadeAt: number) => ({
      elapsed,
      utilization: { value, madeAt },
      resetsAt: { value: reset, madeAt: resetMadeAt },
    });
    expect(mergeState(window(false, 1, 1, 9, 1), window(true, 50, 5, 9, 1), window(false, 1, 1, 20, 7))).toStrictEqual(
      window(false, 50, 5, 20, 7),
    );
  });

  test.each([1e300, Number.MAX_SAFE_INTEGER, null, '9'])('does not take %s for a time', (absurd) => {
    const mine = { utilization: 20, at: 5 };
    const theirs = { utilization: 10, at: absurd };
    expect(mergeState({ utilization: 1, at: 1 }, mine, theirs)).toStrictEqual(mine);
    expect(mergeState({ utilization: 1, at: 1 }, theirs, mine)).toStrictEqual(mine);
  });

  test('survives any data', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), fc.jsonValue(), (base, mine, theirs) => {
        expect(mergeState(base, mine, mine)).toStrictEqual(mine);
        expect(mergeState(base, mine, base)).toStrictEqual(mine);
        expect(() => JSON.stringify(mergeState(base, mine, theirs))).not.toThrow();
      }),
    );
  });
});

describe('counters', () => {
  const window = (since: number, input: number, rest: Readonly<Record<string, unknown>> = {}) => ({
    name: '5h',
    since,
    tokens: { opus: { input } },
    ...rest,
  });

  test('add what both sides counted since they last agreed', () => {
    expect(mergeState(window(1, 100), window(1, 130), window(1, 107))).toStrictEqual(window(1, 137));
  });

  test('add what both counted from nothing, since the earlier time', () => {
    expect(mergeState(undefined, window(5, 30), window(3, 7))).toStrictEqual(window(3, 37));
  });

  test('of a model that one side alone counted are kept', () => {
    const [base, mine, theirs] = [
      window(1, 1),
      { ...window(1, 2), tokens: { opus: { input: 2 }, haiku: { input: 5 } } },
      { ...window(1, 3), tokens: { opus: { input: 3 }, sonnet: { output: 7 } } },
    ];
    expect(mergeState(base, mine, theirs)).toStrictEqual({
      ...window(1, 4),
      tokens: { opus: { input: 4 }, haiku: { input: 5 }, sonnet: { output: 7 } },
    });
  });

  test('of a period that one side knows to be over are dropped', () => {
    expect(mergeState(window(1, 100), window(9, 5), window(1, 170))).toStrictEqual(window(9, 5));
    expect(mergeState(window(1, 100), window(1, 170), window(9, 5))).toStrictEqual(window(9, 5));
  });

  test('of a new period that both have begun are added', () => {
    expect(mergeState(window(1, 100), window(9, 5), window(8, 6))).toStrictEqual(window(8, 11));
  });

  test('of a side whose period ended before the other’s began are dropped', () => {
    const [old, current] = [window(1, 100, { resetsAt: 50 }), window(60, 7, { resetsAt: 110 })];
    expect(mergeState(undefined, old, current)).toMatchObject({ since: 60, tokens: { opus: { input: 7 } } });
    expect(mergeState(undefined, current, old)).toMatchObject({ since: 60, tokens: { opus: { input: 7 } } });
    const read = { ...old, resetsAt: { value: 50, madeAt: 1 } };
    expect(mergeState(undefined, current, read)).toMatchObject({ since: 60, tokens: { opus: { input: 7 } } });
  });

  test('and the observation beside them are merged apart', () => {
    const base = window(1, 100, { madeAt: 1, utilization: 10 });
    const mine = window(1, 130, { madeAt: 2, utilization: 11 });
    const theirs = window(1, 107, { madeAt: 3, utilization: 12 });
    expect(mergeState(base, mine, theirs)).toStrictEqual(window(1, 137, { madeAt: 3, utilization: 12 }));
  });

  test('lose nothing, in whatever order two processes count and write', () => {
    const steps = fc.array(fc.tuple(fc.constantFrom(0, 1), fc.constantFrom('count', 'write'), fc.nat(3)));
    fc.assert(
      fc.property(steps, (taken) => {
        let file: unknown = window(1, 0);
        const sides = [0, 1].map(() => ({ base: file, count: 0 }));
        const write = (side: { base: unknown; count: number }) => {
          const mine = window(1, side.count);
          file = mergeState(side.base, mine, file);
          side.base = mine;
        };
        for (const [which, what, tokens] of taken) {
          const side = sides[which] as (typeof sides)[number];
          if (what === 'write') write(side);
          else side.count += tokens;
        }
        for (const side of sides) write(side);
        const counted = taken.reduce((sum, [, what, tokens]) => sum + (what === 'count' ? tokens : 0), 0);
        expect(file).toStrictEqual(window(1, counted));
      }),
    );
  });
});

describe('the pool’s part', () => {
  const credential = (id: string, changedAt: number, expired: string | null, until: readonly number[] = []) => ({
    id,
    fingerprint: 'f',
    changedAt,
    expired,
    refusals: until.map((resetsAt, n) => ({
      window: `w${n}`,
      counts: 'all',
      utilization: 100,
      resetsAt,
      at: changedAt,
    })),
  });

  test('keeps the newer state of each credential, and the refusals that either side knows', () => {
    const base = { credentials: [credential('a', 1, null), credential('b', 1, null)], moves: [['s', 'a', 1]] };
    const mine = { credentials: [credential('a', 5, '401'), credential('b', 6, null, [90])], moves: [['s', 'b', 5]] };
    const theirs = {
      credentials: [credential('a', 7, null), credential('b', 4, '403')],
      moves: [
        ['s', 'a', 1],
        ['t', 'a', 3],
      ],
    };
    expect(mergeState(base, mine, theirs)).toStrictEqual({
      credentials: [credential('a', 7, null), credential('b', 6, null, [90])],
      moves: [
        ['t', 'a', 3],
        ['s', 'b', 5],
      ],
    });
  });

  test('forgets a credential that one side has removed', () => {
    const base = { credentials: [credential('a', 1, null), credential('b', 1, null)] };
    const mine = { credentials: [credential('b', 1, null)] };
    const theirs = { credentials: [credential('a', 1, null), credential('b', 2, '401')] };
    expect(mergeState(base, mine, theirs)).toStrictEqual({ credentials: [credential('b', 2, '401')] });
  });
});

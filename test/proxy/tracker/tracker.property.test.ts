import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MAX_WINDOWS } from '#catalog';
import { HOUR, MINUTE, NOON, polled, record, SECOND, tokensOf, unified, usage } from './recorder.ts';

const LENGTH = 5 * HOUR;

/** What can happen, in any order. Jitter makes the sources differ by up to a minute in all. */
const happening = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('pass' as const), ms: fc.integer({ min: 0, max: 3 * HOUR }) }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constantFrom('header' as const, 'poll' as const),
      utilization: fc.option(fc.integer({ min: 0, max: 120 })),
      jitter: fc.option(fc.integer({ min: -30, max: 30 })),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('late' as const), utilization: fc.integer({ min: 0, max: 120 }) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('usage' as const), tokens: fc.integer({ min: 1, max: 1_000 }) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('tick' as const) }) },
);
type Happening = typeof happening extends fc.Arbitrary<infer H> ? H : never;

/**
 * The account as it really is: a window of five hours begins with the first request after the last one ended. Beside it
 * stands what an observer of these answers ought to know, written down without the tracker's notions.
 */
const createWorld = () => {
  let now = NOON;
  let ends = Number.NEGATIVE_INFINITY;
  let previousEnds: number | null = null;
  const told: number[] = [];
  let counted = 0;
  let periods = 0;
  let utilization: number | null = null;
  let highs = 0;
  let warned = false;

  const endPeriods = () => {
    while (told.length > periods && now >= (told[periods] ?? 0)) {
      periods += 1;
      counted = 0;
      utilization = 0;
      warned = false;
    }
  };
  const begin = () => {
    if (now < ends) return;
    if (ends > 0) previousEnds = ends;
    ends = now + LENGTH;
  };
  return {
    pass(ms: number) {
      now += ms;
      endPeriods();
    },
    /** An answer of the current window; gives the reset time that it tells. */
    answer(seen: number | null, jitter: number | null): number | null {
      begin();
      const at = jitter === null ? null : Math.floor(ends / SECOND + jitter) * SECOND;
      const current = told.length > periods;
      if (at !== null && !current && at > (told.at(-1) ?? 0) + MINUTE) told.push(at);
      endPeriods();
      const open = told.length > periods || told.length === 0;
      if (open && seen !== null) utilization = seen;
      if (open && seen !== null && seen > 80 && !warned) {
        warned = true;
        highs += 1;
      }
      return at;
    },
    use(tokens: number) {
      counted += tokens;
    },
    get now() {
      return now;
    },
    get previousEnds() {
      return previousEnds;
    },
    expected: () => ({
      resets: periods,
      utilization,
      highs,
      counted,
      resetsAt: told.at(-1) ?? null,
      over: told.length === periods && periods > 0,
    }),
  };
};

const MODEL = 'claude-opus-4-6';

const play = (happenings: readonly Happening[], after?: (recorded: ReturnType<typeof record>) => void) => {
  const recorded = record();
  const world = createWorld();
  const { tracker, time } = recorded;
  let known = false;
  for (const one of happenings) {
    if (one.kind === 'pass') world.pass(one.ms);
    time.set(world.now);
    if (one.kind === 'tick') tracker.tick();
    if (one.kind === 'usage' && known) world.use(one.tokens);
    if (one.kind === 'usage') tracker.recordUsage('one', [usage(MODEL, { input: one.tokens })]);
    if (one.kind === 'late' && world.previousEnds !== null && known) {
      tracker.observeHeaders(
        'one',
        unified('5h', { utilization: one.utilization / 100, resetsAt: world.previousEnds }),
      );
    }
    if (one.kind === 'header' || one.kind === 'poll') {
      const resetsAt = world.answer(one.utilization, one.jitter);
      known ||= resetsAt !== null || one.utilization !== null;
      const told = {
        ...(one.utilization === null ? {} : { utilization: one.utilization / 100 }),
        ...(resetsAt === null ? {} : { resetsAt }),
      };
      if (one.kind === 'header') tracker.observeHeaders('one', unified('5h', told));
      else tracker.observePoll('one', { five_hour: polled(one.utilization, resetsAt) });
    }
    after?.(recorded);
  }
  return { ...recorded, world };
};

describe('any interleaving of headers, polls, late answers, usage and time', () => {
  test('gives the figures that the account really has', () => {
    fc.assert(
      fc.property(fc.array(happening, { maxLength: 60 }), (happenings) => {
        const { world, window, of } = play(happenings);
        const expected = world.expected();
        const seen = window('5h');
        expect(of('reset')).toHaveLength(expected.resets);
        expect(of('high')).toHaveLength(expected.highs);
        expect(seen?.utilization ?? null).toBe(expected.utilization);
        expect(seen?.resetsAt ?? null).toBe(expected.resetsAt);
        expect(tokensOf(seen, 'input')).toBe(expected.counted);
        if (expected.over) expect(seen?.source).toBe('elapsed');
      }),
      { numRuns: 2_000 },
    );
  });

  test('comes out the same however often it is looked at in between', () => {
    fc.assert(
      fc.property(fc.array(happening, { maxLength: 60 }), (happenings) => {
        const seldom = play(happenings);
        const often = play(happenings, ({ tracker }) => tracker.snapshot());
        expect(often.tracker.snapshot()).toStrictEqual(seldom.tracker.snapshot());
        expect(often.of('reset')).toStrictEqual(seldom.of('reset'));
      }),
      { numRuns: 500 },
    );
  });

  test('survives a restart at any moment', () => {
    fc.assert(
      fc.property(fc.array(happening, { maxLength: 30 }), (happenings) => {
        const { tracker, world } = play(happenings);
        const restarted = record(world.now);
        const lost = restarted.tracker.import(JSON.parse(JSON.stringify(tracker.export())));
        expect(lost).toBe(0);
        expect(restarted.tracker.snapshot()).toStrictEqual(tracker.snapshot());
        expect(restarted.tracker.export()).toStrictEqual(tracker.export());
      }),
      { numRuns: 300 },
    );
  });
});

const name = fc.oneof(fc.constantFrom('5h', '7d', 'constructor', '__proto__', 'x'), fc.string({ maxLength: 40 }));
const headerValue = fc.oneof(
  fc.string(),
  fc.double().map(String),
  fc.integer().map(String),
  fc.array(fc.string()),
  fc.constant(undefined),
);
const anyHeaders = fc.dictionary(
  fc
    .tuple(name, fc.constantFrom('utilization', 'reset', 'status'))
    .map(([window, field]) => `anthropic-ratelimit-unified-${window}-${field}`),
  headerValue,
);
const figure = fc.oneof(
  fc.double(),
  fc.string(),
  fc
    .date()
    .filter((date) => !Number.isNaN(date.getTime()))
    .map((date) => date.toISOString()),
  fc.constant(null),
);
const anyBody = fc.oneof(fc.jsonValue(), fc.dictionary(name, fc.record({ utilization: figure, resets_at: figure })));

test('whatever an upstream sends, nothing is thrown and every figure makes sense', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(anyHeaders, anyBody), { maxLength: 20 }), (answers) => {
      const { tracker, time } = record();
      for (const [index, [headers, body]] of answers.entries()) {
        time.set(NOON + index * MINUTE);
        tracker.observeHeaders(`c${index % 3}`, headers);
        tracker.observePoll(`c${index % 3}`, body);
      }
      const windows = tracker.snapshot();
      expect(new Set(windows.map(({ window }) => window)).size).toBeLessThanOrEqual(MAX_WINDOWS);
      for (const { utilization, resetsAt, window } of windows) {
        expect(utilization === null || (Number.isFinite(utilization) && utilization >= 0)).toBe(true);
        expect(resetsAt === null || Number.isFinite(resetsAt)).toBe(true);
        expect(window).toMatch(/^[\w.-]{1,32}$/);
      }
    }),
    { numRuns: 500 },
  );
});

test('whatever a state file holds, nothing is thrown', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (state) => {
      const { tracker } = record();
      tracker.import(state);
      tracker.import({ accounts: [state, { credential: 'one', heardAt: 1, extraUsage: state, windows: [state] }] });
      expect(tracker.snapshot()).toStrictEqual([]);
    }),
    { numRuns: 500 },
  );
});

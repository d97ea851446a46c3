import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MAX_WINDOWS } from '#catalog';
import { HOUR, MINUTE, NOON, polled, record, SECOND, tokensOf, unified, usage } from './recorder.ts';

const LENGTH = 5 * HOUR;

/** Spans of time, those among them on which a window's end is met, just missed or just passed. */
const span = fc.oneof(
  fc.integer({ min: 0, max: 3 * HOUR }),
  fc.integer({ min: -61, max: 61 }).map((seconds) => LENGTH + seconds * SECOND),
  fc.integer({ min: 0, max: 61 }).map((seconds) => seconds * SECOND),
);
const figure = fc.integer({ min: 0, max: 120 });

/** What can happen, in any order. Jitter makes the sources differ by up to a minute in all. */
const happening = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('pass' as const), ms: span }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constantFrom('header' as const, 'poll' as const),
      utilization: fc.option(figure),
      jitter: fc.option(fc.integer({ min: -30, max: 30 })),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('late' as const), utilization: figure }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('early end' as const) }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('usage' as const), tokens: fc.integer({ min: 1, max: 1_000 }) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('tick' as const) }) },
);
type Happening = typeof happening extends fc.Arbitrary<infer H> ? H : never;

/**
 * The account as it really is: a window of five hours begins with the first request after the last one ended. Beside it
 * stands what the contract makes an observer of the answers know: the list of periods that were told of, how many of
 * them are over, and the figures of the last one.
 */
const createWorld = () => {
  let now = NOON;
  let ends = Number.NEGATIVE_INFINITY;
  let previousEnds: number | null = null;
  const told: number[] = [];
  const seen = { over: 0, utilization: null as number | null, tokens: 0, warned: false, highs: 0, known: false };

  const endPeriod = () => Object.assign(seen, { over: seen.over + 1, utilization: 0, tokens: 0, warned: false });
  const endPeriods = () => {
    while (told.length > seen.over && now >= (told[seen.over] ?? 0)) endPeriod();
  };
  const hear = (at: number | null, utilization: number | null) => {
    const last = told.at(-1);
    if (at !== null && last !== undefined && at < last - MINUTE) return;
    if (at !== null && (last === undefined || at > last + MINUTE)) {
      if (told.length > seen.over) endPeriod();
      told.push(at);
    }
    const running = told.length === 0 || told.length > seen.over;
    if (running && utilization !== null) seen.utilization = utilization;
    endPeriods();
    if (seen.utilization === null || seen.utilization <= 80 || seen.warned) return;
    seen.warned = true;
    seen.highs += 1;
  };
  return {
    pass(ms: number) {
      now += ms;
      endPeriods();
    },
    /** The provider ends the window before its time; the next request begins another. */
    endEarly() {
      ends = Math.min(ends, now);
    },
    /** An answer of the current window; gives the reset time that it tells. */
    answer(utilization: number | null, jitter: number | null): number | null {
      if (now >= ends) {
        previousEnds = ends > 0 ? ends : null;
        ends = now + LENGTH;
      }
      const at = jitter === null ? null : Math.floor(ends / SECOND + jitter) * SECOND;
      if (at !== null || utilization !== null) seen.known = true;
      hear(at, utilization);
      return at;
    },
    /** An answer of the window before, which was long under way; null where there is none. */
    late(utilization: number): number | null {
      if (previousEnds === null || !seen.known) return null;
      const at = Math.floor(previousEnds / SECOND) * SECOND;
      hear(at, utilization);
      return at;
    },
    use(tokens: number) {
      if (seen.known) seen.tokens += tokens;
    },
    get now() {
      return now;
    },
    expected: () => ({ ...seen, resetsAt: told.at(-1) ?? null, elapsed: told.length > 0 && told.length === seen.over }),
  };
};

const MODEL = 'claude-opus-4-6';

/** Lets one thing happen, in the world and before the tracker. */
const happen = (
  one: Happening,
  world: ReturnType<typeof createWorld>,
  { tracker, time }: ReturnType<typeof record>,
) => {
  if (one.kind === 'pass') world.pass(one.ms);
  time.set(world.now);
  if (one.kind === 'early end') world.endEarly();
  if (one.kind === 'tick') tracker.tick();
  if (one.kind === 'usage') {
    world.use(one.tokens);
    tracker.recordUsage('one', [usage(MODEL, { input: one.tokens })]);
  }
  if (one.kind === 'late') {
    const resetsAt = world.late(one.utilization);
    if (resetsAt !== null)
      tracker.observeHeaders('one', unified('5h', { utilization: one.utilization / 100, resetsAt }));
  }
  if (one.kind !== 'header' && one.kind !== 'poll') return;
  const resetsAt = world.answer(one.utilization, one.jitter);
  if (one.kind === 'poll') tracker.observePoll('one', { five_hour: polled(one.utilization, resetsAt) });
  else {
    const utilization = one.utilization === null ? {} : { utilization: one.utilization / 100 };
    tracker.observeHeaders('one', unified('5h', { ...utilization, ...(resetsAt === null ? {} : { resetsAt }) }));
  }
};

const play = (happenings: readonly Happening[], after?: (recorded: ReturnType<typeof record>) => void) => {
  const recorded = record();
  const world = createWorld();
  for (const one of happenings) {
    happen(one, world, recorded);
    after?.(recorded);
  }
  return { ...recorded, world };
};

describe('any interleaving of headers, polls, late answers, usage and time', () => {
  test('gives the figures that the account really has', () => {
    fc.assert(
      fc.property(fc.array(happening, { maxLength: 60, size: 'max' }), (happenings) => {
        const { world, window, of } = play(happenings);
        const expected = world.expected();
        const seen = window('5h');
        expect(of('reset')).toHaveLength(expected.over);
        expect(of('high')).toHaveLength(expected.highs);
        expect(seen?.utilization ?? null).toBe(expected.utilization);
        expect(seen?.resetsAt ?? null).toBe(expected.resetsAt);
        expect(tokensOf(seen, 'input')).toBe(expected.tokens);
        if (expected.elapsed) expect(seen?.source).toBe('elapsed');
      }),
      { numRuns: 2_000 },
    );
  });

  test('comes out the same however often it is looked at in between', () => {
    fc.assert(
      fc.property(fc.array(happening, { maxLength: 60, size: 'max' }), (happenings) => {
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
      fc.property(fc.array(happening, { maxLength: 60, size: 'max' }), (happenings) => {
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
const anyFigure = fc.oneof(
  fc.double(),
  fc.string(),
  fc
    .date()
    .filter((date) => !Number.isNaN(date.getTime()))
    .map((date) => date.toISOString()),
  fc.constant(null),
);
const anyBody = fc.oneof(
  fc.jsonValue(),
  fc.dictionary(name, fc.record({ utilization: anyFigure, resets_at: anyFigure })),
);

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

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MAX_WINDOWS } from '#catalog';
import {
  HOUR,
  MINUTE,
  made,
  NOON,
  observe,
  poll,
  polled,
  type Recorded,
  record,
  SECOND,
  tokensOf,
  unified,
  usage,
} from './recorder.ts';

const LENGTH = 5 * HOUR;

/** An answer about the window of five hours, as the provider made it. */
interface Answer {
  readonly source: 'header' | 'poll';
  readonly madeAt: number;
  readonly utilization: number;
  readonly resetsAt: number;
}

/** What happens to the account at the provider. */
const happening = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('answer' as const),
      source: fc.constantFrom('header' as const, 'poll' as const),
      used: fc.integer({ min: 0, max: 30 }),
    }),
  },
  // Spans of time, those among them on which a window's end is met, just missed or just passed.
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('pass' as const),
      ms: fc.oneof(
        fc.integer({ min: 0, max: 3 * HOUR }),
        fc.integer({ min: -61, max: 61 }).map((seconds) => LENGTH + seconds * SECOND),
        fc.integer({ min: 0, max: 61 }).map((seconds) => seconds * SECOND),
      ),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('early end' as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('moved' as const),
      ms: fc.integer({ min: -60, max: 60 }).map((minutes) => minutes * MINUTE),
    }),
  },
);
type Happening = typeof happening extends fc.Arbitrary<infer H> ? H : never;

/**
 * The account as it really is. A window of five hours begins with the first request after the last one ended. The provider
 * may end it before its time, after which it is used by less than half, or move its time while it runs.
 */
class Account {
  now = NOON;
  /** The ends of the periods that were used, in order; the last may be to come. */
  readonly ends: number[] = [];
  readonly answers: Answer[] = [];
  #utilization = 0;

  happen(one: Happening): void {
    if (one.kind === 'pass') this.now += one.ms;
    else if (one.kind === 'answer') this.#answer(one.source, one.used);
    else if (this.#isRunning && one.kind === 'early end') this.#endEarly();
    else if (this.#isRunning && one.kind === 'moved') this.#move(one.ms);
  }

  /** How many periods are over. */
  get over(): number {
    return this.ends.filter((end) => end <= this.now).length;
  }

  get #isRunning(): boolean {
    return (this.ends.at(-1) ?? 0) > this.now;
  }

  #answer(source: Answer['source'], used: number): void {
    if (!this.#isRunning) this.#begin();
    this.#utilization += used;
    this.answers.push({ source, madeAt: this.now, utilization: this.#utilization, resetsAt: this.ends.at(-1) ?? 0 });
    // No two answers are made in one second, so that their order is known.
    this.now += 2 * SECOND;
  }

  #begin(): void {
    this.#utilization = 0;
    this.now = Math.ceil(this.now / SECOND) * SECOND;
    this.ends.push(this.now + LENGTH);
  }

  /** Ends that nobody can see are none: utilization has to fall, and an answer must come before the time would have. */
  #endEarly(): void {
    const last = this.answers.at(-1);
    if (last === undefined || last.utilization < 40) return;
    this.ends[this.ends.length - 1] = this.now;
    this.now += 2 * MINUTE;
    this.#answer('header', 5);
  }

  #move(ms: number): void {
    const before = this.ends.at(-1) ?? 0;
    const end = Math.min(before + ms, this.now + LENGTH);
    // Times within a minute are the same.
    if (end < this.now + 2 * MINUTE || Math.abs(end - before) <= MINUTE) return;
    this.ends[this.ends.length - 1] = end;
    this.#answer('header', 0);
  }
}

/** The account after all that happens. */
const live = (happenings: readonly Happening[]): Account => {
  const account = new Account();
  for (const one of happenings) account.happen(one);
  return account;
};

const happenings = fc.array(happening, { maxLength: 60, size: 'max' });

/** Brings an answer, after one of another account that is not late: the clocks are compared by most answers, not by late ones alone. */
const bring = ({ tracker, time }: Recorded, { source, madeAt, utilization, resetsAt }: Answer): void => {
  observe(tracker, 'other', made(time.clock.now()));
  if (source === 'poll') poll(tracker, 'one', { five_hour: polled(utilization, resetsAt) }, made(madeAt));
  else observe(tracker, 'one', { ...unified('5h', { utilization: utilization / 100, resetsAt }), ...made(madeAt) });
};

/** Brings answers to a tracker, each so long after it was made, and lets the time pass until `end`. */
const arrive = (answers: readonly Answer[], delays: readonly number[], end: number): Recorded => {
  const recorded = record();
  const arrivals = answers.map((answer, index) => ({
    answer,
    at: answer.madeAt + (delays[index % delays.length] ?? 0),
  }));
  for (const { answer, at } of arrivals.toSorted((a, b) => a.at - b.at)) {
    if (at > end) continue;
    recorded.time.set(at);
    bring(recorded, answer);
  }
  recorded.time.set(end);
  recorded.tracker.tick();
  return recorded;
};

/**
 * Lets a period pass about which all answers come at once. An end that a late answer has moved may have been counted by
 * then; it makes up for a later one.
 */
const liveOn = (account: Account, recorded: Recorded): void => {
  account.now = Math.max(account.now, account.ends.at(-1) ?? 0) + HOUR;
  account.happen({ kind: 'answer', source: 'header', used: 1 });
  for (const answer of account.answers.slice(-1)) {
    recorded.time.set(answer.madeAt);
    bring(recorded, answer);
  }
  account.now = account.ends.at(-1) ?? account.now;
  recorded.time.set(account.now);
  recorded.tracker.tick();
};

const IN_ORDER = [0];

/** What the newest answer makes known at a time. */
const expectedOf = ({ utilization, resetsAt, source }: Answer, now: number) =>
  now >= resetsAt ? { utilization: 0, resetsAt, source: 'elapsed' } : { utilization, resetsAt, source };

const delays = fc.array(fc.integer({ min: 0, max: 10 * MINUTE }), { minLength: 1, maxLength: 20 });

describe('answers about an account', () => {
  test('that arrive in order give its figures, and a reset for each period that is over', () => {
    fc.assert(
      fc.property(happenings, (all) => {
        const account = live(all);
        const { window, of } = arrive(account.answers, IN_ORDER, account.now);
        const newest = account.answers.at(-1);
        if (newest !== undefined) expect(window('5h')).toMatchObject(expectedOf(newest, account.now));
        expect(of('reset')).toHaveLength(account.over);
      }),
      { numRuns: 1_000 },
    );
  });

  test('give the figures of the newest in any order of arrival, and never more resets than periods that are over', () => {
    fc.assert(
      fc.property(happenings, delays, (all, late) => {
        const account = live(all);
        const end = account.now + 10 * MINUTE;
        const recorded = arrive(account.answers, late, end);
        const newest = account.answers.at(-1);
        if (newest !== undefined) expect(recorded.window('5h')).toMatchObject(expectedOf(newest, end));
        account.now = end;
        for (let period = 0; period < 4; period += 1) liveOn(account, recorded);
        expect(recorded.of('reset').length).toBeLessThanOrEqual(account.over);
      }),
      { numRuns: 2_000 },
    );
  });

  test('give the same in whichever order they come at one time', () => {
    fc.assert(
      fc.property(happenings, fc.infiniteStream(fc.nat()), (all, weights) => {
        const { now, ...account } = live(all);
        // The date of an answer of another day is not believed.
        const answers = account.answers.filter(({ madeAt }) => now - madeAt < 24 * HOUR);
        const recorded = record({ start: now });
        const shuffled = answers.map((answer) => ({ answer, weight: weights.next().value }));
        for (const { answer } of shuffled.toSorted((a, b) => a.weight - b.weight)) bring(recorded, answer);
        const newest = answers.at(-1);
        if (newest !== undefined) expect(recorded.window('5h')).toMatchObject(expectedOf(newest, now));
      }),
      { numRuns: 500 },
    );
  });

  test('come out the same however often the figures are read in between', () => {
    fc.assert(
      fc.property(happenings, delays, (all, late) => {
        const { answers, now } = live(all);
        const seldom = arrive(answers, late, now);
        const often = arrive(answers, late, now);
        for (let read = 0; read < 3; read += 1) often.tracker.snapshot();
        expect(often.tracker.export()).toStrictEqual(seldom.tracker.export());
        expect(often.of('reset')).toStrictEqual(seldom.of('reset'));
      }),
      { numRuns: 200 },
    );
  });

  test('survive a restart at any moment', () => {
    fc.assert(
      fc.property(happenings, delays, (all, late) => {
        const { answers, now } = live(all);
        const { tracker } = arrive(answers, late, now);
        tracker.recordUsage('one', [usage('claude-opus-4-6', { input: 7 })]);
        const restarted = record({ start: now });
        expect(restarted.tracker.import(JSON.parse(JSON.stringify(tracker.export())))).toBe(0);
        expect(restarted.tracker.snapshot()).toStrictEqual(tracker.snapshot());
        expect(restarted.tracker.export()).toStrictEqual(tracker.export());
      }),
      { numRuns: 300 },
    );
  });
});

test('tokens are those that were recorded since the last reset', () => {
  fc.assert(
    fc.property(happenings, (all) => {
      const { answers, now } = live(all);
      const recorded = record();
      let tokens = 0;
      let resets = 0;
      for (const answer of answers) {
        recorded.time.set(answer.madeAt);
        bring(recorded, answer);
        if (recorded.of('reset').length > resets) tokens = 0;
        resets = recorded.of('reset').length;
        recorded.tracker.recordUsage('one', [usage('claude-opus-4-6', { input: 7 })]);
        tokens += 7;
        expect(tokensOf(recorded.window('5h'), 'input')).toBe(tokens);
      }
      recorded.time.set(now + LENGTH);
      expect(tokensOf(recorded.window('5h'), 'input')).toBe(0);
    }),
    { numRuns: 500 },
  );
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
        observe(tracker, `c${index % 3}`, headers);
        poll(tracker, `c${index % 3}`, body);
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
      tracker.import({
        accounts: [state, { credential: 'one', claim: null, seenAt: 1, extraUsage: state, windows: [state] }],
      });
      expect(tracker.snapshot()).toStrictEqual([]);
    }),
    { numRuns: 500 },
  );
});

/** A state in which some numbers are replaced by others. */
const withNumbers = (value: unknown, next: () => number | undefined): unknown => {
  if (typeof value === 'number') return next() ?? value;
  if (Array.isArray(value)) return value.map((item) => withNumbers(item, next));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withNumbers(item, next)]));
};

const anyNumber = fc.option(
  fc.oneof(fc.double({ noNaN: true }), fc.constantFrom(0, -1, 8.64e15, 1e300, NOON * 1_000)),
  {
    freq: 2,
    nil: undefined,
  },
);

test('whatever numbers a state file holds, all times can be printed and the next answer is believed', () => {
  fc.assert(
    fc.property(happenings, fc.array(anyNumber, { minLength: 60, maxLength: 60 }), (all, numbers) => {
      const { answers, now } = live(all);
      const state: unknown = JSON.parse(JSON.stringify(arrive(answers, IN_ORDER, now).tracker.export()));
      const replaced = [...numbers];
      const { tracker, window } = record({ start: now });
      tracker.import(withNumbers(state, () => replaced.pop()));
      for (const { resetsAt, learnedAt, tokensSince } of tracker.snapshot()) {
        for (const at of [resetsAt, learnedAt, tokensSince])
          expect(() => new Date(at ?? 0).toISOString()).not.toThrow();
      }
      observe(tracker, 'one', unified('5h', { utilization: 0.5, resetsAt: now + HOUR }));
      expect(window('5h')).toMatchObject({ utilization: 50, resetsAt: now + HOUR, source: 'header' });
    }),
    { numRuns: 500 },
  );
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createUpstreamClock } from '../../../proxy/tracker/upstream-clock.ts';
import { manualTime } from '../../support/manual-time.ts';
import { HOUR, MINUTE, made, NOON, observe, record, SECOND, unified } from './recorder.ts';

/** Lets a clock see answers, a second apart, that a machine made whose clock is ahead of ours by so much. */
const seeing = (...aheads: readonly number[]) => {
  const time = manualTime(NOON);
  const clock = createUpstreamClock(time.clock);
  for (const ahead of aheads) {
    time.set(time.clock.now() + SECOND);
    clock.madeAt(made(time.clock.now() + ahead));
  }
  return { clock, time };
};

describe('the clock of the upstream', () => {
  test.each([
    ['ten minutes behind ours', -10 * MINUTE],
    ['ten minutes ahead of ours', 10 * MINUTE],
    ['years ahead of ours', 20_000 * HOUR],
  ])('is %s when three answers say so', (_, ahead) => {
    expect(seeing(ahead, ahead).clock.offset).toBe(0);
    const { clock, time } = seeing(ahead, ahead, ahead);
    expect(clock.offset).toBe(ahead);
    expect(clock.now()).toBe(time.clock.now() + ahead);
  });

  test('agrees with ours within the few seconds that a date and its way are worth', () => {
    expect(seeing(-4 * SECOND, -4 * SECOND, -4 * SECOND, -4 * SECOND).clock.offset).toBe(0);
  });

  test.each([
    ['an hour ahead', HOUR],
    ['an hour behind', -HOUR],
    ['of 1970', -NOON],
  ])('is not moved by one date that is %s', (_, odd) => {
    expect(seeing(0, 0, odd, 0, 0).clock.offset).toBe(0);
    expect(seeing(odd, 0, 0).clock.offset).toBe(0);
  });

  test('is not moved by answers that are late, as long as some are not', () => {
    const late = -3 * MINUTE;
    expect(seeing(0, 0, late, late, late, late, late, late, late).clock.offset).toBe(0);
  });

  test.each([
    ['two of the first three', [20 * HOUR, 20 * HOUR, 0]],
    ['the first two of nine', [20 * HOUR, 20 * HOUR, 0, 0, 0, 0, 0, 0, 0]],
    ['the last two of nine', [0, 0, 0, 0, 0, 0, 0, 20 * HOUR, 20 * HOUR]],
    ['two of three, that are behind', [-20 * HOUR, 0, -20 * HOUR]],
    ['every third', [20 * HOUR, 0, 0, 20 * HOUR, 0, 0, 20 * HOUR, 0, 0, 20 * HOUR]],
    ['every second', [0, 20 * HOUR, 0, 20 * HOUR, 0, 20 * HOUR, 0, 20 * HOUR, 0, 20 * HOUR]],
  ])('is not moved by odd dates of %s', (_, aheads) => {
    for (let count = 1; count <= aheads.length; count += 1) {
      expect(seeing(...aheads.slice(0, count)).clock.offset).toBe(0);
    }
  });

  test('follows ours when that is set right', () => {
    const { clock, time } = seeing(...Array.from({ length: 9 }, () => HOUR));
    time.set(time.clock.now() + HOUR);
    for (let second = 0; second < 9; second += 1) {
      time.set(time.clock.now() + SECOND);
      clock.madeAt(made(time.clock.now()));
    }
    expect(clock.offset).toBe(0);
  });

  test('says when an answer was made, and never later than now', () => {
    const { clock } = seeing();
    expect(clock.madeAt({})).toBe(NOON);
    expect(clock.madeAt(made(NOON - 5 * MINUTE))).toBe(NOON - 5 * MINUTE);
    expect(clock.madeAt(made(NOON + MINUTE))).toBe(NOON);
    expect(seeing().clock.madeAt({ date: ['Tue, 20 Oct 2026 11:59:00 GMT'] })).toBe(NOON - MINUTE);
  });
});

describe('with a clock ten minutes ahead', () => {
  const AHEAD = 10 * MINUTE;
  const headers = (upstream: number) => ({
    ...unified('5h', { utilization: 0.9, resetsAt: NOON + HOUR }),
    ...made(upstream),
  });

  test('a window elapses when its time has come at the upstream, once', () => {
    const { tracker, time, window, of } = record({ start: NOON + AHEAD });
    for (const second of [0, 1, 2]) {
      time.set(NOON + AHEAD + second * SECOND);
      observe(tracker, 'one', headers(NOON + second * SECOND));
    }
    time.set(NOON + HOUR + AHEAD - 1);
    expect(window('5h')).toMatchObject({ utilization: 90, source: 'header', learnedAt: NOON + AHEAD + 2 * SECOND });
    expect(of('reset')).toStrictEqual([]);
    time.set(NOON + HOUR + AHEAD);
    expect(window('5h')).toMatchObject({ utilization: 0, source: 'elapsed' });
    expect(of('reset')).toHaveLength(1);
  });

  test('a window that elapsed before the clocks were compared runs on, and its end is counted once', () => {
    const { tracker, time, window, of } = record({ start: NOON + HOUR });
    observe(tracker, 'one', headers(NOON + HOUR - AHEAD));
    expect(window('5h')).toMatchObject({ source: 'elapsed' });
    for (const second of [1, 2]) {
      time.set(NOON + HOUR + second * SECOND);
      observe(tracker, 'one', headers(NOON + HOUR - AHEAD + second * SECOND));
    }
    expect(window('5h')).toMatchObject({ utilization: 90, source: 'header' });
    time.set(NOON + HOUR + AHEAD);
    expect(window('5h')).toMatchObject({ utilization: 0, source: 'elapsed' });
    expect(of('reset')).toHaveLength(1);
  });
});

/** Headers of one window and one per-minute limit, as a machine makes them whose clock shows a time. */
const figures = (date: number, utilization: number, resetsAt: number) => ({
  ...unified('5h', { utilization, resetsAt, status: 'allowed' }),
  'anthropic-ratelimit-requests-limit': '100',
  'anthropic-ratelimit-requests-remaining': String(Math.round(utilization * 100)),
  ...made(date),
});

describe('figures that a wrong clock stamped', () => {
  test.each([
    ['our clock is 36 hours ahead at the start', 36 * HOUR, [0, 0, 0]],
    ['our clock is 20 hours ahead at the start', 20 * HOUR, [0, 0, 0]],
    ['two answers are dated 20 hours ahead', 0, [0, 20 * HOUR, 20 * HOUR, 0]],
    ['eight answers are dated 20 hours ahead', 0, Array.from({ length: 8 }, () => 20 * HOUR)],
    ['one answer is dated 30 hours behind', 0, [0, -30 * HOUR, 0]],
  ])('give way to those of honest answers: %s', (_, ours, aheads) => {
    const { tracker, time, window } = record({ start: NOON + ours });
    const at = (second: number) => NOON + second * SECOND;
    for (const [second, ahead] of aheads.entries()) {
      time.set(at(second) + ours);
      observe(tracker, 'one', figures(at(second) + ahead, 0.5, NOON + HOUR));
    }
    for (let second = 20; second < 30; second += 1) {
      time.set(at(second) + ours);
      observe(tracker, 'one', figures(at(second), second / 100, NOON + 2 * HOUR));
    }
    expect(window('5h')).toMatchObject({ utilization: 29, resetsAt: NOON + 2 * HOUR, source: 'header' });
    expect(tracker.keyLimits()).toMatchObject([{ kind: 'requests', remaining: 29 }]);
  });

  test('give way after a sharp fall that was stamped ahead', () => {
    const { tracker, time, window } = record({ start: NOON + 36 * HOUR });
    for (const [second, utilization] of [0.9, 0.1, 0.12, 0.14, 0.16].entries()) {
      time.set(NOON + 36 * HOUR + second * SECOND);
      observe(tracker, 'one', { ...unified('5h', { utilization }), ...made(NOON + second * SECOND) });
    }
    expect(window('5h')).toMatchObject({ utilization: 16, source: 'header' });
  });

  test('after ten honest answers the figures are those of the newest, whatever came before', () => {
    const hours = (most: number) => fc.integer({ min: -most, max: most }).map((one) => one * HOUR);
    const odd = fc.array(fc.tuple(hours(40), fc.integer({ min: 20, max: 99 })), { maxLength: 12 });
    fc.assert(
      fc.property(hours(40), odd, (ours, before) => {
        const { tracker, time, window } = record({ start: NOON + ours });
        let second = 0;
        const answer = (ahead: number, percent: number) => {
          second += 1;
          time.set(NOON + ours + second * SECOND);
          observe(tracker, 'one', figures(NOON + second * SECOND + ahead, percent / 100, NOON + 3 * HOUR));
        };
        for (const [ahead, percent] of before) answer(ahead, percent);
        for (let percent = 41; percent <= 50; percent += 1) answer(0, percent);
        expect(window('5h')).toMatchObject({ utilization: 50, resetsAt: NOON + 3 * HOUR, source: 'header' });
        expect(tracker.keyLimits()).toMatchObject([{ remaining: 50 }]);
      }),
    );
  });
});

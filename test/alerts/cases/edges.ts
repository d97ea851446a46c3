import { OBJECTIVES } from '#catalog';
import { growing, inOrder, minutes } from '../../support/promtool.ts';

/** A little less and a little more than a limit: a limit that is a tenth off lies beyond. */
export const CLOSE = { below: 0.95, above: 1.05 } as const;

/** The least requests a minute of which a share or a percentile is taken. */
export const FLOOR = 60 * OBJECTIVES.trafficFloor.value;

/**
 * The time between samples with which a rate over five minutes is exact: three samples and two steps of growth, so that
 * rates can lie on a limit.
 */
export const EXACT = '100s';

/** What a counter grows by between such samples where its rate is a number a second. */
export const exactStep = (perSecond: number): number => 100 * perSecond;

/** When the course of a story turns, in minutes. */
const TURN = 30;

/** What counters have seen before: growth from a counter's birth is not extrapolated, growth of an older one is. */
const SEEN = 1_000;

/** A counter that grows by one step every minute until the turn, and by another from then on. */
export const turning = (before: number, after: number): string =>
  inOrder(
    growing(before, { from: SEEN, samples: TURN - 1 }),
    growing(after, { from: SEEN + (TURN - 1) * before + after, samples: 60 }),
  );

/** What has to change so that a limit is passed when three quarters of a range have: more than five eighths of it. */
export const BY_THREE_QUARTERS = 1.6;

/**
 * When a limit is passed then, in seconds: five samples lie in a range of five minutes, and the third of their four
 * steps is the third after the turn. Half of the range has two steps and passes it a minute sooner; twice the range has
 * nine and passes it three minutes later.
 */
export const PASSED = minutes(TURN + 2);

import { type MatchableOperator as MatchableOf, matchingsOf } from '#vectors';
import type { LogQl } from './expression.ts';

export { type GroupBy, ignoring, type MatchBy, on } from '#vectors';

/** An operator that takes vectors with different labels; a comparison keeps values, or gives 0 and 1 as `'> bool'`. */
export type MatchableOperator = MatchableOf<LogQl['operator']>;

const matchings = matchingsOf<LogQl>();

/** Combines two vectors one to one by an explicit match; with `on` the named labels remain, with `ignoring` the others. */
export const matched = matchings.matched;
/** Combines many series on the left with one on the right; the left's labels remain, with those included from the right. */
export const groupLeft = matchings.groupLeft;
/** Combines one series on the left with many on the right; the right's labels remain, with those included from the left. */
export const groupRight = matchings.groupRight;
/** The left's series that have a match on the right. */
export const and = matchings.and;
/** The left's series that have no match on the right. */
export const unless = matchings.unless;
/** The left's series and those of the right that have no match among them. */
export const or = matchings.or;

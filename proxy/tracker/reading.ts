/** A value, and when the answer was made that gave it, in unix milliseconds by the clock of the upstream. */
export interface Reading<T> {
  readonly value: T;
  readonly madeAt: number;
}

const SECOND = 1_000;

/**
 * A reading as of an answer that was made by now: one that a wrong clock has stamped later would keep all true ones out. It
 * counts as of the present second, so that an answer whose `date` is of the same takes its place.
 */
export const madeBy = <R extends { readonly madeAt: number }>(reading: R, now: number): R =>
  reading.madeAt > now ? { ...reading, madeAt: wholeSecond(now) } : reading;

/** The beginning of a second. */
export const wholeSecond = (at: number): number => Math.floor(at / SECOND) * SECOND;

/** Whether an answer that was made then takes the place of what is known; of two that were made at once the later to arrive does. */
export const isNewer = (known: { readonly madeAt: number } | null | undefined, madeAt: number): boolean =>
  known === null || known === undefined || madeAt >= known.madeAt;

/**
 * The most tokens of a kind that one response can bill; more is a fault of whoever wrote the number. The longest
 * contexts have a million tokens, and a response with server tools can sample some tens of times.
 */
export const MAX_TOKENS = 50_000_000;

/** The fields of an entry that count something. */
export const COUNTED = ['input', 'output', 'cacheRead', 'cacheWrite5m', 'cacheWrite1h', 'webSearches'] as const;

/** The counts of an entry. */
export type Counted = Readonly<Record<(typeof COUNTED)[number], number>>;

/** An entry whose counts are combined with those of another, field by field. */
export const combined = <T extends Counted>(entry: T, other: Counted, by: (one: number, two: number) => number): T => {
  const counts = COUNTED.map((field) => [field, by(entry[field], other[field])] as const);
  return { ...entry, ...Object.fromEntries(counts) };
};

const OFFSET = 0x811c9dc5;
const PRIME = 0x01000193;
const RANGE = 2 ** 32;

/** FNV-1a, then mixed so that neighbouring inputs end far apart. @see http://www.isthe.com/chongo/tech/comp/fnv/ */
const hash = (text: string): number => {
  let state = OFFSET;
  for (let index = 0; index < text.length; index += 1) state = Math.imul(state ^ text.charCodeAt(index), PRIME);
  state = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
  state = Math.imul(state ^ (state >>> 13), 0xc2b2ae35);
  return (state ^ (state >>> 16)) >>> 0;
};

/** A number from 0 up to 1 that the seed and the parts alone decide. */
export const chance = (seed: number, ...parts: readonly (string | number)[]): number =>
  hash([seed, ...parts].join('\n')) / RANGE;

/** Hexadecimal digits that the seed and the parts alone decide. */
export const digits = (seed: number, ...parts: readonly (string | number)[]): string =>
  [0, 1, 2]
    .map((part) =>
      hash([seed, part, ...parts].join('\n'))
        .toString(16)
        .padStart(8, '0'),
    )
    .join('');

/** A quantity that varies from request to request. */
export interface Spread {
  readonly median: number;
  /** Standard deviation of the logarithm; 0 gives the median always. */
  readonly spread: number;
}

/** A log-normal value of a quantity that the seed and the parts alone decide. */
export const draw = ({ median, spread }: Spread, seed: number, ...parts: readonly (string | number)[]): number => {
  if (spread === 0) return median;
  const radius = Math.sqrt(-2 * Math.log(1 - chance(seed, 'radius', ...parts)));
  return median * Math.exp(spread * radius * Math.cos(2 * Math.PI * chance(seed, 'angle', ...parts)));
};

/** One of several, by their shares; null where the shares leave a rest. */
export const pick = <K extends string>(shares: Readonly<Partial<Record<K, number>>>, at: number): K | null => {
  let from = 0;
  for (const [name, share] of Object.entries(shares) as [K, number][]) {
    from += share;
    if (at < from) return name;
  }
  return null;
};

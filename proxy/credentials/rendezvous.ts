import { hash } from 'node:crypto';

/** A text as 16 hexadecimal digits that spread evenly and do not give the text away. */
export const digest = (text: string): string => hash('sha256', text).slice(0, 16);

/** The most digests that are remembered, in each of two generations, and the longest text of them. */
const MAX_REMEMBERED = 2_048;
const MAX_REMEMBERED_LENGTH = 512;

/** Makes a `digest` that remembers what it was asked for last: the requests of a session ask for the same. */
export const createDigests = (): ((text: string) => string) => {
  let young = new Map<string, string>();
  let old = new Map<string, string>();
  return (text) => {
    const known = young.get(text);
    if (known !== undefined) return known;
    const digested = old.get(text) ?? digest(text);
    if (text.length > MAX_REMEMBERED_LENGTH) return digested;
    if (young.size >= MAX_REMEMBERED) [old, young] = [young, new Map()];
    young.set(text, digested);
    return digested;
  };
};

/** The number by which a digest takes part in the choice. */
export const weightOf = (digested: string): number => Number.parseInt(digested.slice(0, 8), 16);

/** A 32-bit mix in which each input bit changes about half of the output bits. @see https://github.com/aappleby/smhasher/wiki/MurmurHash3 */
const mix = (value: number): number => {
  const first = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  const second = Math.imul(first ^ (first >>> 13), 0xc2b2ae35);
  return (second ^ (second >>> 16)) >>> 0;
};

/** A place that a key can be given to. */
export interface Place {
  readonly id: string;
  /** `weightOf(digest(id))`. */
  readonly weight: number;
}

/** A place for an id. */
export const place = (id: string): Place => ({ id, weight: weightOf(digest(id)) });

/**
 * The place with the highest score for a key, among those that may be used. Everybody who knows the same places makes the
 * same choice, and when a place goes only its own keys move.
 *
 * @see https://en.wikipedia.org/wiki/Rendezvous_hashing
 */
export const choose = <P extends Place>(key: number, places: Iterable<P>, usable: (place: P) => boolean): P | null => {
  let best: P | null = null;
  let bestScore = -1;
  for (const one of places) {
    if (!usable(one)) continue;
    const score = mix(key ^ one.weight);
    if (score > bestScore || (score === bestScore && best !== null && one.id < best.id)) {
      best = one;
      bestScore = score;
    }
  }
  return best;
};

/** Which of several nodes is responsible for a name; null where there are none. */
export const responsible = (name: string, nodes: readonly string[]): string | null =>
  choose(weightOf(digest(name)), nodes.map(place), () => true)?.id ?? null;

const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;
const TWO_TO_32 = 4_294_967_296;

/**
 * A number in [0, 1) that depends on the seed and the keys alone: the same question gets the same answer in any order.
 *
 * @see http://www.isthe.com/chongo/tech/comp/fnv/ for the hash; the last lines spread its bits, as close keys hash close
 */
export const chance = (seed: number, ...keys: readonly (string | number)[]): number => {
  let hash = FNV_OFFSET ^ seed;
  for (const character of keys.join('/')) {
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), FNV_PRIME);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / TWO_TO_32;
};

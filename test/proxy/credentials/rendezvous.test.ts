import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { choose, digest, place, responsible, weightOf } from '../../../proxy/credentials/rendezvous.ts';

const places = ['alpha', 'beta', 'gamma', 'delta'].map(place);
const keys = Array.from({ length: 4_000 }, (_, index) => weightOf(digest(`client ${index}`)));
const all = () => true;

describe('rendezvous hashing', () => {
  test('spreads keys evenly', () => {
    const counts = new Map<string, number>();
    for (const key of keys) {
      const id = choose(key, places, all)?.id ?? '';
      counts.set(id, (counts.get(id) ?? 0) + 1);
    }
    expect(counts.size).toBe(4);
    for (const count of counts.values()) expect(Math.abs(count - 1_000)).toBeLessThan(150);
  });

  test('moves only the keys of a place that goes, and spreads them over all others', () => {
    const rest = places.slice(1);
    const moved = new Set<string>();
    for (const key of keys) {
      const before = choose(key, places, all)?.id;
      const after = choose(key, rest, all)?.id;
      if (before === 'alpha') moved.add(after ?? '');
      else expect(after).toBe(before);
    }
    expect(moved.size).toBe(3);
  });

  test('does not depend on the order of places', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 2 ** 32 - 1 }),
        fc.shuffledSubarray(places, { minLength: 4 }),
        (key, shuffled) => {
          expect(choose(key, shuffled, all)?.id).toBe(choose(key, places, all)?.id);
        },
      ),
    );
  });

  test('does not depend on the order of places that score the same', () => {
    const twins = [
      { id: 'b', weight: 7 },
      { id: 'a', weight: 7 },
    ];
    expect(choose(1, twins, all)?.id).toBe('a');
    expect(choose(1, twins.toReversed(), all)?.id).toBe('a');
  });

  test('passes over places that may not be used', () => {
    expect(choose(1, places, ({ id }) => id === 'gamma')?.id).toBe('gamma');
    expect(choose(1, places, () => false)).toBe(null);
    expect(responsible('x', [])).toBe(null);
  });

  // Reference values computed with Python's hashlib and MurmurHash3's finalizer.
  test('makes the same choice in every version: replicas of two versions run side by side', () => {
    const chosen = Array.from({ length: 12 }, (_, index) => responsible(`s${index + 5}`, ['alpha', 'beta', 'gamma']));
    expect(chosen.join(' ')).toBe('beta gamma beta beta gamma beta alpha alpha alpha alpha beta beta');
  });
});

import { expect, test } from 'vitest';
import { CACHE_LIFETIME, MAX_MOVES, Stickiness } from '../../../proxy/pool/stickiness.ts';

test('a move is remembered while it is used, up to the lifetime of a cache after the last use', () => {
  const sticky = new Stickiness();
  sticky.move('s', 'beta', 0);
  expect(sticky.find('s', CACHE_LIFETIME)).toBe('beta');
  expect(sticky.find('s', 2 * CACHE_LIFETIME)).toBe('beta');
  expect(sticky.find('s', 3 * CACHE_LIFETIME + 1)).toBe(undefined);
  expect(sticky.find('s', 3 * CACHE_LIFETIME + 1)).toBe(undefined);
});

test('a session that settles is forgotten', () => {
  const sticky = new Stickiness();
  sticky.move('s', 'beta', 0);
  sticky.settle('s');
  expect(sticky.find('s', 1)).toBe(undefined);
});

test('the session that was silent longest makes room', () => {
  const sticky = new Stickiness();
  sticky.move('first', 'beta', 0);
  sticky.move('second', 'beta', 0);
  for (let index = 2; index < MAX_MOVES; index += 1) sticky.move(`s${index}`, 'beta', 1);
  sticky.find('first', 2);
  sticky.move('one more', 'beta', 3);
  expect(sticky.find('first', 4)).toBe('beta');
  expect(sticky.find('second', 4)).toBe(undefined);
  expect(sticky.export(4)).toHaveLength(MAX_MOVES);
});

test('moves that are still good are kept for a restart, the longest silent first', () => {
  const sticky = new Stickiness();
  sticky.move('new', 'beta', CACHE_LIFETIME);
  sticky.move('old', 'beta', 5);
  sticky.move('gone', 'beta', 0);
  const moves = sticky.export(CACHE_LIFETIME + 1);
  expect(moves).toStrictEqual([
    ['new', 'beta', CACHE_LIFETIME],
    ['old', 'beta', 5],
  ]);
  const restarted = new Stickiness();
  restarted.import(moves);
  expect(restarted.export(CACHE_LIFETIME + 1)).toStrictEqual(moves.toReversed());
});

test('a move without a lifetime is remembered however long it is silent', () => {
  const sticky = new Stickiness(Number.POSITIVE_INFINITY);
  sticky.move('s', 'beta', 0);
  expect(sticky.find('s', 1e12)).toBe('beta');
  expect(sticky.export(1e13)).toStrictEqual([['s', 'beta', 1e12]]);
});

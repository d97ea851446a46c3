import { expect, test } from 'vitest';
import { WINDOW_NAMES } from '#catalog';
import { createWindowNames } from '../../../proxy/tracker/window-names.ts';

const OTHERS = Array.from({ length: 11 }, (_, index) => `w${index}`);

test('a name that two credentials use is in use until both have given it back', () => {
  const names = createWindowNames();
  for (const name of [...OTHERS, 'w0']) expect(names.take(name)).toBe(true);
  names.release('w0');
  expect(names.take('late')).toBe(false);
  names.release('w0');
  expect(names.take('late')).toBe(true);
  expect(names.take('later')).toBe(false);
});

test('known names can always be had and take no room', () => {
  const names = createWindowNames();
  for (const name of [...WINDOW_NAMES, ...OTHERS, ...WINDOW_NAMES]) expect(names.take(name)).toBe(true);
  for (const name of WINDOW_NAMES) names.release(name);
  expect(names.take('late')).toBe(false);
});

test('a name that nobody uses can be given back', () => {
  const names = createWindowNames();
  names.release('w0');
  for (const name of OTHERS) expect(names.take(name)).toBe(true);
  expect(names.take('late')).toBe(false);
});

test.each([
  ['a'.repeat(32), true],
  ['7D-x.y_z', true],
  ['a'.repeat(33), false],
  ['', false],
  ['-a', false],
  ['a b', false],
  ['a"b', false],
  ['ä', false],
])('%j as a name: %s', (name, taken) => {
  expect(createWindowNames().take(name)).toBe(taken);
});

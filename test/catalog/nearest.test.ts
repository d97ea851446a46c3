import { expect, test } from 'vitest';
import { didYouMean, nearest } from '#catalog';

test.each([
  ['threshhold', ['wait', 'threshold', 'severity'], 'threshold'],
  ['Namespace', ['namespace', 'name'], 'namespace'],
  ['ports', ['port', 'protocol'], 'port'],
  ['x', ['namespace'], undefined],
  ['anything', [], undefined],
])('of %j, %j is meant: %s', (word, known, meant) => {
  expect(nearest(word, known)).toBe(meant);
});

test('a word that is like none gets the known ones', () => {
  expect(didYouMean('port', ['ports'])).toBe("did you mean 'ports'?");
  expect(didYouMean('colour', ['ports', 'wait'])).toBe('known: ports, wait');
  expect(didYouMean('colour', [])).toBe('remove it');
});

import { expect, test } from 'vitest';
import { plain } from '../../../dashboards/house/plain.ts';

test('plain leaves out what JSON cannot carry and orders keys at every depth', () => {
  const source = { b: [{ z: 1, a: undefined, y: null }], a: { build: () => 1, c: 'text' } };
  expect(plain(source)).toStrictEqual({ a: { c: 'text' }, b: [{ y: null, z: 1 }] });
  expect(JSON.stringify(plain(source))).toBe('{"a":{"c":"text"},"b":[{"y":null,"z":1}]}');
});

test('plain shares nothing with its source', () => {
  const source = { list: [{ value: 1 }] };
  const copy = plain(source);
  source.list.push({ value: 2 });
  expect(copy).toEqual({ list: [{ value: 1 }] });
});

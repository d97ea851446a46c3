import { expect, test } from 'vitest';
import { FieldScanner, MAX_VALUE_BYTES } from '../../../proxy/usage/json-fields.ts';
import { namesOf } from '../../../proxy/usage/names.ts';

const scanned = (json: string, keys: readonly string[]) => {
  const scanner = new FieldScanner(namesOf(keys));
  scanner.write(new TextEncoder().encode(json));
  return { complete: scanner.complete, values: keys.map((key) => scanner.value(key)) };
};

test.each([
  ['a scalar', '{"a": 1 , "b":null}', [1, undefined]],
  ['a nested value', '{"a":{"b":[1,{"c":"}"}]}}', [{ b: [1, { c: '}' }] }, undefined]],
  ['a key only where it is outermost', '{"x":{"a":1,"z":[{"a":2}]}}', [undefined, undefined]],
  ['a text with escapes', String.raw`{"x":"\\","a":"q\"\\\"","y":"\\\\"}`, ['q"\\"', undefined]],
  ['the last of two', '{"a":1,"a":2}', [2, undefined]],
  ['nothing of an empty object', ' {} ', [undefined, undefined]],
  ['two of two', '{"z":{},"a":[],"z2":"a"}', [[], undefined]],
])('finds %s', (_, json, values) => {
  expect(scanned(json, ['a', 'toString'])).toStrictEqual({ complete: true, values });
});

test('leaves out a value that is too long and reads on', () => {
  const long = JSON.stringify({ a: 'x'.repeat(MAX_VALUE_BYTES), b: 2 });
  expect(scanned(long, ['a', 'b'])).toStrictEqual({ complete: true, values: [undefined, 2] });
});

test.each(['[', '"a"', '5', '{5', '{"a"5', 'x'])('%j is no object and never completes', (json) => {
  expect(scanned(json, ['a'])).toStrictEqual({ complete: false, values: [undefined] });
});

test('a value without an end takes no memory', () => {
  const scanner = new FieldScanner(namesOf(['a']));
  const chunk = new Uint8Array(1 << 20).fill(120);
  scanner.write(new TextEncoder().encode('{"a":"'));
  const before = process.memoryUsage().arrayBuffers;
  for (let index = 0; index < 64; index += 1) scanner.write(chunk);
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(16 << 20);
});

import { expect, test } from 'vitest';
import { FieldScanner, MAX_VALUE_BYTES } from '../../../proxy/json/field-scanner.ts';
import { namesOf } from '../../../proxy/json/names.ts';

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

const nested = (json: string, cut = json.length) => {
  const inner = namesOf(['b', { name: 'c', fields: namesOf(['d']) }]);
  const scanner = new FieldScanner(namesOf([{ name: 'a', fields: inner }, 'z']));
  scanner.write(Buffer.from(json.slice(0, cut)));
  scanner.write(Buffer.from(json.slice(cut)));
  const a = scanner.nested('a');
  return [a?.value('b'), a?.nested('c')?.value('d'), scanner.value('z'), scanner.value('a')];
};

test.each([
  ['in any order', '{"z":1,"a":{"c":{"x":[{"d":9}],"d":3},"b":"}"}}', ['}', 3, 1, undefined]],
  ['beside others of the name', '{"b":9,"a":{"a":{"b":8},"b":2},"c":{"d":7}}', [2, undefined, undefined, undefined]],
  ['of the last of two', '{"a":{"b":1,"c":{"d":1}},"a":{"b":2}}', [2, undefined, undefined, undefined]],
  ['of none where the last is no object', '{"a":{"b":1},"a":[{"b":2}],"z":0}', [undefined, undefined, 0, undefined]],
  [
    'after a value as long as it likes',
    `{"a":{"x":"${'"y'.repeat(9).replaceAll('"', '\\"')}","b":2}}`,
    [2, undefined, undefined, undefined],
  ],
])('finds fields within a value, %s', (_, json, values) => {
  for (let cut = 0; cut <= json.length; cut += 1) expect(nested(json, cut)).toStrictEqual(values);
});

test('fields within a value that is cut off are absent', () => {
  expect(nested('{"z":1,"a":{"b":2')).toStrictEqual([undefined, undefined, 1, undefined]);
});

test('keeps a value up to the length that its name sets', () => {
  const scanner = new FieldScanner(namesOf([{ name: 'a', maxBytes: 4 }, 'b']));
  scanner.write(Buffer.from('{"a":"xx","b":"long enough","a":"xxx","c":1}'));
  expect([scanner.value('a'), scanner.value('b')]).toStrictEqual([undefined, 'long enough']);
  const short = new FieldScanner(namesOf([{ name: 'a', maxBytes: 4 }]));
  for (const part of ['{"a":"x', 'x"', '}']) short.write(Buffer.from(part));
  expect([short.value('a'), short.complete]).toStrictEqual(['xx', true]);
});

test('is empty until something but white space and a byte order mark came', () => {
  const scanner = new FieldScanner(namesOf(['a']));
  scanner.write(Buffer.from('\uFEFF \r\n'));
  expect(scanner.empty).toBe(true);
  scanner.write(Buffer.from('{'));
  expect([scanner.empty, scanner.complete]).toStrictEqual([false, false]);
});

test('finds a quote however many bytes it stands behind an escaped one', () => {
  for (let length = 0; length < 80; length += 1) {
    const text = `"${'x'.repeat(length)}`;
    expect(scanned(JSON.stringify({ x: text, a: text }), ['a']).values).toStrictEqual([text]);
  }
});

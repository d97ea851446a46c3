import { expect, test } from 'vitest';
import { namesOf } from '../../../proxy/json/names.ts';
import { EventParser, MAX_EVENT_BYTES } from '../../../proxy/usage/sse.ts';

const events = (text: string): readonly (readonly [string | null, string])[] => {
  const taken: [string | null, string][] = [];
  const parser = new EventParser(namesOf(['a', 'b']), (name, data) => taken.push([name, data]));
  parser.write(new TextEncoder().encode(text));
  parser.end();
  return taken;
};

test.each<[string, string, readonly (readonly [string | null, string])[]]>([
  ['an event', 'event: a\ndata: 1\n\n', [['a', '1']]],
  [
    'several',
    'event:a\ndata:1\n\nevent: b\r\ndata: 2\r\n\r\n',
    [
      ['a', '1'],
      ['b', '2'],
    ],
  ],
  ['the lines of its data', 'event: a\ndata: 1\ndata\ndata:  2\n\n', [['a', '1\n\n 2']]],
  ['the last of two names', 'event: b\nevent: a\ndata: 1\n\n', [['a', '1']]],
  ['no event of another name', 'event: c\ndata: 1\n\nevent: aa\ndata: 1\n\n', []],
  [
    'an event without a name of its own',
    'data: 1\n\nevent\ndata: 2\n\nevent:\ndata: 3\n\nevent: message\ndata: 4\n\n',
    [
      [null, '1'],
      [null, '2'],
      [null, '3'],
      [null, '4'],
    ],
  ],
  ['an event without a name that the end cuts', 'data: 1\ndata: 2', [[null, '1\n2']]],
  ['an event without data', 'event: a\n\n', []],
  ['an event whose name comes after data that nobody wanted', 'event: c\ndata: 1\nevent: a\ndata: 2\n\n', []],
  ['the event after that one', 'event: c\ndata: 1\nevent: a\n\nevent: a\ndata: 2\n\n', [['a', '2']]],
])('takes %s', (_, text, taken) => {
  expect(events(text)).toStrictEqual(taken);
});

test.each([
  [0, 1],
  [1, 0],
])('data that is %d bytes too long is left out', (excess, taken) => {
  const line = (length: number) => `data:${'x'.repeat(length - 5)}\n`;
  const half = MAX_EVENT_BYTES / 2;
  const text = `event: a\n${line(half + 5)}${line(half + 5 + excess)}\n`;
  expect(events(text)).toHaveLength(taken);
});

test('a line without an end takes no memory', () => {
  const parser = new EventParser(namesOf(['a']), () => undefined);
  const chunk = new Uint8Array(1 << 20).fill(120);
  parser.write(new TextEncoder().encode('event: a\ndata: '));
  const before = process.memoryUsage().arrayBuffers;
  for (let index = 0; index < 64; index += 1) parser.write(chunk);
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(16 << 20);
});

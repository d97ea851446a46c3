import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { writePage } from '../../../dashboards/preview/html.ts';
import type { Json, PreviewData } from '../../../dashboards/preview/preview-data.ts';
import { previewOf, streams } from './fake-data.ts';
import { everyKind, HOSTILE } from './kinds.ts';

const BLOCK = /<script type="application\/json" id="preview-data">(.*?)<\/script>/s;
const dataOf = (html: string): PreviewData => JSON.parse(BLOCK.exec(html)?.[1] ?? 'null') as PreviewData;
const policyOf = (html: string): ReadonlyMap<string, string> => {
  const text = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1] ?? '';
  return new Map(text.split('; ').map((part) => [part.slice(0, part.indexOf(' ')), part.slice(part.indexOf(' ') + 1)]));
};
const hash = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

describe('the page', () => {
  const data = previewOf(everyKind, { panels: { 6: [{ refId: 'A', expr: HOSTILE, loki: streams([HOSTILE]) }] } });
  const html = writePage(data);

  test('has the data as they are given', () => {
    expect(dataOf(html)).toEqual(data);
  });

  test.each(['<', '>', '&', '\u2028', '\u2029'])('has no %j in its data block', (character) => {
    expect(BLOCK.exec(html)?.[1]).not.toContain(character);
  });

  test('escapes the title', () => {
    expect(html).toContain('<title>Every kind of &lt;b&gt;panel&lt;/b&gt; – preview</title>');
  });

  test('allows its own script and styles by their hash, and no network', () => {
    const policy = policyOf(html);
    const script = /<script>(.*)<\/script>\n<\/body>/s.exec(html)?.[1] ?? '';
    const style = /<style>(.*?)<\/style>/s.exec(html)?.[1] ?? '';
    expect(policy.get('default-src')).toBe("'none'");
    expect(policy.get('script-src')).toBe(hash(script));
    expect(policy.get('style-src-elem')).toBe(`${hash(style)} ${hash('')}`);
    expect(policy.get('font-src')).toBe('data:');
    expect(policy.get('img-src')).toBe('data: blob:');
    expect([...policy.keys()]).not.toContain('connect-src');
  });

  test('is the same bytes for the same data', () => {
    expect(writePage(data) === html).toBe(true);
  });
});

test.each<[string, Json, RegExp]>([
  [
    'of schema v2',
    { elements: {}, layout: {} },
    /neither 'panels' nor 'rows'; received an object with the keys elements, layout; export it/,
  ],
  ['that is a list', [1, 2], /received \[1,2\]/],
  ['that is null', null, /received null/],
  ['without anything', {}, /received an object with the keys \(none\)/],
])('refuses a dashboard %s', (_, dashboard, message) => {
  expect(() => writePage(previewOf(dashboard))).toThrow(message);
});

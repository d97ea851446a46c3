import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { PNG } from 'pngjs';
import { expect, test } from 'vitest';
import { topOf } from '../../dashboards/preview/pictures.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const PICTURES = join(ROOT, 'docs/pictures');

/** A picture in which each row has a shade of its own. */
const striped = (width: number, height: number): Buffer => {
  const png = new PNG({ width, height });
  for (let y = 0; y < height; y += 1)
    png.data.fill(Buffer.from([y, 2 * y, 3 * y, 255]), y * width * 4, (y + 1) * width * 4);
  return PNG.sync.write(png);
};

test.each([
  [10, 4, 4],
  [10, 10, 10],
  [10, 99, 10],
])('of a picture %d pixels high the top %d are %d, unchanged', (whole, asked, expected) => {
  const { width, height, data } = PNG.sync.read(topOf(striped(7, whole), asked));
  expect({ width, height }).toEqual({ width: 7, height: expected });
  expect(data.equals(PNG.sync.read(striped(7, expected)).data)).toBe(true);
});

test('the same picture gives the same bytes', () => {
  expect(topOf(striped(30, 20), 12).equals(topOf(striped(30, 20), 12))).toBe(true);
});

const dashboards = readdirSync(join(ROOT, 'dist/dashboards')).map((file) => file.replace(/\.json$/, ''));

test.each(dashboards)('%s has a picture of at most 300 kB in its documentation', (uid) => {
  const png = readFileSync(join(PICTURES, `${uid}.png`));
  expect(png.length).toBeLessThanOrEqual(300_000);
  expect(PNG.sync.read(png).width).toBe(1_280);
  expect(readFileSync(join(ROOT, 'docs/dashboards.md'), 'utf8')).toContain(`(pictures/${uid}.png)`);
});

test('the README opens with a picture', () => {
  expect(readFileSync(join(ROOT, 'README.md'), 'utf8')).toMatch(
    /^# .*\n\n!\[[^\]]+\]\(docs\/pictures\/anthropic-proxy\.png\)\n/,
  );
});

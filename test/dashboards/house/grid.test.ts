import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  COLUMNS,
  FULL,
  HALF,
  LOW,
  layout,
  MEDIUM,
  type Place,
  QUARTER,
  type Size,
  TALL,
  THIRD,
} from '../../../dashboards/house/grid.ts';

const size = (width: number, height: number = TALL): Size => ({ width, height });

const placesOf = (rows: readonly (readonly Size[])[]): readonly Place[] =>
  layout(rows).flatMap(({ title, panels }) => [title, ...panels]);

const overlap = (a: Place, b: Place): boolean =>
  a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;

const sizes = fc.record({
  width: fc.oneof(fc.constantFrom(FULL, HALF, THIRD, QUARTER), fc.integer({ min: 1, max: COLUMNS })),
  height: fc.oneof(fc.constantFrom(TALL, MEDIUM, LOW), fc.integer({ min: 1, max: 30 })),
});
const rows = fc.array(fc.array(sizes, { maxLength: 12 }), { maxLength: 6 });

describe('layout', () => {
  test('puts panels side by side below the title and begins a new line where the next does not fit', () => {
    expect(layout([[size(HALF), size(HALF), size(THIRD)]])).toEqual([
      {
        title: { x: 0, y: 0, w: 24, h: 1 },
        panels: [
          { x: 0, y: 1, w: 12, h: 8 },
          { x: 12, y: 1, w: 12, h: 8 },
          { x: 0, y: 9, w: 8, h: 8 },
        ],
      },
    ]);
  });

  test('gives all panels of a line the height of the highest, so that none floats up into a gap', () => {
    expect(layout([[size(HALF, LOW), size(HALF, MEDIUM)]])[0]?.panels.map(({ h }) => h)).toEqual([MEDIUM, MEDIUM]);
  });

  test('begins a row below all panels of the row before it', () => {
    expect(layout([[size(THIRD, 4), size(FULL, 10)], [size(FULL)], []]).map(({ title }) => title.y)).toEqual([
      0, 15, 24,
    ]);
  });

  test('never overlaps two places', () => {
    fc.assert(
      fc.property(rows, (some) => {
        const places = placesOf(some);
        places.forEach((one, index) => {
          for (const other of places.slice(index + 1)) expect(overlap(one, other)).toBe(false);
        });
      }),
      { numRuns: 200 },
    );
  });

  test('never leaves the grid, nor drops or widens a panel', () => {
    fc.assert(
      fc.property(rows, (some) => {
        for (const { x, y, w } of placesOf(some)) {
          expect(Math.min(x, y)).toBeGreaterThanOrEqual(0);
          expect(x + w).toBeLessThanOrEqual(COLUMNS);
        }
        expect(layout(some).map(({ panels }) => panels.map(({ w }) => w))).toEqual(
          some.map((row) => row.map(({ width }) => width)),
        );
      }),
      { numRuns: 200 },
    );
  });

  test.each([
    [size(25), 'a panel is 1 to 24 columns wide, received 25; use FULL, HALF, THIRD or QUARTER'],
    [size(0), 'a panel is 1 to 24 columns wide, received 0; use FULL, HALF, THIRD or QUARTER'],
    [size(HALF, 2.5), 'a panel is at least 1 high, in whole numbers, received 2.5; use TALL, MEDIUM or LOW'],
  ])('refuses %j', (wrong, message) => {
    expect(() => layout([[wrong]])).toThrow(message);
  });
});

import { describe, expect, test } from 'vitest';
import { type Panel, readDashboard } from '../../dashboards/preview/classic.ts';
import { expandRepeats } from '../../dashboards/preview/repeats.ts';
import type { ResolvedVariable } from '../../dashboards/preview/variables.ts';

const variables = (values: readonly string[]): ReadonlyMap<string, ResolvedVariable> =>
  new Map([
    [
      'pod',
      {
        name: 'pod',
        text: values,
        value: values,
        multi: true,
        verbatim: false,
        selected: values.map((value) => ({ text: value, value })),
      },
    ],
  ]);

const expand = (panels: readonly object[], values: readonly string[]): readonly Panel[] =>
  expandRepeats(readDashboard(JSON.stringify({ title: 't', panels }), 'test.json'), variables(values)).panels;

const panel = (id: number, gridPos: object, more: object = {}) => ({
  id,
  type: 'timeseries',
  title: 'CPU of $pod',
  gridPos,
  ...more,
});

const summary = ({ id, title, gridPos }: Panel) => [id, title, gridPos?.x, gridPos?.y, gridPos?.w];

describe('a repeated panel', () => {
  const below = panel(2, { x: 0, y: 8, w: 24, h: 4 }, { title: 'below' });

  test('stands side by side, and what is below moves down', () => {
    const repeated = panel(1, { x: 0, y: 0, w: 24, h: 8 }, { repeat: 'pod', maxPerRow: 2 });
    expect(expand([repeated, below], ['a', 'b', 'c']).map(summary)).toEqual([
      [1, 'CPU of a', 0, 0, 12],
      [3, 'CPU of b', 12, 0, 12],
      [4, 'CPU of c', 0, 8, 12],
      [2, 'below', 0, 16, 24],
    ]);
  });

  test('stands one below the other', () => {
    const repeated = panel(1, { x: 4, y: 0, w: 6, h: 8 }, { repeat: 'pod', repeatDirection: 'v' });
    expect(expand([repeated, below], ['a', 'b']).map(summary)).toEqual([
      [1, 'CPU of a', 4, 0, 6],
      [3, 'CPU of b', 4, 8, 6],
      [2, 'below', 0, 16, 24],
    ]);
  });

  test('carries its value for its queries', () => {
    const repeated = panel(1, { x: 0, y: 0, w: 24, h: 8 }, { repeat: 'pod' });
    expect(expand([repeated], ['a', 'b']).map(({ scopedVars }) => scopedVars)).toEqual([
      { pod: { text: 'a', value: 'a' } },
      { pod: { text: 'b', value: 'b' } },
    ]);
  });

  test('stays as it is where its variable has no values', () => {
    const repeated = panel(1, { x: 0, y: 0, w: 24, h: 8 }, { repeat: 'pod' });
    expect(expand([repeated], []).map(summary)).toEqual([[1, 'CPU of $pod', 0, 0, 24]]);
  });
});

describe('a repeated row', () => {
  const inside = panel(2, { x: 0, y: 1, w: 12, h: 8 });

  test('is there once a value, with its panels', () => {
    const row = {
      id: 1,
      type: 'row',
      title: 'Pod $pod',
      gridPos: { x: 0, y: 0, w: 24, h: 1 },
      repeat: 'pod',
      panels: [],
    };
    expect(expand([row, inside], ['a', 'b']).map(summary)).toEqual([
      [1, 'Pod a', 0, 0, 24],
      [2, 'CPU of a', 0, 1, 12],
      [3, 'Pod b', 0, 9, 24],
      [4, 'CPU of b', 0, 10, 12],
    ]);
  });

  test('keeps its panels inside while it is collapsed', () => {
    const place = { x: 0, y: 0, w: 24, h: 1 };
    const row = { id: 1, type: 'row', title: '$pod', gridPos: place, repeat: 'pod', collapsed: true, panels: [inside] };
    const rows = expand([row], ['a', 'b']);
    expect(rows.map(({ title, panels }) => [title, panels?.map(({ title: own }) => own)])).toEqual([
      ['a', ['CPU of a']],
      ['b', ['CPU of b']],
    ]);
    const ids = rows.flatMap(({ id, panels = [] }) => [id, ...(panels ?? []).map((one) => one.id)]);
    expect(new Set(ids).size).toBe(4);
  });
});

test('a dashboard without repeats keeps its panels', () => {
  const panels = [panel(1, { x: 0, y: 3, w: 24, h: 8 })];
  expect(expand(panels, ['a']).map(summary)).toEqual([[1, 'CPU of $pod', 0, 3, 24]]);
});

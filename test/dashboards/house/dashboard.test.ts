import { describe, expect, test } from 'vitest';
import { ANTHROPIC_PROXY_PANELS as PANELS, type PanelId, proxy } from '#catalog';
import { rate, sumBy } from '#promql';
import {
  dashboard,
  HALF,
  LOW,
  PROMETHEUS,
  perSecond,
  query,
  row,
  span,
  timeseries,
} from '../../../dashboards/house/index.ts';

const panel = (id: PanelId) =>
  timeseries({
    panel: id,
    title: 'Requests',
    description: 'What a change means.',
    unit: perSecond(proxy.requests),
    queries: [query(sumBy([], rate(proxy.requests, '5m')), 'total')],
  });

const small = (...ids: PanelId[]) =>
  dashboard({
    uid: 'anthropic-proxy',
    title: 'Small',
    description: 'For tests.',
    tags: ['test'],
    datasources: [PROMETHEUS],
    variables: [],
    rows: ids.map((id) => row(`Row of ${id.id}`, [span(HALF, panel(id), LOW)])),
  });

const NO_LINES = () => [];

describe('dashboard', () => {
  test('is read-only, shares its cross-hair and has a time range, a refresh and tags', () => {
    expect(small()(NO_LINES)).toMatchObject({
      uid: 'anthropic-proxy',
      title: 'Small',
      json: {
        uid: 'anthropic-proxy',
        title: 'Small',
        editable: false,
        graphTooltip: 1,
        refresh: '30s',
        schemaVersion: 42,
        tags: ['tidewatch', 'test'],
        time: { from: 'now-6h', to: 'now' },
        timezone: 'browser',
        annotations: { list: [] },
        panels: [],
      },
    });
  });

  test('puts each row’s title above its panels', () => {
    const { panels } = small(PANELS.requestRate, PANELS.errorRate)(NO_LINES).json as {
      panels: { id: number; gridPos: object }[];
    };
    expect(panels.map(({ id, gridPos }) => [id, gridPos])).toEqual([
      [1000, { x: 0, y: 0, w: 24, h: 1 }],
      [8, { x: 0, y: 1, w: 12, h: 4 }],
      [1001, { x: 0, y: 5, w: 24, h: 1 }],
      [9, { x: 0, y: 6, w: 12, h: 4 }],
    ]);
  });

  test('is the same each time, and what one reader changes no other sees', () => {
    const build = small(PANELS.requestRate);
    const first = build(NO_LINES);
    const text = JSON.stringify(first.json);
    const { panels } = first.json as { panels: { targets?: { expr: string }[] }[] };
    for (const { targets = [] } of panels) for (const target of targets) target.expr = 'changed';
    expect(JSON.stringify(first.json)).not.toBe(text);
    expect(JSON.stringify(build(NO_LINES).json)).toBe(text);
  });

  test('orders the keys of every object', () => {
    const unordered: string[] = [];
    JSON.stringify(small(PANELS.requestRate)(NO_LINES).json, (key, value: unknown) => {
      const keys = typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.keys(value) : [];
      if (keys.join() !== keys.toSorted().join()) unordered.push(key);
      return value;
    });
    expect(unordered).toEqual([]);
  });

  test('refuses a panel that occurs twice', () => {
    expect(() => small(PANELS.requestRate, PANELS.requestRate)(NO_LINES)).toThrow(
      "panel 8 is on 'anthropic-proxy' twice; drop one, or give it a panel id of its own",
    );
  });

  test('refuses a panel of another dashboard', () => {
    expect(() => small({ dashboard: 'other', id: 1 })(NO_LINES)).toThrow(
      "panel 1 of 'other' is on 'anthropic-proxy'; take a panel id of 'anthropic-proxy' from the catalog",
    );
  });
});

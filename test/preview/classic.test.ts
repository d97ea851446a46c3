import { describe, expect, test } from 'vitest';
import { DashboardError, panelsOf, readDashboard } from '../../dashboards/preview/classic.ts';

const read = (value: unknown) => readDashboard(JSON.stringify(value), 'my.json');

test('keeps what the preview does not read', () => {
  const dashboard = read({ title: 't', links: [1], panels: [{ id: 1, type: 'x', options: { a: 1 } }] });
  expect(dashboard).toMatchObject({ links: [1], panels: [{ options: { a: 1 } }] });
});

test('takes the dashboard out of an answer of the HTTP API', () => {
  expect(read({ meta: {}, dashboard: { title: 'inside', panels: [] } }).title).toBe('inside');
});

test('gives panels without an id, or with one that is taken, a free one', () => {
  const { panels } = read({ title: 't', panels: [{ id: 1, type: 'a' }, { type: 'b' }, { id: 1, type: 'c' }] });
  expect(panels.map(({ id }) => id)).toEqual([1, 2, 3]);
});

describe('rows of before Grafana 5', () => {
  const rows = [
    {
      height: '250px',
      panels: [
        { type: 'graph', span: 4 },
        { type: 'graph', span: 8 },
        { type: 'graph', span: 6 },
      ],
    },
    { title: 'More', collapse: true, panels: [{ type: 'graph' }] },
  ];

  test('get the grid', () => {
    const { panels } = read({ title: 't', rows });
    expect(panels.map(({ type, gridPos }) => [type, gridPos?.x, gridPos?.y, gridPos?.w, gridPos?.h])).toEqual([
      ['graph', 0, 0, 8, 7],
      ['graph', 8, 0, 16, 7],
      ['graph', 0, 7, 12, 7],
      ['row', 0, 14, 24, 1],
    ]);
    expect(panelsOf(panels)).toHaveLength(4);
  });
});

test.each([
  ['[', /my\.json is no JSON .*; export the dashboard as JSON again/],
  ['{"title":"t"}', /my\.json is no classic dashboard: panels: .*; export it from Grafana again/],
  ['{"title":"t","panels":[{}]}', /panels\.0\.type/],
  ['{"apiVersion":"v2","spec":{}}', /schema v2; .* export it as "Classic"/],
])('refuses %s with a reason and a remedy', (text, message) => {
  expect(() => readDashboard(text, 'my.json')).toThrow(DashboardError);
  expect(() => readDashboard(text, 'my.json')).toThrow(message);
});

import { describe, expect, test } from 'vitest';
import {
  chosen,
  interpolate,
  labelValuesPath,
  logQueries,
  panelIds,
  panelQueries,
  queryVariables,
} from './dashboard-queries.ts';

const DASHBOARD = JSON.stringify({
  uid: 'a',
  annotations: {
    list: [
      { name: 'Starts', expr: '{a="s"}', datasource: { type: 'loki' } },
      { name: 'Deploys', datasource: { type: 'grafana' } },
    ],
  },
  panels: [
    {
      id: 1,
      title: 'Numbers',
      datasource: { type: 'prometheus' },
      targets: [
        { refId: 'A', expr: 'up' },
        { refId: 'B', expr: '{a="b"}', datasource: { type: 'loki' } },
      ],
    },
    {
      id: 1000,
      title: 'Row',
      panels: [{ id: 2, title: 'Inner', datasource: { type: 'loki' }, targets: [{ refId: 'A', expr: '{a="b"}' }] }],
    },
    {
      id: 1001,
      title: 'Row',
      panels: [{ id: 3, title: 'Inner', targets: [{ refId: 'C', expr: 'down', datasource: { type: 'prometheus' } }] }],
    },
  ],
  templating: {
    list: [
      { type: 'datasource', name: 'prometheus_datasource', query: 'prometheus' },
      { type: 'query', name: 'job', query: 'label_values(up, job)', datasource: { type: 'prometheus' } },
      { type: 'query', name: 'app', query: 'label_values(app)', datasource: { type: 'loki' } },
    ],
  },
});

test('panelQueries finds what goes to Prometheus, in rows as well', () => {
  expect(panelQueries(DASHBOARD)).toEqual([
    { dashboard: 'a', id: 1, title: 'Numbers', refId: 'A', expr: 'up' },
    { dashboard: 'a', id: 3, title: 'Inner', refId: 'C', expr: 'down' },
  ]);
});

test('logQueries finds what goes to Loki: annotations, and panels in rows as well', () => {
  expect(logQueries(DASHBOARD)).toEqual([
    { dashboard: 'a', title: 'Starts', expr: '{a="s"}' },
    { dashboard: 'a', id: 1, title: 'Numbers', expr: '{a="b"}' },
    { dashboard: 'a', id: 2, title: 'Inner', expr: '{a="b"}' },
  ]);
});

test('panelIds finds panels, in rows as well, and the rows', () => {
  expect(panelIds(DASHBOARD)).toEqual([1, 1000, 2, 1001, 3]);
});

test('queryVariables finds what asks Prometheus', () => {
  expect(queryVariables(DASHBOARD)).toEqual([{ dashboard: 'a', name: 'job', query: 'label_values(up, job)' }]);
});

describe('interpolate', () => {
  test.each([
    ['rate(a{job=~"$job"}[$__rate_interval])', 'rate(a{job=~".+"}[4m])'],
    [`a{job=~"\${job}"} or b{job=~"\${job:regex}"}`, 'a{job=~".+"} or b{job=~".+"}'],
    ['label_replace(a, "b", "c", "d", "e")', 'label_replace(a, "b", "c", "d", "e")'],
    [`label_replace(a, "b", "$1", "d", "(.*)\${1}")`, `label_replace(a, "b", "$1", "d", "(.*)\${1}")`],
  ])('turns %s into %s', (query, expected) => {
    expect(interpolate(query, { job: '.+', __rate_interval: '4m' })).toBe(expected);
  });

  test('refuses a variable without a value', () => {
    expect(() => interpolate('a{b="$b"}', {})).toThrow('no value for $b');
  });
});

test('chosen escapes what a regular expression would read, and joins several values', () => {
  expect(chosen('claude-3.5')).toBe('claude-3\\\\.5');
  expect(chosen('a', 'b')).toBe('(a|b)');
});

describe('labelValuesPath', () => {
  test.each([
    ['label_values(job)', '/api/v1/label/job/values'],
    ['label_values(up, job)', '/api/v1/label/job/values?match%5B%5D=up'],
    ['label_values(up{a="b", c="d"}, job)', '/api/v1/label/job/values?match%5B%5D=up%7Ba%3D%22b%22%2C+c%3D%22d%22%7D'],
  ])('of %s is %s', (query, path) => {
    expect(labelValuesPath(query)).toBe(path);
  });

  test('refuses another query', () => {
    expect(() => labelValuesPath('query_result(up)')).toThrow('no label_values');
  });
});

import { describe, expect, test } from 'vitest';
import { modern } from '../../../dashboards/preview/page/legacy.ts';
import { previewUrl } from '../../../dashboards/preview/page/preview-url.ts';

describe('a panel of before Grafana 8', () => {
  test('that is a graph becomes a time series', () => {
    const panel = modern({
      type: 'graph',
      fill: 2,
      linewidth: 3,
      stack: true,
      percentage: true,
      nullPointMode: 'connected',
      yaxes: [{ format: 'bytes', min: '0', max: null, label: 'memory' }],
      legend: { show: true, values: true, current: true, max: true, alignAsTable: true, rightSide: true },
      aliasColors: { idle: '#fff' },
    });
    expect(panel).toMatchObject({
      type: 'timeseries',
      fieldConfig: {
        defaults: {
          unit: 'bytes',
          min: 0,
          max: undefined,
          custom: {
            drawStyle: 'line',
            fillOpacity: 20,
            lineWidth: 3,
            spanNulls: true,
            stacking: { mode: 'percent' },
            axisLabel: 'memory',
          },
        },
        overrides: [
          {
            matcher: { id: 'byName', options: 'idle' },
            properties: [{ id: 'color', value: { mode: 'fixed', fixedColor: '#fff' } }],
          },
        ],
      },
      options: { legend: { displayMode: 'table', placement: 'right', calcs: ['lastNotNull', 'max'] } },
    });
  });

  test('that is a single stat becomes a stat, or a gauge', () => {
    const singlestat = {
      type: 'singlestat',
      format: 'percent',
      valueName: 'current',
      thresholds: '80,90',
      colorBackground: true,
    };
    expect(modern(singlestat)).toMatchObject({
      type: 'stat',
      fieldConfig: {
        defaults: {
          unit: 'percent',
          thresholds: {
            steps: [
              { value: null, color: 'green' },
              { value: 80, color: 'orange' },
              { value: 90, color: 'red' },
            ],
          },
        },
      },
      options: { colorMode: 'background', reduceOptions: { calcs: ['lastNotNull'] } },
    });
    expect(modern({ ...singlestat, gauge: { show: true, minValue: 1, maxValue: 5 } })).toMatchObject({
      type: 'gauge',
      fieldConfig: { defaults: { min: 1, max: 5 } },
    });
  });

  test('has its mappings of values and ranges converted', () => {
    const mappings = [
      { type: 1, value: '0', text: 'down' },
      { type: 2, from: '1', to: '5', text: 'up' },
    ];
    expect(modern({ type: 'stat', fieldConfig: { defaults: { mappings } } })).toMatchObject({
      fieldConfig: {
        defaults: {
          mappings: [
            { type: 'value', options: { '0': { text: 'down' } } },
            { type: 'range', options: { from: 1, to: 5, result: { text: 'up' } } },
          ],
        },
      },
    });
  });

  test('of a kind that stays is left alone', () => {
    const panel = { type: 'table', fieldConfig: { defaults: {}, overrides: [] } };
    expect(modern(panel)).toBe(panel);
  });
});

test.each([
  ['/d/another', 'another.html'],
  ['/d/another/slug?orgId=1&viewPanel=7&from=1', 'another.html#panel-7'],
  ['/d/another?viewPanel=panel-12', 'another.html#panel-12'],
  ['/d/a%20b', 'a%2520b.html'],
  ['https://example.com/d/x', 'https://example.com/d/x'],
  ['/explore?left=1', '/explore?left=1'],
])('the link %s leads to %s', (url, href) => {
  expect(previewUrl(url)).toBe(href);
});

// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Grafana replaces these
import { describe, expect, test } from 'vitest';
import { ANTHROPIC_PROXY_PANELS as PANELS, proxy, type Thresholds } from '#catalog';
import { maxBy, RATE_INTERVAL, rate, sumBy, value } from '#promql';
import { type AnySignal, anthropicProxySignals as signals } from '#signals';
import {
  gauge,
  onlyThis,
  type Panel,
  PERCENT,
  perSecond,
  query,
  STATUS_COLORS,
  stat,
  timeseries,
  unitOf,
} from '../../../dashboards/house/index.ts';
import { refIdOf } from '../../../dashboards/house/targets.ts';

const NO_LINES: Thresholds = () => [];
const AT_FIVE: Thresholds = () => [{ alert: 'TooMany', severity: 'page', value: 5, fires: 'above', series: 'total' }];
const JOB = [{ label: 'job', op: '=~', value: '$job' }] as const;

const built = (panel: Panel, thresholds: Thresholds = NO_LINES) =>
  panel.build({ thresholds, conditions: JOB, streams: {} });

const words = { title: 'A title', description: 'What a change means.' };
/** A signal that stands for whatever the alerts compare. */
const COMPARED: AnySignal = signals.serverErrorShare;
const total = () => query(sumBy([], rate(proxy.requests, '5m')), 'total', { signal: COMPARED });
const byCode = () => query(sumBy(['status_code'], rate(proxy.requests, '5m')), '{{status_code}}');
const PROMETHEUS = { type: 'prometheus', uid: '${prometheus_datasource}' };

describe('timeseries', () => {
  const panel = () =>
    timeseries({ ...words, panel: PANELS.requestRate, unit: perSecond(proxy.requests), queries: [total(), byCode()] });

  test('numbers its queries, names the datasource by its variable and puts the conditions on every selector', () => {
    expect(built(panel())).toMatchObject({
      id: 8,
      type: 'timeseries',
      datasource: PROMETHEUS,
      targets: [
        {
          refId: 'A',
          datasource: PROMETHEUS,
          expr: 'sum(rate(proxy_request_count_total{job=~"$job"}[5m]))',
          legendFormat: 'total',
          range: true,
          instant: false,
        },
        { refId: 'B', legendFormat: '{{status_code}}' },
      ],
    });
  });

  test('shows what the builder hides: the legend with its figures, and in the tooltip all series that are not zero', () => {
    expect(built(panel()).options).toEqual({
      legend: {
        calcs: ['lastNotNull', 'max'],
        displayMode: 'table',
        placement: 'bottom',
        showLegend: true,
        sortBy: 'Last *',
        sortDesc: true,
      },
      tooltip: { mode: 'multi', sort: 'desc', hideZeros: true },
    });
  });

  test('lets the legend stand beside the plot', () => {
    const beside = timeseries({
      ...words,
      panel: PANELS.requestRate,
      unit: perSecond(proxy.requests),
      queries: [byCode()],
      legend: 'beside',
    });
    expect(built(beside)).toMatchObject({ options: { legend: { placement: 'right', displayMode: 'table' } } });
  });

  test('reads rates over the alerts’ range at least where it has their lines, and as finely as it can where not', () => {
    const zoomed = timeseries({
      ...words,
      panel: PANELS.requestRate,
      unit: perSecond(proxy.requests),
      queries: [query(sumBy([], rate(proxy.requests, RATE_INTERVAL)), 'zoomed'), total()],
    });
    const steps = (thresholds: Thresholds) => {
      const { targets } = built(zoomed, thresholds) as unknown as { targets: { interval?: string }[] };
      return targets.map(({ interval }) => interval);
    };
    // Grafana's rate interval is at least four steps: five minutes. The second query has its own range.
    expect(steps(AT_FIVE)).toEqual(['75s', undefined]);
    expect(steps(NO_LINES)).toEqual([undefined, undefined]);
  });

  test('draws every line in the house style', () => {
    expect(built(panel()).fieldConfig).toEqual({
      defaults: {
        color: { mode: 'palette-classic-by-name' },
        custom: {
          axisLabel: '',
          drawStyle: 'line',
          fillOpacity: 10,
          lineWidth: 2,
          showPoints: 'never',
          spanNulls: 120_000,
          stacking: { group: 'A', mode: 'none' },
          thresholdsStyle: { mode: 'off' },
        },
        min: 0,
        noValue: 'No data',
        thresholds: { mode: 'absolute', steps: [{ color: 'green', value: null }] },
        unit: 'reqps',
      },
      overrides: [],
    });
  });

  test('draws the lines of its alerts and says whose they are', () => {
    expect(built(panel(), AT_FIVE)).toMatchObject({
      description: 'What a change means.\n\nTooMany (page) fires above 5, for "total".',
      fieldConfig: {
        defaults: {
          custom: { thresholdsStyle: { mode: 'line' } },
          thresholds: { steps: [{ value: null }, { value: 5, color: 'red' }] },
        },
      },
    });
  });

  test('draws the lines on the axis of the signal that the alerts compare', () => {
    const share = query(sumBy([], rate(proxy.requests, '5m')), 'share', { unit: PERCENT, signal: COMPARED });
    const all = query(sumBy([], rate(proxy.requests, '5m')), 'total');
    const mixed = timeseries({
      ...words,
      panel: PANELS.errorRate,
      unit: perSecond(proxy.requests),
      queries: [all, share],
    });
    expect(built(mixed, AT_FIVE)).toMatchObject({
      fieldConfig: {
        defaults: { custom: { thresholdsStyle: { mode: 'off' } } },
        overrides: [
          {
            matcher: { id: 'byFrameRefID', options: 'B' },
            properties: expect.arrayContaining([
              { id: 'unit', value: 'percent' },
              { id: 'custom.axisPlacement', value: 'right' },
              { id: 'custom.thresholdsStyle', value: { mode: 'line' } },
            ]),
          },
        ],
      },
    });
  });

  test('colours series by rules of which the later win', () => {
    const coloured = timeseries({
      ...words,
      panel: PANELS.requestRate,
      unit: perSecond(proxy.requests),
      queries: [byCode()],
      colors: STATUS_COLORS,
    });
    const { overrides } = built(coloured).fieldConfig as {
      overrides: { matcher: { options: string }; properties: { value: { fixedColor: string } }[] }[];
    };
    const colorOf = (name: string) =>
      overrides.findLast(({ matcher }) => new RegExp(matcher.options.slice(1, -1)).test(name))?.properties[0]?.value
        .fixedColor;
    expect(['200', '404', 'HTTP 429', '499', 'HTTP 502', 'other'].map(colorOf)).toEqual([
      'green',
      'yellow',
      'orange',
      'text',
      'red',
      undefined,
    ]);
  });
});

describe('stat', () => {
  test('reads one moment and says which figure it shows', () => {
    const panel = stat({
      ...words,
      panel: PANELS.totalRequests,
      unit: unitOf(proxy.requests),
      color: 'blue',
      queries: [total()],
    });
    expect(built(panel)).toMatchObject({
      type: 'stat',
      targets: [{ instant: true, range: false }],
      options: { reduceOptions: { calcs: ['lastNotNull'] }, graphMode: 'none', textMode: 'value_and_name' },
      fieldConfig: { defaults: { color: { mode: 'fixed', fixedColor: 'blue' } } },
    });
  });
});

test('an alert that fires below colours what lies under it on numbers, and is a line on graphs', () => {
  const below: Thresholds = () => [{ alert: 'TooFew', severity: 'page', value: 1, fires: 'below', series: 'total' }];
  const same = { ...words, panel: PANELS.totalRequests, unit: unitOf(proxy.requests), queries: [total()] } as const;
  const steps = (one: string, other: string) => ({
    fieldConfig: {
      defaults: {
        thresholds: {
          steps: [
            { value: null, color: one },
            { value: 1, color: other },
          ],
        },
      },
    },
  });
  expect(built(stat(same), below)).toMatchObject(steps('red', 'green'));
  expect(built(timeseries(same), below)).toMatchObject(steps('green', 'red'));
});

describe('gauge', () => {
  const panel = () =>
    gauge({
      ...words,
      panel: PANELS.utilization5h,
      unit: unitOf(proxy.utilization),
      fullAt: 100,
      queries: [
        query(maxBy(['credential'], value(proxy.utilization)), '{{credential}}', {
          signal: signals.utilization,
          drill: onlyThis('credential', 'x'),
        }),
      ],
    });

  test('lets its end move up with the greatest value, by a second query that is not shown itself', () => {
    expect(built(panel())).toMatchObject({
      type: 'gauge',
      targets: [
        { refId: 'A', expr: 'max by (credential) (proxy_usage_utilization{job=~"$job"})' },
        {
          refId: 'B',
          expr: 'clamp_min(max(max by (credential) (proxy_usage_utilization{job=~"$job"})), 100)',
          legendFormat: 'max',
        },
      ],
      transformations: [
        {
          id: 'configFromData',
          options: {
            configRefId: 'B',
            mappings: [{ fieldName: 'max', handlerKey: 'max', reducerId: 'lastNotNull' }],
          },
        },
      ],
      fieldConfig: { defaults: { min: 0, max: 100 } },
    });
  });

  test('takes the colours of the alerts on its signal', () => {
    const asked: string[] = [];
    built(panel(), (id) => {
      asked.push(id);
      return [];
    });
    expect(new Set(asked)).toEqual(new Set([signals.utilization.id]));
  });
});

test('refIdOf counts in letters and stops where they end', () => {
  expect([0, 1, 25].map(refIdOf)).toEqual(['A', 'B', 'Z']);
  expect(() => refIdOf(26)).toThrow('a panel has at most 26 queries, received one more; split the panel');
});

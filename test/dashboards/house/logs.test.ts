// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Grafana replaces these
import { describe, expect, test } from 'vitest';
import { LOG_EVENTS, LOGS_PANELS as PANELS, proxy } from '#catalog';
import { AUTO, countOverTime, json, lines, logQuery, sumBy, variable } from '#logql';
import { rate, sumBy as sumSeriesBy } from '#promql';
import {
  countOf,
  logSeries,
  logs,
  logTable,
  onlyThisOfLines,
  type Panel,
  query,
  stat,
  timeseries,
  toPanel,
  unitOf,
} from '../../../dashboards/house/index.ts';

const LOKI = { type: 'loki', uid: '${loki_datasource}' };

const built = (panel: Panel) =>
  panel.build({ thresholds: () => [], conditions: [], streams: { instance: variable('instance') } });

const words = { title: 'A title', description: 'What a change means.' };
const byModel = () => sumBy(['model'], countOverTime(lines(LOG_EVENTS.requestFinished), AUTO));
const all = () => sumBy([], countOverTime(lines(LOG_EVENTS.requestFinished), AUTO));

describe('a panel of series from Loki', () => {
  const graph = () =>
    timeseries({
      ...words,
      panel: PANELS.requestsByModel,
      unit: countOf('requests'),
      queries: [
        logSeries(byModel(), '{{model}}', { drill: onlyThisOfLines('model', 'anthropic-proxy') }),
        logSeries(all(), 'total'),
      ],
    });

  test('asks Loki over the time range, with the conditions of the dashboard on every stream', () => {
    expect(built(graph())).toMatchObject({
      type: 'timeseries',
      datasource: LOKI,
      targets: [
        {
          refId: 'A',
          datasource: LOKI,
          expr: 'sum by (model) (count_over_time({service_name="anthropic-proxy", instance=~"$instance"} |= "completed" [$__auto]))',
          legendFormat: '{{model}}',
          queryType: 'range',
          editorMode: 'code',
        },
        { refId: 'B', legendFormat: 'total' },
      ],
    });
  });

  test('asks for one moment where it shows one', () => {
    const number = stat({
      ...words,
      panel: PANELS.requestsByModel,
      unit: countOf('requests'),
      queries: [logSeries(all(), 'total')],
    });
    expect(built(number)).toMatchObject({ targets: [{ queryType: 'instant' }] });
  });

  test('does not query Prometheus as well', () => {
    const mixed = timeseries({
      ...words,
      panel: PANELS.requestsByModel,
      unit: countOf('requests'),
      queries: [logSeries(all(), 'lines'), query(sumSeriesBy([], rate(proxy.requests, '5m')), 'requests')],
    });
    expect(() => built(mixed)).toThrow("panel 'A title' queries Prometheus and Loki; make it two panels");
  });

  test('does not compile with a legend that names no label, or one that was summed away', () => {
    // @ts-expect-error {{status}} was summed away
    logSeries(byModel(), '{{status}}');
    // @ts-expect-error nothing tells the models apart
    logSeries(byModel(), 'requests');
    // @ts-expect-error the series have no credential
    logSeries(byModel(), '{{model}}', { drill: onlyThisOfLines('credential', 'anthropic-proxy') });
  });
});

describe('a panel of lines', () => {
  test('shows them newest first, with their time, whole, and their fields at a click', () => {
    const panel = logs({
      ...words,
      panel: PANELS.allLines,
      query: logQuery(LOG_EVENTS.started),
      links: [toPanel('There', PANELS.lifecycle)],
    });
    expect(built(panel)).toEqual({
      id: 11,
      type: 'logs',
      ...words,
      datasource: LOKI,
      links: [{ title: 'There', url: '/d/anthropic-proxy-logs?viewPanel=10&${__url_time_range}&${__all_variables}' }],
      options: {
        dedupStrategy: 'none',
        enableInfiniteScrolling: true,
        enableLogDetails: true,
        prettifyLogMessage: false,
        showCommonLabels: false,
        showLabels: false,
        showLogContextToggle: true,
        showTime: true,
        sortOrder: 'Descending',
        wrapLogMessage: true,
      },
      targets: [
        {
          refId: 'A',
          datasource: LOKI,
          editorMode: 'code',
          queryType: 'range',
          expr: '{service_name="anthropic-proxy", instance=~"$instance"} |= "listening" | json',
        },
      ],
    });
  });
});

describe('a table of lines', () => {
  const table = () =>
    logTable({
      ...words,
      panel: PANELS.slowRequests,
      query: json(lines(LOG_EVENTS.requestFinished), ['duration', 'request_id']),
      columns: [
        { field: 'duration', title: 'Duration', unit: unitOf(proxy.requestDuration), width: 110 },
        { field: 'model', title: 'Model', links: [{ title: 'There', url: '/d/there?var-model=${__value.raw}' }] },
        { field: 'request_id', title: 'Request' },
      ],
      greatestFirst: 'Duration',
      noValue: 'No request took that long',
    });

  test('makes columns of the fields, in their order after the time by either of its names', () => {
    expect(built(table())).toMatchObject({
      type: 'table',
      datasource: LOKI,
      transformations: [
        { id: 'extractFields', options: { source: 'labels', replace: false } },
        {
          id: 'organize',
          options: {
            includeByName: { Time: true, timestamp: true, duration: true, model: true, request_id: true },
            indexByName: { Time: 0, timestamp: 1, duration: 2, model: 3, request_id: 4 },
            renameByName: {
              Time: 'Time',
              timestamp: 'Time',
              duration: 'Duration',
              model: 'Model',
              request_id: 'Request',
            },
          },
        },
        { id: 'convertFieldType', options: { conversions: [{ targetField: 'Duration', destinationType: 'number' }] } },
      ],
    });
  });

  test('gives a column its unit, its width and what a click leads to', () => {
    expect(built(table())).toMatchObject({
      fieldConfig: {
        defaults: { unit: 'short', noValue: 'No request took that long', custom: { filterable: true } },
        overrides: [
          { matcher: { id: 'byName', options: 'Time' }, properties: [{ id: 'custom.width', value: 190 }] },
          {
            matcher: { id: 'byName', options: 'Duration' },
            properties: [
              { id: 'unit', value: 'ms' },
              { id: 'custom.width', value: 110 },
            ],
          },
          {
            matcher: { id: 'byName', options: 'Model' },
            properties: [{ id: 'links', value: [{ title: 'There', url: '/d/there?var-model=${__value.raw}' }] }],
          },
        ],
      },
      options: { sortBy: [{ displayName: 'Duration', desc: true }] },
    });
  });

  test('does not compile with a column that the lines do not have at that point', () => {
    const never = () =>
      logTable({
        ...words,
        panel: PANELS.slowRequests,
        query: json(lines(LOG_EVENTS.requestFinished), ['duration']),
        columns: [
          // @ts-expect-error the field was not taken out of the lines
          { field: 'request_id', title: 'Request' },
        ],
        noValue: 'None',
      });
    expect(never).toBeTypeOf('function');
  });
});

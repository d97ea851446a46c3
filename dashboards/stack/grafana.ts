import { grafana, STACK_HEALTH_PANELS as PANELS } from '#catalog';
// biome-ignore format: one list of operators
import {
  bucketRate, histogramQuantile, observations, RATE_INTERVAL, rate, rateOf, sumBuckets, sumBy,
} from '#promql';
// biome-ignore format: one list of house words
import {
  COLORS, PERCENT, perSecond, query, REQUESTS_PER_SECOND, STATUS_COLORS, timeseries, toPanel, unitOf,
} from '../house/index.ts';
import { percentOf } from './rates.ts';

/** Whether Grafana answers. */
export const grafanaRequests = () =>
  timeseries({
    panel: PANELS.grafanaRequests,
    title: 'Requests to Grafana',
    description:
      'Requests a second that Grafana answers, by code, and on the right the 99th percentile of its time. Normal: 2xx and 3xx, ' +
      'below some seconds; queries of dashboards are in it. 401 all the time: an open page whose session is over. 5xx: its ' +
      'database or a datasource fails, see "Queries from Grafana".',
    unit: REQUESTS_PER_SECOND,
    colors: STATUS_COLORS,
    draws: 'stacked bars',
    legend: 'beside',
    queries: [
      query(sumBy(['status_code'], rateOf(observations(grafana.requestDuration, RATE_INTERVAL))), '{{status_code}}'),
      query(
        histogramQuantile(0.99, sumBuckets(['le'], bucketRate(grafana.requestDuration, RATE_INTERVAL))),
        'p99 of the time',
        { unit: unitOf(grafana.requestDuration), color: COLORS.neutral },
      ),
    ],
    links: [toPanel('Queries from Grafana', PANELS.grafanaDatasources)],
  });

const QUERIES = { endpoint: 'queryData' } as const;

const failing = () =>
  sumBy(['plugin_id'], rate(grafana.pluginRequests, RATE_INTERVAL, { ...QUERIES, status: 'error' }));

/** Whether Grafana can ask its datasources. */
export const grafanaDatasources = () =>
  timeseries({
    panel: PANELS.grafanaDatasources,
    title: 'Queries from Grafana',
    description:
      'How many of 100 queries from Grafana to Prometheus or Loki fail, and on the right all of them a second, by how they ended. ' +
      'Normal: single ones fail, because people write wrong queries; cancelled is a reader who scrolled on. Nearly all fail: that ' +
      'datasource is away, too slow or cut off, and the panels of it show a red mark with the reason.',
    unit: PERCENT,
    softMax: 100,
    colors: [
      { matches: '/^failing/', color: COLORS.page },
      { matches: '/ ok$/', color: COLORS.good },
    ],
    queries: [
      query(
        percentOf(failing(), sumBy(['plugin_id'], rate(grafana.pluginRequests, RATE_INTERVAL, QUERIES))),
        'failing {{plugin_id}}',
        { compared: true },
      ),
      query(
        sumBy(['plugin_id', 'status'], rate(grafana.pluginRequests, RATE_INTERVAL, QUERIES)),
        '{{plugin_id}} {{status}}',
        { unit: perSecond(grafana.pluginRequests) },
      ),
    ],
    links: [toPanel('Requests to Grafana', PANELS.grafanaRequests)],
    noValue: 'Nobody has asked anything since Grafana started',
  });

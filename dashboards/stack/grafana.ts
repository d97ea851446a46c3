import { grafana, STACK_HEALTH_PANELS as PANELS } from '#catalog';
import { bucketRate, histogramQuantile, observations, RATE_INTERVAL, rate, rateOf, sumBuckets, sumBy } from '#promql';
import { stackSignals } from '#signals';
import {
  COLORS,
  draw,
  PERCENT,
  perSecond,
  query,
  REQUESTS_PER_SECOND,
  STATUS_COLORS,
  timeseries,
  toPanel,
  unitOf,
} from '../house/index.ts';

/** Whether Grafana answers. */
export const grafanaRequests = () =>
  timeseries({
    panel: PANELS.grafanaRequests,
    title: 'Requests to Grafana',
    description:
      'Requests per second that Grafana answers, by status code, and on the right the 99th percentile of their duration. Normal: ' +
      '2xx and 3xx, within a few seconds; the queries of dashboards are included. 401 all the time: an open page whose session ' +
      'has expired. 5xx: its database or a data source fails, see "Queries from Grafana".',
    unit: REQUESTS_PER_SECOND,
    colors: STATUS_COLORS,
    draws: 'stacked bars',
    legend: 'beside',
    queries: [
      query(sumBy(['status_code'], rateOf(observations(grafana.requestDuration, RATE_INTERVAL))), '{{status_code}}'),
      query(
        histogramQuantile(0.99, sumBuckets(['le'], bucketRate(grafana.requestDuration, RATE_INTERVAL))),
        'p99 duration',
        { unit: unitOf(grafana.requestDuration), color: COLORS.neutral },
      ),
    ],
    links: [toPanel('Queries from Grafana', PANELS.grafanaDatasources)],
  });

/** Whether Grafana can query its data sources. */
export const grafanaDatasources = () =>
  timeseries({
    panel: PANELS.grafanaDatasources,
    title: 'Queries from Grafana',
    description:
      'The share of queries from Grafana to Prometheus or Loki that fail, and on the right all of them per second, by status. ' +
      'Normal: single ones fail, because people write wrong queries; cancelled is a reader who scrolled on. Nearly all fail: that ' +
      'data source is down, too slow or cut off, and its panels show a red mark with the reason.',
    unit: PERCENT,
    softMax: 100,
    colors: [
      { matches: '/^failing/', color: COLORS.page },
      { matches: '/ ok$/', color: COLORS.good },
    ],
    queries: [
      draw(stackSignals.grafanaQueryFailureShare),
      query(
        sumBy(['plugin_id', 'status'], rate(grafana.pluginRequests, RATE_INTERVAL, { endpoint: 'queryData' })),
        '{{plugin_id}} {{status}}',
        { unit: perSecond(grafana.pluginRequests) },
      ),
    ],
    links: [toPanel('Requests to Grafana', PANELS.grafanaRequests)],
    noValue: 'No query since Grafana started',
  });

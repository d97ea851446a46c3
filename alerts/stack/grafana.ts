import { type Duration, grafana, STACK_HEALTH_PANELS as PANELS } from '#catalog';
import { and, div, gt, mul, rate, sumBy, type Vector } from '#promql';
import { alert, group } from '../house/index.ts';

const WATCHED: Duration = '10m';

/** The least queries a second of which a share means anything: one dashboard that is open asks for more. */
const QUERIES_FLOOR = 0.02;

const queries = (where = {}): Vector<'job' | 'plugin_id'> =>
  sumBy(['job', 'plugin_id'], rate(grafana.pluginRequests, WATCHED, { endpoint: 'queryData', ...where }));

/** Whether dashboards get answers. */
export const dashboards = group('dashboards', [
  alert({
    name: 'GrafanaQueriesFailing',
    severity: 'ticket',
    wait: '15m',
    threshold: {
      value: 50,
      unit: 'percent',
      because: 'people write wrong queries; that every second one fails is not their doing',
    },
    panel: PANELS.grafanaDatasources,
    series: 'failing {plugin_id}',
    expr: (threshold) =>
      and(gt(mul(div(queries({ status: 'error' }), queries()), 100), threshold), gt(queries(), QUERIES_FLOOR)),
    links: ['job'],
    summary: ({ job, plugin_id, value }) => `${value.fixed(1)} % of the queries of ${job} to ${plugin_id} fail.`,
    description: ({ plugin_id, threshold }) =>
      `More than ${threshold} % of the queries to ${plugin_id} end in an error.`,
    action: 'Open the panel’s inspector for the error; then see whether the datasource runs and can be reached.',
  }),
]);

import { STACK_HEALTH_PANELS as PANELS } from '#catalog';
import { and, gt } from '#promql';
import { stackSignals as signals } from '#signals';
import { alert, group } from '../house/index.ts';

/** The least queries per second of which a share means anything: a single open dashboard sends more. */
const QUERIES_FLOOR = 0.02;

/** Whether dashboards get answers. */
export const dashboards = group('dashboards', [
  alert({
    name: 'GrafanaQueriesFailing',
    severity: 'ticket',
    for: '15m',
    signal: signals.grafanaQueryFailureShare,
    threshold: { value: 50, because: 'people write wrong queries, but not every second time' },
    panel: PANELS.grafanaDatasources,
    where: (failing) => and(failing, gt(signals.grafanaQueries('10m'), QUERIES_FLOOR)),
    links: ['job'],
    summary: ({ job, plugin_id, value }) => `${value.fixed(1)}% of the queries from ${job} to ${plugin_id} fail.`,
    description: ({ plugin_id, threshold }) =>
      `More than ${threshold}% of the queries to ${plugin_id} end in an error.`,
    action: 'Open the panel inspector to see the error, then check that the data source is up and can be reached.',
  }),
]);

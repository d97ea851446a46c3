import { grafana } from '#catalog';
import { div, mul, rate, sumBy, type Vector, type Window } from '#promql';
import { signal } from '../signal.ts';

/** Queries to data sources per second. */
export const grafanaQueries = (window: Window, where: { readonly status?: string } = {}): Vector<'job' | 'plugin_id'> =>
  sumBy(['job', 'plugin_id'], rate(grafana.pluginRequests, window, { endpoint: 'queryData', ...where }));

/** Queries to data sources that failed, in percent. */
export const grafanaQueryFailureShare = signal({
  id: 'grafana/query-failure-share',
  measure: (window) => mul(div(grafanaQueries(window, { status: 'error' }), grafanaQueries(window)), 100),
  unit: 'percent',
  legend: 'failing {{plugin_id}}',
  range: '10m',
});

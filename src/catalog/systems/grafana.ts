import { theirs } from '../label.ts';
import { foreign } from '../metric.ts';

const declare = foreign();

const handler = theirs('handler', 'The route of a request.');
const method = theirs('method', 'The method of a request.');
const statusCode = theirs('status_code', 'The code of an answer.');
const statusSource = theirs('status_source', 'Whose fault an error is.', ['server', 'downstream']);
const sloGroup = theirs('slo_group', 'How fast a route is meant to answer.');
const pluginId = theirs('plugin_id', 'The plugin, such as that of a datasource.', ['prometheus', 'loki']);
const endpoint = theirs('endpoint', 'What a plugin was asked for.', [
  'queryData',
  'callResource',
  'checkHealth',
  'collectMetrics',
]);
const status = theirs('status', 'How a plugin’s work ended.', ['ok', 'error', 'cancelled']);
const target = theirs('target', 'Where a plugin runs.');

/**
 * Series that Grafana writes about its own work. Its counter of a datasource’s HTTP answers is left out: it counts no
 * request that failed to connect, while the counter of plugin requests has every query with how it ended.
 */
export const grafana = {
  requestDuration: declare.histogram({
    name: 'grafana_http_request_duration_seconds',
    help: 'Time to answer a request, by route and code.',
    unit: 'seconds',
    labels: [handler, method, statusCode, statusSource, sloGroup],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25],
  }),
  requestsInFlight: declare.gauge({
    name: 'grafana_http_request_in_flight',
    help: 'Requests that are being answered.',
    unit: 'requests',
    scope: 'instance',
  }),
  pluginRequests: declare.counter({
    name: 'grafana_plugin_request_total',
    help: 'Requests to plugins such as datasources, by how they ended; absent before the first.',
    unit: 'requests',
    labels: [pluginId, endpoint, status, target, statusSource],
  }),
} as const;

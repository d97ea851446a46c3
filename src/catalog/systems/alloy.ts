import { theirs } from '../label.ts';
import { foreign } from '../metric.ts';

const declare = foreign();

const componentPath = theirs('component_path', 'The module of a component.', ['/']);
const componentId = theirs('component_id', 'A component of the configuration.');
const host = theirs('host', 'Where lines are sent.');
const tenant = theirs('tenant', 'The tenant; empty where there are none.');
const reason = theirs('reason', 'Why lines were given up.', [
  'ingester_error',
  'rate_limited',
  'stream_limited',
  'line_too_long',
  'queue_is_full',
]);

const COMPONENT = [componentPath, componentId] as const;
const ENDPOINT = [...COMPONENT, host, tenant] as const;
const instance = { scope: 'instance' } as const;

/**
 * Series that Alloy writes about its own work and its `loki.write`; `loki.source.kubernetes` has none.
 *
 * @see https://grafana.com/docs/alloy/latest/reference/components/loki/loki.write/#debug-metrics
 */
export const alloy = {
  configLoadSuccessful: declare.gauge({
    name: 'alloy_config_last_load_successful',
    help: 'Whether the last load of the configuration worked.',
    unit: 'state',
    ...instance,
  }),
  configLoadTime: declare.gauge({
    name: 'alloy_config_last_load_success_timestamp_seconds',
    help: 'When the configuration was last loaded, in unix seconds.',
    unit: 'unixSeconds',
    ...instance,
  }),
  configLoadFailures: declare.counter({
    name: 'alloy_config_load_failures_total',
    help: 'Loads of the configuration that failed.',
    unit: 'errors',
  }),
  residentMemory: declare.gauge({
    name: 'alloy_resources_process_resident_memory_bytes',
    help: 'Resident memory of Alloy.',
    unit: 'bytes',
    ...instance,
  }),
  cpu: declare.counter({
    name: 'alloy_resources_process_cpu_seconds_total',
    help: 'Processor time of Alloy.',
    unit: 'seconds',
  }),
  linesSent: declare.counter({
    name: 'loki_write_sent_entries_total',
    help: 'Lines that Loki took.',
    unit: 'lines',
    labels: ENDPOINT,
  }),
  bytesSent: declare.counter({
    name: 'loki_write_sent_bytes_total',
    help: 'Bytes that Loki took.',
    unit: 'bytes',
    labels: ENDPOINT,
  }),
  linesDropped: declare.counter({
    name: 'loki_write_dropped_entries_total',
    help: 'Lines that were given up, by reason.',
    unit: 'lines',
    labels: [...ENDPOINT, reason],
  }),
  batchRetries: declare.counter({
    name: 'loki_write_batch_retries_total',
    help: 'Times that a batch of lines had to be sent again.',
    unit: 'events',
    labels: ENDPOINT,
  }),
} as const;

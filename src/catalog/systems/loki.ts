import { theirs } from '../label.ts';
import { foreign } from '../metric.ts';

const declare = foreign();

const tenant = theirs('tenant', 'The tenant; `fake` where there are none.', ['fake']);
const format = theirs('format', 'How lines are pushed.', ['loki', 'otlp']);
const policy = theirs('policy', 'The ingestion policy; empty where there are none.');
const internal = theirs('is_internal_stream', 'Whether Loki writes the stream itself.', ['true', 'false']);
const hours = theirs('retention_hours', 'How long lines are kept, in hours.');
const discardReason = theirs('reason', 'Why lines were refused.', [
  'greater_than_max_sample_age',
  'line_too_long',
  'rate_limited',
  'per_stream_rate_limit',
  'stream_limit',
  'too_far_behind',
]);
const method = theirs('method', 'The method of a request.', ['GET', 'POST', 'gRPC']);
const route = theirs('route', 'The route of a request.', ['loki_api_v1_push', 'loki_api_v1_query_range']);
const statusCode = theirs('status_code', 'The status of an answer: a code of HTTP, or a word of gRPC.');
const ws = theirs('ws', 'Whether a request became a websocket.', ['true', 'false']);
const retentionStatus = theirs('status', 'How a run of the retention ended.', ['success', 'failure']);
const instance = { scope: 'instance' } as const;

/** What comes in. */
const ingestion = {
  linesReceived: declare.counter({
    name: 'loki_distributor_lines_received_total',
    help: 'Lines received; absent before the first.',
    unit: 'lines',
    labels: [tenant, format, policy, internal],
  }),
  bytesReceived: declare.counter({
    name: 'loki_distributor_bytes_received_total',
    help: 'Bytes of lines received; absent before the first.',
    unit: 'bytes',
    labels: [tenant, format, policy, internal, hours],
  }),
  linesDiscarded: declare.counter({
    name: 'loki_discarded_samples_total',
    help: 'Lines refused, by reason; absent before the first.',
    unit: 'lines',
    labels: [tenant, format, policy, hours, discardReason],
  }),
  memoryStreams: declare.gauge({
    name: 'loki_ingester_memory_streams',
    help: 'Streams held in memory; absent before the first.',
    unit: 'series',
    labels: [tenant],
    ...instance,
  }),
  flushQueue: declare.gauge({
    name: 'loki_ingester_flush_queue_length',
    help: 'Chunks that wait to be written to the store.',
    unit: 'items',
    ...instance,
  }),
  flushFailures: declare.counter({
    name: 'loki_ingester_chunks_flush_failures_total',
    help: 'Chunks that could not be written to the store.',
    unit: 'errors',
  }),
  walDiskFull: declare.counter({
    name: 'loki_ingester_wal_disk_full_failures_total',
    help: 'Writes to the write-ahead log that failed because the disk was full.',
    unit: 'errors',
  }),
};

/** What is asked, and what is kept. */
const service = {
  requestDuration: declare.histogram({
    name: 'loki_request_duration_seconds',
    help: 'Time to answer a request, by route and status.',
    unit: 'seconds',
    labels: [method, route, statusCode, ws],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 50, 100],
  }),
  panics: declare.counter({ name: 'loki_panic_total', help: 'Panics that Loki recovered from.', unit: 'errors' }),
  compactorRunning: declare.gauge({
    name: 'loki_boltdb_shipper_compactor_running',
    help: 'Whether this instance is the one that compacts the index and applies the retention.',
    unit: 'state',
    ...instance,
  }),
  retentionRuns: declare.counter({
    name: 'loki_compactor_apply_retention_operation_total',
    help: 'Runs of the retention, by how they ended.',
    unit: 'events',
    labels: [retentionStatus],
  }),
  retentionLastSuccess: declare.gauge({
    name: 'loki_compactor_apply_retention_last_successful_run_timestamp_seconds',
    help: 'When the retention last ran to its end, in unix seconds; 0 before the first time.',
    unit: 'unixSeconds',
    ...instance,
  }),
};

/** Series that Loki writes about its own work. */
export const loki = { ...ingestion, ...service } as const;

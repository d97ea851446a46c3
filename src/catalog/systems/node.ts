import { foreign } from '../metric.ts';

const declare = foreign();

/**
 * Series that prom-client writes about a Node.js process: processor, memory, open files and the event loop. Its other
 * defaults are not exported: active handles and requests are gauges under names in `_total`, which promtool refuses,
 * and `proxy_build_info` already has the version.
 *
 * @see https://github.com/siimon/prom-client#default-metrics
 */
export const nodeProcess = {
  cpuUser: declare.counter({
    name: 'process_cpu_user_seconds_total',
    help: 'Total user CPU time spent in seconds.',
    unit: 'seconds',
  }),
  cpuSystem: declare.counter({
    name: 'process_cpu_system_seconds_total',
    help: 'Total system CPU time spent in seconds.',
    unit: 'seconds',
  }),
  cpu: declare.counter({
    name: 'process_cpu_seconds_total',
    help: 'Total user and system CPU time spent in seconds.',
    unit: 'seconds',
  }),
  startTime: declare.gauge({
    name: 'process_start_time_seconds',
    help: 'Start time of the process since unix epoch in seconds.',
    unit: 'unixSeconds',
    scope: 'instance',
  }),
  residentMemory: declare.gauge({
    name: 'process_resident_memory_bytes',
    help: 'Resident memory size in bytes.',
    unit: 'bytes',
    scope: 'instance',
  }),
  openFiles: declare.gauge({
    name: 'process_open_fds',
    help: 'Number of open file descriptors.',
    unit: 'files',
    scope: 'instance',
  }),
  maxFiles: declare.gauge({
    name: 'process_max_fds',
    help: 'Maximum number of open file descriptors.',
    unit: 'files',
    scope: 'instance',
  }),
  heapTotal: declare.gauge({
    name: 'nodejs_heap_size_total_bytes',
    help: 'Process heap size from Node.js in bytes.',
    unit: 'bytes',
    scope: 'instance',
  }),
  heapUsed: declare.gauge({
    name: 'nodejs_heap_size_used_bytes',
    help: 'Process heap size used from Node.js in bytes.',
    unit: 'bytes',
    scope: 'instance',
  }),
  externalMemory: declare.gauge({
    name: 'nodejs_external_memory_bytes',
    help: 'Node.js external memory size in bytes.',
    unit: 'bytes',
    scope: 'instance',
  }),
  eventLoopLag: declare.gauge({
    name: 'nodejs_eventloop_lag_seconds',
    help: 'Lag of event loop in seconds.',
    unit: 'seconds',
    scope: 'instance',
  }),
  eventLoopLagMean: declare.gauge({
    name: 'nodejs_eventloop_lag_mean_seconds',
    help: 'The mean of the recorded event loop delays.',
    unit: 'seconds',
    scope: 'instance',
  }),
  eventLoopLagP50: declare.gauge({
    name: 'nodejs_eventloop_lag_p50_seconds',
    help: 'The 50th percentile of the recorded event loop delays.',
    unit: 'seconds',
    scope: 'instance',
  }),
  eventLoopLagP99: declare.gauge({
    name: 'nodejs_eventloop_lag_p99_seconds',
    help: 'The 99th percentile of the recorded event loop delays.',
    unit: 'seconds',
    scope: 'instance',
  }),
  eventLoopLagMax: declare.gauge({
    name: 'nodejs_eventloop_lag_max_seconds',
    help: 'The maximum recorded event loop delay.',
    unit: 'seconds',
    scope: 'instance',
  }),
} as const;

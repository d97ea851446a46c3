import {
  alertmanager,
  alloy,
  blackbox,
  grafana,
  type Histogram,
  KUBELET_JOB,
  kubelet,
  loki,
  type Metric,
  nodeProcess,
  PROBE_JOB,
  PROBED_URLS,
  prometheus,
  TARGETS,
} from '../../../src/catalog/index.ts';
import { combinations, type RunTimeValues, type Sample, shareBelow } from './cells.ts';
import { chance } from './random.ts';

/** A target of a component that is not the proxy, and the metrics that it exports. */
export interface ComponentTarget {
  readonly job: string;
  readonly instance: string;
  readonly metrics: readonly Metric[];
}

/** The pod of a component that is not the proxy. */
export const neighbourInstance = (job: string): string => `${job}-0`;

const SCRAPED = [prometheus.scrapeDuration, prometheus.scrapedSamples, prometheus.addedSeries];

/** Go's client exports these of the process metrics that the catalog has for Node. */
const GO_PROCESS = Object.values(nodeProcess).filter(({ name }) => name.startsWith('process_'));

const PROMETHEUS_OWN = Object.values(prometheus).filter(
  ({ name }) => name.startsWith('prometheus_') && !name.startsWith('prometheus_remote_storage_'),
);

const METRICS_OF: Readonly<Record<string, readonly Metric[]>> = {
  [TARGETS.prometheus.job]: [...PROMETHEUS_OWN, ...GO_PROCESS],
  [TARGETS.alertmanager.job]: [...Object.values(alertmanager), ...GO_PROCESS],
  [TARGETS.loki.job]: [...Object.values(loki), ...GO_PROCESS],
  [TARGETS.alloy.job]: Object.values(alloy),
  [TARGETS.grafana.job]: [...Object.values(grafana), ...GO_PROCESS],
  [TARGETS.blackbox.job]: [
    ...Object.values(blackbox).filter(({ name }) => name.startsWith('blackbox_')),
    ...GO_PROCESS,
  ],
};

const PROBES = Object.values(blackbox).filter(({ name }) => name.startsWith('probe_'));

/** Every component that is scraped beside the proxy. */
export const COMPONENTS: readonly ComponentTarget[] = Object.values(TARGETS)
  .filter(({ job }) => job !== TARGETS.proxy.job)
  .map(({ job }) => ({
    job,
    instance: neighbourInstance(job),
    metrics: [...(METRICS_OF[job] ?? []), ...SCRAPED],
  }));

/** What is scraped only where the configuration asks for it: probes, and the volumes that the kubelet knows. */
export const OPTIONAL_COMPONENTS: readonly ComponentTarget[] = [
  ...Object.values(PROBED_URLS).map((instance) => ({ job: PROBE_JOB, instance, metrics: PROBES })),
  { job: KUBELET_JOB, instance: 'node-1', metrics: Object.values(kubelet) },
];

/** What a replica of the proxy exports of its process. */
export const PROXY_PROCESS: readonly Metric[] = [...Object.values(nodeProcess), ...SCRAPED];

/** Values of labels of which the catalog lists none, or more than a quiet week has. */
const AT_RUN_TIME: RunTimeValues = {
  handler: ['/api/ds/query', '/api/dashboards/uid/:uid'],
  method: ['POST'],
  status_source: ['server'],
  endpoint: ['queryData'],
  format: ['loki'],
  ws: ['false'],
  is_internal_stream: ['false'],
  integration: ['slack', 'webhook'],
  status_code: ['200', '500'],
  slo_group: ['high-fast'],
  target: ['prometheus:9090'],
  component_path: ['/'],
  component_id: ['loki.write.default'],
  host: ['loki:3100'],
  tenant: ['fake'],
  namespace: ['tidewatch'],
  persistentvolumeclaim: ['prometheus-data', 'loki-data', 'grafana-data'],
  policy: [''],
  retention_hours: ['168'],
  rule_group: ['latency', 'rate-limiting', 'targets', 'utilization'].map((name) => `/etc/rules/${name}.yaml;${name}`),
  alertmanager: ['http://alertmanager:9093/api/v2/alerts'],
};

const DAY = 86_400;

/** How much of its mean a rate or a level swings within a day. */
const SWING = 0.4;

const phaseOf = (seed: number, text: string): number => 2 * Math.PI * chance(seed, text, 'phase');

/** Oscillates around 1 within a day. */
const level = (at: number, phase: number): number => 1 + (SWING / 2) * Math.sin((2 * Math.PI * at) / DAY + phase);

/** The integral of a rate that oscillates around 1 within a day: it only grows. */
const growth = (seconds: number, phase: number): number => {
  const angle = (2 * Math.PI * seconds) / DAY;
  return seconds + (SWING * DAY * (Math.sin(angle + phase) - Math.sin(phase))) / (2 * Math.PI);
};

/** What goes wrong seldom enough that a quiet week has none of it. */
const FAULT =
  /fail|error|dropped|discarded|corruption|missed|out_of|duplicate|exceeded|panic|disk_full|retries|size_retentions/;

const FAULTY_VALUES: ReadonlySet<string> = new Set(['500', 'error', 'cancelled', 'failure', 'downstream']);

const isFault = (metric: Metric, labels: Sample['labels']): boolean =>
  FAULT.test(metric.name) || Object.values(labels).some((value) => FAULTY_VALUES.has(value));

/** How much a counter grows a second, by its unit; a fault once in about ten hours. */
const RATES: Readonly<Record<string, number>> = {
  bytes: 5_000,
  lines: 14,
  samples: 900,
  series: 0.05,
  requests: 0.7,
  events: 0.06,
  seconds: 0.04,
};
const FAULT_RATE = 0.000_03;

const rateOf = (metric: Metric, labels: Sample['labels']): number =>
  isFault(metric, labels) ? FAULT_RATE : (RATES[metric.unit] ?? 0.1);

/** Levels of gauges whose unit alone says too little. */
const LEVELS: readonly (readonly [name: RegExp, value: number])[] = [
  [/failed_peers|queue_length|health_score|flush_queue|alerts$|in_flight|series_added/, 0],
  [/config_hash/, 123_456],
  [/queue_capacity/, 10_000],
  [/retention_limit_seconds/, 15 * DAY],
  [/retention_limit_bytes/, 40e9],
  [/volume_stats_capacity_bytes/, 50e9],
  [/volume_stats_available_bytes/, 32e9],
  [/inodes_free/, 3.1e6],
  [/inodes/, 3.2e6],
  [/storage_blocks_bytes/, 9e9],
  [/wal_storage_size/, 4e8],
  [/head_series/, 26_000],
  [/memory_streams/, 38],
  [/http_status_code/, 200],
  [/max_fds/, 1_048_576],
  [/open_fds/, 60],
  [/group_interval/, 60],
  [/scrape_samples/, 1_400],
];

/** What stays as it is: limits, states and settings. */
const FIXED = /limit|capacity|hash|max_fds|interval|status_code|cluster_members|discovered|inodes$/;

const UNIT_LEVELS: Readonly<Record<string, number>> = {
  state: 1,
  items: 1,
  bytes: 120e6,
  seconds: 0.012,
  series: 1_000,
  samples: 1_000,
  files: 100,
};

const moment = (name: string, at: number, start: number): number => {
  if (name.includes('expiry')) return at + 60 * DAY;
  // Runs of the retention, and what is sent, are as old as the last full hour or scrape; the rest began with the week.
  if (name.includes('retention')) return Math.floor(at / 3_600) * 3_600;
  return name.includes('highest') ? at : start;
};

const gaugeValue = (metric: Metric, { at, start, phase }: Instant): number => {
  if (metric.unit === 'unixSeconds') return moment(metric.name, at, start);
  const known = LEVELS.find(([name]) => name.test(metric.name))?.[1] ?? UNIT_LEVELS[metric.unit] ?? 1;
  const steady = metric.unit === 'state' || metric.unit === 'items' || FIXED.test(metric.name);
  return steady ? known : known * level(at, phase);
};

interface Instant {
  /** Unix seconds. */
  readonly at: number;
  /** When the target started, in unix seconds. */
  readonly start: number;
  /** Where in its daily oscillation the series is, in radians. */
  readonly phase: number;
}

/** Answers take about this long, in seconds. */
const MEDIAN_SECONDS = 0.03;

const histogramSamples = (metric: Histogram, labels: Sample['labels'], { at, start, phase }: Instant) => {
  const count = Math.floor(rateOf({ ...metric, unit: 'requests' }, labels) * growth(at - start, phase));
  const bounds = [...metric.buckets, Number.POSITIVE_INFINITY];
  return [
    ...bounds.map((bound) => ({
      name: `${metric.name}_bucket`,
      labels: { ...labels, le: Number.isFinite(bound) ? String(bound) : '+Inf' },
      value: Number.isFinite(bound)
        ? Math.floor(count * shareBelow(bound, { median: MEDIAN_SECONDS, spread: 1 }))
        : count,
    })),
    { name: `${metric.name}_sum`, labels, value: count * MEDIAN_SECONDS * 1.6 },
    { name: `${metric.name}_count`, labels, value: count },
  ];
};

const seriesSamples = (metric: Metric, labels: Sample['labels'], instant: Instant): readonly Sample[] => {
  if (metric.kind === 'histogram') return histogramSamples(metric, labels, instant);
  if (metric.kind === 'gauge') return [{ name: metric.name, labels, value: gaugeValue(metric, instant) }];
  const total = rateOf(metric, labels) * growth(instant.at - instant.start, instant.phase);
  return [{ name: metric.name, labels, value: metric.unit === 'seconds' ? total : Math.floor(total) }];
};

/** The samples of a component's metrics at a time in unix seconds; they depend on their arguments alone. */
export const componentSamples = (
  { job, instance, metrics }: ComponentTarget,
  { seed, at, start }: { readonly seed: number; readonly at: number; readonly start: number },
): readonly Sample[] =>
  metrics.flatMap((metric) =>
    labelSets(metric).flatMap((labels) => {
      const phase = phaseOf(seed, `${job} ${instance} ${metric.name} ${JSON.stringify(labels)}`);
      return seriesSamples(metric, labels, { at, start, phase });
    }),
  );

const sets = new Map<Metric, readonly Sample['labels'][]>();

/** Made once a metric: scrapes share the label objects. */
const labelSets = (metric: Metric): readonly Sample['labels'][] => {
  const known = sets.get(metric) ?? combinations(metric.labels, AT_RUN_TIME);
  sets.set(metric, known);
  return known;
};

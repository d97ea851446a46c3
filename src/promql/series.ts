import {
  foreign,
  KUBELET_JOB,
  type Label,
  METRICS,
  type Metric,
  PROBE_JOB,
  seriesNames,
  TARGET_LABELS,
  TARGETS,
} from '#catalog';

/** A series that exists: its metric, and its labels by name; null where any label may be there. */
export interface Series {
  readonly metric: Metric;
  readonly labels: ReadonlyMap<string, ClosedLabel> | null;
  /** The names of the labels, as a set. */
  readonly names: ReadonlySet<string> | null;
}

/** The values that a label may have; null where they are only known at run time. */
export interface ClosedLabel {
  readonly values: readonly string[] | null;
}

/** Series by name. */
export type KnownSeries = ReadonlyMap<string, Series>;

const declare = foreign();

/** Series that Prometheus writes about alerts; they have the labels of each alert. @see https://prometheus.io/docs/prometheus/latest/configuration/alerting_rules/#inspecting-alerts-during-runtime */
const ALERT_SERIES: readonly Metric[] = [
  declare.gauge({ name: 'ALERTS', help: 'Alerts that are pending or firing.', unit: 'state', scope: 'instance' }),
  declare.gauge({ name: 'ALERTS_FOR_STATE', help: 'Since when.', unit: 'unixSeconds', scope: 'instance' }),
];

/** The series of some metrics, and those that Prometheus writes about alerts. */
export const knownSeries = (metrics: readonly Metric[] = METRICS): KnownSeries => {
  const known = new Map<string, Series>(
    ALERT_SERIES.map((metric) => [metric.name, { metric, labels: null, names: null }]),
  );
  for (const metric of metrics)
    for (const name of seriesNames(metric)) known.set(name, merged(known.get(name), metric, labelsOf(metric, name)));
  return known;
};

/** Several programs may write a metric of one name: their labels are taken together. */
const merged = (before: Series | undefined, metric: Metric, more: ReadonlyMap<string, ClosedLabel>): Series => {
  const labels = before === undefined ? more : before.labels && new Map([...before.labels, ...more]);
  return { metric: before?.metric ?? metric, labels, names: labels && new Set(labels.keys()) };
};

const JOBS: readonly string[] = [...Object.values(TARGETS).map(({ job }) => job), PROBE_JOB, KUBELET_JOB];
const OPEN: ClosedLabel = { values: null };

const labelsOf = (metric: Metric, name: string): ReadonlyMap<string, ClosedLabel> =>
  new Map([
    ...TARGET_LABELS.map((label): [string, ClosedLabel] => [label, label === 'job' ? { values: JOBS } : OPEN]),
    ...metric.labels.map((label): [string, ClosedLabel] => [label.name, { values: valuesOf(label) }]),
    ...(metric.kind === 'histogram' && name.endsWith('_bucket')
      ? [['le', { values: [...metric.buckets.map(String), '+Inf'] }] as [string, ClosedLabel]]
      : []),
  ]);

/** A label with a cap takes values at run time, whether or not some are known by name. */
const valuesOf = ({ values, cap }: Label): readonly string[] | null => (cap === null ? values : null);

import type { LabelValues, Sample } from './sample.ts';

/** A metric with its samples. */
export interface Family {
  readonly name: string;
  readonly help: string;
  /** `counter`, `gauge` or `histogram`. */
  readonly type: string;
  readonly samples: readonly Sample[];
}

/** An exposition and its content type. */
export interface Exposition {
  readonly contentType: string;
  readonly body: string;
}

const TEXT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';
const OPEN_METRICS = 'application/openmetrics-text';
const TOTAL = '_total';

/** Writes metrics the way that the `Accept` header of a scrape asks for: OpenMetrics carries exemplars, text does not. */
export const write = (families: readonly Family[], accept = ''): Exposition =>
  accept.includes(OPEN_METRICS)
    ? { contentType: `${OPEN_METRICS}; version=1.0.0; charset=utf-8`, body: openMetrics(families) }
    : { contentType: TEXT_TYPE, body: text(families) };

/** @see https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format */
const text = (families: readonly Family[]): string =>
  families.map((family) => header(family, family.name) + family.samples.map(lineOf(family.name)).join('')).join('');

/** A counter's family goes without `_total` here; its samples keep it. @see https://prometheus.io/docs/specs/om/open_metrics_spec/ */
const openMetrics = (families: readonly Family[]): string => {
  const parts = families.map((family) => {
    const bare = family.type === 'counter' && family.name.endsWith(TOTAL);
    const name = bare ? family.name.slice(0, -TOTAL.length) : family.name;
    return header(family, name) + family.samples.map(lineWithExemplarOf(family.name)).join('');
  });
  return `${parts.join('')}# EOF\n`;
};

const header = ({ help, type }: Family, name: string): string =>
  `# HELP ${name} ${escapedHelp(help)}\n# TYPE ${name} ${type}\n`;

const lineOf =
  (name: string) =>
  ({ metricName = name, labels, value }: Sample): string =>
    `${metricName}${labelText(labels)} ${numberText(value)}\n`;

const lineWithExemplarOf =
  (name: string) =>
  ({ metricName = name, labels, value, exemplar }: Sample): string => {
    const sample = `${metricName}${labelText(labels)} ${numberText(value)}`;
    if (exemplar === undefined) return `${sample}\n`;
    const set = labelText(exemplar.labelSet);
    return `${sample} # ${set} ${numberText(exemplar.value)} ${exemplar.timestamp}\n`;
  };

const labelText = (labels: LabelValues): string => {
  let inner = '';
  for (const name in labels) inner += `${inner === '' ? '' : ','}${name}="${escapedValue(labels[name] ?? '')}"`;
  return inner === '' ? '' : `{${inner}}`;
};

const SPECIAL = /["\\\n]/;

const escapedValue = (value: string): string =>
  SPECIAL.test(value) ? value.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"') : value;

const escapedHelp = (help: string): string => help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');

const numberText = (value: number): string => {
  if (Number.isFinite(value) || Number.isNaN(value)) return String(value);
  return value > 0 ? '+Inf' : '-Inf';
};

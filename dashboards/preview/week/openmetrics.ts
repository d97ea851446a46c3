import { METRICS, type Metric, nodeProcess, prometheus, seriesNames } from '../../../src/catalog/index.ts';
import type { Sample } from './cells.ts';
import type { Scrape, ScrapedTarget } from './week.ts';

const METRIC_OF: ReadonlyMap<string, Metric> = new Map(
  [...METRICS, ...Object.values(nodeProcess)].flatMap((metric) =>
    seriesNames(metric).map((name): [string, Metric] => [name, metric]),
  ),
);

const metricOf = (name: string): Metric => {
  const metric = METRIC_OF.get(name);
  if (metric === undefined) throw new Error(`no metric of the catalog has the series '${name}'`);
  return metric;
};

/** Label values of the generated week hold nothing that wants escaping but what JSON escapes alike. */
const labelText = (labels: Readonly<Record<string, string>>): string => {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
};

/** In OpenMetrics a counter's family goes without the suffix that its samples have. */
const familyName = ({ kind, name }: Metric): string => (kind === 'counter' ? name.replace(/_total$/, '') : name);

/** The samples of one series: text that names it, times in unix seconds, values. */
interface Column {
  readonly text: string;
  readonly times: number[];
  readonly values: number[];
}

type Families = Map<Metric, Map<string, Column>>;

const labelTexts = new WeakMap<object, string>();

/** Counters keep their label objects for a whole run, so most texts are made once. */
const cachedLabelText = (labels: Sample['labels']): string => {
  const known = labelTexts.get(labels);
  if (known !== undefined) return known;
  const text = labelText(labels);
  labelTexts.set(labels, text);
  return text;
};

const add = (families: Families, { name, labels, value }: Sample, at: number, target: string): void => {
  const metric = metricOf(name);
  const columns = families.get(metric) ?? new Map<string, Column>();
  families.set(metric, columns);
  const own = cachedLabelText(labels);
  const text = `${name}${own === '' ? `{${target}}` : `${own.slice(0, -1)},${target}}`}`;
  const column = columns.get(text) ?? { text, times: [], values: [] };
  columns.set(text, column);
  column.times.push(at);
  column.values.push(value);
};

const upSample = ({ up }: ScrapedTarget): Sample => ({ name: prometheus.up.name, labels: {}, value: up ? 1 : 0 });

const collect = (scrapes: Iterable<Scrape>): Families => {
  const families: Families = new Map();
  for (const { at, targets } of scrapes) {
    for (const target of targets) {
      const text = `job=${JSON.stringify(target.job)},instance=${JSON.stringify(target.instance)}`;
      for (const sample of [...target.samples, upSample(target)]) add(families, sample, at, text);
    }
  }
  return families;
};

const columnText = ({ text, times, values }: Column): string =>
  values.map((value, index) => `${text} ${value} ${times[index]}\n`).join('');

/**
 * Scrapes as OpenMetrics text with timestamps and an `up` series a target, in pieces that belong one after the other:
 * a family at a time, as the format demands.
 *
 * @see https://github.com/prometheus/OpenMetrics/blob/main/specification/OpenMetrics.md
 */
export function* toOpenMetrics(scrapes: Iterable<Scrape>): Generator<string> {
  for (const [metric, columns] of collect(scrapes)) {
    yield `# HELP ${familyName(metric)} ${metric.help}\n# TYPE ${familyName(metric)} ${metric.kind}\n`;
    for (const column of columns.values()) yield columnText(column);
  }
  yield '# EOF\n';
}

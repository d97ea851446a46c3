import type { Label, Metric, System } from '#catalog';
import { code, page, table } from './markdown.ts';
import type { Uses } from './uses.ts';

/** The most values of a label that are listed one by one. */
const MANY = 12;

const valuesText = ({ values, cap, overflow }: Label): string => {
  const known = values.length === 0 || values.length > MANY ? '' : values.map(code).join(' ');
  const count = values.length > MANY ? `${values.length} values` : '';
  const limit =
    cap === null || !Number.isFinite(cap)
      ? ''
      : `at most ${cap}${overflow === null ? '' : `, the rest as ${code(overflow)}`}`;
  return [known || count, limit].filter(Boolean).join('; ');
};

const labelText = (label: Label): string => {
  const values = valuesText(label);
  return `${code(label.name)}${values === '' ? '' : ` (${values})`}`;
};

const kindText = (metric: Metric): string =>
  metric.kind === 'gauge' && metric.scope === 'account' ? 'gauge of the account' : metric.kind;

const row = (metric: Metric, uses: Uses): readonly string[] => [
  code(metric.name),
  kindText(metric),
  metric.unit,
  metric.labels.map(labelText).join(', '),
  metric.help,
  uses(metric.name).join(', '),
];

const HEAD = ['Metric', 'Kind', 'Unit', 'Labels', 'Meaning', 'Used by'];

/** The page of every metric of the catalog. */
export const metricsPage = (systems: readonly System[], uses: Uses): string =>
  page(
    'Metrics',
    'Every series that a dashboard, an alert or a recording rule may name; anything else does not compile. Each has the ' +
      'labels `job` (the component) and `instance` (the pod) as well. A gauge of the account is the same fact on every ' +
      'replica: take its maximum by credential, never its sum. What `proxy_…` metrics count, and when, is on the page of ' +
      '[the proxy](proxy.md).',
    ...systems.flatMap(({ families }) =>
      families.map(
        ({ title, metrics }) =>
          `## ${title}\n\n${table(
            HEAD,
            Object.values(metrics).map((metric) => row(metric, uses)),
          )}`,
      ),
    ),
  );

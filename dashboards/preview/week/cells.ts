import type { Histogram, Label, Metric } from '../../../src/catalog/index.ts';
import type { Growth, Observations } from './moment.ts';

/** A value of one series; `labels` has no `job` and `instance`. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

type Labels = Readonly<Record<string, string>>;

/** The values of labels that are found at run time, by label; they come before those that the catalog lists. */
export type RunTimeValues = Readonly<Record<string, readonly string[]>>;

const valuesOf = ({ name, values }: Label, atRunTime: RunTimeValues): readonly string[] => {
  const known = atRunTime[name] ?? (values.length > 0 ? values : undefined);
  if (known === undefined) throw new Error(`the generated week has no values for label '${name}'; add them here`);
  return known;
};

/** Every set of label values that a metric's labels allow. @throws for a label without values */
export const combinations = (labels: readonly Label[], atRunTime: RunTimeValues): readonly Labels[] =>
  labels.reduce<readonly Labels[]>(
    (sets, label) =>
      sets.flatMap((set) => valuesOf(label, atRunTime).map((value) => ({ ...set, [label.name]: value }))),
    [{}],
  );

interface Cell {
  readonly labels: Labels;
  /** The total, or the totals of each bucket, `+Inf` last. */
  readonly totals: number[];
}

/** The series of a counter or histogram at one replica; all of them start at zero, as the proxy's do. */
export interface Cells {
  readonly metric: Metric;
  readonly byLabels: ReadonlyMap<string, Cell>;
}

const keyOf = (metric: Metric, labels: Labels): string => metric.labels.map(({ name }) => labels[name]).join('\n');

/** The series of a counter or histogram, at zero. */
export const newCells = (metric: Metric, atRunTime: RunTimeValues): Cells => {
  const size = metric.kind === 'histogram' ? metric.buckets.length + 1 : 1;
  const cells = combinations(metric.labels, atRunTime).map((labels): [string, Cell] => [
    keyOf(metric, labels),
    { labels, totals: new Array<number>(size).fill(0) },
  ]);
  return { metric, byLabels: new Map(cells) };
};

const cellOf = ({ metric, byLabels }: Cells, labels: Labels): Cell => {
  const cell = byLabels.get(keyOf(metric, labels));
  if (cell === undefined) throw new Error(`${metric.name} has no series ${JSON.stringify(labels)} in the catalog`);
  return cell;
};

/** Adds what a counter grew by. @throws for labels that the catalog does not know */
export const grow = (cells: Cells, growths: readonly Growth<Labels>[]): void => {
  for (const { labels, by } of growths) {
    const { totals } = cellOf(cells, labels);
    totals[0] = (totals[0] ?? 0) + by;
  }
};

/** Share of a log-normal distribution below a value, by the logistic approximation of the normal (within 0.01). */
export const shareBelow = (
  value: number,
  { median, spread }: Pick<Observations<Labels>, 'median' | 'spread'>,
): number => 1 / (1 + Math.exp((-1.702 * Math.log(value / median)) / spread));

/** Spreads observations over the buckets of a histogram. @throws for labels that the catalog does not know */
export const observe = (cells: Cells, observed: readonly Observations<Labels>[]): void => {
  const { buckets } = cells.metric as Histogram;
  for (const one of observed) {
    const { totals } = cellOf(cells, one.labels);
    let below = 0;
    for (const [index, bound] of [...buckets, Number.POSITIVE_INFINITY].entries()) {
      const share = Number.isFinite(bound) ? shareBelow(bound, one) : 1;
      totals[index] = (totals[index] ?? 0) + (share - below) * one.count;
      below = share;
    }
  }
};

const counterSamples = ({ metric, byLabels }: Cells): readonly Sample[] =>
  [...byLabels.values()].map(({ labels, totals }) => {
    const total = totals[0] ?? 0;
    // Money is no count; everything else is.
    return {
      name: metric.name,
      labels,
      value: metric.unit === 'usd' ? Math.round(total * 1e6) / 1e6 : Math.floor(total),
    };
  });

/** Where the observations of a bucket lie on average; beyond the last bound a little above it. */
const middle = (buckets: readonly number[], index: number): number => {
  const upper = buckets[index];
  const lower = buckets[index - 1] ?? 0;
  return upper === undefined ? lower * 1.2 : (lower + upper) / 2;
};

const histogramSamples = (metric: Histogram, { labels, totals }: Cell): readonly Sample[] => {
  const counts = totals.map(Math.floor);
  const cumulative = counts.map((_, index) => counts.slice(0, index + 1).reduce((sum, count) => sum + count, 0));
  const sum = counts.reduce((total, count, index) => total + count * middle(metric.buckets, index), 0);
  const bounds = [...metric.buckets.map(String), '+Inf'];
  return [
    ...bounds.map((le, index) => ({
      name: `${metric.name}_bucket`,
      labels: { ...labels, le },
      value: cumulative[index] ?? 0,
    })),
    { name: `${metric.name}_sum`, labels, value: sum },
    { name: `${metric.name}_count`, labels, value: cumulative.at(-1) ?? 0 },
  ];
};

/** The samples of a counter or histogram: whole observations alone, so that buckets, sum and count agree. */
export const samplesOf = (cells: Cells): readonly Sample[] => {
  const { metric } = cells;
  if (metric.kind !== 'histogram') return counterSamples(cells);
  return [...cells.byLabels.values()].flatMap((cell) => histogramSamples(metric, cell));
};

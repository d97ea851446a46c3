import type { Counter, Gauge, Histogram, Label, Metric } from '#catalog';
import type { Clock } from '../time.ts';
import type { Caps } from './caps.ts';
import { ExemplarSlot, type LabelValues, type Sample } from './sample.ts';

/** What every set of series needs. */
export interface SeriesContext {
  readonly caps: Caps;
  readonly clock: Clock;
}

/** Stands between the values of a key; no label value of ours has it. */
const SEPARATOR = '\u0000';

interface Cell {
  readonly labels: LabelValues;
}

/**
 * The series of one metric. A series is found by one map lookup under its label values; only a series that is not
 * there yet goes through sets and caps.
 */
class Series<C extends Cell> {
  readonly #labels: readonly Label[];
  readonly #names: readonly string[];
  readonly #caps: Caps;
  readonly #createCell: (labels: LabelValues) => C;
  readonly #cells = new Map<string, C>();

  constructor({ labels }: Metric, caps: Caps, createCell: (labels: LabelValues) => C) {
    this.#labels = labels;
    this.#names = labels.map(({ name }) => name);
    this.#caps = caps;
    this.#createCell = createCell;
    if (labels.every(({ cap }) => cap === null)) for (const values of combinations(labels)) this.#create(values);
  }

  cells(): Iterable<C> {
    return this.#cells.values();
  }

  /** The series of some labels; undefined where it is not exported. */
  of(labels: LabelValues): C | undefined {
    return this.#cells.get(this.#key(labels)) ?? this.#find(labels);
  }

  /** Removes the series that have a label value. */
  remove(name: string, value: string): void {
    for (const [key, { labels }] of this.#cells) if (labels[name] === value) this.#cells.delete(key);
  }

  #key(labels: LabelValues): string {
    const [first] = this.#names;
    let key = first === undefined ? '' : (labels[first] ?? '');
    for (let index = 1; index < this.#names.length; index += 1) {
      key += SEPARATOR + (labels[this.#names[index] ?? ''] ?? '');
    }
    return key;
  }

  #find(labels: LabelValues): C | undefined {
    const admitted: Record<string, string> = {};
    for (const label of this.#labels) {
      const value = this.#caps.admit(label, labels[label.name] ?? '');
      if (value === null) return undefined;
      admitted[label.name] = value;
    }
    return this.#cells.get(this.#key(admitted)) ?? this.#create(admitted);
  }

  #create(labels: LabelValues): C {
    const cell = this.#createCell(labels);
    this.#cells.set(this.#key(labels), cell);
    return cell;
  }
}

/** All combinations of the values of closed labels. */
const combinations = (labels: readonly Label[]): readonly LabelValues[] =>
  labels.reduce<readonly LabelValues[]>(
    (all, { name, values }) => all.flatMap((one) => values.map((value) => ({ ...one, [name]: value }))),
    [{}],
  );

/** A sum that took what is not a finite number would stay so for ever. */
const isAmount = (value: number): boolean => value >= 0 && value < Number.POSITIVE_INFINITY;

interface CounterCell extends Cell {
  readonly exemplar: ExemplarSlot;
  value: number;
}

/** The series of a counter. */
export class CounterSeries {
  readonly #series: Series<CounterCell>;
  readonly #clock: Clock;

  constructor(metric: Counter, { caps, clock }: SeriesContext) {
    this.#series = new Series(metric, caps, (labels) => ({ labels, exemplar: new ExemplarSlot(), value: 0 }));
    this.#clock = clock;
  }

  /** Adds to a series; anything but a finite amount of at least 0 is ignored. */
  inc(labels: LabelValues, by = 1, requestId: string | null = null): void {
    if (!isAmount(by)) return;
    const cell = this.#series.of(labels);
    if (cell === undefined) return;
    cell.value += by;
    if (requestId !== null) cell.exemplar.set(requestId, by, this.#clock.now());
  }

  /** Removes the series that have a label value, so that they start again at zero. */
  remove(name: string, value: string): void {
    this.#series.remove(name, value);
  }

  samples(): readonly Sample[] {
    return [...this.#series.cells()].map(({ labels, value, exemplar }) => ({ labels, value, ...exemplar.sample() }));
  }
}

interface LevelCell extends Cell {
  value: number;
}

/** The series of a gauge that is counted up and down. */
export class LevelSeries {
  readonly #series: Series<LevelCell>;

  constructor(metric: Gauge, { caps }: SeriesContext) {
    this.#series = new Series(metric, caps, (labels) => ({ labels, value: 0 }));
  }

  inc(labels: LabelValues): void {
    this.#add(labels, 1);
  }

  dec(labels: LabelValues): void {
    this.#add(labels, -1);
  }

  samples(): readonly Sample[] {
    return [...this.#series.cells()].map(({ labels, value }) => ({ labels, value }));
  }

  #add(labels: LabelValues, by: number): void {
    const cell = this.#series.of(labels);
    if (cell !== undefined) cell.value += by;
  }
}

interface HistogramCell extends Cell {
  /** Observations by bucket, not yet added up; the last one takes what exceeds all bounds. */
  readonly counts: Float64Array;
  readonly exemplars: readonly ExemplarSlot[];
  sum: number;
}

/** The series of a histogram. */
export class HistogramSeries {
  readonly #series: Series<HistogramCell>;
  readonly #name: string;
  readonly #bounds: readonly number[];
  readonly #clock: Clock;

  constructor(metric: Histogram, { caps, clock }: SeriesContext) {
    const slots = metric.buckets.length + 1;
    this.#series = new Series(metric, caps, (labels) => ({
      labels,
      counts: new Float64Array(slots),
      exemplars: Array.from({ length: slots }, () => new ExemplarSlot()),
      sum: 0,
    }));
    this.#name = metric.name;
    this.#bounds = metric.buckets;
    this.#clock = clock;
  }

  /** Counts a value in its bucket; anything but a finite amount of at least 0 is ignored. */
  observe(labels: LabelValues, value: number, requestId: string | null = null): void {
    if (!isAmount(value)) return;
    const cell = this.#series.of(labels);
    if (cell === undefined) return;
    let bucket = 0;
    while (bucket < this.#bounds.length && value > (this.#bounds[bucket] ?? 0)) bucket += 1;
    cell.counts[bucket] = (cell.counts[bucket] ?? 0) + 1;
    cell.sum += value;
    if (requestId !== null) cell.exemplars[bucket]?.set(requestId, value, this.#clock.now());
  }

  samples(): readonly Sample[] {
    return [...this.#series.cells()].flatMap((cell) => this.#samplesOf(cell));
  }

  #samplesOf({ labels, counts, exemplars, sum }: HistogramCell): readonly Sample[] {
    let count = 0;
    const buckets = Array.from(counts, (inBucket, index) => {
      count += inBucket;
      const le = boundText(this.#bounds[index]);
      const exemplar = exemplars[index]?.sample();
      return { labels: { ...labels, le }, value: count, metricName: `${this.#name}_bucket`, ...exemplar };
    });
    return [
      ...buckets,
      { labels, value: sum, metricName: `${this.#name}_sum` },
      { labels, value: count, metricName: `${this.#name}_count` },
    ];
  }
}

/** A bucket's bound as OpenMetrics requires it: a float also where it is whole. */
const boundText = (bound: number | undefined): string => {
  if (bound === undefined) return '+Inf';
  return Number.isInteger(bound) ? `${bound}.0` : String(bound);
};

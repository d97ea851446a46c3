/** A span of time in unix milliseconds. */
export interface TimeRange {
  readonly from: number;
  readonly to: number;
}

const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
  M: 2_592_000_000,
  y: 31_536_000_000,
};

/** A duration such as `75s`, `1h30m` or `500ms` in milliseconds; undefined for other text. */
export const parseDuration = (text: string): number | undefined => {
  if (!/^(?:\d+(?:\.\d+)?(?:ms|[smhdwMy]))+$/.test(text)) return undefined;
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|[smhdwMy])/g)];
  return parts.reduce((sum, [, count, unit]) => sum + Number(count) * (UNITS[unit ?? ''] ?? 0), 0);
};

/** A duration as Prometheus and Loki read it, in the largest unit that divides it. */
export const formatDuration = (ms: number): string => {
  const unit = (['d', 'h', 'm', 's'] as const).find((one) => ms >= (UNITS[one] ?? 1) && ms % (UNITS[one] ?? 1) === 0);
  return unit === undefined ? `${Math.max(1, Math.round(ms))}ms` : `${ms / (UNITS[unit] ?? 1)}${unit}`;
};

const RELATIVE = /^now(?<offset>(?:[+-]\d+[smhdwMy])*)(?:\/(?<round>[smhdwMy]))?$/;

const startOf = (at: number, unit: string): number => {
  const date = new Date(at);
  if (unit === 'y') return Date.UTC(date.getUTCFullYear());
  if (unit === 'M') return Date.UTC(date.getUTCFullYear(), date.getUTCMonth());
  const length = UNITS[unit] ?? 1;
  // 1970 began on a Thursday; weeks begin on a Monday.
  const offset = unit === 'w' ? 4 * (UNITS.d ?? 0) : 0;
  return Math.floor((at - offset) / length) * length + offset;
};

const endOf = (at: number, unit: string): number => {
  const date = new Date(at);
  if (unit === 'y') return Date.UTC(date.getUTCFullYear() + 1) - 1;
  if (unit === 'M') return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1) - 1;
  return startOf(at, unit) + (UNITS[unit] ?? 1) - 1;
};

const moved = (now: number, offset: string): number => {
  const date = new Date(now);
  for (const [, sign, count, unit = ''] of offset.matchAll(/([+-])(\d+)([smhdwMy])/g)) {
    const by = Number(count) * (sign === '-' ? -1 : 1);
    if (unit === 'M') date.setUTCMonth(date.getUTCMonth() + by);
    else if (unit === 'y') date.setUTCFullYear(date.getUTCFullYear() + by);
    else date.setTime(date.getTime() + by * (UNITS[unit] ?? 0));
  }
  return date.getTime();
};

/**
 * A moment as Grafana writes it, in unix milliseconds: `now-7d`, `now-1d/d`, an ISO 8601 date or unix milliseconds.
 * Rounding is by UTC and goes up for the end of a range.
 *
 * @see https://grafana.com/docs/grafana/latest/dashboards/use-dashboards/#time-units-and-relative-ranges
 * @returns undefined for other text
 */
export const parseMoment = (text: string, now: number, edge: 'from' | 'to' = 'from'): number | undefined => {
  const relative = RELATIVE.exec(text);
  if (relative !== null) {
    const at = moved(now, relative.groups?.offset ?? '');
    const round = relative.groups?.round;
    if (round === undefined) return at;
    return edge === 'from' ? startOf(at, round) : endOf(at, round);
  }
  if (/^\d{10,}$/.test(text)) return Number(text);
  if (!/^\d{4}-\d\d(-\d\d)?/.test(text)) return undefined;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : at;
};

/** Intervals that Grafana rounds to: below the first number, to the second; in milliseconds. */
const ROUNDED: readonly (readonly [below: number, to: number])[] = [
  [10, 1],
  [15, 10],
  [35, 20],
  [75, 50],
  [150, 100],
  [350, 200],
  [750, 500],
  [1_500, 1_000],
  [3_500, 2_000],
  [7_500, 5_000],
  [12_500, 10_000],
  [17_500, 15_000],
  [25_000, 20_000],
  [45_000, 30_000],
  [90_000, 60_000],
  [210_000, 120_000],
  [450_000, 300_000],
  [750_000, 600_000],
  [1_050_000, 900_000],
  [1_500_000, 1_200_000],
  [2_700_000, 1_800_000],
  [5_400_000, 3_600_000],
  [9_000_000, 7_200_000],
  [16_200_000, 10_800_000],
  [32_400_000, 21_600_000],
  [86_400_000, 43_200_000],
  [604_800_000, 86_400_000],
  [1_814_400_000, 604_800_000],
  [3_628_800_000, 2_592_000_000],
];

const YEAR = 31_536_000_000;

const rounded = (ms: number): number => ROUNDED.find(([below]) => ms < below)?.[1] ?? YEAR;

/** What decides how far apart the points of a graph are. */
export interface Resolution {
  readonly range: TimeRange;
  /** The most points that a graph can show: its width in pixels, unless the panel says otherwise. */
  readonly maxDataPoints: number;
  /** Milliseconds below which the interval does not go: of the query, of the panel, or of the data source. */
  readonly minInterval: number;
}

/**
 * `$__interval` in milliseconds.
 *
 * @see https://grafana.com/docs/grafana/latest/dashboards/variables/add-template-variables/#__interval
 */
export const intervalOf = ({ range, maxDataPoints, minInterval }: Resolution): number =>
  Math.max(minInterval, rounded((range.to - range.from) / Math.max(1, maxDataPoints)));

/** Prometheus answers at most this many points a series. */
const MOST_POINTS = 11_000;

/** The step of a range query in milliseconds: the interval, unless Prometheus would refuse so many points. */
export const safeStep = (range: TimeRange, interval: number): number => {
  const least = (range.to - range.from) / MOST_POINTS;
  return interval >= least ? interval : rounded(least * 2);
};

/** How many samples `rate` needs to get over a lost one. */
const SAMPLES_OF_A_RATE = 4;

/**
 * `$__rate_interval` in milliseconds, from `$__interval` and the scrape interval: the min step of the query, or else
 * that of the data source.
 *
 * @see https://grafana.com/docs/grafana/latest/datasources/prometheus/template-variables/#use-__rate_interval
 */
export const rateInterval = (interval: number, scrapeInterval: number): number =>
  Math.max(interval + scrapeInterval, SAMPLES_OF_A_RATE * scrapeInterval);

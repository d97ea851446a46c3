/**
 * Units that Prometheus naming wants in the metric's name, with the suffix each gives it.
 *
 * @see https://prometheus.io/docs/practices/naming/#base-units
 */
export const NAMED_UNITS = {
  seconds: 'seconds',
  unixSeconds: 'seconds',
  bytes: 'bytes',
  percent: 'percent',
  ratio: 'ratio',
  usd: 'usd',
  credits: 'credits',
  info: 'info',
} as const;

/** A unit that shows in a metric's name. */
export type NamedUnit = keyof typeof NAMED_UNITS;

/** A thing that is counted; it needs no suffix. `state` is a 0/1 gauge, `milliseconds` occurs in contract names only. */
export const COUNTED_UNITS = [
  'requests',
  'tokens',
  'errors',
  'events',
  'files',
  'series',
  'samples',
  'lines',
  'items',
  'state',
  'milliseconds',
] as const;

/** What the numbers of a metric are. */
export type Unit = NamedUnit | (typeof COUNTED_UNITS)[number];

/** What a name must contain at its end to carry a unit; counted things need nothing. */
export type UnitSuffix<U extends Unit> = U extends NamedUnit ? `_${(typeof NAMED_UNITS)[U]}` : '';

import * as grafana from '@grafana/grafana-foundation-sdk/units';
import type { Counter, Metric, Unit } from '#catalog';

declare const UNIT: unique symbol;

/** A unit of a panel: Grafana's id for it and, where that is not enough, the label of the axis. */
export interface PanelUnit {
  readonly id: string;
  /** @default - none: the values are shown with their unit */
  readonly axis?: string;
  readonly [UNIT]?: never;
}

/** Grafana's units for the units of metrics. */
const VALUES = {
  seconds: { id: grafana.Seconds },
  unixSeconds: { id: grafana.DateTimeFromNow },
  milliseconds: { id: grafana.Milliseconds },
  bytes: { id: grafana.BytesIEC },
  percent: { id: grafana.Percent },
  ratio: { id: grafana.PercentUnit },
  usd: { id: grafana.Dollars },
  credits: { id: grafana.Short, axis: 'credits' },
  info: { id: grafana.Short },
  requests: { id: grafana.Short, axis: 'requests' },
  tokens: { id: grafana.Short, axis: 'tokens' },
  errors: { id: grafana.Short, axis: 'errors' },
  events: { id: grafana.Short, axis: 'events' },
  files: { id: grafana.Short, axis: 'files' },
  series: { id: grafana.Short, axis: 'series' },
  samples: { id: grafana.Short, axis: 'samples' },
  lines: { id: grafana.Short, axis: 'lines' },
  items: { id: grafana.Short },
  state: { id: grafana.Short },
} as const satisfies Readonly<Record<Unit, PanelUnit>>;

/** The unit of a metric's values, of their quantiles, or of a counter's increase. */
export const unitOf = ({ unit }: Metric): PanelUnit => VALUES[unit];

/** The unit of a counter's rate. */
export const perSecond = ({ unit }: Counter): PanelUnit =>
  unit === 'requests' ? { id: grafana.RequestsPerSecond } : { id: grafana.CountsPerSecond, axis: `${unit} / s` };

/** The unit of the rate of requests that a histogram counts. */
export const REQUESTS_PER_SECOND: PanelUnit = { id: grafana.RequestsPerSecond };

/** The unit of durations that are no metric's values, such as an age. */
export const SECONDS: PanelUnit = VALUES.seconds;

/** The unit of CPU usage. */
export const CORES: PanelUnit = { id: grafana.Short, axis: 'cores' };

/** The unit of a counter's rate per minute; dashboard-linter does not know Grafana's own unit for it. */
export const perMinute = ({ unit }: Counter): PanelUnit => ({ id: VALUES[unit].id, axis: `${unit} / min` });

/** The unit of a counter's rate per hour. */
export const perHour = ({ unit }: Counter): PanelUnit => ({
  id: VALUES[unit].id,
  axis: `${unit === 'usd' ? 'USD' : unit} / h`,
});

/** The unit of shares; alerts compare shares in percent as well. */
export const PERCENT: PanelUnit = VALUES.percent;

/** The unit of a count; the axis label names what is counted. */
export const countOf = (things: string): PanelUnit => ({ id: grafana.Short, axis: things });

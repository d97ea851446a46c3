import * as grafana from '@grafana/grafana-foundation-sdk/units';
import type { Counter, Metric, Unit } from '#catalog';

declare const UNIT: unique symbol;

/** A unit of a panel: Grafana's id for it and, where the id does not say it, the label of the axis. */
export interface PanelUnit {
  readonly id: string;
  /** @default - no label: the values carry their unit */
  readonly axis?: string;
  readonly [UNIT]?: never;
}

/** How Grafana writes a metric's own values. */
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

/** The unit of a metric's values, of a quantile of them, or of a counter's growth over a range. */
export const unitOf = ({ unit }: Metric): PanelUnit => VALUES[unit];

/** The unit of a counter's rate. */
export const perSecond = ({ unit }: Counter): PanelUnit =>
  unit === 'requests' ? { id: grafana.RequestsPerSecond } : { id: grafana.CountsPerSecond, axis: `${unit} / s` };

/** The unit of a rate of requests that a histogram counts. */
export const REQUESTS_PER_SECOND: PanelUnit = { id: grafana.RequestsPerSecond };

/** The unit of a length of time that no metric has, such as the age of something. */
export const SECONDS: PanelUnit = VALUES.seconds;

/** The unit of what processes take of a processor, in cores. */
export const CORES: PanelUnit = { id: grafana.Short, axis: 'cores' };

/** The unit of a counter's rate in a minute; Grafana's own unit for it is unknown to dashboard-linter. */
export const perMinute = ({ unit }: Counter): PanelUnit => ({ id: VALUES[unit].id, axis: `${unit} / min` });

/** The unit of a counter's rate in an hour. */
export const perHour = ({ unit }: Counter): PanelUnit => ({
  id: VALUES[unit].id,
  axis: `${unit === 'usd' ? 'USD' : unit} / h`,
});

/** The unit of a share in percent; alerts compare shares in percent as well. */
export const PERCENT: PanelUnit = VALUES.percent;

/** The unit of a number of things; what they are is said beside the axis. */
export const countOf = (things: string): PanelUnit => ({ id: grafana.Short, axis: things });

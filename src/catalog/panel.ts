/** A panel as other rooms name it: the dashboard's uid, which is public API, and the panel's number on it. */
export interface PanelId {
  readonly dashboard: string;
  readonly id: number;
}

/** The uids of our dashboards: public, because links and bookmarks carry them. */
export const DASHBOARD_UIDS = {
  anthropicProxy: 'anthropic-proxy',
  logs: 'anthropic-proxy-logs',
  stackHealth: 'stack-health',
} as const;

/** Numbers the panels of a dashboard in the order of their names. */
export const panelsOf = <const N extends string>(
  dashboard: string,
  names: readonly N[],
): Readonly<Record<N, PanelId>> =>
  Object.fromEntries(names.map((name, index) => [name, { dashboard, id: index + 1 }])) as Record<N, PanelId>;

/** How urgent an alert is: `page` needs someone now, `ticket` waits for working hours, `none` is the Watchdog's alone. */
export type Severity = 'page' | 'ticket' | 'none';

/** The line that an alert draws on every panel that shows its signal, in the signal's unit. */
export interface ThresholdLine {
  readonly alert: string;
  readonly severity: Severity;
  readonly value: number;
  /** On which side of the line the alert fires. */
  readonly fires: 'above' | 'below';
  /** The name of the series that the alert compares; `{label}` stands for what varies. */
  readonly series: string;
  /** The window over which the alert measures. @default - it compares the current value, or several windows */
  readonly over?: string;
}

/** The threshold lines of a signal, by its id, ascending by value; empty where no alert compares it. */
export type Thresholds = (signal: string) => readonly ThresholdLine[];

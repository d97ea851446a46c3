/** A panel as other rooms name it: the dashboard's uid, which is public API, and the panel's number on it. */
export interface PanelId {
  readonly dashboard: string;
  readonly id: number;
}

const panelsOf = <const N extends string>(dashboard: string, names: readonly N[]): Readonly<Record<N, PanelId>> =>
  Object.fromEntries(names.map((name, index) => [name, { dashboard, id: index + 1 }])) as Record<N, PanelId>;

/** The uids of our dashboards. */
export const DASHBOARD_UIDS = {
  anthropicProxy: 'anthropic-proxy',
  logs: 'anthropic-proxy-logs',
  stackHealth: 'stack-health',
} as const;

/** The panels of the Anthropic Proxy dashboard; links carry their numbers, so new names go to the end. */
export const ANTHROPIC_PROXY_PANELS = panelsOf(DASHBOARD_UIDS.anthropicProxy, [
  'utilization5h',
  'utilization7d',
  'windowTokensIn',
  'windowTokensOut',
  'utilizationOverTime',
  'windowTokens5h',
  'windowTokens7d',
  'requestRate',
  'errorRate',
  'requestLatency',
  'requestsByStatusCode',
  'totalRequests',
  'credentialCooldowns',
  'tokensByModel',
  'requestBodySize',
  'rateLimitedShare',
  'upstreamErrorsByType',
  'credentialState',
  'projectedUtilization',
  'timeToFirstByte',
  'targetsUp',
  'cost',
  'cacheEfficiency',
  'extraUsage',
  'windowResets',
]);

/** The panels of the Stack health dashboard, likewise. */
export const STACK_HEALTH_PANELS = panelsOf(DASHBOARD_UIDS.stackHealth, [
  'componentsUp',
  'probes',
  'probeDuration',
  'certificateExpiry',
  'configReloads',
  'ruleEvaluationFailures',
  'ruleEvaluationTime',
  'samplesIngested',
  'samplesRejected',
  'activeSeries',
  'seriesByJob',
  'storage',
  'volumes',
  'remoteWrite',
  'notificationsToAlertmanager',
  'notificationsSent',
  'alertmanagerCluster',
  'lokiIngestion',
  'lokiRequests',
  'lokiRequestDuration',
  'lokiRetention',
  'alloyLines',
  'alloyDelivery',
  'grafanaRequests',
  'grafanaDatasources',
  'memory',
  'cpu',
  'proxyOutcomes',
  'proxyInFlight',
  'proxyRecords',
  'proxyFolded',
  'proxyPolls',
  'proxyEventLoop',
  'databaseErrors',
  'seriesGrowth',
  'remoteWriteErrors',
  'lokiErrors',
  'notificationQueue',
]);

/** The panels of the Logs dashboard, likewise. */
export const LOGS_PANELS = panelsOf(DASHBOARD_UIDS.logs, [
  'linesByLevel',
  'linesByEvent',
  'requestsByCredential',
  'requestsByModel',
  'upstreamErrors',
  'rateLimits',
  'slowRequests',
  'windowResets',
  'cooldowns',
  'lifecycle',
  'allLines',
]);

/** How urgent an alert is: `page` wakes somebody, `ticket` waits for working hours, `none` is the Watchdog's alone. */
export type Severity = 'page' | 'ticket' | 'none';

/** The line that an alert draws on its owner panel, in the panel's unit. */
export interface ThresholdLine {
  readonly alert: string;
  readonly severity: Severity;
  readonly value: number;
  /** On which side of the line the alert fires. */
  readonly fires: 'above' | 'below';
  /** The series that the alert compares, by its legend; `{label}` stands for what varies. @default - all of the panel's */
  readonly series?: string;
  /** The time over which the alert counts or averages. @default - it compares what is now, or times of several lengths */
  readonly over?: string;
}

/** The threshold lines of a panel, ascending by value; empty for a panel that owns no alert. */
export type Thresholds = (panel: PanelId) => readonly ThresholdLine[];

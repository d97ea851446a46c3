/** A reference to a variable, which Grafana replaces. */
export const reference = (variable: string): string => `\${${variable}}`;

/** A datasource, by the dashboard's variable for it. */
export interface DatasourceRef {
  readonly type: string;
  readonly uid: string;
}

/** The datasource for metrics. */
export const PROMETHEUS: DatasourceRef = { type: 'prometheus', uid: reference('prometheus_datasource') };

/** The datasource for logs. */
export const LOKI: DatasourceRef = { type: 'loki', uid: reference('loki_datasource') };

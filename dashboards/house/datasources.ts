/** What stands for a variable until Grafana replaces it. */
export const reference = (variable: string): string => `\${${variable}}`;

/** A datasource by the dashboard's variable for it, so that no panel names one. */
export interface DatasourceRef {
  readonly type: string;
  readonly uid: string;
}

/** The datasource that answers numbers. */
export const PROMETHEUS: DatasourceRef = { type: 'prometheus', uid: reference('prometheus_datasource') };

/** The datasource that answers what happened. */
export const LOKI: DatasourceRef = { type: 'loki', uid: reference('loki_datasource') };

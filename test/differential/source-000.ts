import { ANTHROPIC_PROXY_PANELS, type PanelId } from '#catalog';

/** A Prometheus query of the source dashboard, and the query of ours that replaces it. */
export interface Row {
  /** The source panel's title. */
  readonly panel: string;
  readonly refId: string;
  /** The source's query, verbatim. */
  readonly source: string;
  readonly ours: Place;
  /** What is wrong with the source's query. @default - nothing: both agree */
  readonly defect?: Defect;
}

/** A query of our dashboard. */
export interface Place {
  readonly panel: PanelId;
  readonly refId: string;
  /** The part of its series that answers the source's question. @default - all */
  readonly only?: Readonly<Record<string, string>>;
}

/** Why the two differ. */
export interface Defect {
  /** A sentence without its full stop. */
  readonly because: string;
  /** The source's query without the defect: ours agrees with it. */
  readonly corrected: string;
}

/**
 * The time range of our stats, as Grafana inserts it; the corrected queries look back as far. With a sample a minute
 * the extrapolation to the edges of six hours is far below one percent.
 */
export const RANGE = '6h';

const PANELS = ANTHROPIC_PROXY_PANELS;

const ONCE_A_REPLICA = 'every replica reports the same account, so each value is drawn once per replica';

const RAW_COUNTER =
  'a raw counter counts from the start of each replica and drops at a restart; ours is the increase within the time range, across restarts';

const CLIENT_GONE = 'its 4xx include 499, a client that disconnected before the response, which is no error';

const utilization = (window: '5h' | '7d'): Pick<Row, 'source' | 'defect'> => ({
  source: `proxy_usage_utilization{window="${window}"}`,
  defect: {
    because: ONCE_A_REPLICA,
    corrected: `max without (instance) (proxy_usage_utilization{window="${window}"})`,
  },
});

/** Every query of the source dashboard that Prometheus can answer. */
export const ROWS: readonly Row[] = [
  { panel: '5h Utilization', refId: 'A', ...utilization('5h'), ours: { panel: PANELS.utilization5h, refId: 'A' } },
  { panel: '7d Utilization', refId: 'A', ...utilization('7d'), ours: { panel: PANELS.utilization7d, refId: 'A' } },
  {
    panel: 'Utilization Over Time',
    refId: 'A',
    ...utilization('5h'),
    ours: { panel: PANELS.utilizationOverTime, refId: 'A', only: { window: '5h' } },
  },
  {
    panel: 'Utilization Over Time',
    refId: 'B',
    ...utilization('7d'),
    ours: { panel: PANELS.utilizationOverTime, refId: 'A', only: { window: '7d' } },
  },
  {
    panel: 'Request Rate',
    refId: 'A',
    source: 'sum(rate(proxy_request_count_total[5m])) by (stream)',
    ours: { panel: PANELS.requestRate, refId: 'A' },
  },
  {
    panel: 'Request Rate',
    refId: 'B',
    source: 'sum(rate(proxy_request_count_total[5m]))',
    ours: { panel: PANELS.requestRate, refId: 'B' },
  },
  {
    panel: 'Error Rate',
    refId: 'A',
    source: 'sum(rate(proxy_upstream_errors_total[5m])) by (error_type)',
    ours: { panel: PANELS.errorRate, refId: 'A' },
  },
  {
    panel: 'Error Rate',
    refId: 'B',
    source: 'sum(rate(proxy_request_count_total{status_code=~"4..|5.."}[5m])) by (status_code)',
    ours: { panel: PANELS.errorRate, refId: 'B' },
    defect: {
      because: CLIENT_GONE,
      corrected:
        'sum(rate(proxy_request_count_total{status_code=~"4..|5..", status_code!="499"}[5m])) by (status_code)',
    },
  },
  {
    panel: 'Request Latency (p50/p95/p99)',
    refId: 'A',
    source: 'histogram_quantile(0.50, sum(rate(proxy_request_duration_ms_milliseconds_bucket[5m])) by (le))',
    ours: { panel: PANELS.requestLatency, refId: 'A' },
  },
  {
    panel: 'Request Latency (p50/p95/p99)',
    refId: 'B',
    source: 'histogram_quantile(0.95, sum(rate(proxy_request_duration_ms_milliseconds_bucket[5m])) by (le))',
    ours: { panel: PANELS.requestLatency, refId: 'B' },
  },
  {
    panel: 'Request Latency (p50/p95/p99)',
    refId: 'C',
    source: 'histogram_quantile(0.99, sum(rate(proxy_request_duration_ms_milliseconds_bucket[5m])) by (le))',
    ours: { panel: PANELS.requestLatency, refId: 'C' },
  },
  {
    panel: 'Requests by Status Code',
    refId: 'A',
    source: 'sum(rate(proxy_request_count_total[5m])) by (status_code) * 60',
    ours: { panel: PANELS.requestsByStatusCode, refId: 'A' },
  },
  {
    panel: 'Total Requests',
    refId: 'A',
    source: 'sum(proxy_request_count_total)',
    ours: { panel: PANELS.totalRequests, refId: 'A' },
    defect: {
      because: RAW_COUNTER,
      corrected: `sum(proxy_request_count_total) - sum(proxy_request_count_total offset ${RANGE})`,
    },
  },
  {
    panel: 'Credential Cooldowns',
    refId: 'A',
    source: 'sum(proxy_credential_cooldowns_total) or vector(0)',
    ours: { panel: PANELS.credentialCooldowns, refId: 'A' },
    defect: {
      because: RAW_COUNTER,
      corrected: `sum(proxy_credential_cooldowns_total) - sum(proxy_credential_cooldowns_total offset ${RANGE}) or vector(0)`,
    },
  },
  {
    panel: 'Tokens by Model',
    refId: 'A',
    source: 'sum(rate(proxy_tokens_input_total[5m])) by (model) * 60',
    ours: { panel: PANELS.tokensByModel, refId: 'A' },
  },
  {
    panel: 'Tokens by Model',
    refId: 'B',
    source: 'sum(rate(proxy_tokens_output_total[5m])) by (model) * 60',
    ours: { panel: PANELS.tokensByModel, refId: 'B' },
  },
  {
    panel: 'Request Body Size (p50/p95)',
    refId: 'A',
    source: 'histogram_quantile(0.50, sum(rate(proxy_request_body_size_bytes_bucket[5m])) by (le))',
    ours: { panel: PANELS.requestBodySize, refId: 'A' },
  },
  {
    panel: 'Request Body Size (p50/p95)',
    refId: 'B',
    source: 'histogram_quantile(0.95, sum(rate(proxy_request_body_size_bytes_bucket[5m])) by (le))',
    ours: { panel: PANELS.requestBodySize, refId: 'B' },
  },
];

/** Panels of the source dashboard that query only Loki, so that Prometheus cannot compare them. */
export const LOG_PANELS = ['Window Tokens In', 'Window Tokens Out', '5h Window Tokens', '7d Window Tokens'] as const;

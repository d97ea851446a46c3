// biome-ignore-all lint/suspicious/noTemplateCurlyInString: this is how Grafana writes variables
import type { CheckedStack } from '#checks';

const PROMETHEUS = { type: 'prometheus', uid: '${prometheus_datasource}' };
const LOKI = { type: 'loki', uid: '${loki_datasource}' };

const queryVariable = (name: string, label: string, within: string) => ({
  name,
  label,
  type: 'query',
  datasource: PROMETHEUS,
  query: `label_values(proxy_build_info${within}, ${name})`,
  multi: true,
  allValue: '.+',
  refresh: 2,
});

const datasource = (type: string, label: string) => ({
  name: `${type}_datasource`,
  label,
  type: 'datasource',
  query: type,
});

const timeseries = (id: number, x: number) => ({
  id,
  type: 'timeseries',
  description: 'What a change means.',
  datasource: PROMETHEUS,
  gridPos: { x, y: 0, w: 12, h: 8 },
});

const SELECTED = '{job=~"$job", instance=~"$instance"}';

/** A dashboard of every kind of panel that the checks tell apart, of which every check holds. */
const dashboard = () => ({
  title: 'Sample',
  editable: false,
  templating: {
    list: [
      datasource('prometheus', 'Prometheus data source'),
      datasource('loki', 'Loki data source'),
      queryVariable('job', 'Job', ''),
      queryVariable('instance', 'Instance', '{job=~"$job"}'),
    ],
  },
  annotations: {
    list: [{ name: 'Resets', datasource: LOKI, expr: '{service_name="anthropic-proxy"} | event="window_reset"' }],
  },
  panels: [
    {
      ...timeseries(1, 0),
      title: 'Requests',
      fieldConfig: {
        defaults: { unit: 'reqps', thresholds: { steps: [{ value: null }, { value: 5 }] } },
        overrides: [],
      },
      targets: [
        {
          refId: 'A',
          datasource: PROMETHEUS,
          expr: `sum by (stream) (rate(proxy_request_count_total${SELECTED}[$__rate_interval]))`,
          legendFormat: '{{stream}}',
        },
      ],
    },
    {
      ...timeseries(2, 12),
      title: 'First byte',
      fieldConfig: { defaults: { unit: 's' }, overrides: [] },
      targets: [
        {
          refId: 'A',
          datasource: PROMETHEUS,
          expr: `histogram_quantile(0.95, sum by (le) (rate(proxy_time_to_first_byte_seconds_bucket${SELECTED}[$__rate_interval])))`,
          legendFormat: 'p95',
        },
      ],
    },
    {
      id: 3,
      type: 'logs',
      title: 'Errors',
      datasource: LOKI,
      gridPos: { x: 0, y: 8, w: 24, h: 8 },
      targets: [
        { refId: 'A', datasource: LOKI, expr: '{service_name="anthropic-proxy", level="error"} | json | status="429"' },
      ],
    },
    {
      id: 4,
      type: 'barchart',
      title: 'Errors by model',
      datasource: LOKI,
      gridPos: { x: 0, y: 16, w: 24, h: 8 },
      targets: [
        {
          refId: 'A',
          datasource: LOKI,
          expr: 'sum by (model) (count_over_time({service_name="anthropic-proxy"} | event="upstream_error" [$__auto]))',
        },
      ],
    },
  ],
});

const requests = (matchers = '') => `sum by (job) (rate(proxy_request_count_total${matchers}[5m]))`;

const rules = () => ({
  name: 'sample',
  content: {
    groups: [
      {
        name: 'sample',
        interval: '1m',
        rules: [
          {
            alert: 'ShareHigh',
            expr: `${requests('{status_code="429"}')} / ${requests()} * 100 > 5 and ${requests()} > 0.02`,
            for: '5m',
            labels: { severity: 'ticket' },
            annotations: {
              summary: '{{ $labels.job }} refuses {{ $value | printf "%.1f" }} %.',
              runbook_url: 'https://example.com/runbooks/ShareHigh',
            },
          },
          {
            record: 'window_credential:proxy_usage_utilization:projected_at_reset',
            expr: 'max by (job, window, credential) (proxy_usage_utilization)',
            labels: { instance: 'account', length: '5h' },
          },
        ],
      },
    ],
  },
});

/** A stack of which every check holds; a fresh one each time, so that a test can break it. */
export const sample = (): CheckedStack => ({
  dashboards: [{ uid: 'sample', json: dashboard() }],
  rules: [rules()],
  alerts: [{ name: 'ShareHigh', panel: { dashboard: 'sample', id: 1 }, threshold: { value: 5 } }],
  route: { receiver: 'ticket', routes: [{ receiver: 'ticket', matchers: ['severity="ticket"'] }] },
  runbooks: ['ShareHigh'],
  scrapeInterval: '30s',
});

/** What a place of the sample becomes: a value, `undefined` for nothing there, or something made of what was there. */
export type Change = ((before: never) => unknown) | string | number | boolean | object | null | undefined;

/** The parts of the sample by short names. */
const PLACES: Readonly<Record<string, string>> = {
  board: 'dashboards.0.json',
  job: 'dashboards.0.json.templating.list.2',
  variables: 'dashboards.0.json.templating.list',
  annotation: 'dashboards.0.json.annotations.list.0',
  panels: 'dashboards.0.json.panels',
  requests: 'dashboards.0.json.panels.0',
  rate: 'dashboards.0.json.panels.0.targets.0',
  quantile: 'dashboards.0.json.panels.1.targets.0',
  lines: 'dashboards.0.json.panels.2.targets.0',
  counts: 'dashboards.0.json.panels.3.targets.0',
  group: 'rules.0.content.groups.0',
  alert: 'rules.0.content.groups.0.rules.0',
  recording: 'rules.0.content.groups.0.rules.1',
};

/** The sample with one place changed; the place is a short name and what is below it, with dots. */
export const changed = (place: string, change: Change): CheckedStack => {
  const content = sample();
  const [short = '', ...rest] = place.split('.');
  const keys = [...(PLACES[short] ?? short).split('.'), ...rest];
  const last = keys.pop() ?? '';
  const holder = keys.reduce<Record<string, unknown>>(
    (at, key) => at[key] as Record<string, unknown>,
    content as unknown as Record<string, unknown>,
  );
  const after = typeof change === 'function' ? (change as (before: unknown) => unknown)(holder[last]) : change;
  if (after === undefined) delete holder[last];
  else holder[last] = after;
  return content;
};

// biome-ignore-all lint/suspicious/noTemplateCurlyInString: this is how Grafana writes variables
import { add, requests } from './change.ts';
import type { Change } from './sample.ts';

const divided = (divisor: string) => `sum(proxy_usage_utilization / ${divisor})`;
const selected = (condition: string) => `max(proxy_request_count_total{${condition}} > 1)`;
const share = (whole: string) => `${requests('{status_code="429"}')} / ${whole} * 100 > 5`;

/** Changes that break no check: why, what is changed and how. */
export const SOUND: readonly (readonly [why: string, place: string, change: Change])[] = [
  ['a division by what is above zero', 'recording.expr', divided('(proxy_window_tokens > 0)')],
  ['a division by what is not zero', 'recording.expr', divided('(proxy_window_tokens != 0)')],
  ['a division by what is clamped above zero', 'recording.expr', divided('clamp_min(proxy_window_tokens, 1)')],
  ['a division by what is clamped below zero', 'recording.expr', divided('clamp_max(proxy_window_tokens, -1)')],
  ['a division by a number', 'recording.expr', divided('100')],
  ['a division in a maximum', 'recording.expr', 'max(proxy_usage_utilization / proxy_window_tokens)'],
  ['a division of sums', 'recording.expr', 'sum(proxy_usage_utilization) / sum(proxy_window_tokens)'],
  ['a pattern of values', 'recording.expr', selected('status_code=~"5.."')],
  ['a pattern of several values', 'recording.expr', selected('status_code!~"429|5.."')],
  [
    'a value of a capped label that appears at run time',
    'recording.expr',
    'max(proxy_usage_utilization{window="30d"})',
  ],
  ['a label that has to be there', 'recording.expr', selected('status_code!=""')],
  ['a bucket that is there', 'recording.expr', 'sum(rate(proxy_overhead_seconds_bucket{le="0.25"}[5m]))'],
  [
    'buckets of a subquery',
    'recording.expr',
    'histogram_quantile(0.9, max_over_time(sum by (le) (rate(proxy_overhead_seconds_bucket[5m]))[1h:5m]))',
  ],
  [
    'series that Prometheus writes itself',
    'recording.expr',
    'max(scrape_duration_seconds) + max(up) + count(ALERTS{severity="page"})',
  ],
  ['tokens in millions', 'recording.expr', 'sum(increase(proxy_tokens_input_total[1h])) / 1e6'],
  ['a model that no price is known for', 'rate.legendFormat', 'claude-opus-5x {{stream}}'],
  ['a share whose divisor is above a floor', 'alert.expr', share(`(${requests()} > 0.02)`)],
  ['a share whose divisor is clamped', 'alert.expr', share(`clamp_min(${requests()}, 0.1)`)],
  ['a floor before the share', 'alert.expr', `${requests()} > 0.02 and ${share(requests())}`],
  [
    'a share of what is no traffic',
    'alert.expr',
    'sum by (job) (proxy_window_tokens) / sum by (job) (proxy_usage_utilization) > 5',
  ],
  ['alternatives that each compare', 'alert.expr', `${requests()} > 5 or ${requests()} < 1`],
  [
    'what is absent',
    'alert',
    (alert: object) => ({
      ...alert,
      expr: 'absent(up{job="grafana"}) * 5',
      annotations: { summary: '{{ $labels.job }}' },
    }),
  ],
  [
    'no for without two aggregations',
    'alert',
    (alert: object) => ({ ...alert, expr: `${requests()} * 2 > 5`, for: undefined }),
  ],
  [
    'a group that is evaluated seldom, whose alerts go on firing',
    'group',
    (group: { rules: readonly object[] }) => ({
      ...group,
      interval: '10m',
      rules: [{ ...group.rules[0], keep_firing_for: '10m' }],
    }),
  ],
  [
    'a value formatted by its rate',
    'alert.annotations.summary',
    '{{ with $labels }}{{ .job | toUpper }}{{ end }} {{ $value | humanizePercentage }}',
  ],
  ['a label by index', 'alert.annotations.summary', '{{ index $labels "job" }}'],
  [
    'a link without a template',
    'alert.annotations.dashboard_url',
    'https://example.com/?var-job={{ $labels.job | urlquery }}',
  ],
  ['no runbook link', 'alert.annotations.runbook_url', undefined],
  ['a route by a pattern', 'route.routes.0.matchers', ['severity=~"page|ticket"', 'alertname!="Watchdog"']],
  ['an alert without a threshold', 'alerts.0.threshold', null],
  ['an alert without a panel', 'alerts.0.panel', null],
  [
    'panels of a collapsed row on a grid of their own',
    'panels',
    add({
      id: 9,
      type: 'row',
      title: 'More',
      gridPos: { x: 0, y: 24, w: 24, h: 1 },
      panels: [{ id: 10, type: 'text', title: 'Note', gridPos: { x: 0, y: 0, w: 24, h: 4 } }],
    }),
  ],
  [
    'milliseconds made of seconds',
    'panels.1',
    (panel: { targets: { expr: string }[] }) => ({
      ...panel,
      fieldConfig: { defaults: { unit: 'ms' } },
      targets: panel.targets.map((target) => ({ ...target, expr: `1000 * ${target.expr}` })),
    }),
  ],
  [
    'a unit of one query',
    'panels.1.fieldConfig',
    {
      defaults: { unit: 'short' },
      overrides: [{ matcher: { id: 'byFrameRefID', options: 'A' }, properties: [{ id: 'unit', value: 's' }] }],
    },
  ],
  ['texts in place of values', 'panels.1.fieldConfig', { defaults: { mappings: [{}] } }],
  [
    'one datasource variable by its short name',
    'board',
    (board: { templating: { list: object[] }; panels: object[] }) => ({
      ...board,
      annotations: {},
      panels: [],
      templating: {
        list: [
          { name: 'datasource', label: 'Data source', type: 'datasource', query: 'prometheus' },
          {
            ...board.templating.list[2],
            datasource: { uid: '$datasource' },
            query: 'label_values(proxy_build_info{instance=~"$instance"}, job)',
          },
          { ...board.templating.list[3], datasource: { uid: '${datasource}' } },
        ],
      },
    }),
  ],
  [
    'Grafana’s own annotations',
    'annotation',
    { name: 'Annotations', datasource: { type: 'grafana', uid: '-- Grafana --' } },
  ],
  [
    'a field that another step made',
    'lines.expr',
    '{service_name="anthropic-proxy"} | json | label_format code=status | code="429"',
  ],
  ['a field of an object', 'lines.expr', '{service_name="anthropic-proxy"} | json | tokens_input > 3'],
  [
    'a field of structured metadata',
    'lines.expr',
    '{service_name="anthropic-proxy"} | status="429" | input_tokens > 3',
  ],
];

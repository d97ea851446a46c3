import { add, floor, requests, SELECTED, swap, within } from './change.ts';
import type { Change } from './sample.ts';

/** What is changed and how, and the path of the one finding with a part of its problem. */
export type Breach = readonly [place: string, change: Change, path: string, problem: string];

const PANEL = 'dashboards/sample/Requests';
const QUERY = `${PANEL}/A`;
const QUANTILE = 'dashboards/sample/First byte/A';
const LINES = 'dashboards/sample/Errors/A';
const COUNTS = 'dashboards/sample/Errors by model/A';
const JOB = 'dashboards/sample/variables/job';
const ALERT = 'alerts/sample/ShareHigh';
const SUMMARY = `${ALERT}/annotations/summary`;
const RECORDING = 'alerts/sample/window_credential:proxy_usage_utilization:projected_at_reset';

/** The breaches of each check of dashboards and rules. */
export const BREACHES: Readonly<Record<string, readonly Breach[]>> = {
  'template-datasource-rule': [
    [
      'variables.1.query',
      'tempo',
      'dashboards/sample/variables/loki_datasource',
      "a datasource variable for tempo is named 'loki_datasource'",
    ],
    ['variables.0.label', 'Source', 'dashboards/sample/variables/prometheus_datasource', "is labelled 'Source'"],
  ],
  'template-job-rule': [
    ['job.multi', false, JOB, 'it allows one value only'],
    ['job.allValue', '.*', JOB, "its all value is '.*'"],
    ['job.label', 'job', JOB, "it is labelled 'job'"],
    ['job.datasource', { uid: 'prometheus' }, JOB, "its datasource is 'prometheus'"],
    ['job.type', 'custom', JOB, "it is of type 'custom'"],
  ],
  'template-instance-rule': [
    ['variables.3.multi', undefined, 'dashboards/sample/variables/instance', 'it allows one value only'],
  ],
  'template-label-promql-rule': [
    ['job.query', 'proxy_build_info', JOB, "'proxy_build_info' is not a query of a variable"],
    ['job.query', 'label_values(proxy_build_info{, job)', JOB, 'PromQL at line'],
  ],
  'template-on-time-change-reload-rule': [['job.refresh', 1, JOB, 'received refresh 1']],
  'panel-datasource-rule': [
    ['requests.datasource', { type: 'prometheus', uid: 'prometheus' }, PANEL, "its datasource is 'prometheus'"],
  ],
  'panel-title-description-rule': [['requests.description', '', PANEL, 'it has no description']],
  'panel-units-rule': [['requests.fieldConfig.defaults.unit', 'suffix:x', PANEL, "its unit is 'suffix:x'"]],
  'panel-no-targets-rule': [['requests.targets', [], PANEL, 'it has no query']],
  'target-logql-rule': [['lines.expr', '{service_name="anthropic-proxy"} |', LINES, 'LogQL at line']],
  'target-logql-auto-rule': [['counts.expr', swap('[$__auto]', '[5m]'), COUNTS, 'its range is [5m]']],
  'target-promql-rule': [
    ['rate.expr', 'sum(', QUERY, 'PromQL at line'],
    ['panels.3.type', 'state-timeline', COUNTS, 'a LogQL query in a state-timeline panel'],
  ],
  'target-rate-interval-rule': [['rate.expr', swap('$__rate_interval', '5m'), QUERY, 'rate over [5m]']],
  'target-job-rule': [['rate.expr', swap('job=~"$job", ', ''), QUERY, 'is selected for any job']],
  'target-instance-rule': [
    [
      'rate.expr',
      swap('instance=~"$instance"', 'instance="$instance"'),
      QUERY,
      'is selected with instance="$instance"',
    ],
  ],
  'target-counter-agg-rule': [
    [
      'rate.expr',
      `sqrt(sum by (stream) (proxy_request_count_total${SELECTED}))`,
      QUERY,
      "counter 'proxy_request_count_total' is used without rate",
    ],
  ],
  'uneditable-dashboard': [['board.editable', undefined, 'dashboards/sample', 'received editable undefined']],
  'grid/overflow': [
    ['requests.gridPos', undefined, PANEL, 'it has no position'],
    ['panels.1.gridPos.w', 13, 'dashboards/sample/First byte', 'it reaches column 25'],
  ],
  'grid/overlap': [['panels.1.gridPos.x', 11, 'dashboards/sample/First byte', "it overlaps 'Requests'"]],
  'panel/id': [
    ['panels.2.id', 2, 'dashboards/sample/Errors', "it has the id 2 of 'First byte'"],
    ['panels.2.id', undefined, 'dashboards/sample/Errors', 'its id is undefined'],
  ],
  'target/ref-id': [
    ['rate.refId', '', PANEL, 'query 1 has no refId'],
    [
      'requests.targets',
      (targets: readonly object[]) => [...targets, ...targets],
      PANEL,
      "two queries have the refId 'A'",
    ],
  ],
  'annotation/datasource': [
    [
      'annotation.datasource',
      { type: 'loki', uid: 'loki' },
      'dashboards/sample/annotations/Resets',
      "its datasource is 'loki'",
    ],
  ],
  'variable/unknown': [
    ['requests.description', 'See $jib.', 'dashboards/sample', "variable 'jib' is used and not declared"],
  ],
  'variable/unused': [
    [
      'variables',
      add({ name: 'model', type: 'custom', query: 'a,b' }),
      'dashboards/sample/variables/model',
      'nothing uses its value',
    ],
  ],
  'legend/label': [['rate.legendFormat', '{{model}}', QUERY, "its legend uses 'model', the expression keeps 'stream'"]],
  'unit/metric': [['panels.1.fieldConfig.defaults.unit', 'ms', QUANTILE, "seconds shown as 'ms'"]],
  'promql/nan': [
    ['recording.expr', 'sum(proxy_usage_utilization / proxy_window_tokens)', RECORDING, "'/' inside an aggregation"],
  ],
  'promql/regexp': [
    [
      'recording.expr',
      swap('utilization)', 'utilization{window=~"5h"})'),
      RECORDING,
      'window=~"5h" has no pattern in it',
    ],
    ['recording.expr', swap('utilization)', 'utilization{credential=~"^a.+"})'), RECORDING, 'is anchored'],
    [
      'recording.expr',
      swap('utilization)', 'utilization{credential=~"a.+b"})'),
      RECORDING,
      'cuts a part out of the value',
    ],
  ],
  'histogram/rate': [
    [
      'recording.expr',
      'histogram_quantile(0.9, sum by (le) (proxy_overhead_seconds_bucket))',
      RECORDING,
      'counts since the process started',
    ],
  ],
  'histogram/le': [['quantile.expr', swap('by (le)', 'by (job)'), QUANTILE, "series with 'job', without le"]],
  'increase/interval': [
    [
      'rate.expr',
      `sqrt(sum by (stream) (increase(proxy_request_count_total${SELECTED}[$__interval])))`,
      QUERY,
      'a range of [$__interval]',
    ],
  ],
  'catalog/metric': [
    ['recording.expr', 'max(proxy_usage_utilisation)', RECORDING, "nothing exports 'proxy_usage_utilisation'"],
    [
      'job.query',
      'label_values({__name__=~"proxy_build_info|proxy_bild_info"}, job)',
      JOB,
      "nothing exports 'proxy_bild_info'",
    ],
  ],
  'catalog/label': [
    [
      'recording.expr',
      'max(proxy_usage_utilization{model="other"})',
      RECORDING,
      "'proxy_usage_utilization' has no label 'model'",
    ],
    [
      'recording.expr',
      'max by (model) (proxy_usage_utilization)',
      RECORDING,
      "max by 'model' of series that have only",
    ],
  ],
  'catalog/value': [
    ['recording.expr', 'max(proxy_credential_state{state="gone"})', RECORDING, "never has state 'gone'"],
    ['recording.expr', 'max(proxy_credential_state{state=~"ready|gone"})', RECORDING, "never has state 'gone'"],
    [
      'recording.expr',
      'max(proxy_request_count_total{status_code=~"6.."} > 1)',
      RECORDING,
      "never has status_code '6..'",
    ],
  ],
  'literal/model': [['rate.legendFormat', within('claude-opus-5 ', ''), QUERY, "it names the model 'claude-opus-5'"]],
  'literal/price': [['recording.expr', 'sum(rate(proxy_tokens_input_total[5m])) * 3 / 1e6', RECORDING, 'tokens * 3']],
  'logql/stage': [['lines.expr', '{service_name="anthropic-proxy"}', LINES, 'a selector without a pipeline']],
  'logql/label': [
    ['lines.expr', swap('status', 'statuscode'), LINES, "no line has a label 'statuscode'"],
    [
      'annotation.expr',
      swap('service_name', 'servicename'),
      'dashboards/sample/annotations/Resets',
      "no line has a label 'servicename'",
    ],
  ],
  'logql/value': [
    [
      'annotation.expr',
      swap('window_reset', 'window_rest'),
      'dashboards/sample/annotations/Resets',
      "no line has event 'window_rest'",
    ],
  ],
  'promql/syntax': [['recording.expr', 'max(', RECORDING, 'PromQL at line']],
  'group/interval': [
    [
      'group',
      (group: { rules: object[] }) => ({ ...group, interval: '10m', rules: group.rules.slice(1) }),
      RECORDING,
      'its group is evaluated every 10m',
    ],
  ],
  'alerts/for': [
    ['alert.for', '0s', ALERT, "'for' is '0s'"],
    ['alert.keep_firing_for', '5min', ALERT, "'keep_firing_for' is '5min'"],
  ],
  'alerts/comparison': [
    ['alert.expr', `${requests()} * 5`, ALERT, 'lets every series through'],
    ['alert.expr', `${requests()} > bool 5`, ALERT, 'lets every series through'],
  ],
  'alerts/template': [
    ['alert.annotations.summary', '{{ $labels.model }}', SUMMARY, "it uses the label 'model'"],
    ['alert.annotations.summary', '{{ $value }}', SUMMARY, 'it prints the value of a rate'],
    [
      'alert.annotations.summary',
      '{{ $value | humanise | printf "%.0f" }}',
      SUMMARY,
      "'humanise' is not a template function",
    ],
    ['alert.annotations.summary', '{{ $labels.job }', SUMMARY, 'a template is not closed'],
    ['alert.labels.share', '{{ $value | humanize }}', `${ALERT}/labels/share`, 'it contains the value'],
  ],
  'promql/fragile': [
    ['alert.expr', `topk(3, ${requests()}) > 5`, ALERT, 'topk returns different series each time'],
    ['alert.for', undefined, ALERT, "it combines two aggregations and has no 'for'"],
  ],
  'ratio/traffic-floor': [
    ['alert.expr', swap(` ${floor}`, ''), ALERT, 'close to zero'],
    ['alert.expr', swap(floor, `or ${requests()} > 0.02`), ALERT, 'close to zero'],
  ],
  'severity/route': [['alert.labels.severity', 'critical', ALERT, "no route matches severity 'critical'"]],
  'runbook/page': [['runbooks', ['Others'], `${ALERT}/annotations/runbook_url`, "there is no runbook 'ShareHigh'"]],
  'range/scrapes': [['scrapeInterval', '3m', ALERT, 'a range of 5m with a scrape every 3m']],
  'owner/panel': [['alerts.0.panel.id', 9, 'alerts/ShareHigh', "its owner panel 9 is not on dashboard 'sample'"]],
  'threshold/panel': [
    [
      'requests.fieldConfig.defaults.thresholds.steps.1.value',
      4,
      'alerts/ShareHigh',
      "its panel 'Requests' has lines at 4",
    ],
  ],
};

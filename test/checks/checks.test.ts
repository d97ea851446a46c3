// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Grafana writes its variables so
import { describe, expect, test } from 'vitest';
import { CHECKS, checkContent, checkSizes } from '#checks';
import { type Change, changed, sample } from './sample.ts';

/** Replaces a text in a text, which has to be there. */
const swap =
  (text: string, by: string): Change =>
  (before: string) => {
    expect(before).toContain(text);
    return before.replace(text, by);
  };

const within =
  (before: string, after: string): Change =>
  (text: string) =>
    `${before}${text}${after}`;

const add =
  (item: object): Change =>
  (list: readonly object[]) => [...list, item];

const PANEL = 'dashboards/sample/Requests';
const QUERY = `${PANEL}/A`;
const QUANTILE = 'dashboards/sample/First byte/A';
const LINES = 'dashboards/sample/Errors/A';
const COUNTS = 'dashboards/sample/Errors by model/A';
const JOB = 'dashboards/sample/variables/job';
const ALERT = 'alerts/sample/ShareHigh';
const SUMMARY = `${ALERT}/annotations/summary`;
const RECORDING = 'alerts/sample/window_credential:proxy_usage_utilization:projected_at_reset';
const SELECTED = '{job=~"$job", instance=~"$instance"}';
const requests = (matchers = '') => `sum by (job) (rate(proxy_request_count_total${matchers}[5m]))`;
const floor = `and ${requests()} > 0.02`;

/** The check, what is changed and how, and where the one finding is and a part of what it says. */
// biome-ignore format: a table
const BREAKS: readonly (readonly [check: string, place: string, change: Change, path: string, problem: string])[] = [
  ['template-datasource-rule', 'variables.1.query', 'tempo', 'dashboards/sample/variables/loki_datasource', "a datasource variable for tempo is named 'loki_datasource'"],
  ['template-datasource-rule', 'variables.0.label', 'Source', 'dashboards/sample/variables/prometheus_datasource', "is labelled 'Source'"],
  ['template-job-rule', 'job.multi', false, JOB, 'it takes one value only'],
  ['template-job-rule', 'job.allValue', '.*', JOB, "its all value is '.*'"],
  ['template-job-rule', 'job.label', 'job', JOB, "it is labelled 'job'"],
  ['template-job-rule', 'job.datasource', { uid: 'prometheus' }, JOB, "it asks datasource 'prometheus'"],
  ['template-job-rule', 'job.type', 'custom', JOB, "it is of type 'custom'"],
  ['template-instance-rule', 'variables.3.multi', undefined, 'dashboards/sample/variables/instance', 'it takes one value only'],
  ['template-label-promql-rule', 'job.query', 'proxy_build_info', JOB, "'proxy_build_info' is no query of a variable"],
  ['template-label-promql-rule', 'job.query', 'label_values(proxy_build_info{, job)', JOB, 'invalid PromQL'],
  ['template-on-time-change-reload-rule', 'job.refresh', 1, JOB, 'got refresh 1'],
  ['panel-datasource-rule', 'requests.datasource', { type: 'prometheus', uid: 'prometheus' }, PANEL, "its datasource is 'prometheus'"],
  ['panel-title-description-rule', 'requests.description', '', PANEL, 'it has no description'],
  ['panel-units-rule', 'requests.fieldConfig.defaults.unit', 'suffix:x', PANEL, "its unit is 'suffix:x'"],
  ['panel-no-targets-rule', 'requests.targets', [], PANEL, 'it has no query'],
  ['target-logql-rule', 'lines.expr', '{service_name="anthropic-proxy"} |', LINES, 'invalid LogQL'],
  ['target-logql-auto-rule', 'counts.expr', swap('[$__auto]', '[5m]'), COUNTS, 'its range is [5m]'],
  ['target-promql-rule', 'rate.expr', 'sum(', QUERY, 'invalid PromQL'],
  ['target-promql-rule', 'panels.3.type', 'state-timeline', COUNTS, 'a LogQL query in a state-timeline panel'],
  ['target-rate-interval-rule', 'rate.expr', swap('$__rate_interval', '5m'), QUERY, 'rate over [5m]'],
  ['target-job-rule', 'rate.expr', swap('job=~"$job", ', ''), QUERY, 'is asked for any job'],
  ['target-instance-rule', 'rate.expr', swap('instance=~"$instance"', 'instance="$instance"'), QUERY, 'is asked with instance="$instance"'],
  ['target-counter-agg-rule', 'rate.expr', `sqrt(sum by (stream) (proxy_request_count_total${SELECTED}))`, QUERY, "counter 'proxy_request_count_total' is read as it is"],
  ['uneditable-dashboard', 'board.editable', undefined, 'dashboards/sample', 'got editable undefined'],
  ['grid/overflow', 'requests.gridPos', undefined, PANEL, 'it has no place'],
  ['grid/overflow', 'panels.1.gridPos.w', 13, 'dashboards/sample/First byte', 'it reaches column 25'],
  ['grid/overlap', 'panels.1.gridPos.x', 11, 'dashboards/sample/First byte', "it lies on 'Requests'"],
  ['panel/id', 'panels.2.id', 2, 'dashboards/sample/Errors', "it has the id 2 of 'First byte'"],
  ['panel/id', 'panels.2.id', undefined, 'dashboards/sample/Errors', 'its id is undefined'],
  ['target/ref-id', 'rate.refId', '', PANEL, 'query 1 has no refId'],
  ['target/ref-id', 'requests.targets', (targets: readonly object[]) => [...targets, ...targets], PANEL, "two queries have the refId 'A'"],
  ['annotation/datasource', 'annotation.datasource', { type: 'loki', uid: 'loki' }, 'dashboards/sample/annotations/Resets', "its datasource is 'loki'"],
  ['variable/unknown', 'requests.description', 'See $jib.', 'dashboards/sample', "variable 'jib' is used and not declared"],
  ['variable/unused', 'variables', add({ name: 'model', type: 'custom', query: 'a,b' }), 'dashboards/sample/variables/model', 'nothing takes its value'],
  ['legend/label', 'rate.legendFormat', '{{model}}', QUERY, "its legend quotes 'model', the expression keeps 'stream'"],
  ['unit/metric', 'panels.1.fieldConfig.defaults.unit', 'ms', QUANTILE, "seconds shown as 'ms'"],
  ['promql/nan', 'recording.expr', 'sum(proxy_usage_utilization / proxy_window_tokens)', RECORDING, "'/' inside an aggregation"],
  ['promql/regexp', 'recording.expr', swap('utilization)', 'utilization{window=~"5h"})'), RECORDING, 'window=~"5h" has no pattern in it'],
  ['promql/regexp', 'recording.expr', swap('utilization)', 'utilization{credential=~"^a.+"})'), RECORDING, 'is anchored'],
  ['promql/regexp', 'recording.expr', swap('utilization)', 'utilization{credential=~"a.+b"})'), RECORDING, 'cuts a part out of the value'],
  ['histogram/rate', 'recording.expr', 'histogram_quantile(0.9, sum by (le) (proxy_overhead_seconds_bucket))', RECORDING, 'counts since the process began'],
  ['histogram/le', 'quantile.expr', swap('by (le)', 'by (job)'), QUANTILE, "series with 'job', without le"],
  ['increase/interval', 'rate.expr', `sqrt(sum by (stream) (increase(proxy_request_count_total${SELECTED}[$__interval])))`, QUERY, 'a range of [$__interval]'],
  ['catalog/metric', 'recording.expr', 'max(proxy_usage_utilisation)', RECORDING, "nothing exports 'proxy_usage_utilisation'"],
  ['catalog/metric', 'job.query', 'label_values({__name__=~"proxy_build_info|proxy_bild_info"}, job)', JOB, "nothing exports 'proxy_bild_info'"],
  ['catalog/label', 'recording.expr', 'max(proxy_usage_utilization{model="other"})', RECORDING, "'proxy_usage_utilization' has no label 'model'"],
  ['catalog/label', 'recording.expr', 'max by (model) (proxy_usage_utilization)', RECORDING, "max by 'model' of series that have only"],
  ['catalog/value', 'recording.expr', 'max(proxy_credential_state{state="gone"})', RECORDING, "never has state 'gone'"],
  ['catalog/value', 'recording.expr', 'max(proxy_credential_state{state=~"ready|gone"})', RECORDING, "never has state 'gone'"],
  ['catalog/value', 'recording.expr', 'max(proxy_request_count_total{status_code=~"6.."} > 1)', RECORDING, "never has status_code '6..'"],
  ['literal/model', 'rate.legendFormat', within('claude-opus-5 ', ''), QUERY, "it names the model 'claude-opus-5'"],
  ['literal/price', 'recording.expr', 'sum(rate(proxy_tokens_input_total[5m])) * 3 / 1e6', RECORDING, 'tokens * 3'],
  ['logql/stage', 'lines.expr', '{service_name="anthropic-proxy"}', LINES, 'a selector without a pipeline'],
  ['logql/label', 'lines.expr', swap('status', 'statuscode'), LINES, "no line has a label 'statuscode'"],
  ['logql/label', 'annotation.expr', swap('service_name', 'servicename'), 'dashboards/sample/annotations/Resets', "no line has a label 'servicename'"],
  ['logql/value', 'annotation.expr', swap('window_reset', 'window_rest'), 'dashboards/sample/annotations/Resets', "no line has event 'window_rest'"],
  ['promql/syntax', 'recording.expr', 'max(', RECORDING, 'invalid PromQL'],
  ['group/interval', 'group', (group: { rules: object[] }) => ({ ...group, interval: '10m', rules: group.rules.slice(1) }), RECORDING, 'its group is evaluated every 10m'],
  ['alerts/for', 'alert.for', '0s', ALERT, "'for' is '0s'"],
  ['alerts/for', 'alert.keep_firing_for', '5min', ALERT, "'keep_firing_for' is '5min'"],
  ['alerts/comparison', 'alert.expr', `${requests()} * 5`, ALERT, 'lets every series through'],
  ['alerts/comparison', 'alert.expr', `${requests()} > bool 5`, ALERT, 'lets every series through'],
  ['alerts/template', 'alert.annotations.summary', '{{ $labels.model }}', SUMMARY, "it quotes the label 'model'"],
  ['alerts/template', 'alert.annotations.summary', '{{ $value }}', SUMMARY, 'it writes the value of a rate'],
  ['alerts/template', 'alert.annotations.summary', '{{ $value | humanise | printf "%.0f" }}', SUMMARY, "'humanise' is no function"],
  ['alerts/template', 'alert.annotations.summary', '{{ $labels.job }', SUMMARY, 'a template is not closed'],
  ['alerts/template', 'alert.labels.share', '{{ $value | humanize }}', `${ALERT}/labels/share`, 'it quotes the value'],
  ['promql/fragile', 'alert.expr', `topk(3, ${requests()}) > 5`, ALERT, 'topk returns other series each time'],
  ['promql/fragile', 'alert.for', undefined, ALERT, 'it calculates with two aggregations and does not wait'],
  ['ratio/traffic-floor', 'alert.expr', swap(` ${floor}`, ''), ALERT, 'next to nothing'],
  ['ratio/traffic-floor', 'alert.expr', swap(floor, `or ${requests()} > 0.02`), ALERT, 'next to nothing'],
  ['severity/route', 'alert.labels.severity', 'critical', ALERT, "no route takes severity 'critical'"],
  ['runbook/page', 'runbooks', ['Others'], `${ALERT}/annotations/runbook_url`, "there is no runbook 'ShareHigh'"],
  ['range/scrapes', 'scrapeInterval', '3m', ALERT, 'a range of 5m with a scrape every 3m'],
  ['threshold/rule', 'alert.expr', swap('> 5', '> 6'), ALERT, 'its threshold is 5, its expression has'],
  ['owner/panel', 'alerts.0.panel.id', 9, 'alerts/ShareHigh', "its owner panel 9 is not on dashboard 'sample'"],
  ['threshold/panel', 'requests.fieldConfig.defaults.thresholds.steps.1.value', 4, 'alerts/ShareHigh', "its panel 'Requests' has lines at 4"],
];

describe('the sample', () => {
  test('has no finding', () => {
    expect(checkContent(sample())).toEqual([]);
  });

  test.each(BREAKS)('breaks %s when %s is changed', (check, place, change, path, problem) => {
    const findings = checkContent(changed(place, change));
    expect(new Set(findings.map((finding) => `${finding.check} at ${finding.path}`))).toEqual(
      new Set([`${check} at ${path}`]),
    );
    expect(findings.map((finding) => finding.problem).join('\n')).toContain(problem);
    for (const { repair } of findings) expect(repair).not.toBe('');
  });
});

const divided = (divisor: string) => `sum(proxy_usage_utilization / ${divisor})`;
const selected = (condition: string) => `max(proxy_request_count_total{${condition}} > 1)`;
const share = (whole: string) => `${requests('{status_code="429"}')} / ${whole} * 100 > 5`;

/** What is changed, how, and why that is sound. */
// biome-ignore format: a table
const SOUND: readonly (readonly [why: string, place: string, change: Change])[] = [
  ['a division by what is above zero', 'recording.expr', divided('(proxy_window_tokens > 0)')],
  ['a division by what is not zero', 'recording.expr', divided('(proxy_window_tokens != 0)')],
  ['a division by what is clamped above zero', 'recording.expr', divided('clamp_min(proxy_window_tokens, 1)')],
  ['a division by what is clamped below zero', 'recording.expr', divided('clamp_max(proxy_window_tokens, -1)')],
  ['a division by a number', 'recording.expr', divided('100')],
  ['a division in a maximum', 'recording.expr', 'max(proxy_usage_utilization / proxy_window_tokens)'],
  ['a division of sums', 'recording.expr', 'sum(proxy_usage_utilization) / sum(proxy_window_tokens)'],
  ['a pattern of values', 'recording.expr', selected('status_code=~"5.."')],
  ['a pattern of several values', 'recording.expr', selected('status_code!~"429|5.."')],
  ['a value of a capped label that appears at run time', 'recording.expr', 'max(proxy_usage_utilization{window="30d"})'],
  ['a label that has to be there', 'recording.expr', selected('status_code!=""')],
  ['a bucket that is there', 'recording.expr', 'sum(rate(proxy_overhead_seconds_bucket{le="0.25"}[5m]))'],
  ['buckets of a subquery', 'recording.expr', 'histogram_quantile(0.9, max_over_time(sum by (le) (rate(proxy_overhead_seconds_bucket[5m]))[1h:5m]))'],
  ['series that Prometheus writes itself', 'recording.expr', 'max(scrape_duration_seconds) + max(up) + count(ALERTS{severity="page"})'],
  ['tokens in millions', 'recording.expr', 'sum(increase(proxy_tokens_input_total[1h])) / 1e6'],
  ['a model that no price is known for', 'rate.legendFormat', 'claude-opus-5x {{stream}}'],
  ['a share whose divisor is above a floor', 'alert.expr', share(`(${requests()} > 0.02)`)],
  ['a share whose divisor is clamped', 'alert.expr', share(`clamp_min(${requests()}, 0.1)`)],
  ['a floor before the share', 'alert.expr', `${requests()} > 0.02 and ${share(requests())}`],
  ['a share of what is no traffic', 'alert.expr', 'sum by (job) (proxy_window_tokens) / sum by (job) (proxy_usage_utilization) > 5'],
  ['alternatives that each compare', 'alert.expr', `${requests()} > 5 or ${requests()} < 1`],
  ['what is absent', 'alert', (alert: object) => ({ ...alert, expr: 'absent(up{job="grafana"}) * 5', annotations: { summary: '{{ $labels.job }}' } })],
  ['no wait without two aggregations', 'alert', (alert: object) => ({ ...alert, expr: `${requests()} * 2 > 5`, for: undefined })],
  ['a group that is evaluated seldom, whose alerts go on firing', 'group', (group: { rules: readonly object[] }) => ({ ...group, interval: '10m', rules: [{ ...group.rules[0], keep_firing_for: '10m' }] })],
  ['a value formatted by its rate', 'alert.annotations.summary', '{{ with $labels }}{{ .job | toUpper }}{{ end }} {{ $value | humanizePercentage }}'],
  ['a label by index', 'alert.annotations.summary', '{{ index $labels "job" }}'],
  ['a link without a template', 'alert.annotations.dashboard_url', 'https://example.com/?var-job={{ $labels.job | urlquery }}'],
  ['no runbook link', 'alert.annotations.runbook_url', undefined],
  ['a route by a pattern', 'route.routes.0.matchers', ['severity=~"page|ticket"', 'alertname!="Watchdog"']],
  ['an alert without a threshold', 'alerts.0.threshold', null],
  ['an alert without a panel', 'alerts.0.panel', null],
  ['panels of a collapsed row on a grid of their own', 'panels', add({ id: 9, type: 'row', title: 'More', gridPos: { x: 0, y: 24, w: 24, h: 1 }, panels: [{ id: 10, type: 'text', title: 'Note', gridPos: { x: 0, y: 0, w: 24, h: 4 } }] })],
  ['milliseconds made of seconds', 'panels.1', (panel: { targets: { expr: string }[] }) => ({ ...panel, fieldConfig: { defaults: { unit: 'ms' } }, targets: panel.targets.map((target) => ({ ...target, expr: `1000 * ${target.expr}` })) })],
  ['a unit of one query', 'panels.1.fieldConfig', { defaults: { unit: 'short' }, overrides: [{ matcher: { id: 'byFrameRefID', options: 'A' }, properties: [{ id: 'unit', value: 's' }] }] }],
  ['texts in place of values', 'panels.1.fieldConfig', { defaults: { mappings: [{}] } }],
  ['one datasource variable by its short name', 'board', (board: { templating: { list: object[] }; panels: object[] }) => ({ ...board, annotations: {}, panels: [], templating: { list: [{ name: 'datasource', label: 'Data source', type: 'datasource', query: 'prometheus' }, { ...board.templating.list[2], datasource: { uid: '$datasource' }, query: 'label_values(proxy_build_info{instance=~"$instance"}, job)' }, { ...board.templating.list[3], datasource: { uid: '${datasource}' } }] } })],
  ['Grafana’s own annotations', 'annotation', { name: 'Annotations', datasource: { type: 'grafana', uid: '-- Grafana --' } }],
  ['a field that another step made', 'lines.expr', '{service_name="anthropic-proxy"} | json | label_format code=status | code="429"'],
  ['a field of an object', 'lines.expr', '{service_name="anthropic-proxy"} | json | tokens_input > 3'],
  ['a field of structured metadata', 'lines.expr', '{service_name="anthropic-proxy"} | status="429" | input_tokens > 3'],
];

/** Those that take the alert's panel or metric away; what belongs together is another test's. */
const WITHOUT_OWNER = ['one datasource variable by its short name'];

describe('the sample stays sound with', () => {
  test.each(SOUND)('%s', (why, place, change) => {
    const content = changed(place, change);
    expect(checkContent(WITHOUT_OWNER.includes(why) ? { ...content, alerts: [] } : content)).toEqual([]);
  });
});

const OF_FILES = ['size/object', 'size/dashboard'];

test('each check is broken by some change', () => {
  const broken = new Set([...BREAKS.map(([check]) => check), ...OF_FILES]);
  expect([...broken].toSorted()).toEqual([...new Set(CHECKS.map(({ name }) => name))].toSorted());
});

test('no two checks have a name', () => {
  expect(new Set(CHECKS.map(({ name }) => name)).size).toBe(CHECKS.length);
});

describe('sizes', () => {
  test.each([
    ['an object of a mebibyte', '10-a.k8s.yaml', 'x'.repeat(1_048_576), []],
    ['an object of a byte more', '10-a.k8s.yaml', 'x'.repeat(1_048_577), ['size/object at 10-a.k8s.yaml#1']],
    [
      'a second object that is too large',
      '10-a.k8s.yaml',
      `a\n---\n${'x'.repeat(1_048_577)}`,
      ['size/object at 10-a.k8s.yaml#2'],
    ],
    ['a dashboard of 262,144 bytes', 'dashboards/a.json', JSON.stringify('x'.repeat(262_142)), []],
    [
      'a dashboard of a byte more',
      'dashboards/a.json',
      JSON.stringify('x'.repeat(262_143)),
      ['size/dashboard at dashboards/a.json'],
    ],
  ])('%s', (_, path, text, expected) => {
    expect(checkSizes(new Map([[path, text]])).map(({ check, path: at }) => `${check} at ${at}`)).toEqual(expected);
  });
});

import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { adapt, type Configuration, type Surroundings, shortenExpression } from './adapt.ts';

const PROMETHEUS = `
global:
  scrape_interval: 30s
  scrape_timeout: 10s
  evaluation_interval: 1m
  external_labels: { cluster: main }
rule_files: [/etc/prometheus/rules/latency.yaml]
alerting:
  alert_relabel_configs:
    - { regex: instance, action: labeldrop }
  alertmanagers:
    - kubernetes_sd_configs: [{ role: endpointslice, namespaces: { names: [tidewatch] } }]
      api_version: v2
      relabel_configs:
        - { source_labels: [__meta_kubernetes_service_name], regex: alertmanager, action: keep }
scrape_configs:
  - job_name: anthropic-proxy
    scrape_interval: 15s
    metrics_path: /metrics
    kubernetes_sd_configs: [{ role: pod }]
    relabel_configs:
      - { source_labels: [__meta_kubernetes_pod_name], target_label: instance }
      - { target_label: job, replacement: anthropic-proxy }
      - { source_labels: [__address__], regex: '(.+):8080', action: keep }
  - job_name: grafana
    static_configs: [{ targets: ['grafana:3000'] }]
  - job_name: probe
    metrics_path: /probe
    static_configs:
      - targets: ['http://anthropic-proxy:8080/health', 'https://proxy.example.org/health']
        labels: { __param_module: http_2xx }
    relabel_configs:
      - { source_labels: [__address__], target_label: __param_target }
      - { source_labels: [__param_target], target_label: instance }
      - { target_label: __address__, replacement: 'blackbox-exporter:9115' }
storage: { tsdb: { out_of_order_time_window: 30m } }
`;

const RULES = `
groups:
  - name: latency
    interval: 1m
    labels: { for: 10m }
    rules:
      - alert: Slow
        expr: 'sum by (job) (rate(a{b="5m"}[5m] offset 1h)) > 300 and max_over_time(x[2d:10m]) > 5m'
        for: 15m
        keep_firing_for: 10m
        labels: { severity: page, for: 10m }
        annotations: { summary: slow for 10m }
      - record: a:b:c
        expr: deriv(u[16h48m])
`;

const ALERTMANAGER = `
global: { resolve_timeout: 5m, slack_api_url_file: /secrets/slack }
route:
  receiver: chat
  group_by: [alertname]
  group_wait: 30s
  group_interval: 5m
  repeat_interval: 4h
  routes:
    - matchers: [severity="page"]
      receiver: pager
      group_wait: 10s
    - { matchers: [alertname="Watchdog"], receiver: heartbeat, repeat_interval: 1m }
receivers:
  - name: chat
    slack_configs: [{ channel: '#alerts', send_resolved: true }]
    email_configs: [{ to: a@example.org }]
  - name: pager
    pagerduty_configs: [{ routing_key_file: /secrets/pagerduty }]
  - name: heartbeat
    webhook_configs: [{ url_file: /secrets/heartbeat, send_resolved: false }]
  - name: nobody
inhibit_rules:
  - { source_matchers: [severity="page"], target_matchers: [severity="ticket"], equal: [job] }
`;

const SAMPLE: Configuration = {
  prometheusYml: PROMETHEUS,
  ruleFiles: new Map([['alerts/latency.yaml', RULES]]),
  alertmanagerYml: ALERTMANAGER,
};

const AROUND: Surroundings = {
  divisor: 30,
  targets: { 'anthropic-proxy': [{ address: '127.0.0.1:1', instance: 'proxy-a' }], grafana: [] },
  services: {
    'anthropic-proxy:8080': '127.0.0.1:4',
    'proxy.example.org': '127.0.0.1:5',
    'blackbox-exporter:9115': '127.0.0.1:6',
  },
  alertmanagers: ['127.0.0.1:2'],
  webhookUrl: 'http://127.0.0.1:3',
  ruleDir: '/tmp/rules',
};

const isTree = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

/** Every path at which two trees differ, as `path: before -> after`; `-` stands for nothing. */
const differences = (before: unknown, after: unknown, path = ''): readonly string[] => {
  if (isTree(before) && isTree(after)) {
    const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
    return [...keys].flatMap((key) => differences(before[key], after[key], path === '' ? key : `${path}.${key}`));
  }
  const [left, right] = [before, after].map((value) => (value === undefined ? '-' : JSON.stringify(value)));
  return left === right ? [] : [`${path}: ${left} -> ${right}`];
};

const adapted = adapt(SAMPLE, AROUND);

describe('adapt', () => {
  test('changes of a Prometheus configuration discovery, intervals, rule files and nothing else', () => {
    expect(differences(parse(PROMETHEUS), parse(adapted.prometheusYml))).toEqual([
      'global.scrape_interval: "30s" -> "1s"',
      'global.scrape_timeout: "10s" -> "333ms"',
      'global.evaluation_interval: "1m" -> "2s"',
      'rule_files.0: "/etc/prometheus/rules/latency.yaml" -> "/tmp/rules/latency.yaml"',
      'alerting.alertmanagers.0.kubernetes_sd_configs: [{"role":"endpointslice","namespaces":{"names":["tidewatch"]}}] -> -',
      'alerting.alertmanagers.0.relabel_configs: [{"source_labels":["__meta_kubernetes_service_name"],"regex":"alertmanager","action":"keep"}] -> -',
      'alerting.alertmanagers.0.static_configs: - -> [{"targets":["127.0.0.1:2"]}]',
      'scrape_configs.0.scrape_interval: "15s" -> "500ms"',
      'scrape_configs.0.kubernetes_sd_configs: [{"role":"pod"}] -> -',
      'scrape_configs.0.relabel_configs.0.source_labels: ["__meta_kubernetes_pod_name"] -> -',
      'scrape_configs.0.relabel_configs.0.target_label: "instance" -> "job"',
      'scrape_configs.0.relabel_configs.0.replacement: - -> "anthropic-proxy"',
      'scrape_configs.0.relabel_configs.1: {"target_label":"job","replacement":"anthropic-proxy"} -> -',
      'scrape_configs.0.relabel_configs.2: {"source_labels":["__address__"],"regex":"(.+):8080","action":"keep"} -> -',
      'scrape_configs.0.static_configs: - -> [{"targets":["127.0.0.1:1"],"labels":{"job":"anthropic-proxy","instance":"proxy-a"}}]',
      'scrape_configs.1.static_configs.0: {"targets":["grafana:3000"]} -> -',
      'scrape_configs.2.relabel_configs.2.replacement: "blackbox-exporter:9115" -> "127.0.0.1:6"',
      'scrape_configs.2.relabel_configs.3: - -> {"source_labels":["__param_target"],"regex":"http://anthropic-proxy:8080/health",' +
        '"target_label":"__param_target","replacement":"http://127.0.0.1:4/health"}',
      String.raw`scrape_configs.2.relabel_configs.4: - -> {"source_labels":["__param_target"],"regex":"https://proxy\\.example\\.org/health",` +
        '"target_label":"__param_target","replacement":"https://127.0.0.1:5/health"}',
    ]);
  });

  test('changes of a rule file durations and nothing else', () => {
    const [path, text] = [...adapted.ruleFiles][0] ?? [];
    expect(path).toBe('/tmp/rules/latency.yaml');
    expect(differences(parse(RULES), parse(text ?? ''))).toEqual([
      'groups.0.interval: "1m" -> "2s"',
      'groups.0.rules.0.expr: "sum by (job) (rate(a{b=\\"5m\\"}[5m] offset 1h)) > 300 and max_over_time(x[2d:10m]) > 5m"' +
        ' -> "sum by (job) (rate(a{b=\\"5m\\"}[10s] offset 2m)) > 300 and max_over_time(x[1h36m:20s]) > 5m"',
      'groups.0.rules.0.for: "15m" -> "30s"',
      'groups.0.rules.0.keep_firing_for: "10m" -> "20s"',
      'groups.0.rules.1.expr: "deriv(u[16h48m])" -> "deriv(u[33m36s])"',
    ]);
  });

  test('changes of an Alertmanager configuration waits and receivers and nothing else', () => {
    expect(differences(parse(ALERTMANAGER), parse(adapted.alertmanagerYml))).toEqual([
      'global.resolve_timeout: "5m" -> "10s"',
      'route.group_wait: "30s" -> "1s"',
      'route.group_interval: "5m" -> "10s"',
      'route.repeat_interval: "4h" -> "8m"',
      'route.routes.0.group_wait: "10s" -> "333ms"',
      'route.routes.1.repeat_interval: "1m" -> "2s"',
      'receivers.0.slack_configs: [{"channel":"#alerts","send_resolved":true}] -> -',
      'receivers.0.email_configs: [{"to":"a@example.org"}] -> -',
      'receivers.0.webhook_configs: - -> [{"url":"http://127.0.0.1:3/chat/slack","send_resolved":true},' +
        '{"url":"http://127.0.0.1:3/chat/email","send_resolved":false}]',
      'receivers.1.pagerduty_configs: [{"routing_key_file":"/secrets/pagerduty"}] -> -',
      'receivers.1.webhook_configs: - -> [{"url":"http://127.0.0.1:3/pager/pagerduty","send_resolved":true}]',
      'receivers.2.webhook_configs.0.url_file: "/secrets/heartbeat" -> -',
      'receivers.2.webhook_configs.0.url: - -> "http://127.0.0.1:3/heartbeat/webhook"',
    ]);
  });

  test('refuses a job for which no targets are named', () => {
    expect(() => adapt(SAMPLE, { ...AROUND, targets: { grafana: [] } })).toThrow(
      "no targets for job 'anthropic-proxy'",
    );
  });

  test.each(['anthropic-proxy:8080', 'blackbox-exporter:9115'])(
    'refuses a job that asks %s, of which no address is known',
    (name) => {
      const services = Object.fromEntries(Object.entries(AROUND.services ?? {}).filter(([known]) => known !== name));
      expect(() => adapt(SAMPLE, { ...AROUND, services })).toThrow(`no address for the service '${name}'`);
    },
  );
});

describe('shortenExpression', () => {
  test.each([
    ['rate(a[5m])', 'rate(a[10s])'],
    ['rate(a[1h30m])', 'rate(a[3m])'],
    ['rate(a[300])', 'rate(a[10s])'],
    ['rate(a[5m] offset -1h)', 'rate(a[10s] offset -2m)'],
    ['deriv(u[30m:1m] @ 1700000000)', 'deriv(u[1m:2s] @ 1700000000)'],
    ['max_over_time(u[1d:])', 'max_over_time(u[48m:])'],
    ['predict_linear(u[1h], 5h) > time() - 18000', 'predict_linear(u[2m], 5h) > time() - 18000'],
    ['a{b="rate(c[5m])"} # rate(d[5m])', 'a{b="rate(c[5m])"} # rate(d[5m])'],
  ])('%s becomes %s when time runs 30 times faster', (before, after) => {
    expect(shortenExpression(before, 30)).toBe(after);
  });

  test.each([
    ['rate(a[5m', 'no PromQL at character'],
    ['rate(a[5m * 2])', 'a product inside a range'],
  ])('refuses %s', (expression, problem) => {
    expect(() => shortenExpression(expression, 30)).toThrow(problem);
  });
});

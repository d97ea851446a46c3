import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { SAMPLE_LIMIT, TARGETS } from '#catalog';
import type { StackInput } from '#config';
import { build, HA } from './sample.ts';

const prometheus = (settings: StackInput = {}) => parse(build(settings).configFiles['prometheus.yml'] ?? '');
const grafana = (file: string) => parse(build().configFiles[file] ?? '');

test('every configuration file has its name, and the ConfigMaps carry the same text', () => {
  const { configFiles, find } = build();
  expect(Object.keys(configFiles).toSorted()).toEqual([
    'alertmanager.yml',
    'blackbox.yml',
    'config.alloy',
    'dashboard-provider.yaml',
    'datasources.yaml',
    'loki.yaml',
    'prometheus.yml',
  ]);
  const carried = [
    'prometheus-config',
    'alertmanager-config',
    'grafana-provisioning',
    'loki-config',
    'alloy-config',
    'blackbox-exporter-config',
  ].map((name) => find('ConfigMap', name).data);
  expect(Object.assign({}, ...carried)).toEqual(configFiles);
});

describe('prometheus.yml', () => {
  test('has one scrape configuration for each target of the catalog, and one for probes', () => {
    const jobs = prometheus().scrape_configs.map(({ job_name }: { job_name: string }) => job_name);
    expect(jobs).toEqual([...Object.values(TARGETS).map(({ job }) => job), 'probe']);
  });

  test("keeps the component's pods at their metrics port, with the pod's name as instance", () => {
    expect(prometheus({ namespace: 'observability' }).scrape_configs[0]).toEqual({
      job_name: 'anthropic-proxy',
      metrics_path: '/metrics',
      kubernetes_sd_configs: [
        {
          role: 'pod',
          namespaces: { names: ['observability'] },
          selectors: [{ role: 'pod', label: 'app.kubernetes.io/part-of=tidewatch' }],
        },
      ],
      relabel_configs: [
        {
          action: 'keep',
          source_labels: [
            '__meta_kubernetes_pod_label_app_kubernetes_io_name',
            '__meta_kubernetes_pod_container_port_name',
          ],
          regex: 'anthropic-proxy;metrics',
        },
        { action: 'drop', source_labels: ['__meta_kubernetes_pod_phase'], regex: 'Failed|Succeeded' },
        { action: 'replace', source_labels: ['__meta_kubernetes_pod_name'], target_label: 'instance' },
      ],
    });
  });

  test('every target has a workload whose pods are found by name and port', () => {
    const { all } = build();
    const found = all
      .filter(({ kind }) => ['Deployment', 'StatefulSet'].includes(kind))
      .flatMap(({ spec }) =>
        spec.template.spec.containers[0].ports.map(
          ({ name, containerPort }: { name: string; containerPort: number }) =>
            `${spec.template.metadata.labels['app.kubernetes.io/name']};${name};${containerPort}`,
        ),
      );
    const wanted = Object.values(TARGETS).map(({ job, portName, port }) => `${job};${portName};${port}`);
    expect(found).toEqual(expect.arrayContaining(wanted));
  });

  test('has the retention, intervals and labels of the configuration', () => {
    const { storage, global } = prometheus({
      prometheus: { retention: '7d', retentionSize: '9GB', scrapeInterval: '15s', externalLabels: { cluster: 'eu' } },
    });
    expect(storage).toEqual({ tsdb: { retention: { time: '7d', size: '9GB' } } });
    expect(global).toEqual({
      scrape_interval: '15s',
      evaluation_interval: '30s',
      sample_limit: SAMPLE_LIMIT,
      external_labels: { cluster: 'eu' },
    });
  });

  test.each([
    ['without login', {}, {}],
    [
      'with a password',
      { username: 'u', passwordKey: 'pass' },
      { basic_auth: { username: 'u', password_file: '/etc/prometheus/secrets/pass' } },
    ],
    [
      'with a token',
      { bearerTokenKey: 'token' },
      { authorization: { type: 'Bearer', credentials_file: '/etc/prometheus/secrets/token' } },
    ],
    ['with a tenant', { headers: { 'X-Scope-OrgID': 'team' } }, { headers: { 'X-Scope-OrgID': 'team' } }],
  ])('writes to another place %s', (_, more, expected) => {
    const url = 'https://mimir.example.com/api/v1/push';
    expect(prometheus({ prometheus: { remoteWrite: [{ url, ...more }] } }).remote_write).toEqual([
      { url, ...expected },
    ]);
  });
});

describe('prometheus.yml of a pair', () => {
  test('labels samples with the replica, and drops the label from alerts', () => {
    const { global, alerting } = prometheus({ ...HA, prometheus: { externalLabels: { cluster: 'eu', price: '$5' } } });
    expect(global.external_labels).toEqual({ cluster: 'eu', price: '$$5', prometheus_replica: `\${POD_NAME}` });
    expect(alerting.alert_relabel_configs).toEqual([{ action: 'labeldrop', regex: 'prometheus_replica' }]);
    expect(prometheus().alerting).not.toHaveProperty('alert_relabel_configs');
  });

  test('has the configured replica label', () => {
    const { global, alerting } = prometheus({ ...HA, prometheus: { replicaLabel: '__replica__' } });
    expect(global.external_labels).toEqual({ __replica__: `\${POD_NAME}` });
    expect(alerting.alert_relabel_configs[0].regex).toBe('__replica__');
  });

  test('sends alerts to every Alertmanager', () => {
    const targets = (settings: StackInput) =>
      prometheus(settings).alerting.alertmanagers[0].static_configs[0].targets.length;
    expect([targets({}), targets(HA)]).toEqual([1, 3]);
  });
});

describe('prometheus-adapter.yaml', () => {
  const rules = (settings: StackInput) => build(settings).configFiles['prometheus-adapter.yaml'];

  test('exists where the autoscaler uses requests in flight', () => {
    expect(rules(HA)).toBeUndefined();
    expect(parse(rules({ proxy: { autoscaling: { requestsInFlight: 100 } } }) ?? '')).toEqual({
      rules: [
        {
          seriesQuery: 'proxy_requests_in_flight{job="anthropic-proxy"}',
          resources: { overrides: { job: { resource: 'namespace' }, instance: { resource: 'pod' } } },
          name: { matches: '^proxy_requests_in_flight$', as: 'proxy_requests_in_flight' },
          metricsQuery:
            'sum by (<<.GroupBy>>) (<<.Series>>{job="anthropic-proxy",instance=~"<<index .LabelValuesByName `instance`>>"})',
        },
      ],
    });
  });
});

describe('the provisioning of Grafana', () => {
  test('has both datasources under fixed uids, and exactly one is the default', () => {
    const { datasources } = grafana('datasources.yaml');
    expect(
      datasources.map(({ uid, type, url, isDefault, editable }: Record<string, unknown>) => ({
        uid,
        type,
        url,
        isDefault,
        editable,
      })),
    ).toEqual([
      { uid: 'prometheus', type: 'prometheus', url: 'http://prometheus:9090', isDefault: true, editable: false },
      { uid: 'loki', type: 'loki', url: 'http://loki:3100', isDefault: false, editable: false },
    ]);
    expect(datasources[0].jsonData.timeInterval).toBe('30s');
  });

  test('rescans the directory of dashboards, which are read-only', () => {
    expect(grafana('dashboard-provider.yaml').providers[0]).toMatchObject({
      allowUiUpdates: false,
      updateIntervalSeconds: 30,
      options: { path: '/etc/grafana/dashboards' },
    });
  });
});

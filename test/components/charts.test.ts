import { describe, expect, test } from 'vitest';
import { type Built, build, CONTENT } from './sample.ts';

const names = ({ charts }: Built, file: string): readonly string[] =>
  (charts.get(file) ?? []).map(({ kind, metadata }) => `${kind} ${metadata.name}`);

const single = build({ proxy: { credentials: { mode: 'pool' } } });

test('there is a manifest for each component, with these objects', () => {
  expect(names(single, '00-namespace')).toEqual(['Namespace tidewatch']);
  expect(names(single, '10-proxy')).toEqual([
    'ConfigMap anthropic-proxy-config',
    'ServiceAccount anthropic-proxy',
    'Service anthropic-proxy',
    'PersistentVolumeClaim anthropic-proxy-state',
    'Deployment anthropic-proxy',
  ]);
  expect(names(single, '20-prometheus')).toEqual([
    'ConfigMap prometheus-config',
    'ConfigMap prometheus-rules',
    'Role prometheus',
    'RoleBinding prometheus',
    'ServiceAccount prometheus',
    'Service prometheus',
    'Service prometheus-pods',
    'StatefulSet prometheus',
  ]);
  expect(names(single, '30-alertmanager')).toEqual([
    'ConfigMap alertmanager-config',
    'ServiceAccount alertmanager',
    'Service alertmanager',
    'Service alertmanager-pods',
    'StatefulSet alertmanager',
  ]);
  expect(names(single, '40-grafana')).toEqual([
    'ConfigMap grafana-provisioning',
    'ConfigMap grafana-dashboard-sample',
    'ServiceAccount grafana',
    'Service grafana',
    'PersistentVolumeClaim grafana-state',
    'Deployment grafana',
  ]);
  expect(names(single, '50-loki')).toEqual([
    'ConfigMap loki-config',
    'ServiceAccount loki',
    'Service loki',
    'Service loki-pods',
    'StatefulSet loki',
  ]);
  expect(names(single, '60-alloy')).toEqual([
    'ConfigMap alloy-config',
    'Role alloy',
    'RoleBinding alloy',
    'ServiceAccount alloy',
    'Service alloy',
    'Service alloy-pods',
    'StatefulSet alloy',
  ]);
  expect(names(single, '70-blackbox-exporter')).toEqual([
    'ConfigMap blackbox-exporter-config',
    'ServiceAccount blackbox-exporter',
    'Service blackbox-exporter',
    'Deployment blackbox-exporter',
  ]);
  expect([...single.charts.keys()].toSorted()).toEqual([
    '00-namespace',
    '05-network',
    '10-proxy',
    '10-proxy-bundle',
    '20-prometheus',
    '30-alertmanager',
    '40-grafana',
    '50-loki',
    '60-alloy',
    '70-blackbox-exporter',
  ]);
});

test('everything but the namespace is in the namespace of the configuration', () => {
  const { all } = build({ namespace: 'observability' });
  const outside = all.filter(({ metadata }) => metadata.namespace !== 'observability');
  expect(outside.map(({ kind, metadata }) => [kind, metadata.name])).toEqual([['Namespace', 'observability']]);
});

test('the namespace admits restricted pods only', () => {
  expect(single.find('Namespace', 'tidewatch').metadata.labels).toMatchObject({
    'pod-security.kubernetes.io/enforce': 'restricted',
    'pod-security.kubernetes.io/enforce-version': 'v1.33',
    'pod-security.kubernetes.io/audit': 'restricted',
    'pod-security.kubernetes.io/warn': 'restricted',
  });
});

/** Names of the objects that differ between two stacks. */
const changedBetween = (one: Built, other: Built): readonly string[] =>
  one.all
    .filter((object, index) => JSON.stringify(object) !== JSON.stringify(other.all[index]))
    .map(({ kind, metadata }) => `${kind} ${metadata.name}`);

describe('a change affects only the objects that carry it', () => {
  const base = build();

  test.each<[string, Built, readonly string[]]>([
    [
      'a rule',
      build({}, { ruleFiles: [{ name: 'sample', text: 'groups: [] # other\n' }] }),
      ['ConfigMap prometheus-rules'],
    ],
    [
      'a dashboard',
      build({}, { dashboards: [{ uid: 'sample', json: '{"uid":"sample","title":"x"}' }] }),
      ['ConfigMap grafana-dashboard-sample'],
    ],
    ['the retention', build({ prometheus: { retention: '7d' } }), ['ConfigMap prometheus-config']],
    [
      'a receiver',
      build({}, { alertmanager: `${CONTENT.alertmanager}# other\n` }),
      ['ConfigMap alertmanager-config', 'StatefulSet alertmanager'],
    ],
  ])('%s', (_, changed, objects) => {
    expect(changedBetween(base, changed)).toEqual(objects);
  });
});

test('a storage class and pull secrets are set on every object that takes them', () => {
  const { all } = build({ storageClass: 'fast', imagePullSecrets: ['registry'] });
  const claims = all.filter(({ kind }) => kind === 'PersistentVolumeClaim').map(({ spec }) => spec.storageClassName);
  const templates = all
    .flatMap(({ spec }) => spec?.volumeClaimTemplates ?? [])
    .map(({ spec }) => spec.storageClassName);
  expect([claims, templates]).toEqual([
    ['fast', 'fast'],
    ['fast', 'fast', 'fast', 'fast'],
  ]);
  const accounts = all.filter(({ kind }) => kind === 'ServiceAccount').map((account) => account.imagePullSecrets);
  expect(accounts).toEqual(Array.from({ length: 7 }, () => [{ name: 'registry' }]));
});

test('two builds give the same', () => {
  expect(JSON.stringify(build().all)).toBe(JSON.stringify(build().all));
});

import { describe, expect, test } from 'vitest';
import { build, HA, type Manifest } from './sample.ts';

const single = build();
const several = build({ proxy: { replicas: 3, image: 'ghcr.io/example/anthropic-proxy:1.2.3' } });
const pool = build({ proxy: { replicas: 3, credentials: { mode: 'pool' } } });
const ha = build({ ...HA, grafana: { database: { host: 'postgres.example.com:5432' } } });
const WORKLOADS = ['Deployment', 'StatefulSet'];

const pods = [...single.all, ...several.all, ...pool.all, ...ha.all].filter(({ kind }) => WORKLOADS.includes(kind));

describe.each(pods.map((object) => [`${object.kind} ${object.metadata.name}`, object] as const))('%s', (_, object) => {
  const { template, selector } = object.spec;
  const [container] = template.spec.containers;
  const containers = [...(template.spec.initContainers ?? []), container];

  test('meets the profile restricted and cannot write its root', () => {
    expect(template.spec.securityContext).toMatchObject({
      runAsNonRoot: true,
      seccompProfile: { type: 'RuntimeDefault' },
    });
    expect(template.spec.securityContext.runAsUser).toBeGreaterThan(0);
    for (const { securityContext } of containers)
      expect(securityContext).toEqual({
        allowPrivilegeEscalation: false,
        capabilities: { drop: ['ALL'] },
        privileged: false,
        readOnlyRootFilesystem: true,
        runAsNonRoot: true,
        seccompProfile: { type: 'RuntimeDefault' },
      });
  });

  test('selects by name and instance alone, and its pods carry both', () => {
    const wanted = { 'app.kubernetes.io/name': object.metadata.name, 'app.kubernetes.io/instance': 'tidewatch' };
    expect(selector.matchLabels).toEqual(wanted);
    expect(template.metadata.labels).toMatchObject({
      ...wanted,
      'app.kubernetes.io/part-of': 'tidewatch',
      'app.kubernetes.io/managed-by': 'tidewatch',
    });
    expect(template.metadata.labels['app.kubernetes.io/version']).toMatch(/^v?\d+\.\d+\.\d+$/);
  });

  test('has every probe at a port that it opens', () => {
    const ports = container.ports.map(({ name }: { name: string }) => name);
    for (const probe of ['startupProbe', 'readinessProbe', 'livenessProbe']) {
      expect(ports).toContain(container[probe].httpGet.port);
    }
  });

  test('has resource requests and limits', () => {
    for (const amounts of containers.flatMap(({ resources }) => [resources.requests, resources.limits])) {
      expect(Object.keys(amounts).toSorted()).toEqual(['cpu', 'ephemeral-storage', 'memory']);
    }
  });

  test('mounts volumes that exist, and no environment variable carries a secret', () => {
    const volumes = template.spec.volumes.map(({ name }: { name: string }) => name);
    const templates = (object.spec.volumeClaimTemplates ?? []).map(({ metadata }: Manifest) => metadata.name);
    expect(new Set(volumes).size).toBe(volumes.length);
    for (const { volumeMounts } of containers)
      for (const { name } of volumeMounts) expect([...volumes, ...templates]).toContain(name);
    for (const { valueFrom = {} } of container.env ?? []) {
      expect(Object.keys(valueFrom).filter((source) => source !== 'fieldRef')).toEqual([]);
    }
  });

  test('has a ServiceAccount of its own, and a token only where it uses the API', () => {
    expect(template.spec.serviceAccountName).toBe(object.metadata.name);
    expect(template.spec.automountServiceAccountToken).toBe(['prometheus', 'alloy'].includes(object.metadata.name));
    expect(template.spec.enableServiceLinks).toBe(false);
  });
});

const platform = [{}, HA].flatMap(
  (settings) => build({ ...settings, podIdentity: 'platform', proxy: { credentials: { mode: 'pool' } } }).all,
);

test.each(
  platform
    .filter(({ kind }) => WORKLOADS.includes(kind))
    .map((object) => [`${object.kind} ${object.metadata.name}`, object] as const),
)('%s sets no user and no group where the platform chooses them', (_, { spec }) => {
  const { securityContext, containers, initContainers = [] } = spec.template.spec;
  expect(securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
  const ids = ['runAsUser', 'runAsGroup', 'fsGroup', 'supplementalGroups'];
  for (const security of [securityContext, ...[...containers, ...initContainers].map((one) => one.securityContext)])
    expect(Object.keys(security).filter((key) => ids.includes(key))).toEqual([]);
});

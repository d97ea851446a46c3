import { App, Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { describe, expect, test } from 'vitest';
import {
  configMapVolume,
  emptyDirVolume,
  type PodProps,
  podHosts,
  ReplicatedServer,
  SingleServer,
  StatefulServer,
} from '#constructs';

const probe = { path: '/health', port: 'http' };

const POD: PodProps = {
  name: 'server',
  component: 'proxy',
  version: '1.2.3',
  image: 'example.com/server:1.2.3',
  uid: 1234,
  ports: [{ name: 'http', port: 8080 }],
  resources: { requests: { cpu: '100m', memory: '64Mi' }, limits: { cpu: '1', memory: '128Mi' } },
  probes: { startup: probe, readiness: probe, liveness: probe },
};

const storage = { storage: { size: '1Gi' }, storagePath: '/data' };

// biome-ignore lint/suspicious/noExplicitAny: a test reads whatever part of an object it is about
const build = (make: (scope: Construct) => unknown): Record<string, any> => {
  const chart = new Chart(new App(), 'test', { disableResourceNameHashes: true });
  make(chart);
  return Object.fromEntries(chart.toJson().map((object) => [object.kind, object]));
};

const single = build((scope) => new SingleServer(scope, 'Server', { ...POD, ...storage }));
const stateful = build((scope) => new StatefulServer(scope, 'Server', { ...POD, ...storage }));
const replicated = build((scope) => new ReplicatedServer(scope, 'Server', { ...POD, replicas: 2 }));

describe.each([
  ['SingleServer', single, 'Deployment'],
  ['StatefulServer', stateful, 'StatefulSet'],
  ['ReplicatedServer', replicated, 'Deployment'],
] as const)('a %s', (_, objects, kind) => {
  test('gives every object the name of the server, whatever its path', () => {
    expect(objects[kind]?.metadata.name).toBe('server');
    expect(objects.ServiceAccount?.metadata.name).toBe('server');
  });

  test('labels the version where it may change and never in a selector', () => {
    expect(objects[kind]?.metadata.labels['app.kubernetes.io/version']).toBe('1.2.3');
    expect(objects[kind]?.spec.selector.matchLabels).toEqual({
      'app.kubernetes.io/name': 'server',
      'app.kubernetes.io/instance': 'tidewatch',
    });
    expect(objects.Service?.metadata.labels).not.toHaveProperty('app.kubernetes.io/version');
  });

  test('runs as the given user, who owns its volumes', () => {
    expect(objects[kind]?.spec.template.spec.securityContext).toEqual({
      runAsNonRoot: true,
      runAsUser: 1234,
      runAsGroup: 1234,
      fsGroup: 1234,
      fsGroupChangePolicy: 'OnRootMismatch',
      seccompProfile: { type: 'RuntimeDefault' },
    });
  });

  test('sends the Service to the named port', () => {
    expect(objects.Service?.spec.ports).toEqual([{ name: 'http', port: 8080, targetPort: 'http', protocol: 'TCP' }]);
  });
});

test('a SingleServer frees its volume before the next pod takes it', () => {
  expect(single.Deployment.spec.strategy).toEqual({ type: 'Recreate' });
  expect(single.PersistentVolumeClaim.metadata.name).toBe('server-state');
  expect(single.PersistentVolumeClaim.spec).toEqual({
    accessModes: ['ReadWriteOnce'],
    resources: { requests: { storage: '1Gi' } },
  });
});

describe('a SingleServer whose pods may overlap', () => {
  const overlapping = build((scope) => new SingleServer(scope, 'Server', { ...POD, ...storage, overlaps: true }));
  const { strategy, template, selector } = overlapping.Deployment.spec;

  test('starts the new pod before the old one terminates', () => {
    expect(strategy).toEqual({ type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } });
    expect(overlapping.PersistentVolumeClaim).toEqual(single.PersistentVolumeClaim);
  });

  test('starts it on the node of the pod that holds the volume', () => {
    const held = { 'tidewatch.dev/volume': 'server-state' };
    expect(template.spec.affinity).toEqual({
      podAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: [
          { labelSelector: { matchLabels: held }, topologyKey: 'kubernetes.io/hostname' },
        ],
      },
    });
    expect(template.metadata.labels).toMatchObject(held);
  });

  test('has the same selector as any other, because it is immutable', () => {
    expect(selector).toEqual(single.Deployment.spec.selector);
    expect(single.Deployment.spec.template.metadata.labels).not.toHaveProperty(['tidewatch.dev/volume']);
  });
});

describe.each([
  ['SingleServer', (scope: Construct) => new SingleServer(scope, 'S', { ...POD, ...storage, podIdentity: 'platform' })],
  [
    'StatefulServer',
    (scope: Construct) => new StatefulServer(scope, 'S', { ...POD, ...storage, podIdentity: 'platform' }),
  ],
  [
    'ReplicatedServer',
    (scope: Construct) => new ReplicatedServer(scope, 'S', { ...POD, replicas: 2, podIdentity: 'platform' }),
  ],
] as const)('a %s whose ids the platform chooses', (_, make) => {
  test('sets none, and is as restricted as any other', () => {
    const { Deployment, StatefulSet } = build(make);
    expect((Deployment ?? StatefulSet).spec.template.spec.securityContext).toEqual({
      runAsNonRoot: true,
      fsGroupChangePolicy: 'OnRootMismatch',
      seccompProfile: { type: 'RuntimeDefault' },
    });
  });
});

test('a StatefulServer makes its claim from a template whose labels never change', () => {
  const { volumeClaimTemplates, template, serviceName } = stateful.StatefulSet.spec;
  expect(volumeClaimTemplates[0].metadata.labels).toEqual({
    'app.kubernetes.io/name': 'server',
    'app.kubernetes.io/instance': 'tidewatch',
  });
  expect(template.spec.containers[0].volumeMounts).toEqual([{ name: 'storage', mountPath: '/data' }]);
  expect(serviceName).toBe('server-pods');
});

describe('what a pod does not ask for it does not get', () => {
  const { template } = replicated.Deployment.spec;

  test('no arguments, no environment, no delay at its end, no annotation', () => {
    const [container] = template.spec.containers;
    expect(['args', 'env', 'lifecycle'].filter((field) => field in container)).toEqual([]);
    expect(template.metadata).not.toHaveProperty('annotations');
    expect(template.spec.terminationGracePeriodSeconds).toBe(30);
  });

  test('no token', () => {
    expect(template.spec.automountServiceAccountToken).toBe(false);
    expect(replicated.ServiceAccount.automountServiceAccountToken).toBe(false);
  });
});

test('a pod starts anew with another checksum of its configuration', () => {
  const at = (configChecksum: string) =>
    build((scope) => new ReplicatedServer(scope, 'Server', { ...POD, replicas: 2, configChecksum })).Deployment.spec
      .template.metadata.annotations;
  expect(at('aa')).toEqual({ 'tidewatch.dev/checksum': 'aa' });
  expect(at('bb')).not.toEqual(at('aa'));
});

describe('a pod with an init container', () => {
  const shared = emptyDirVolume('shared', '/shared', '1Mi');
  const initContainer = { name: 'prepare', command: ['true'], mounts: [shared], resources: POD.resources };
  const props = { ...POD, replicas: 2, mounts: [shared], initContainer, command: ['run'] };
  const { spec } = build((scope) => new ReplicatedServer(scope, 'Server', props)).Deployment.spec.template;

  test('does so in the same image, and as restricted as afterwards', () => {
    const [first] = spec.initContainers;
    expect(first).toMatchObject({ name: 'prepare', image: POD.image, command: ['true'] });
    expect(first.securityContext).toEqual(spec.containers[0].securityContext);
    expect(spec.containers[0].command).toEqual(['run']);
  });

  test('shares a volume with its initContainer', () => {
    expect(spec.volumes.map(({ name }: { name: string }) => name)).toEqual(['shared']);
  });
});

test('replicas that meet have a name for all their addresses, which the pod learns of itself', () => {
  const make = (discoversPeers: boolean) =>
    build(
      (scope) =>
        new ReplicatedServer(scope, 'Server', { ...POD, replicas: 2, discoversPeers, addressVariable: 'ADDRESS' }),
    );
  expect(make(true).Service).toMatchObject({ metadata: { name: 'server-pods' }, spec: { clusterIP: 'None' } });
  expect(make(false).Service.metadata.name).toBe('server');
  expect(make(true).Deployment.spec.template.spec.containers[0].env).toEqual([
    { name: 'ADDRESS', valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'status.podIP' } } },
  ]);
});

test('a mounted ConfigMap cannot be written', () => {
  expect(configMapVolume('config', '/etc/config', 'settings')).toEqual({
    volume: { name: 'config', configMap: { name: 'settings' } },
    mount: { name: 'config', mountPath: '/etc/config', readOnly: true },
  });
});

describe('several pods with a volume each', () => {
  const objects = build(
    (scope) =>
      new StatefulServer(scope, 'Server', {
        ...POD,
        ...storage,
        replicas: 3,
        peerPorts: [
          { name: 'gossip-tcp', port: 7000 },
          { name: 'gossip-udp', port: 7000, protocol: 'UDP' },
        ],
      }),
  );
  const { spec } = objects.StatefulSet;

  test('talk on ports that only their own names lead to', () => {
    const ports = (kind: string) => objects[kind].spec.ports.map(({ name }: { name: string }) => name);
    // Both Services are of one kind: the later one, that of the names, is kept.
    expect(objects.Service.metadata.name).toBe('server-pods');
    expect(ports('Service')).toEqual(['http', 'gossip-tcp', 'gossip-udp']);
    expect(spec.template.spec.containers[0].ports).toEqual([
      { name: 'http', containerPort: 8080, protocol: 'TCP' },
      { name: 'gossip-tcp', containerPort: 7000, protocol: 'TCP' },
      { name: 'gossip-udp', containerPort: 7000, protocol: 'UDP' },
    ]);
  });

  test('have names that say where each is found', () => {
    expect(podHosts(POD, 3)).toEqual(['server-0.server-pods', 'server-1.server-pods', 'server-2.server-pods']);
    expect(spec).toMatchObject({ replicas: 3, serviceName: 'server-pods' });
  });

  test('differ from one pod in nothing that Kubernetes never lets change', () => {
    const immutable = ({
      spec: { serviceName, selector, podManagementPolicy, volumeClaimTemplates },
    }: typeof objects) => ({
      serviceName,
      selector,
      podManagementPolicy,
      volumeClaimTemplates,
    });
    expect(immutable(objects.StatefulSet)).toEqual(immutable(stateful.StatefulSet));
  });
});

describe('stateless replicas', () => {
  const goals = { min: 2, max: 10, cpuPercent: 70, scaleDownStabilizationSeconds: 600 };
  const scaled = (more: object = {}) =>
    build((scope) => new ReplicatedServer(scope, 'Server', { ...POD, replicas: { ...goals, ...more } }));
  const one = build((scope) => new ReplicatedServer(scope, 'Server', { ...POD, replicas: 1 }));

  test('are scaled by an autoscaler, and the Deployment sets no number', () => {
    expect(scaled().Deployment.spec).not.toHaveProperty('replicas');
    expect(scaled().HorizontalPodAutoscaler).toMatchObject({
      apiVersion: 'autoscaling/v2',
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'server' },
        minReplicas: 2,
        maxReplicas: 10,
        metrics: [
          { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 70 } } },
        ],
      },
    });
    expect(replicated).not.toHaveProperty('HorizontalPodAutoscaler');
    expect(replicated.Deployment.spec.replicas).toBe(2);
  });

  test('can be scaled by a pod metric as well', () => {
    const podMetric = { name: 'requests', average: 100 };
    expect(scaled({ podMetric }).HorizontalPodAutoscaler.spec.metrics[1]).toEqual({
      type: 'Pods',
      pods: { metric: { name: 'requests' }, target: { type: 'AverageValue', averageValue: '100' } },
    });
  });

  test('scale up at once, and down one at a time after the stabilization window', () => {
    const { scaleUp, scaleDown } = scaled().HorizontalPodAutoscaler.spec.behavior;
    expect(scaleUp.stabilizationWindowSeconds).toBe(0);
    expect(scaleDown).toMatchObject({
      stabilizationWindowSeconds: 600,
      policies: [{ type: 'Pods', value: 1, periodSeconds: 300 }],
    });
  });

  test('are spread over nodes and zones, as far as there are any', () => {
    const { affinity, topologySpreadConstraints } = replicated.Deployment.spec.template.spec;
    expect(
      topologySpreadConstraints.map(({ topologyKey, whenUnsatisfiable }: Record<string, string>) => [
        topologyKey,
        whenUnsatisfiable,
      ]),
    ).toEqual([
      ['kubernetes.io/hostname', 'ScheduleAnyway'],
      ['topology.kubernetes.io/zone', 'ScheduleAnyway'],
    ]);
    expect(affinity.podAntiAffinity).toHaveProperty('preferredDuringSchedulingIgnoredDuringExecution');
    for (const alone of [single.Deployment, stateful.StatefulSet, one.Deployment]) {
      expect(alone.spec.template.spec).not.toHaveProperty('topologySpreadConstraints');
    }
  });

  test('are evicted one at a time; a single one does not block a drain', () => {
    expect(scaled().PodDisruptionBudget.spec).toEqual({
      maxUnavailable: 1,
      selector: { matchLabels: { 'app.kubernetes.io/name': 'server', 'app.kubernetes.io/instance': 'tidewatch' } },
      unhealthyPodEvictionPolicy: 'AlwaysAllow',
    });
    for (const alone of [single, stateful, one]) expect(alone).not.toHaveProperty('PodDisruptionBudget');
  });

  test('label the objects that exist only for several replicas, and nothing else', () => {
    const labelled = Object.values(scaled({})).filter(({ metadata }) => metadata.labels['tidewatch.dev/replicated']);
    expect(labelled.map(({ kind }) => kind).toSorted()).toEqual(['HorizontalPodAutoscaler', 'PodDisruptionBudget']);
  });
});

test('a Service can route each client to the same pod', () => {
  const at = (sticky: boolean) =>
    build((scope) => new ReplicatedServer(scope, 'Server', { ...POD, replicas: 2, sticky })).Service.spec;
  expect(at(true)).toMatchObject({
    sessionAffinity: 'ClientIP',
    sessionAffinityConfig: { clientIP: { timeoutSeconds: 10_800 } },
  });
  expect(at(false)).not.toHaveProperty('sessionAffinity');
});

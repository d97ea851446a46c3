import { Testing } from 'cdk8s';
import type { Construct } from 'constructs';
import { describe, expect, test } from 'vitest';
import {
  configMapFolder,
  type PodProps,
  ReplicatedServer,
  SingleServer,
  StatefulServer,
  scratchFolder,
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
  const chart = Testing.chart();
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

describe('a pod that prepares itself', () => {
  const shared = scratchFolder('shared', '/shared', '1Mi');
  const preparation = { name: 'prepare', command: ['true'], mounts: [shared], resources: POD.resources };
  const props = { ...POD, replicas: 2, mounts: [shared], preparation, command: ['run'] };
  const { spec } = build((scope) => new ReplicatedServer(scope, 'Server', props)).Deployment.spec.template;

  test('does so in the same image, and as restricted as afterwards', () => {
    const [first] = spec.initContainers;
    expect(first).toMatchObject({ name: 'prepare', image: POD.image, command: ['true'] });
    expect(first.securityContext).toEqual(spec.containers[0].securityContext);
    expect(spec.containers[0].command).toEqual(['run']);
  });

  test('shares a volume with its preparation', () => {
    expect(spec.volumes.map(({ name }: { name: string }) => name)).toEqual(['shared']);
  });
});

test('replicas that meet have a name for all their addresses, which the pod learns of itself', () => {
  const make = (meets: boolean) =>
    build((scope) => new ReplicatedServer(scope, 'Server', { ...POD, replicas: 2, meets, addressVariable: 'ADDRESS' }));
  expect(make(true).Service).toMatchObject({ metadata: { name: 'server-pods' }, spec: { clusterIP: 'None' } });
  expect(make(false).Service.metadata.name).toBe('server');
  expect(make(true).Deployment.spec.template.spec.containers[0].env).toEqual([
    { name: 'ADDRESS', valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'status.podIP' } } },
  ]);
});

test('a mounted ConfigMap cannot be written', () => {
  expect(configMapFolder('config', '/etc/config', 'settings')).toEqual({
    volume: { name: 'config', configMap: { name: 'settings' } },
    mount: { name: 'config', mountPath: '/etc/config', readOnly: true },
  });
});

import { afterAll, beforeAll, expect, test } from 'vitest';
import type { StackInput } from '#config';
import { describePeers } from '../peers/peer.ts';
import { type Cluster, keysOf, startCluster } from './cluster.ts';
import { build, HA } from './sample.ts';

const REMOTE = { url: 'https://m.example.com/push', username: 'u', passwordKey: 'p' };

/** Every setting that adds or changes an object. */
const EVERYTHING: StackInput = {
  namespace: 'everything',
  storageClass: 'fast',
  imagePullSecrets: ['registry'],
  proxy: { replicas: 3, credentials: { mode: 'pool' } },
  prometheus: { retentionSize: '18GB', externalLabels: { cluster: 'eu' }, remoteWrite: [REMOTE] },
  alertmanager: { receivers: { page: [{ type: 'slack', urlKey: 'slack-url' }] } },
};

/** The same in the profile that runs several of each. */
const EVERYTHING_HA: StackInput = {
  ...EVERYTHING,
  ...HA,
  namespace: 'everything-ha',
  proxy: { autoscaling: { min: 3, max: 20, requestsInFlight: 100 }, credentials: { mode: 'pool' } },
  prometheus: {
    ...EVERYTHING.prometheus,
    replicaLabel: '__replica__',
    externalUrl: 'https://prometheus.example.com/path',
  },
  alertmanager: { ...EVERYTHING.alertmanager, externalUrl: 'https://alerts.example.com' },
  grafana: {
    rootUrl: 'https://grafana.example.com',
    exposure: { kind: 'ingress', tlsSecret: 'grafana-tls', className: 'nginx' },
    database: { host: 'postgres.example.com:5432', sslMode: 'verify-full', caKey: 'ca.crt' },
  },
  network: {
    clients: [{ namespace: 'team-a', podLabels: { app: 'agent' } }],
    extra: [{ component: 'grafana', direction: 'to', cidrs: ['192.0.2.0/24'], ports: [443] }],
  },
};

const STACKS: readonly (readonly [string, StackInput])[] = [
  ['the defaults', {}],
  ['everything set', EVERYTHING],
  ['the profile ha', { ...HA, namespace: 'ha' }],
  ['everything set in the profile ha', EVERYTHING_HA],
  [
    'an image in place of the bundle',
    { namespace: 'image', proxy: { image: 'ghcr.io/example/anthropic-proxy:1.2.3' } },
  ],
];

describePeers(['etcd', 'kube-apiserver', 'kubectl'], 'a Kubernetes API with Pod Security', () => {
  let cluster: Cluster;

  beforeAll(async () => {
    cluster = await startCluster();
  });

  afterAll(() => cluster?.stop());

  const versions = async (namespace: string): Promise<Readonly<Record<string, string>>> =>
    Object.fromEntries(
      [...(await cluster.objects(namespace))].map(([key, { metadata }]) => [key, metadata.resourceVersion]),
    );

  test.each(STACKS)('takes %s without a warning, and the second time nothing changes', async (_, settings) => {
    const built = build(settings);
    const namespace = settings.namespace ?? 'tidewatch';
    await cluster.apply(built);
    const first = await versions(namespace);
    expect(Object.keys(first)).toEqual(expect.arrayContaining([...keysOf(built)]));
    await cluster.apply(built);
    expect(await versions(namespace)).toEqual(first);
  });

  test('the namespace refuses a pod that is not restricted', async () => {
    await cluster.apply(build({ namespace: 'strict' }));
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'loose' },
      spec: { containers: [{ name: 'a', image: 'a:1' }] },
    };
    // No controller makes the account that a pod has by default.
    await cluster.kubectl(['create', 'serviceaccount', 'default', '-n', 'strict']);
    const { code, stderr } = await cluster.kubectl(['apply', '-n', 'strict', '-f', '-'], JSON.stringify(pod));
    expect(code).toBe(1);
    expect(stderr).toContain('violates PodSecurity "restricted:v1.33"');
  });

  test.each(STACKS)('each pod of %s is admitted, not only its workload', async (_, settings) => {
    const namespace = `pods-of-${settings.namespace ?? 'tidewatch'}`;
    const built = build({ ...settings, namespace });
    await cluster.apply(built);
    for (const { kind, metadata, spec } of built.all) {
      if (!['Deployment', 'StatefulSet'].includes(kind)) continue;
      const { volumes } = spec.template.spec;
      const claims = (spec.volumeClaimTemplates ?? []).map(
        ({ metadata: { name } }: { metadata: { name: string } }) => ({
          name,
          persistentVolumeClaim: { claimName: name },
        }),
      );
      const pod = {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: metadata.name, labels: spec.template.metadata.labels },
        spec: { ...spec.template.spec, volumes: [...volumes, ...claims] },
      };
      const result = await cluster.kubectl(
        ['create', '--validate=strict', '-n', namespace, '-f', '-'],
        JSON.stringify(pod),
      );
      expect(result.stderr).toBe('');
      expect(result.stdout).toBe(`pod/${metadata.name} created\n`);
    }
  });
});

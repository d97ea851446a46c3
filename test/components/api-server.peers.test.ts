import { afterAll, beforeAll, expect, test } from 'vitest';
import type { StackInput } from '#config';
import { type CommandResult, describePeers } from '../peers/peer.ts';
import { type Cluster, keysOf, startCluster } from './cluster.ts';
import { type Built, build, HA, type Manifest } from './sample.ts';

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
  ['ids that the platform chooses', { namespace: 'platform', podIdentity: 'platform' }],
  ['the same in the profile ha', { ...HA, namespace: 'platform-ha', podIdentity: 'platform' }],
  [
    'an image in place of the bundle',
    { namespace: 'image', proxy: { image: 'ghcr.io/example/anthropic-proxy:1.2.3' } },
  ],
];

interface Pod extends Pick<Manifest, 'kind' | 'spec'> {
  readonly apiVersion: 'v1';
  readonly metadata: { readonly name: string; readonly labels: object };
}

/** A pod of each workload, which no controller makes here. */
const podsOf = ({ all }: Built): readonly Pod[] =>
  all
    .filter(({ kind }) => ['Deployment', 'StatefulSet'].includes(kind))
    .map(({ metadata, spec: { template, volumeClaimTemplates = [] } }) => {
      const claims = volumeClaimTemplates.map(({ metadata: { name } }: Manifest) => ({
        name,
        persistentVolumeClaim: { claimName: name },
      }));
      return {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: metadata.name, labels: template.metadata.labels },
        spec: { ...template.spec, volumes: [...template.spec.volumes, ...claims] },
      };
    });

/** Refuses pods with ids of their own in one namespace, as a platform does that assigns them. */
const NO_IDS = {
  apiVersion: 'v1',
  kind: 'List',
  items: [
    {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingAdmissionPolicy',
      metadata: { name: 'no-ids' },
      spec: {
        matchConstraints: {
          resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
        },
        validations: [
          {
            expression: [
              ...['runAsUser', 'runAsGroup', 'fsGroup', 'supplementalGroups'].map(
                (id) => `!has(object.spec.securityContext.${id})`,
              ),
              ...['runAsUser', 'runAsGroup'].map(
                (id) =>
                  `(object.spec.containers + object.spec.?initContainers.orValue([])).all(one, !has(one.securityContext.${id}))`,
              ),
            ].join(' && '),
            message: 'ids are for the platform to choose',
          },
        ],
      },
    },
    {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingAdmissionPolicyBinding',
      metadata: { name: 'no-ids' },
      spec: {
        policyName: 'no-ids',
        validationActions: ['Deny'],
        matchResources: { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'assigned' } } },
      },
    },
  ],
};

describePeers(['etcd', 'kube-apiserver', 'kubectl'], 'a Kubernetes API with Pod Security', () => {
  let cluster: Cluster;

  beforeAll(async () => {
    cluster = await startCluster();
  });

  afterAll(() => cluster?.stop());

  const create = (namespace: string, pod: Pod, flags: readonly string[] = []): Promise<CommandResult> =>
    cluster.kubectl(['create', '--validate=strict', ...flags, '-n', namespace, '-f', '-'], JSON.stringify(pod));

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
    for (const pod of podsOf(built)) {
      expect(await create(namespace, pod)).toMatchObject({
        stderr: '',
        stdout: `pod/${pod.metadata.name} created\n`,
      });
    }
  });

  test('pods are admitted where nobody but the platform may choose ids, and only those of that setting', async () => {
    const [chosen, fixed] = (['platform', 'fixed'] as const).map((podIdentity) =>
      build({ ...EVERYTHING_HA, namespace: 'assigned', podIdentity }),
    ) as [Built, Built];
    await cluster.apply(chosen);
    expect(await cluster.kubectl(['apply', '-f', '-'], JSON.stringify(NO_IDS))).toMatchObject({ code: 0 });
    const [first] = podsOf(fixed) as [Pod];
    const refused = async () => (await create('assigned', first, ['--dry-run=server'])).stderr;
    await expect.poll(refused, { timeout: 30_000 }).toContain('ids are for the platform to choose');
    for (const pod of podsOf(fixed)) expect((await create('assigned', pod)).code).toBe(1);
    for (const pod of podsOf(chosen)) expect(await create('assigned', pod)).toMatchObject({ code: 0, stderr: '' });
  });
});

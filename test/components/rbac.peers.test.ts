import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AuthorizationV1Api, KubeConfig, type V1ResourceAttributes } from '@kubernetes/client-node';
import { Yaml } from 'cdk8s';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TARGETS } from '#catalog';
import type { StackInput } from '#config';
import { type ControlPlane, startControlPlane } from '../peers/control-plane.ts';
import { describePeers } from '../peers/peer.ts';
import { build, HA } from './sample.ts';

const ACCOUNTS = Object.values(TARGETS).map(({ job }) => job);

/** What somebody who wants more than he has would ask for; `/` separates a subresource. */
const RESOURCES = [
  'pods',
  'pods/log',
  'pods/exec',
  'pods/attach',
  'pods/portforward',
  'pods/ephemeralcontainers',
  'pods/eviction',
  'secrets',
  'configmaps',
  'services',
  'services/proxy',
  'endpoints',
  'events',
  'serviceaccounts',
  'serviceaccounts/token',
  'persistentvolumeclaims',
  'namespaces',
  'nodes',
  'nodes/metrics',
  'nodes/proxy',
  'nodes/stats',
  'apps:deployments',
  'apps:statefulsets',
  'apps:deployments/scale',
  'batch:jobs',
  'networking.k8s.io:networkpolicies',
  'discovery.k8s.io:endpointslices',
  'rbac.authorization.k8s.io:roles',
  'rbac.authorization.k8s.io:rolebindings',
  'rbac.authorization.k8s.io:clusterroles',
  'rbac.authorization.k8s.io:clusterrolebindings',
  'certificates.k8s.io:certificatesigningrequests',
  'admissionregistration.k8s.io:validatingwebhookconfigurations',
  'policy:poddisruptionbudgets',
  'autoscaling:horizontalpodautoscalers',
] as const;

const VERBS = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete'];

/** Verbs that only some resources know. */
const SPECIAL: readonly (readonly [resource: string, verb: string])[] = [
  ['serviceaccounts', 'impersonate'],
  ['users', 'impersonate'],
  ['groups', 'impersonate'],
  ['rbac.authorization.k8s.io:roles', 'escalate'],
  ['rbac.authorization.k8s.io:clusterroles', 'bind'],
  ['pods', 'deletecollection'],
  ['secrets', 'deletecollection'],
];

const READ = ['get', 'list', 'watch'];

/** A namespace of the stack, another one, and the cluster as a whole. */
const SCOPES = ['', 'rbac', 'kube-system'];

const right = (account: string, resource: string, verbs: readonly string[], scope = 'rbac'): readonly string[] =>
  verbs.map((verb) => `${account}: ${verb} ${resource} in ${scope === '' ? 'the cluster' : scope}`);

/** Everything that a service account of the stack may do, and nothing else. */
const RIGHTS: readonly string[] = [
  ...right('prometheus', 'pods', READ),
  ...right('alloy', 'pods', READ),
  ...right('alloy', 'pods/log', ['get']),
];

const attributesOf = (resource: string, verb: string, namespace: string): V1ResourceAttributes => {
  const [group, path] = resource.includes(':') ? resource.split(':') : ['', resource];
  const [name = '', subresource] = (path ?? '').split('/');
  return { verb, namespace, group: group ?? '', resource: name, ...(subresource === undefined ? {} : { subresource }) };
};

describePeers(['etcd', 'kube-apiserver', 'kubectl'], 'the rights of service accounts', () => {
  let cluster: ControlPlane;
  let folder: string;
  let api: AuthorizationV1Api;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tidewatch-rbac-'));
    cluster = await startControlPlane();
    const config = new KubeConfig();
    config.loadFromFile(cluster.kubeconfig);
    api = config.makeApiClient(AuthorizationV1Api);
  });

  afterAll(async () => {
    await cluster?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const apply = async (settings: StackInput): Promise<void> => {
    const file = join(folder, `${settings.namespace}.yaml`);
    await writeFile(file, Yaml.stringify(...build(settings).all));
    expect(await cluster.kubectl(['apply', '--server-side', '-f', file])).toMatchObject({ code: 0, stderr: '' });
  };

  const mayDo = async (
    user: string,
    groups: string[],
    what: { resourceAttributes: V1ResourceAttributes } | { nonResourceAttributes: { path: string; verb: string } },
  ): Promise<boolean> => {
    const body = { spec: { user, groups, ...what } };
    return (await api.createSubjectAccessReview({ body })).status?.allowed ?? false;
  };

  const asks = (account: string, namespace: string) =>
    ({
      user: `system:serviceaccount:${namespace}:${account}`,
      groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
    }) as const;

  const rightsOf = async (
    account: string,
    namespace: string,
    resources: readonly string[],
  ): Promise<readonly string[]> => {
    const { user, groups } = asks(account, namespace);
    const wishes = [...resources.flatMap((resource) => VERBS.map((verb) => [resource, verb] as const)), ...SPECIAL];
    const questions = wishes.flatMap(([resource, verb]) =>
      SCOPES.map((scope) => ({ resource, verb, scope: scope === 'rbac' ? namespace : scope })),
    );
    const answers = await Promise.all(
      questions.map(({ resource, verb, scope }) =>
        mayDo(user, [...groups], { resourceAttributes: attributesOf(resource, verb, scope) }),
      ),
    );
    return questions
      .filter((_, index) => answers[index])
      .flatMap(({ resource, verb, scope }) => right(account, resource, [verb], scope));
  };

  const rightsOfAll = async (namespace: string, resources: readonly string[]): Promise<readonly string[]> => {
    const found: string[] = [];
    for (const account of ACCOUNTS) found.push(...(await rightsOf(account, namespace, resources)));
    return found.toSorted();
  };

  test('are what each needs, and nothing of a long list beyond', async () => {
    await apply({ namespace: 'rbac' });
    expect(await rightsOfAll('rbac', RESOURCES)).toEqual(RIGHTS.toSorted());
  }, 120_000);

  test('do not grow when everything is set', async () => {
    await apply({
      namespace: 'rich',
      proxy: { replicas: 3, credentials: { mode: 'pool' } },
      grafana: { rootUrl: 'https://grafana.example.com', exposure: { kind: 'ingress', tlsSecret: 'grafana-tls' } },
      alertmanager: { receivers: { page: [{ type: 'slack', urlKey: 'slack-url' }] } },
    });
    const sensitive = ['pods', 'pods/log', 'pods/exec', 'secrets', 'configmaps', 'nodes', 'nodes/metrics'];
    expect(await rightsOfAll('rich', sensitive)).toEqual(
      RIGHTS.map((one) => one.replace(/ in rbac$/, ' in rich')).toSorted(),
    );
  }, 120_000);

  test('grow by the metrics of nodes, and by nothing else, where volumes are watched', async () => {
    await apply({ ...HA, namespace: 'watched', prometheus: { volumeStats: true } });
    const nodes = SCOPES.flatMap((scope) => [
      ...right('prometheus', 'nodes', READ, scope),
      ...right('prometheus', 'nodes/metrics', ['get'], scope),
    ]);
    const near = ['pods', 'pods/log', 'pods/exec', 'secrets', 'nodes', 'nodes/metrics', 'nodes/proxy', 'nodes/stats'];
    expect(await rightsOfAll('watched', near)).toEqual(
      [...RIGHTS, ...nodes].map((one) => one.replace(/ in rbac$/, ' in watched')).toSorted(),
    );
  }, 120_000);

  test('do not reach the metrics or the logs of the API server itself', async () => {
    for (const account of ACCOUNTS) {
      const { user, groups } = asks(account, 'rbac');
      for (const path of ['/metrics', '/logs', '/debug/pprof']) {
        expect([
          account,
          path,
          await mayDo(user, [...groups], { nonResourceAttributes: { path, verb: 'get' } }),
        ]).toEqual([account, path, false]);
      }
    }
  });
});

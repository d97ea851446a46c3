import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Yaml } from 'cdk8s';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { StackInput } from '#config';
import { type ControlPlane, startControlPlane } from '../peers/control-plane.ts';
import { describePeers } from '../peers/peer.ts';
import { type Built, build } from './sample.ts';

const KINDS = 'deploy,sts,svc,cm,sa,role,rolebinding,pvc,pdb';

/** Every setting that adds or changes an object. */
const EVERYTHING: StackInput = {
  namespace: 'everything',
  storageClass: 'fast',
  imagePullSecrets: ['registry'],
  proxy: { replicas: 3, credentials: { mode: 'pool' } },
  prometheus: {
    retentionSize: '18GB',
    externalLabels: { cluster: 'eu' },
    remoteWrite: [{ url: 'https://m.example.com/push', username: 'u', passwordKey: 'p' }],
  },
  alertmanager: { receivers: { page: [{ type: 'slack', urlKey: 'slack-url' }] } },
};

describePeers(['etcd', 'kube-apiserver', 'kubectl'], 'a Kubernetes API with Pod Security', () => {
  let cluster: ControlPlane;
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tidewatch-manifests-'));
    cluster = await startControlPlane();
  });

  afterAll(async () => {
    await cluster?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  /** Applies the files as the README says, and fails on any warning. */
  const apply = async ({ charts }: Built, namespace: string): Promise<void> => {
    const files = join(folder, namespace);
    await rm(files, { recursive: true, force: true });
    await mkdir(files);
    for (const [name, objects] of charts) await writeFile(join(files, `${name}.k8s.yaml`), Yaml.stringify(...objects));
    const result = await cluster.kubectl(['apply', '--server-side', '--validate=strict', '-f', files]);
    expect(result.stderr).toBe('');
    expect(result.code).toBe(0);
  };

  /**
   * The API server stores a new claim without its phase and adds it with the next write, whosever that is. In a
   * cluster the volume controller writes the phase at once; none runs here, so this does it in its place.
   */
  const writePhases = async ({ all }: Built, namespace: string): Promise<void> => {
    const status = ['--subresource=status', '--type=merge', '-p', '{"status":{"phase":"Pending"}}'];
    for (const { metadata } of all.filter(({ kind }) => kind === 'PersistentVolumeClaim')) {
      await cluster.kubectl(['patch', 'pvc', metadata.name, '-n', namespace, ...status]);
    }
  };

  const versions = async (namespace: string): Promise<Record<string, string>> => {
    const { stdout } = await cluster.kubectl(['get', KINDS, '-n', namespace, '-o', 'json']);
    const { items } = JSON.parse(stdout) as {
      items: { kind: string; metadata: { name: string; resourceVersion: string } }[];
    };
    return Object.fromEntries(
      items.map(({ kind, metadata }) => [`${kind} ${metadata.name}`, metadata.resourceVersion]),
    );
  };

  test.each<[string, StackInput]>([
    ['the defaults', {}],
    ['everything set', EVERYTHING],
    [
      'an image in place of the bundle',
      { namespace: 'image', proxy: { image: 'ghcr.io/example/anthropic-proxy:1.2.3' } },
    ],
  ])('takes %s without a warning, and the second time nothing changes', async (_, settings) => {
    const built = build(settings);
    const namespace = settings.namespace ?? 'tidewatch';
    await apply(built, namespace);
    await writePhases(built, namespace);
    const first = await versions(namespace);
    const made = built.all
      .filter(({ kind }) => kind !== 'Namespace')
      .map(({ kind, metadata }) => `${kind} ${metadata.name}`);
    expect(Object.keys(first)).toEqual(expect.arrayContaining(made));
    await apply(built, namespace);
    expect(await versions(namespace)).toEqual(first);
  });

  test('a stack may grow from one replica to three and shrink again', async () => {
    await apply(build({ namespace: 'grows' }), 'grows');
    await apply(build({ namespace: 'grows', proxy: { replicas: 3 } }), 'grows');
    await apply(build({ namespace: 'grows' }), 'grows');
    const { stdout } = await cluster.kubectl(['get', 'deploy', 'anthropic-proxy', '-n', 'grows', '-o', 'json']);
    expect(JSON.parse(stdout).spec.strategy).toEqual({ type: 'Recreate' });
  });

  test('the namespace refuses a pod that is not restricted', async () => {
    await apply(build({ namespace: 'strict' }), 'strict');
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

  test('each pod of the stack is admitted, not only its workload', async () => {
    const built = build({ ...EVERYTHING, namespace: 'pods' });
    await apply(built, 'pods');
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
        ['create', '--validate=strict', '-n', 'pods', '-f', '-'],
        JSON.stringify(pod),
      );
      expect(result.stderr).toBe('');
      expect(result.stdout).toBe(`pod/${metadata.name} created\n`);
    }
  });
});

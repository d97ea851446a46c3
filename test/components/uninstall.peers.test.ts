import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { StackInput } from '#config';
import { describePeers } from '../peers/peer.ts';
import { type Cluster, startCluster } from './cluster.ts';
import { build, HA } from './sample.ts';

const README = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');

/** The first commands of the section on uninstalling. */
const [, COMMANDS = ''] = /^## Uninstall\n\n```sh\n([\s\S]*?)^```$/m.exec(README) ?? [];

const NAMESPACE = 'tidewatch';
const FINALIZER = 'tidewatch.dev/drains';

/** Everything that has objects of its own kind. */
const LARGE: StackInput = {
  ...HA,
  grafana: {
    rootUrl: 'https://grafana.example.com',
    exposure: { kind: 'ingress', tlsSecret: 'grafana-tls' },
    database: { host: 'postgres.example.com:5432' },
  },
};

/** Long enough for the commands to go on, if they would. */
const MOMENT_MS = 2_000;

describePeers(['etcd', 'kube-apiserver', 'kubectl'], 'the commands of the README that uninstall', () => {
  let cluster: Cluster;

  beforeAll(async () => {
    cluster = await startCluster();
  });

  afterAll(() => cluster?.stop());

  const kinds = async (): Promise<ReadonlySet<string>> =>
    new Set([...(await cluster.objects(NAMESPACE)).values()].map(({ kind }) => kind));

  /** A pod of the proxy that takes its time to end; no kubelet and no controller does it here. */
  const addPod = async (settings: StackInput): Promise<void> => {
    const { metadata, spec } = build(settings).find('Deployment', 'anthropic-proxy').spec.template;
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { ...metadata, name: 'proxy', finalizers: [FINALIZER] },
      spec,
    };
    await cluster.inNamespace(NAMESPACE, ['create', '-f', '-'], JSON.stringify(pod));
  };

  const endPod = (): Promise<string> =>
    cluster.inNamespace(NAMESPACE, [
      'patch',
      'pod',
      'proxy',
      '--type=json',
      '-p',
      '[{"op":"remove","path":"/metadata/finalizers"}]',
    ]);

  test.each<[string, StackInput]>([
    ['a small stack', {}],
    ['a stack of the profile ha behind an Ingress', LARGE],
  ])('keep the network policies of %s until the last pod has ended', { timeout: 120_000 }, async (_, settings) => {
    await cluster.apply(build(settings), ['--force-conflicts']);
    await cluster.kubectl(['create', 'secret', 'generic', 'kept', '-n', NAMESPACE, '--from-literal=a=b']);
    await addPod(settings);
    const before = await kinds();
    const uninstalled = cluster.shell(COMMANDS);

    await expect.poll(kinds, { timeout: 30_000 }).not.toContain('StatefulSet');
    // What the garbage collector does to the pods of a Deployment that is gone.
    await cluster.inNamespace(NAMESPACE, ['delete', 'pod', 'proxy', '--wait=false']);
    await delay(MOMENT_MS);
    const workloads = ['Deployment', 'StatefulSet', 'HorizontalPodAutoscaler'];
    expect(await kinds()).toEqual(new Set([...before].filter((kind) => !workloads.includes(kind))));

    await endPod();
    expect(await uninstalled).toMatchObject({ code: 0 });
    expect(await kinds()).toEqual(new Set(['PersistentVolumeClaim']));
    expect(await cluster.inNamespace(NAMESPACE, ['get', 'secret', '-o', 'name'])).toBe('secret/kept\n');
  });

  test('change nothing where nothing is left', async () => {
    const { code, stdout } = await cluster.shell(COMMANDS);
    expect([code, stdout.trim().split('\n')]).toEqual([0, ['No resources found', 'No resources found']]);
    expect(await kinds()).toEqual(new Set(['PersistentVolumeClaim']));
  });
});

import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { StackInput } from '#config';
import { describePeers } from '../peers/peer.ts';
import { type Cluster, keysOf, type Stored, startCluster } from './cluster.ts';
import { type Built, build, HA, type Manifest } from './sample.ts';

const PROXY = ['deployment', 'anthropic-proxy'];

/** A stack of each profile with everything that exists in only one of them. */
const small: StackInput = { proxy: { credentials: { mode: 'pool' } } };
const ha: StackInput = {
  ...HA,
  ...small,
  grafana: { database: { host: 'postgres.example.com:5432' } },
};

/** What is deleted by which label on the way back, as the page of the profiles says. */
const [REMOVED, LABEL] = ['hpa,pdb,service', 'tidewatch.dev/replicated'];

test('the page of the profiles gives the commands that are tried here', () => {
  const page = readFileSync(new URL('../../docs/profiles.md', import.meta.url), 'utf8');
  for (const command of [
    `kubectl delete ${REMOVED} -n tidewatch -l ${LABEL}`,
    'kubectl apply --server-side --force-conflicts -f dist/',
    'kubectl scale deployment anthropic-proxy -n tidewatch --replicas=6',
  ])
    expect(page).toContain(command);
});

/** What an object says, without when it was written. */
const meaning = ({ metadata: { labels, annotations }, spec, data }: Stored): object => ({
  labels,
  annotations,
  spec,
  data,
});

describePeers(['etcd', 'kube-apiserver', 'kubectl'], 'a stack on a Kubernetes API', () => {
  let cluster: Cluster;

  beforeAll(async () => {
    cluster = await startCluster();
  });

  afterAll(() => cluster?.stop());

  const replicas = async (namespace: string): Promise<number> =>
    JSON.parse(await cluster.inNamespace(namespace, ['get', ...PROXY, '-o', 'json'])).spec.replicas;

  /** Writes the number as the autoscaler does, which is no part of this API. */
  const autoscale = (namespace: string, count: number): Promise<string> =>
    cluster.inNamespace(namespace, [
      ...['patch', ...PROXY, '--subresource=scale', '--field-manager=kube-controller-manager'],
      ...['--type=merge', '-p', JSON.stringify({ spec: { replicas: count } })],
    ]);

  const removeReplicated = (namespace: string): Promise<string> =>
    cluster.inNamespace(namespace, ['delete', REMOVED, '-l', LABEL]);

  test('keeps the number of the autoscaler when it is applied again', async () => {
    const built = build({ ...ha, namespace: 'scaled' });
    await cluster.apply(built);
    await autoscale('scaled', 4);
    await cluster.apply(built);
    expect(await replicas('scaled')).toBe(4);
    const { items } = JSON.parse(await cluster.inNamespace('scaled', ['get', 'hpa', '-o', 'json']));
    expect(items).toHaveLength(1);
  });

  test('goes from small to ha and back, and is then as it was before', async () => {
    const [little, large] = [build({ ...small, namespace: 'switches' }), build({ ...ha, namespace: 'switches' })];
    await cluster.apply(little);
    const before = await cluster.objects('switches');
    await cluster.apply(large);
    const grown = await cluster.objects('switches');
    expect([...grown.keys()]).toEqual(expect.arrayContaining([...keysOf(large)]));
    expect(grown.get('StatefulSet prometheus')?.spec.replicas).toBe(2);
    await autoscale('switches', 4);

    await removeReplicated('switches');
    await cluster.apply(little, ['--force-conflicts']);
    const back = await cluster.objects('switches');
    expect([...back.keys()].toSorted()).toEqual([...before.keys()].toSorted());
    for (const [key, object] of before) {
      expect([key, meaning(back.get(key) as Stored)]).toEqual([key, meaning(object)]);
    }
  });

  test('takes a single proxy that had to end first over to one that overlaps, and back', async () => {
    const overlapping = build({ ...small, namespace: 'restarts' });
    const change = (object: Manifest): Manifest =>
      object.kind === 'Deployment' && object.metadata.name === 'anthropic-proxy'
        ? { ...object, spec: { ...object.spec, strategy: { type: 'Recreate' } } }
        : object;
    const charts = new Map([...overlapping.charts].map(([name, objects]) => [name, objects.map(change)]));
    const waiting: Built = { ...overlapping, charts, all: [...charts.values()].flat() };
    const strategy = async () =>
      JSON.parse(await cluster.inNamespace('restarts', ['get', ...PROXY, '-o', 'json'])).spec.strategy;
    await cluster.apply(waiting);
    expect(await strategy()).toEqual({ type: 'Recreate' });
    await cluster.apply(overlapping);
    expect(await strategy()).toEqual({ type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } });
    await cluster.apply(waiting);
    expect(await strategy()).toEqual({ type: 'Recreate' });
  });

  test('would fight over a number that others had on the way back without the flag', async () => {
    await cluster.apply(build({ ...ha, namespace: 'fights', proxy: { replicas: 5 } }));
    await cluster.inNamespace('fights', ['scale', ...PROXY, '--replicas=6']);
    await cluster.apply(build({ ...ha, namespace: 'fights' }));
    await autoscale('fights', 4);
    const { code, stderr } = await cluster.tryToApply(build({ ...small, namespace: 'fights' }));
    expect(code).toBe(1);
    expect(stderr).toContain('conflict with "kube-controller-manager" with subresource "scale"');
  });

  test('loses nothing that it deletes on the way back but still wants', async () => {
    const several: StackInput = {
      ...small,
      namespace: 'several',
      proxy: { replicas: 3, credentials: { mode: 'pool' } },
    };
    await cluster.apply(build(several));
    const before = [...(await cluster.objects('several')).keys()];
    await removeReplicated('several');
    expect((await cluster.objects('several')).size).toBeLessThan(before.length);
    await cluster.apply(build(several));
    expect([...(await cluster.objects('several')).keys()].toSorted()).toEqual(before.toSorted());
  });

  test('hands a fixed number over to the autoscaler after it was scaled by hand', async () => {
    const fixed = (namespace: string) => build({ ...ha, namespace, proxy: { replicas: 5 } });
    await cluster.apply(fixed('falls'));
    await cluster.apply(build({ ...ha, namespace: 'falls' }));
    expect(await replicas('falls')).toBe(1);

    await cluster.apply(fixed('handed'));
    await cluster.inNamespace('handed', ['scale', ...PROXY, '--replicas=6']);
    await cluster.apply(build({ ...ha, namespace: 'handed' }));
    expect(await replicas('handed')).toBe(6);
  });
});

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { LOG_METADATA_FIELDS, LOG_STREAM_LABELS } from '#catalog';
import type { StackInput } from '#config';
import { describePeers, run } from '../peers/peer.ts';
import { build } from './sample.ts';

const SEVERAL: StackInput = { alloy: { replicas: 2 } };

const configOf = (settings: StackInput = {}): string => build(settings).configFiles['config.alloy'] ?? '';
const podOf = (settings: StackInput = {}) => build(settings).find('StatefulSet', 'alloy').spec.template.spec;

describe('config.alloy', () => {
  test('discovers the pods of the stack in its own namespace and no others', () => {
    const config = configOf({ namespace: 'observability' });
    expect(config).toContain('names = ["observability"]');
    expect(config).toContain('label = "app.kubernetes.io/part-of=tidewatch"');
  });

  test('gives streams the labels of the catalog and no others', () => {
    const [, kept = ''] = /stage\.label_keep \{\s+values = (\[.*\])/.exec(configOf()) ?? [];
    expect(JSON.parse(kept)).toEqual(LOG_STREAM_LABELS);
  });

  test('extracts the fields of the catalog from the proxy’s lines', () => {
    const [, taken = ''] = /stage\.structured_metadata \{\s+values = \{([^}]*)\}/.exec(configOf()) ?? [];
    expect([...taken.matchAll(/(\w+)\s+= ""/g)].map(([, name]) => name)).toEqual(LOG_METADATA_FIELDS);
  });

  test('gives a line the same timestamp whenever it is read', () => {
    expect(configOf()).toMatch(/action_on_failure\s+= "skip"/);
    expect(configOf()).toMatch(/action_on_duplicate_timestamp = "keep"/);
  });

  test('retries without limit', () => {
    expect(configOf()).toMatch(/max_backoff_retries = 0\n/);
  });

  test('refers to existing components only', () => {
    for (const settings of [{}, SEVERAL]) {
      const config = configOf(settings);
      const components = [...config.matchAll(/^([\w.]+) "(\w+)" \{$/gm)].map(([, type, label]) => `${type}.${label}`);
      const references = [...config.matchAll(/\[?((?:discovery|loki)\.[\w.]+)\.(?:targets|output|receiver)\b/g)];
      expect(references).toHaveLength(4);
      for (const [, component] of references) expect(components).toContain(component);
    }
  });

  test('is clustered with several replicas only', () => {
    expect(configOf(SEVERAL)).toContain('clustering {\n\t\tenabled = true\n\t}');
    expect(configOf()).not.toContain('clustering');
  });
});

describe('the pod of Alloy', () => {
  test('mounts nothing of the node and writes to its volume only', () => {
    const { volumes, containers, automountServiceAccountToken } = podOf();
    expect(
      volumes.flatMap((volume: object) => Object.keys(volume)).filter((key: string) => key === 'hostPath'),
    ).toEqual([]);
    expect(containers[0].args).toContain('--storage.path=/var/lib/alloy/data');
    expect(containers[0].volumeMounts).toContainEqual({ name: 'storage', mountPath: '/var/lib/alloy/data' });
    expect(automountServiceAccountToken).toBe(true);
  });

  test('reports no usage, and serves neither profiles nor support bundles', () => {
    expect(podOf().containers[0].args).toEqual(
      expect.arrayContaining([
        '--disable-reporting',
        '--server.http.enable-pprof=false',
        '--server.http.disable-support-bundle',
        '--stability.level=generally-available',
      ]),
    );
  });

  test('may read pods and their logs in its namespace, and nothing else', () => {
    const { find, all } = build();
    expect(find('Role', 'alloy').rules).toEqual([
      { apiGroups: [''], resources: ['pods'], verbs: ['get', 'list', 'watch'] },
      { apiGroups: [''], resources: ['pods/log'], verbs: ['get'] },
    ]);
    expect(all.filter(({ kind }) => kind.startsWith('ClusterRole'))).toEqual([]);
  });

  test('several replicas join by name and address', () => {
    const [{ args, env }] = podOf(SEVERAL).containers;
    expect(args).toEqual(
      expect.arrayContaining([
        '--cluster.enabled=true',
        '--cluster.node-name=$(ALLOY_POD_NAME)',
        '--cluster.advertise-address=$(ALLOY_POD_ADDRESS)',
        '--cluster.join-addresses=alloy-pods:12345',
      ]),
    );
    const variables = env.map(({ name }: { name: string }) => name);
    expect(variables).toEqual(expect.arrayContaining(['ALLOY_POD_NAME', 'ALLOY_POD_ADDRESS']));
    expect(podOf().containers[0].args.join(' ')).not.toContain('--cluster');
  });
});

describePeers(['alloy'], 'the parser and the components of Alloy', () => {
  const judged = async (text: string) => {
    const folder = await mkdtemp(join(tmpdir(), 'tidewatch-alloy-'));
    const file = join(folder, 'config.alloy');
    await writeFile(file, text);
    const valid = await run('alloy', ['validate', file]);
    const formatted = await run('alloy', ['fmt', '--test', file]);
    await rm(folder, { recursive: true });
    return { valid, formatted };
  };

  test.each<[string, StackInput]>([
    ['one', {}],
    ['several', SEVERAL],
  ])('accept the configuration of %s, and its format', async (_, settings) => {
    const { valid, formatted } = await judged(configOf(settings));
    expect(valid).toMatchObject({ code: 0, stderr: '' });
    expect(formatted).toMatchObject({ code: 0, stderr: '' });
  });

  test('rejects an unknown attribute and an unresolved reference', async () => {
    const unknown = await judged(configOf().replace('remote_timeout', 'remote_timeouts'));
    expect(unknown.valid.stderr).toContain('remote_timeouts');
    expect(unknown.valid.code).toBe(1);
    const astray = await judged(configOf().replace('loki.write.loki.receiver', 'loki.write.nobody.receiver'));
    expect(astray.valid.code).toBe(1);
  });
});

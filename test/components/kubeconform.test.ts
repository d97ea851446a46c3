import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import type { StackInput } from '#config';
import { synthesize } from '../../src/synth.ts';
import { describePeers, requirePeer, run } from '../peers/peer.ts';
import { SCHEMAS, type SchemaName } from '../peers/schemas.ts';
import { type TemporaryFolder, temporaryFolder } from '../peers/temporary-folder.ts';
import { customSchemas, kubernetesSchemas, SCHEMA_TEMPLATE } from '../support/strict-schema.ts';

/** From the oldest Kubernetes that the stack promises to run on to the newest. */
const VERSIONS = ['kubernetes-1.28', 'kubernetes-1.33', 'kubernetes-1.36'] as const satisfies readonly SchemaName[];

const EXPOSED = { rootUrl: 'https://grafana.example.com' } as const;

/** Configurations that together emit every kind of object. */
const CONFIGURATIONS: readonly [title: string, config: StackInput][] = [
  ['the defaults', {}],
  ['several proxies with a pool of credentials', { proxy: { replicas: 3, credentials: { mode: 'pool' } } }],
  [
    'the profile ha',
    {
      profile: 'ha',
      prometheus: { volumeStats: true },
      loki: { objectStorage: { endpoint: 's3.example.com', bucket: 'logs' } },
    },
  ],
  ['Grafana behind an Ingress', { grafana: { ...EXPOSED, exposure: { kind: 'ingress', tlsSecret: 'grafana-tls' } } }],
  [
    'Grafana behind a Gateway',
    {
      grafana: {
        ...EXPOSED,
        exposure: { kind: 'gateway', gateway: 'public', gatewayNamespace: 'gateways', listener: 'https' },
      },
    },
  ],
];

/** The kinds that the stack emits. */
const KINDS = [
  'ClusterRole',
  'ClusterRoleBinding',
  'ConfigMap',
  'Deployment',
  'HTTPRoute',
  'HorizontalPodAutoscaler',
  'Ingress',
  'Namespace',
  'NetworkPolicy',
  'PersistentVolumeClaim',
  'PodDisruptionBudget',
  'Role',
  'RoleBinding',
  'Service',
  'ServiceAccount',
  'StatefulSet',
];

/** What kubeconform says of a text with manifests. */
interface Verdict {
  readonly summary: { readonly valid: number; readonly invalid: number; readonly errors: number };
  readonly resources: readonly { readonly kind: string; readonly name: string; readonly msg: string }[];
}

let scratch: TemporaryFolder;

const write = async (folder: string, files: ReadonlyMap<string, string>): Promise<void> => {
  await mkdir(folder, { recursive: true });
  for (const [name, text] of files) await writeFile(join(folder, name), text);
};

const judge = async (version: SchemaName, manifests: string): Promise<Verdict> => {
  const location = join(scratch.path, version, SCHEMA_TEMPLATE);
  const args = ['-strict', '-summary', '-output', 'json', '-schema-location', location, '-'];
  const { stdout, stderr } = await run('kubeconform', args, { input: manifests });
  if (stdout === '') throw new Error(`kubeconform said nothing: ${stderr}`);
  return JSON.parse(stdout);
};

const filesOfConfig = (config: StackInput): ReadonlyMap<string, string> =>
  new Map([...synthesize({ config }).files].filter(([path]) => path.endsWith('.k8s.yaml')));

const manifestsOf = (files: ReadonlyMap<string, string>): string => [...files.values()].join('---\n');

const STACKS = CONFIGURATIONS.map(([title, config]) => [title, filesOfConfig(config)] as const);

/** The proxy's file with the defaults, in which a mistake is planted. */
const planted = (right: string, wrong: string): string =>
  (STACKS[0]?.[1].get('10-proxy.k8s.yaml') ?? '').replace(right, wrong);

const object = (apiVersion: string, kind: string, rest: object): string =>
  stringify({ apiVersion, kind, metadata: { name: 'sample', namespace: 'tidewatch' }, ...rest });

test('the configurations emit every kind of object', () => {
  const kinds = STACKS.flatMap(([, files]) => manifestsOf(files).match(/^kind: \w+$/gm) ?? []);
  expect(kinds).toEqual(expect.arrayContaining(KINDS.map((kind) => `kind: ${kind}`)));
});

describePeers(['kubeconform', ...VERSIONS, 'http-route'], 'kubeconform -strict', () => {
  beforeAll(async () => {
    scratch = await temporaryFolder('kubeconform');
    const httpRoute = customSchemas(await readFile(requirePeer('http-route'), 'utf8'));
    for (const version of VERSIONS) {
      await write(join(scratch.path, version), kubernetesSchemas(await readFile(requirePeer(version), 'utf8')));
      await write(join(scratch.path, version), httpRoute);
    }
  });

  afterAll(() => scratch?.remove());

  describe.each(VERSIONS.map((name) => [SCHEMAS[name].version, name] as const))('of Kubernetes %s', (_, version) => {
    test.each(STACKS)('admits every manifest of %s', async (_title, files) => {
      const manifests = manifestsOf(files);
      const { summary, resources } = await judge(version, manifests);
      expect(resources).toEqual([]);
      expect(summary).toEqual({ valid: manifests.split(/^---$/m).length, invalid: 0, errors: 0, skipped: 0 });
    });

    test.each([
      [
        'an amount and a port as numbers or as texts',
        object('v1', 'Pod', {
          spec: {
            containers: [
              {
                name: 'x',
                resources: { limits: { cpu: 1, memory: '1Gi' } },
                livenessProbe: { httpGet: { port: 'http' } },
                readinessProbe: { httpGet: { port: 80 } },
              },
            ],
          },
        }),
      ],
      [
        'a route',
        object('gateway.networking.k8s.io/v1', 'HTTPRoute', {
          spec: { hostnames: ['grafana.example.com'], rules: [{ backendRefs: [{ name: 'grafana', port: 3000 }] }] },
        }),
      ],
    ])('admits %s', async (_title, manifest) => {
      expect(await judge(version, manifest)).toMatchObject({ summary: { valid: 1 }, resources: [] });
    });

    test.each([
      [
        'a field that does not exist',
        planted('spec:\n  replicas: 1', 'spec:\n  replica: 1'),
        "additional properties 'replica' not allowed",
      ],
      [
        'a misspelt field of metadata',
        planted('metadata:\n  labels:', 'metadata:\n  lables:'),
        "additional properties 'lables' not allowed",
      ],
      ['a text in the place of a number', planted('replicas: 1', 'replicas: one'), 'got string, want integer'],
      ['a field that is null', planted('replicas: 1', 'replicas: null'), 'got null, want integer'],
      [
        'an API version that was removed in 1.25',
        object('policy/v1beta1', 'PodDisruptionBudget', {}),
        'could not find schema for PodDisruptionBudget',
      ],
      [
        'an API version that was removed in 1.26',
        object('autoscaling/v2beta2', 'HorizontalPodAutoscaler', {}),
        'could not find schema for HorizontalPodAutoscaler',
      ],
      [
        'a wrong field deep in a route',
        object('gateway.networking.k8s.io/v1', 'HTTPRoute', {
          spec: { rules: [{ backendRefs: [{ name: 'grafana', prot: 3000 }] }] },
        }),
        "additional properties 'prot' not allowed",
      ],
      [
        "a misspelt field of a route's metadata",
        object('gateway.networking.k8s.io/v1', 'HTTPRoute', { metadata: { name: 'x', lables: {} } }),
        "additional properties 'lables' not allowed",
      ],
    ])('refuses %s', async (_title, manifests, message) => {
      const { summary, resources } = await judge(version, manifests);
      expect(summary.invalid + summary.errors).toBe(1);
      expect(resources).toMatchObject([{ msg: expect.stringContaining(message) }]);
    });
  });
});

import { ApiObject, App } from 'cdk8s';
import { describe, expect, test } from 'vitest';
import { checkManifests, type ManifestContext, type ManifestObject, manifestWarnings } from '#checks';
import { buildCharts } from '#components';
import { parseConfig, type StackConfig, type StackInput } from '#config';
import { ownSecrets, randomSecrets } from '../../../src/cli/secret-manifests.ts';
import { CONTENT } from '../../components/sample.ts';

const IMAGE = 'ghcr.io/example/anthropic-proxy:1.2.3';
const EXPOSED = { rootUrl: 'https://grafana.example.com' } as const;

const CONFIGURATIONS: readonly (readonly [title: string, input: StackInput])[] = [
  ['the defaults', {}],
  ['several proxies with a pool of credentials', { proxy: { replicas: 3, credentials: { mode: 'pool' } } }],
  ['an image of the proxy', { proxy: { image: IMAGE }, imagePullSecrets: ['registry'] }],
  ['ids that the cluster chooses', { podIdentity: 'platform' }],
  ['images of a mirror', { imageRegistry: 'registry.example.com:5000/mirror' }],
  ['the profile ha', { profile: 'ha', loki: { objectStorage: { endpoint: 's3.example.com', bucket: 'logs' } } }],
  [
    'a database, and the use of volumes',
    { grafana: { database: { host: 'postgres.example.com:5432' } }, prometheus: { volumeStats: true } },
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

const objectsOf = (config: StackConfig): readonly ManifestObject[] => {
  const app = new App();
  buildCharts(app, config, CONTENT);
  return app.node
    .findAll()
    .filter((construct) => ApiObject.isApiObject(construct))
    .map((object) => ({
      path: object.node.path,
      file: `${object.chart.node.id}.k8s.yaml`,
      object: object.toJson(),
    }));
};

/** The Secrets that the user is asked to create, and the images that the configuration sets. */
const contextOf = (config: StackConfig): ManifestContext => ({
  secrets: [
    ...randomSecrets(config).map(({ metadata }) => metadata.name),
    ...ownSecrets(config).map(({ name }) => name),
  ],
  ownImages: [config.proxy.image, ...Object.values(config.images)].filter((image) => image !== undefined),
  podIdentity: config.podIdentity,
});

describe.each(CONFIGURATIONS)('%s', (_title, input) => {
  const config = parseConfig(input, { alerts: [] });
  const objects = objectsOf(config);
  const context = contextOf(config);

  test('passes every check of manifests', () => {
    expect(objects.length).toBeGreaterThan(20);
    expect(checkManifests(objects, context)).toEqual([]);
  });

  test('warns of images that are set by tag alone', () => {
    const warned = manifestWarnings(objects, context).map(({ problem }) => problem);
    expect(warned).toEqual(config.proxy.image === undefined ? [] : [`image "${IMAGE}" has no digest`]);
  });

  test('is checked in less than 20 ms', () => {
    const times = Array.from({ length: 5 }, () => {
      const start = performance.now();
      checkManifests(objects, context);
      return performance.now() - start;
    });
    expect(Math.min(...times)).toBeLessThan(20);
  });
});

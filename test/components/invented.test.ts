import { ApiObject, App } from 'cdk8s';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { checkManifests } from '#checks';
import {
  buildCharts,
  COMPONENTS,
  type Component,
  component,
  edgesOf,
  imageFindings,
  tcp,
  withoutDigest,
} from '#components';
import { parseConfig } from '#config';
import { ReplicatedServer } from '#constructs';
import { field, group, type Profile, resources } from '#settings';
import { networkPage } from '../../src/cli/docs/network-page.ts';
import { CONTENT, type Manifest } from './sample.ts';

/** All that a component takes: this object, which would be a folder, and the one line of the list below. */
const cache = component({
  key: 'cache',
  target: { job: 'response-cache', port: 9150, portName: 'metrics', metricsPath: '/metrics' },
  role: 'cache',
  manifest: '80-response-cache',
  image: {
    name: 'cache',
    repository: 'registry.example.com/response-cache',
    tag: '1.2.3',
    digest: null,
    testedVersion: '1.3.0',
  },
  ports: [{ name: 'http', port: 6379 }],
  settings: (profile: Profile) =>
    group({
      replicas: field.integer(1, 5).default(profile === 'ha' ? 2 : 1),
      resources: resources({ cpu: '10m', memory: '32Mi' }, { cpu: '100m', memory: '64Mi' }),
    }),
  edges: () => [{ from: 'anthropic-proxy', to: 'response-cache', ports: tcp(6379), why: 'looks up responses' }],
  files: ({ settings }) => ({ 'cache.conf': `replicas ${settings.replicas}\n` }),
  build: (chart, { settings, server }) => {
    const probe = { path: '/health', port: 'metrics' };
    const probes = { startup: probe, readiness: probe, liveness: probe };
    new ReplicatedServer(chart, 'Server', { ...server, uid: 1000, replicas: settings.replicas, probes });
  },
});

const WITH_CACHE: readonly Component[] = [...COMPONENTS, cache];

const build = (input: object) => {
  const app = new App();
  const config = parseConfig(input, { alerts: [] }, WITH_CACHE);
  const files = buildCharts(app, config, CONTENT, WITH_CACHE);
  const objects = app.node.findAll().filter((construct) => ApiObject.isApiObject(construct));
  const manifests = objects.map((object) => ({
    path: object.node.path,
    file: `${object.chart.node.id}.k8s.yaml`,
    object: object.toJson(),
  }));
  const find = (kind: string, name: string): Manifest | undefined =>
    manifests
      .map(({ object }) => object as Manifest)
      .find((object) => object.kind === kind && object.metadata.name === name);
  return { config, files, manifests, find };
};

const built = build({});

test('an invented component gets a manifest with its image, ports and resources', () => {
  const inManifest = built.manifests.filter(({ file }) => file === '80-response-cache.k8s.yaml');
  expect(inManifest.map(({ object }) => object.kind)).toEqual(['ServiceAccount', 'Service', 'Deployment']);
  const { template } = built.find('Deployment', 'response-cache')?.spec ?? {};
  expect(template.metadata.labels).toMatchObject({
    'app.kubernetes.io/name': 'response-cache',
    'app.kubernetes.io/component': 'cache',
    'app.kubernetes.io/version': '1.2.3',
  });
  expect(template.spec.containers[0]).toMatchObject({
    image: 'registry.example.com/response-cache:1.2.3',
    ports: [{ containerPort: 6379 }, { containerPort: 9150 }],
    resources: { requests: { memory: '32Mi' } },
  });
});

test('its edges become policies at both ends, and it may be named in network.extra', () => {
  const extra = { component: 'response-cache', direction: 'from', namespace: 'team', ports: [6379] };
  const { find } = build({ network: { extra: [extra] } });
  const own = find('NetworkPolicy', 'response-cache')?.spec.ingress;
  expect(own.map(({ ports }: { ports: { port: number }[] }) => ports.map(({ port }) => port))).toEqual([
    [9150],
    [6379],
    [6379],
  ]);
  const { egress } = find('NetworkPolicy', 'anthropic-proxy')?.spec ?? {};
  const selector = { matchLabels: expect.objectContaining({ 'app.kubernetes.io/name': 'response-cache' }) };
  expect(egress).toContainEqual({ to: [{ podSelector: selector }], ports: [{ port: 6379, protocol: 'TCP' }] });
});

test('it is scraped, and its file is among the configuration files', () => {
  const { scrape_configs: scrapes } = parse(built.files['prometheus.yml'] ?? '');
  const scrape = scrapes.find(({ job_name }: { job_name: string }) => job_name === 'response-cache');
  expect(scrape.relabel_configs[0].regex).toBe('response-cache;metrics');
  expect(built.files['cache.conf']).toBe('replicas 1\n');
});

test('its settings are checked and filled in like those of the others', () => {
  const ha = { profile: 'ha', loki: { objectStorage: { endpoint: 's3.example.com', bucket: 'logs' } } };
  expect(build(ha).find('Deployment', 'response-cache')?.spec.replicas).toBe(2);
  expect(() => build({ cache: { replicas: 9 } })).toThrow('cache.replicas');
});

test('its image is compared with the tested version, and named while it has no digest', () => {
  expect(imageFindings(built.config, WITH_CACHE).map(({ kind, path }) => [kind, path])).toContainEqual([
    'older',
    'images.cache',
  ]);
  expect(withoutDigest(WITH_CACHE)).toContain('registry.example.com/response-cache:1.2.3');
});

test('the page of the network shows its edges', () => {
  const page = networkPage(WITH_CACHE);
  expect(page).toContain('| `anthropic-proxy` | `response-cache` | 6379 TCP | looks up responses | always |');
  expect(page).toContain('| `prometheus` | `response-cache` | 9150 TCP | scrapes its metrics | always |');
});

test('the checks of manifests pass', () => {
  expect(checkManifests(built.manifests, { ownImages: ['registry.example.com/response-cache:1.2.3'] })).toEqual([]);
});

test('without its line in the list nothing of it is there', () => {
  const config = parseConfig({}, { alerts: [] });
  expect(edgesOf(config).filter(({ from, to }) => [from, to].includes('response-cache'))).toEqual([]);
  expect(() => parseConfig({ cache: {} }, { alerts: [] })).toThrow('cache');
});

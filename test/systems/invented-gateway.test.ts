import { readdirSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { alertsOf, ruleFiles } from '#alerts';
import type { StackInput } from '#config';
import { pagesOf } from '../../src/cli/docs/pages.ts';
import { stack } from '../../src/stack.ts';
import { filesOf, type ObservedSystem, SYSTEMS, synthesize } from '../../src/synth.ts';
import { describePeers, run } from '../peers/peer.ts';
import { type TemporaryFolder, temporaryFolder } from '../peers/temporary-folder.ts';
import { type AlertCase, checksAt, constant, ruleTest, series } from '../support/promtool.ts';
import { harborAlerts } from './invented-gateway/alerts.ts';
import { harbor, metrics } from './invented-gateway/catalog.ts';
import { harborDashboard } from './invented-gateway/dashboard.ts';

const OURS = readdirSync(resolve(import.meta.dirname, '../../alerts/runbooks')).map((page) => page.replace('.md', ''));
const RUNBOOKS = [...OURS, 'HarborFailedShareHigh', 'HarborQueueLong'];

/** The list of `src/systems.ts` with the one line that a gateway takes. */
const systems: readonly ObservedSystem[] = [
  ...SYSTEMS,
  { system: harbor, dashboards: [harborDashboard], alerts: harborAlerts },
];

type Targets = NonNullable<NonNullable<StackInput['systems']>[string]>;

const synth = (targets?: Targets) =>
  filesOf(
    synthesize({
      config: targets === undefined ? stack : { ...stack, systems: { harbor: targets } },
      systems,
      runbooks: RUNBOOKS,
    }),
  );

const IN_NAMESPACE = { namespace: 'llm', podLabels: { app: 'harbor' }, port: 9090 } as const;

type ApiObject = { readonly kind: string; readonly metadata: { readonly name: string; readonly namespace?: string } };

const objectsOf = (files: ReadonlyMap<string, string>): readonly ApiObject[] =>
  [...files].flatMap(([path, text]) =>
    path.endsWith('.k8s.yaml')
      ? text
          .split(/^---$/m)
          .filter((part) => part.trim() !== '')
          .map((part) => parse(part) as ApiObject)
      : [],
  );

const scrapeJobs = (files: ReadonlyMap<string, string>): readonly { readonly job_name: string }[] =>
  (parse(files.get('config/prometheus.yml') ?? '') as { scrape_configs: { job_name: string }[] }).scrape_configs;

describe('a gateway of somebody else', () => {
  test('takes at most 150 lines', () => {
    const folder = join(import.meta.dirname, 'invented-gateway');
    const lines = readdirSync(folder).flatMap((file) => readFileSync(join(folder, file), 'utf8').trimEnd().split('\n'));
    expect(lines.length).toBeLessThanOrEqual(150);
  });

  const off = synth();
  const on = synth(IN_NAMESPACE);

  test('is nowhere while it is switched off', () => {
    expect([...off].filter(([, text]) => /harbor/i.test(text))).toEqual([]);
    expect([...off]).toEqual([...filesOf(synthesize({ config: stack }))]);
  });

  test('gets a scrape job in its namespace', () => {
    expect(scrapeJobs(on).find(({ job_name }) => job_name === 'harbor')).toEqual({
      job_name: 'harbor',
      metrics_path: '/metrics',
      scheme: 'http',
      kubernetes_sd_configs: [
        { role: 'pod', namespaces: { names: ['llm'] }, selectors: [{ role: 'pod', label: 'app=harbor' }] },
      ],
      relabel_configs: [
        { action: 'keep', source_labels: ['__meta_kubernetes_pod_container_port_number'], regex: '9090' },
        { action: 'drop', source_labels: ['__meta_kubernetes_pod_phase'], regex: 'Failed|Succeeded' },
        { action: 'replace', source_labels: ['__meta_kubernetes_pod_name'], target_label: 'instance' },
      ],
    });
  });

  test('gets its dashboard with the lines of its alerts, its rules and its documentation', () => {
    expect(on.get('dashboards/harbor.json')).toContain('HarborFailedShareHigh (page) fires above 5 over 5m.');
    expect(on.get('alerts/harbor.yaml')).toContain('alert: HarborQueueLong');
    const pages = pagesOf(systems);
    expect(pages['docs/metrics.md'] ?? pages['metrics.md']).toContain('| `harbor_calls_total` |');
    expect(pages['docs/alerts.md'] ?? pages['alerts.md']).toContain('### HarborFailedShareHigh');
    expect(pages['docs/dashboards.md'] ?? pages['dashboards.md']).toContain('## Harbor gateway');
  });

  test('gets no object of ours but the permission to discover its pods', () => {
    const keys = (files: ReadonlyMap<string, string>) =>
      objectsOf(files).map(({ kind, metadata: { namespace = '', name } }) => `${kind} ${namespace}/${name}`);
    const known = new Set(keys(off));
    expect(keys(on).filter((key) => !known.has(key) && !key.includes('harbor'))).toEqual([
      'Role llm/tidewatch-prometheus',
      'RoleBinding llm/tidewatch-prometheus',
    ]);
  });

  test('opens the way from Prometheus to its pods at its port, and nothing else', () => {
    const policies = (files: ReadonlyMap<string, string>) =>
      objectsOf(files).filter(({ kind }) => kind === 'NetworkPolicy');
    const before = new Map(policies(off).map((policy) => [policy.metadata.name, JSON.stringify(policy)]));
    const changed = policies(on).filter((policy) => before.get(policy.metadata.name) !== JSON.stringify(policy));
    expect(changed.map(({ metadata: { name } }) => name)).toEqual(['prometheus']);
    expect(changed[0]).toMatchObject({
      spec: {
        egress: expect.arrayContaining([
          {
            to: [
              {
                namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'llm' } },
                podSelector: { matchLabels: { app: 'harbor' } },
              },
            ],
            ports: [{ port: 9090, protocol: 'TCP' }],
          },
        ]),
      },
    });
  });

  test('has no alert of our components, and no image', () => {
    expect(on.get('alerts/targets.yaml')).toBe(off.get('alerts/targets.yaml'));
    const images = (files: ReadonlyMap<string, string>) => [...files.values()].join('\n').match(/image: \S+/g);
    expect(images(on)).toEqual(images(off));
  });

  test('is found at addresses as well, IPv6 among them', () => {
    const files = synth({
      addresses: ['192.0.2.7:9090', '[2001:db8::7]:9100'],
      metricsPath: '/admin/metrics',
      scheme: 'https',
    });
    expect(scrapeJobs(files).find(({ job_name }) => job_name === 'harbor')).toEqual({
      job_name: 'harbor',
      metrics_path: '/admin/metrics',
      scheme: 'https',
      static_configs: [{ targets: ['192.0.2.7:9090', '[2001:db8::7]:9100'] }],
    });
    const policies = JSON.stringify(objectsOf(files).filter(({ kind }) => kind === 'NetworkPolicy'));
    expect(policies).toContain('192.0.2.7/32');
    expect(policies).toContain('2001:db8::7/128');
  });

  test('gets no scrape job where its metrics are there already', () => {
    const files = synth({ scrapedAs: 'harbor-gateway' });
    expect(files.get('config/prometheus.yml')).toBe(off.get('config/prometheus.yml'));
    expect(files.has('dashboards/harbor.json')).toBe(true);
  });
});

describe('wrong settings of systems are rejected', () => {
  test.each<[string, Record<string, unknown>, string]>([
    [
      'an unknown name',
      { habor: IN_NAMESPACE },
      "systems.habor: must name a system that this stack does not deploy; received 'habor'; did you mean 'harbor'?",
    ],
    [
      'two ways at once',
      { harbor: { ...IN_NAMESPACE, scrapedAs: 'x' } },
      'systems.harbor: must be found in exactly one way',
    ],
    ['pods without a port', { harbor: { namespace: 'llm' } }, 'systems.harbor: must be found in exactly one way'],
    ['an address without a port', { harbor: { addresses: ['192.0.2.7'] } }, 'must be a host and a port'],
    [
      'one of ours',
      { 'anthropic-proxy': IN_NAMESPACE },
      'systems.anthropic-proxy: must name a system that this stack does not deploy',
    ],
  ])('%s', (_, given, message) => {
    const config = { ...stack, systems: given } as unknown as StackInput;
    expect(() => synthesize({ config, systems, runbooks: RUNBOOKS })).toThrow(message);
  });
});

const target = { job: 'harbor', instance: 'harbor-0' };

const calls = (ok: string, failed: string) => [
  series(metrics.calls, { ...target, result: 'ok' }, ok),
  series(metrics.calls, { ...target, result: 'failed' }, failed),
];

const CASES: Readonly<Record<string, readonly AlertCase[]>> = {
  HarborFailedShareHigh: [
    {
      title: 'fires when one call in ten fails',
      series: calls('0+90x60', '0+10x60'),
      checks: [
        { at: 240, fires: [] },
        { at: 900, fires: [{ labels: { job: 'harbor' } }] },
      ],
    },
    {
      title: 'is silent when one call in a hundred fails',
      series: calls('0+99x60', '0+1x60'),
      checks: [{ at: 1800, fires: [] }],
    },
  ],
  HarborQueueLong: [
    {
      title: 'fires when the queue stays long',
      series: [series(metrics.queued, target, constant(60))],
      checks: [{ at: 1200, fires: [{ labels: { job: 'harbor' } }] }],
    },
    {
      title: 'is silent when it is short',
      series: [series(metrics.queued, target, constant(40))],
      checks: [{ at: 1800, fires: [] }],
    },
  ],
};

describePeers(['promtool'], 'the alerts of the gateway, in Prometheus', () => {
  let folder: TemporaryFolder;
  beforeAll(async () => {
    folder = await temporaryFolder('harbor');
  });
  afterAll(() => folder.remove());

  const table = alertsOf(harborAlerts).flatMap((alert) =>
    (CASES[alert.name] ?? []).map((story) => [alert.name, story.title, { alert, story }] as const),
  );

  test('have cases that fire and cases that do not', () => {
    expect(Object.keys(CASES)).toEqual(alertsOf(harborAlerts).map(({ name }) => name));
    expect(table.flatMap(([, , { story }]) => checksAt(story, 'labels'))).not.toEqual([]);
  });

  test.each(table)('%s %s', async (name, title, { alert, story }) => {
    const groups = ruleFiles(harborAlerts)
      .flatMap(({ content }) => content.groups)
      .map(({ rules, ...group }) => ({ ...group, rules: rules.map((rule) => ({ ...rule, annotations: {} })) }));
    const rules = join(folder.path, 'harbor.rules.yaml');
    await writeFile(rules, stringify({ groups }));
    const subject = { alertname: alert.name, severity: alert.severity };
    const path = join(folder.path, `${name}-${title.length}.yaml`);
    await writeFile(path, stringify(ruleTest(subject, story, { rules, depth: 'labels' })));
    const { code, stdout, stderr } = await run('promtool', ['test', 'rules', path]);
    expect(code === 0 ? '' : `${stdout}${stderr}`).toBe('');
  });
});

import { mkdir, mkdtemp, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { StackInput } from '#config';
import { describePeers, run } from '../peers/peer.ts';
import { startPrometheus } from '../peers/prometheus.ts';
import { build, HA } from './sample.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidewatch-prometheus-'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

const written = async (settings: StackInput): Promise<string> => {
  const path = join(folder, 'prometheus.yml');
  await writeFile(path, build(settings).configFiles['prometheus.yml'] ?? '');
  return path;
};

describePeers(['promtool'], 'promtool', () => {
  test.each<[string, StackInput]>([
    ['the defaults', {}],
    [
      'everything set',
      {
        prometheus: {
          retention: '90d',
          retentionSize: '18GB',
          scrapeInterval: '5s',
          evaluationInterval: '1m',
          externalLabels: { cluster: 'eu', switch: 'on', number: '012' },
          remoteWrite: [
            { url: 'https://a.example.com/push', name: 'a', username: 'u', passwordKey: 'p' },
            { url: 'https://c.example.com/push?prometheus_server=eu-1&x=%20', name: 'c' },
            { url: 'http://[2001:db8::7]:9009/push' },
            { url: 'https://b.example.com/push', bearerTokenKey: 't', headers: { 'X-Scope-OrgID': 'team' } },
          ],
        },
      },
    ],
    ['the profile ha', HA],
    ['replicas as Mimir tells them apart', { ...HA, prometheus: { replicaLabel: '__replica__' } }],
  ])('accepts prometheus.yml with %s', async (_, settings) => {
    const { code, stderr } = await run('promtool', ['check', 'config', '--lint=all', await written(settings)], {
      env: { POD_NAME: 'prometheus-0' },
    });
    expect(stderr).toBe('');
    expect(code).toBe(0);
  });
});

/** Puts a file where the kubelet puts that of a ConfigMap: behind a link that is replaced as a whole. */
const mount = async (rules: string, version: string, text: string): Promise<void> => {
  const data = join(rules, `..${version}`);
  await mkdir(data, { recursive: true });
  await writeFile(join(data, 'sample.yaml'), text);
  await symlink(`..${version}`, join(rules, '..next'));
  await rename(join(rules, '..next'), join(rules, '..data'));
};

const ruleFile = (name: string): string => `groups: [{ name: g, rules: [{ record: ${name}, expr: vector(1) }] }]\n`;

describePeers(['prometheus'], 'a running Prometheus', () => {
  test('takes a changed rule from its mounted ConfigMap without a restart', async () => {
    const rules = join(folder, 'rules');
    await mkdir(rules);
    await mount(rules, 'first', ruleFile('job:first:sum'));
    await symlink('..data/sample.yaml', join(rules, 'sample.yaml'));
    const configFile = await written({ prometheus: { evaluationInterval: '1s' } });
    const text = await readFile(configFile, 'utf8');
    const local = text.replace('/etc/prometheus/rules', rules).replace(/scrape_configs:[\s\S]*/, '');
    await writeFile(configFile, local);
    const flags = build()
      .find('StatefulSet', 'prometheus')
      .spec.template.spec.containers[0].args.filter((flag: string) => flag === '--config.auto-reload');
    const prometheus = await startPrometheus({ configFile, flags: [...flags, '--config.auto-reload-interval=1s'] });
    try {
      const names = async () => (await prometheus.query('{__name__=~"job:.*"}')).map(({ labels }) => labels.__name__);
      await expect.poll(names, { timeout: 15_000 }).toEqual(['job:first:sum']);
      await mount(rules, 'second', ruleFile('job:second:sum'));
      await expect.poll(names, { timeout: 15_000 }).toContain('job:second:sum');
    } finally {
      await prometheus.stop();
    }
  });
});

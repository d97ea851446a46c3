import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { blackbox } from '#catalog';
import type { StackInput } from '#config';
import { describePeers, requirePeer, run } from '../peers/peer.ts';
import { freePort, type RunningProcess, startProcess } from '../peers/process.ts';
import { type TemporaryFolder, temporaryFolder } from '../peers/temporary-folder.ts';
import { build } from './sample.ts';

interface ScrapeConfig {
  readonly job_name: string;
  readonly [key: string]: unknown;
}

const scrapeOf = (job: string, settings: StackInput = {}): ScrapeConfig | undefined =>
  (parse(build(settings).configFiles['prometheus.yml'] ?? '').scrape_configs as readonly ScrapeConfig[]).find(
    ({ job_name }) => job_name === job,
  );

describe('the scrape configuration of probes', () => {
  test('probes the health of the proxy and of Grafana, and the URLs of the configuration', () => {
    const urls = ['https://llm.example.com/health', 'http://llm.example.com/health'];
    expect(scrapeOf('probe', { blackbox: { urls } })?.static_configs).toEqual([
      {
        targets: [
          'http://anthropic-proxy:8080/health',
          'http://grafana:3000/api/health',
          'http://llm.example.com/health',
        ],
        labels: { __param_module: 'http_2xx' },
      },
      { targets: ['https://llm.example.com/health'], labels: { __param_module: 'https_2xx' } },
    ]);
  });

  test('scrapes the exporter, and labels each series with the URL', () => {
    expect(scrapeOf('probe')).toMatchObject({
      metrics_path: '/probe',
      relabel_configs: [
        { source_labels: ['__address__'], target_label: '__param_target' },
        { source_labels: ['__param_target'], target_label: 'instance' },
        { target_label: '__address__', replacement: 'blackbox-exporter:9115' },
      ],
    });
  });
});

describe('the scrape configuration of volumes', () => {
  const ON: StackInput = { namespace: 'observability', prometheus: { volumeStats: true } };

  test('exists only where it is configured, with access to the metrics of nodes', () => {
    expect(scrapeOf('kubelet')).toBeUndefined();
    expect(build().all.filter(({ kind }) => kind === 'ClusterRole')).toEqual([]);
    expect(build(ON).find('ClusterRole', 'observability-prometheus').rules).toEqual([
      { apiGroups: [''], resources: ['nodes'], verbs: ['get', 'list', 'watch'] },
      { apiGroups: [''], resources: ['nodes/metrics'], verbs: ['get'] },
    ]);
    expect(build(ON).find('ClusterRoleBinding', 'observability-prometheus').subjects).toEqual([
      { kind: 'ServiceAccount', name: 'prometheus', namespace: 'observability' },
    ]);
  });

  test('keeps the volumes of the namespace, and verifies the certificate', () => {
    const scrape = scrapeOf('kubelet', ON);
    expect(scrape?.tls_config).toEqual({
      ca_file: '/var/run/secrets/kubernetes.io/serviceaccount/ca.crt',
      insecure_skip_verify: false,
    });
    const { metric_relabel_configs: rules } = scrape as unknown as { metric_relabel_configs: [{ regex: string }] };
    const [{ regex }] = rules;
    const keeps = (value: string): boolean => new RegExp(`^(?:${regex})$`).test(value);
    expect(keeps('kubelet_volume_stats_available_bytes;observability')).toBe(true);
    expect(keeps('kubelet_volume_stats_inodes_free;observability')).toBe(true);
    expect(keeps('kubelet_volume_stats_available_bytes;other')).toBe(false);
    expect(keeps('kubelet_running_pods;observability')).toBe(false);
  });

  test('can skip verification where kubelets have self-signed certificates', () => {
    const off = { ...ON, prometheus: { volumeStats: true, verifyKubelets: false } };
    expect(scrapeOf('kubelet', off)?.tls_config).toMatchObject({ insecure_skip_verify: true });
  });
});

describePeers(['blackbox_exporter'], 'a blackbox exporter under the generated configuration', () => {
  let folder: TemporaryFolder;
  let exporter: RunningProcess;
  let file: string;
  let address: string;
  const server = createServer((request, response) => {
    response.writeHead(request.url === '/health' ? 200 : 503).end();
  });

  beforeAll(async () => {
    folder = await temporaryFolder('blackbox');
    file = join(folder.path, 'blackbox.yml');
    await writeFile(file, build().configFiles['blackbox.yml'] ?? '');
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    address = `127.0.0.1:${await freePort()}`;
    const { args } = build().find('Deployment', 'blackbox-exporter').spec.template.spec.containers[0];
    exporter = await startProcess({
      program: requirePeer('blackbox_exporter'),
      args: (args as readonly string[]).map((arg) =>
        arg.startsWith('--config.file=')
          ? `--config.file=${file}`
          : arg.replace(/^--web\.listen-address=.*/, `--web.listen-address=${address}`),
      ),
      readyUrl: `http://${address}/-/healthy`,
    });
  });

  afterAll(async () => {
    await exporter?.stop();
    server.close();
    await folder?.remove();
  });

  const metrics = async (path: string): Promise<string> => (await fetch(`http://${address}${path}`)).text();

  const probe = (path: string, module = 'http_2xx'): Promise<string> => {
    const target = `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`;
    return metrics(`/probe?${new URLSearchParams({ target, module })}`);
  };

  test('is accepted by its own check', async () => {
    const { code, stderr } = await run('blackbox_exporter', ['--config.check', `--config.file=${file}`]);
    expect(stderr).toContain('Config file is ok');
    expect(code).toBe(0);
  });

  test.each([
    ['/health', 'http_2xx', '1'],
    ['/elsewhere', 'http_2xx', '0'],
    ['/health', 'https_2xx', '0'],
  ])('%s by %s: %s', async (path, module, success) => {
    expect(await probe(path, module)).toMatch(new RegExp(`^${blackbox.success.name} ${success}$`, 'm'));
  });

  test('writes the series of the catalog', async () => {
    const written = `${await probe('/health')}\n${await metrics('/metrics')}`;
    // Certificates are reported only where there is one.
    const { certificateExpiry: _, ...plain } = blackbox;
    for (const { name } of Object.values(plain)) expect(written, name).toMatch(new RegExp(`^${name}[{ ]`, 'm'));
  });
});

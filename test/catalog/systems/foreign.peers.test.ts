import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { alertmanager, blackbox, loki, type Metric, prometheus } from '#catalog';
import { lokiConfiguration } from '../../peers/loki.ts';
import { describePeers, requirePeer, run } from '../../peers/peer.ts';
import { freePort, type RunningProcess, startProcess } from '../../peers/process.ts';
import { type RunningPrometheus, startPrometheus } from '../../peers/prometheus.ts';
import { startInFolder, type TemporaryFolder, temporaryFolder } from '../../peers/temporary-folder.ts';
import { differences, type Exposed, readExposition } from './exposition.ts';

const text = async (url: string): Promise<string> => (await fetch(url, { signal: AbortSignal.timeout(5_000) })).text();

const expositionOf = async (url: string): Promise<ReadonlyMap<string, Exposed>> =>
  readExposition(await text(`${url}/metrics`));

/** Asks again until something is there, for at most half a minute. */
const eventually = async (holds: () => Promise<boolean>): Promise<void> => {
  for (let tries = 0; tries < 60 && !(await holds()); tries += 1) await delay(500);
};

const all = (metrics: Readonly<Record<string, Metric>>): readonly Metric[] => Object.values(metrics);

const told = (metrics: readonly Metric[], exposed: ReadonlyMap<string, Exposed>): readonly string[] =>
  metrics.flatMap((metric) => differences(metric, exposed));

let folder: TemporaryFolder;
beforeAll(async () => {
  folder = await temporaryFolder('foreign');
});
afterAll(() => folder.remove());

const write = async (name: string, content: object): Promise<string> => {
  const path = join(folder.path, name);
  await writeFile(path, stringify(content));
  return path;
};

/** What Prometheus writes beside a scrape is no part of any exposition: it is asked for in Prometheus. */
const SCRAPE: readonly Metric[] = [
  prometheus.up,
  prometheus.scrapeDuration,
  prometheus.scrapedSamples,
  prometheus.addedSeries,
];

describePeers(['prometheus'], 'a running Prometheus', () => {
  let server: RunningPrometheus;
  let exposed: ReadonlyMap<string, Exposed>;
  beforeAll(async () => {
    const port = await freePort();
    // Nobody listens on port 1: an Alertmanager that takes nothing, and a target of remote_write that takes nothing.
    const nowhere = '127.0.0.1:1';
    const rules = [{ alert: 'Always', expr: 'vector(1) > 0' }];
    const configFile = await write('prometheus.yml', {
      global: { scrape_interval: '1s', evaluation_interval: '1s' },
      rule_files: [await write('rules.yml', { groups: [{ name: 'group', rules }] })],
      alerting: { alertmanagers: [{ static_configs: [{ targets: [nowhere] }] }] },
      remote_write: [{ name: 'nowhere', url: `http://${nowhere}/push` }],
      scrape_configs: [{ job_name: 'prometheus', static_configs: [{ targets: [`127.0.0.1:${port}`] }] }],
    });
    server = await startPrometheus({ configFile });
    await eventually(async () => (await server.query('up')).length > 0);
    await eventually(async () => (await text(`${server.url}/metrics`)).includes('notifications_queue_length{'));
    exposed = await expositionOf(server.url);
  });
  afterAll(() => server?.stop());

  test('exports what the catalog says of it', () => {
    expect(
      told(
        all(prometheus).filter((metric) => !SCRAPE.includes(metric)),
        exposed,
      ),
    ).toEqual([]);
  });

  test.each(SCRAPE.map((metric) => [metric.name] as const))('writes %s about each scrape', async (name) => {
    const [sample] = await server.query(name);
    expect(Object.keys(sample?.labels ?? {}).toSorted()).toEqual(['__name__', 'instance', 'job']);
  });
});

/** Alertmanager's own figures of a cluster are absent where there is none, as in a stack with a single one. */
const CLUSTER = all(alertmanager).filter(({ name }) => name.startsWith('alertmanager_cluster_'));

describePeers(['alertmanager'], 'a running Alertmanager', () => {
  const running: RunningProcess[] = [];
  const start = async (cluster: string): Promise<ReadonlyMap<string, Exposed>> => {
    const config = { route: { receiver: 'nobody' }, receivers: [{ name: 'nobody' }] };
    const configFile = await write('alertmanager.yml', config);
    const address = `127.0.0.1:${await freePort()}`;
    const started = await startInFolder('alertmanager', (path) => ({
      program: requirePeer('alertmanager'),
      args: [
        `--config.file=${configFile}`,
        `--storage.path=${path}`,
        `--web.listen-address=${address}`,
        `--cluster.listen-address=${cluster}`,
        `--cluster.advertise-address=${cluster}`,
      ],
      readyUrl: `http://${address}/-/ready`,
    }));
    running.push(started);
    return expositionOf(`http://${address}`);
  };
  afterAll(() => Promise.all(running.map((one) => one.stop())));

  test('exports what the catalog says of it, as a member of a cluster', async () => {
    expect(told(all(alertmanager), await start(`127.0.0.1:${await freePort()}`))).toEqual([]);
  });

  test('exports nothing of a cluster where it has none', async () => {
    const exposed = await start('');
    expect(CLUSTER.length).toBeGreaterThan(0);
    expect(CLUSTER.filter(({ name }) => exposed.has(name))).toEqual([]);
    expect(
      told(
        all(alertmanager).filter((metric) => !CLUSTER.includes(metric)),
        exposed,
      ),
    ).toEqual([]);
  });
});

/** One that deletes as well, so that the figures of retention are there. */
const deleting = (path: string, ports: { readonly http: number; readonly grpc: number }): object => ({
  ...lokiConfiguration(path, ports),
  compactor: {
    working_directory: join(path, 'compactor'),
    retention_enabled: true,
    delete_request_store: 'filesystem',
    compaction_interval: '1s',
  },
});

const AN_AGE_MS = 30 * 86_400_000;

/** One stream with one line of a time in unix milliseconds. */
const stream = (at: number): string =>
  JSON.stringify({ streams: [{ stream: { service_name: 'test' }, values: [[`${at}000000`, 'a line']] }] });

describePeers(['loki'], 'a running Loki', () => {
  let server: RunningProcess;
  let url: string;
  const push = (at: number) =>
    fetch(`${url}/loki/api/v1/push`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: stream(at),
    });

  beforeAll(async () => {
    const ports = { http: await freePort(), grpc: await freePort() };
    url = `http://127.0.0.1:${ports.http}`;
    const path = join(folder.path, 'loki');
    await mkdir(path);
    const file = await write('loki.yaml', deleting(path, ports));
    const options = { args: [`-config.file=${file}`], readyUrl: `${url}/ready`, timeoutMs: 90_000 };
    server = await startProcess({ program: requirePeer('loki'), ...options });
  }, 120_000);
  afterAll(() => server?.stop());

  const EVENTS = [loki.linesReceived, loki.bytesReceived, loki.memoryStreams, loki.linesDiscarded, loki.retentionRuns];

  test('exports what the catalog says of it once it has taken a line, refused one and applied its retention', async () => {
    expect((await push(Date.now())).status).toBe(204);
    expect((await push(Date.now() - AN_AGE_MS)).status).toBe(400);
    const names = EVENTS.map(({ name }) => `\n${name}{`);
    await eventually(async () => {
      const exposition = await text(`${url}/metrics`);
      return names.every((name) => exposition.includes(name));
    });
    expect(told(all(loki), await expositionOf(url))).toEqual([]);
  });
});

/** A probe without TLS tells of no certificate; the exporter has its own figures at another path. */
const WITHOUT_TLS = all(blackbox).filter(
  (metric) => metric !== blackbox.certificateExpiry && metric !== blackbox.configReloadSuccessful,
);

describePeers(['blackbox_exporter'], 'a running blackbox exporter', () => {
  let exporter: RunningProcess;
  let url: string;
  let site: Server;
  let status = 200;
  beforeAll(async () => {
    site = createServer((_, response) => response.writeHead(status).end('ok')).listen(0, '127.0.0.1');
    await once(site, 'listening');
    const address = `127.0.0.1:${await freePort()}`;
    url = `http://${address}`;
    const file = await write('blackbox.yml', {
      modules: {
        http: { prober: 'http', timeout: '2s' },
        https: { prober: 'http', timeout: '2s', http: { tls_config: { insecure_skip_verify: true } } },
      },
    });
    exporter = await startProcess({
      program: requirePeer('blackbox_exporter'),
      args: [`--config.file=${file}`, `--web.listen-address=${address}`],
      readyUrl: `${url}/-/healthy`,
    });
  });
  afterAll(async () => {
    await exporter?.stop();
    site?.close();
  });

  const probe = (of = site, scheme = 'http'): Promise<string> => {
    const at = of.address();
    const port = typeof at === 'object' ? at?.port : undefined;
    return text(`${url}/probe?module=${scheme}&target=${scheme}://127.0.0.1:${port}/health`);
  };

  test('answers a probe as the catalog says', async () => {
    expect(told(WITHOUT_TLS, readExposition(await probe()))).toEqual([]);
  });

  test('tells a good answer from a bad one', async () => {
    expect(await probe()).toMatch(/^probe_success 1$/m);
    status = 503;
    expect(await probe()).toMatch(/^probe_success 0$/m);
  });

  test('exports whether it took its configuration', async () => {
    expect(told([blackbox.configReloadSuccessful], await expositionOf(url))).toEqual([]);
  });

  test('tells when the certificate of an address expires', async ({ skip }) => {
    const [key, cert] = ['key.pem', 'certificate.pem'].map((name) => join(folder.path, name)) as [string, string];
    const subject = ['-subj', '/CN=localhost', '-days', '3', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'];
    const made = await run('openssl', ['req', '-x509', '-nodes', '-keyout', key, '-out', cert, ...subject]);
    if (made.code === 127) skip('openssl is not there');
    const options = { key: await readFile(key), cert: await readFile(cert) };
    const secure = createSecureServer(options, (_, response) => response.end('ok')).listen(0, '127.0.0.1');
    await once(secure, 'listening');
    const answer = await probe(secure, 'https');
    secure.close();
    expect(told([blackbox.certificateExpiry], readExposition(answer))).toEqual([]);
    const [, expiry] = /^probe_ssl_earliest_cert_expiry (\S+)$/m.exec(answer) ?? [];
    expect((Number(expiry) - Date.now() / 1_000) / 86_400).toBeCloseTo(3, 1);
  });
});

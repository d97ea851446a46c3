import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { describePeers, requirePeer } from '../peers/peer.ts';
import { freePort, type RunningProcess, startProcess } from '../peers/process.ts';
import { RESEND_SOON, type RunningPrometheus, startPrometheus } from '../peers/prometheus.ts';
import { startWebhookReceiver, type WebhookReceiver } from '../peers/webhook-receiver.ts';
import { build, HA } from './sample.ts';

const HAS_IPV6 = Object.values(networkInterfaces()).some((all) => all?.some(({ address }) => address === '::1'));

interface Alertmanager extends RunningProcess {
  readonly url: string;
}

/** Two seconds in place of fifteen until the next one sends what the one before did not. */
const PATIENCE_SECONDS = 2;

let folder: string;
let webhook: WebhookReceiver;
let running: RunningProcess[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidewatch-ha-'));
  webhook = await startWebhookReceiver();
  running = [];
});

afterEach(async () => {
  await Promise.all(running.map((started) => started.stop()));
  await webhook.stop();
  await rm(folder, { recursive: true, force: true });
});

const argsOf = (settings: typeof HA, workload: string): readonly string[] =>
  build(settings).find('StatefulSet', workload).spec.template.spec.containers[0].args;

type Loopback = '127.0.0.1' | '::1';

/** A flag of a pod as one machine can take it: each pod's name and address is loopback with a port of its own. */
const local = (arg: string, ordinal: number, ports: readonly number[], loopback: Loopback): string =>
  arg
    .replace(/alertmanager-(\d)\.alertmanager-pods:9094/, (_, peer) =>
      loopback === '::1' ? `[::1]:${ports[Number(peer)]}` : `127.0.0.1:${ports[Number(peer)]}`,
    )
    .replace('0.0.0.0:9094', `0.0.0.0:${ports[ordinal]}`)
    .replace('$(POD_ADDRESS)]:9094', `${loopback}]:${ports[ordinal]}`)
    .replace('/etc/alertmanager/config', folder)
    .replace(/=\/alertmanager$/, `=${join(folder, `data-${ordinal}`)}`);

const startAlertmanagers = async (
  args: readonly string[],
  loopback: Loopback = '127.0.0.1',
): Promise<readonly Alertmanager[]> => {
  const routing = {
    route: { receiver: 'all', group_by: ['alertname'], group_wait: '1s', group_interval: '1s' },
    receivers: [{ name: 'all', webhook_configs: [{ url: `${webhook.url}/all` }] }],
  };
  await writeFile(join(folder, 'alertmanager.yml'), stringify(routing));
  const ports = [await freePort(), await freePort(), await freePort()];
  const start = async (_: number, ordinal: number): Promise<Alertmanager> => {
    const address = `127.0.0.1:${await freePort()}`;
    const url = `http://${address}`;
    const started = await startProcess({
      program: requirePeer('alertmanager'),
      args: [
        ...args.map((arg) => local(arg, ordinal, ports, loopback)),
        `--web.listen-address=${address}`,
        `--cluster.peer-timeout=${PATIENCE_SECONDS}s`,
      ],
      readyUrl: `${url}/-/ready`,
    });
    running.push(started);
    return { ...started, url };
  };
  return Promise.all(ports.map(start));
};

const members = async ({ url }: Alertmanager): Promise<{ status: string; peers: number }> => {
  const { cluster } = (await (await fetch(`${url}/api/v2/status`)).json()) as {
    cluster: { status: string; peers?: readonly unknown[] };
  };
  return { status: cluster.status, peers: cluster.peers?.length ?? 0 };
};

const post = async (receivers: readonly Alertmanager[], alertname: string): Promise<void> => {
  const body = JSON.stringify([{ labels: { alertname } }]);
  const headers = { 'content-type': 'application/json' };
  for (const { url } of receivers) await fetch(`${url}/api/v2/alerts`, { method: 'POST', headers, body });
};

/** How often an alert was notified, once everybody had the time to. */
const timesNotified = async (alertname: string, among: number): Promise<number> => {
  const about = () =>
    webhook.received().filter(({ notification }) => notification.commonLabels.alertname === alertname).length;
  await webhook.waitFor(({ notification }) => notification.commonLabels.alertname === alertname, 30_000);
  await delay((among * PATIENCE_SECONDS + 2) * 1_000);
  return about();
};

const hasSent = async ({ url }: Alertmanager): Promise<boolean> => {
  const text = await (await fetch(`${url}/metrics`)).text();
  return /alertmanager_notifications_total\{.*integration="webhook".*\} [1-9]/.test(text);
};

describePeers(['alertmanager'], 'three Alertmanagers', () => {
  test('notify an alert once, also when the one that notified the last is gone', { timeout: 120_000 }, async () => {
    const three = await startAlertmanagers(argsOf(HA, 'alertmanager'));
    for (const one of three)
      await expect.poll(() => members(one), { timeout: 30_000 }).toEqual({ status: 'ready', peers: 3 });
    await post(three, 'First');
    expect(await timesNotified('First', 3)).toBe(1);
    const sent = await Promise.all(three.map(hasSent));
    expect(sent.filter(Boolean)).toHaveLength(1);
    await three[sent.indexOf(true)]?.stop();
    const others = three.filter((_, index) => sent[index] === false);
    await post(others, 'Second');
    expect(await timesNotified('Second', 3)).toBe(1);
  });

  test.skipIf(!HAS_IPV6)('find each other at IPv6 addresses', { timeout: 60_000 }, async () => {
    for (const one of await startAlertmanagers(argsOf(HA, 'alertmanager'), '::1'))
      await expect.poll(() => members(one), { timeout: 30_000 }).toEqual({ status: 'ready', peers: 3 });
  });

  test('without their gossip would notify it three times', { timeout: 60_000 }, async () => {
    const three = await startAlertmanagers(argsOf({}, 'alertmanager'));
    await post(three, 'Third');
    expect(await timesNotified('Third', 0)).toBe(3);
  });
});

const RULES = 'groups: [{ name: g, interval: 1s, rules: [{ alert: Always, expr: vector(1) }] }]\n';

/** The generated file with loopback in the place of the cluster: rules of the test, no scrapes, one Alertmanager. */
const writeConfig = async (settings: typeof HA, alertmanager: string, remoteWrite: string): Promise<string> => {
  const { alerting, global } = parse(build(settings).configFiles['prometheus.yml'] ?? '');
  expect(alerting.alertmanagers[0].static_configs[0].targets).toEqual([
    'alertmanager-0.alertmanager-pods:9093',
    'alertmanager-1.alertmanager-pods:9093',
    'alertmanager-2.alertmanager-pods:9093',
  ]);
  await mkdir(join(folder, 'rules'), { recursive: true });
  await writeFile(join(folder, 'rules', 'rules.yaml'), RULES);
  const configFile = join(folder, 'prometheus.yml');
  const adapted = {
    global: { ...global, evaluation_interval: '1s' },
    rule_files: [join(folder, 'rules', '*.yaml')],
    alerting: { ...alerting, alertmanagers: [{ static_configs: [{ targets: [new URL(alertmanager).host] }] }] },
    remote_write: [{ url: `${remoteWrite}/api/v1/write` }],
  };
  await writeFile(configFile, stringify(adapted));
  return configFile;
};

const startStore = async (): Promise<RunningPrometheus> => {
  const configFile = join(folder, 'store.yml');
  await writeFile(configFile, '{}');
  const store = await startPrometheus({ configFile, flags: ['--web.enable-remote-write-receiver'] });
  running.push(store);
  return store;
};

describePeers(['prometheus', 'alertmanager'], 'a pair of Prometheus', () => {
  const settings = { ...HA, prometheus: { externalLabels: { cluster: 'eu', price: '$5' } } };

  test('sends one alert, and samples that say which of them scraped', { timeout: 90_000 }, async () => {
    const [alertmanager] = await startAlertmanagers(argsOf({}, 'alertmanager'));
    const store = await startStore();
    const configFile = await writeConfig(settings, alertmanager?.url ?? '', store.url);
    // One that evaluates before it has found Alertmanager sends again soon, and not in a minute.
    for (const POD_NAME of ['prometheus-0', 'prometheus-1'])
      running.push(await startPrometheus({ configFile, env: { POD_NAME }, flags: [RESEND_SOON] }));
    const replicas = async () =>
      (await store.query('ALERTS{alertname="Always"}')).map(({ labels }) => labels.prometheus_replica).toSorted();
    await expect.poll(replicas, { timeout: 30_000 }).toEqual(['prometheus-0', 'prometheus-1']);
    const sent = async () =>
      Promise.all(
        running
          .flatMap((one) => ('query' in one && one !== store ? [one as RunningPrometheus] : []))
          .map(async ({ url }) => {
            const text = await (await fetch(`${url}/metrics`)).text();
            return /prometheus_notifications_sent_total\{.*\} [1-9]/.test(text);
          }),
      );
    await expect.poll(sent, { timeout: 30_000 }).toEqual([true, true]);
    const listed = async () => {
      const alerts = (await (await fetch(`${alertmanager?.url}/api/v2/alerts`)).json()) as { labels: object }[];
      return alerts.map(({ labels }) => labels);
    };
    await expect.poll(listed).toEqual([{ alertname: 'Always', cluster: 'eu', price: '$5' }]);
  });
});

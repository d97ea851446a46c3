import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { TARGETS } from '#catalog';
import { createMetrics } from '../../proxy/metrics/metrics.ts';
import { systemClock } from '../../proxy/time.ts';
import { type RunningAlertmanager, startAlertmanager } from '../peers/alertmanager.ts';
import { type RunningLoki, startLoki } from '../peers/loki.ts';
import { RESEND_SOON, type RunningPrometheus, startPrometheus } from '../peers/prometheus.ts';
import { temporaryFolder } from '../peers/temporary-folder.ts';
import { startWebhookReceiver } from '../peers/webhook-receiver.ts';

/** Real programs that watch each other, on loopback. */
export interface SmallStack {
  readonly prometheus: RunningPrometheus;
  readonly alertmanager: RunningAlertmanager;
  readonly loki: RunningLoki;
  /** Waits until somebody was told of an alert. */
  told(): Promise<unknown>;
  stop(): Promise<void>;
}

interface Stoppable {
  stop(): Promise<unknown>;
}

const addressOf = (url: string): string => new URL(url).host;

/** The exposition of a proxy that has just started. */
const startExposition = async (): Promise<Stoppable & { readonly address: string }> => {
  const metrics = createMetrics({ version: '1.2.3', clock: systemClock });
  metrics.collect(() => ({
    windows: [
      {
        ...{ window: '5h', credential: 'team-a', utilization: 42, source: 'header', tokens: [] },
        ...{ resetsAt: systemClock.now(), learnedAt: systemClock.now(), tokensSince: systemClock.now() },
      },
    ],
    extraUsage: [],
    keyLimits: [],
    credentials: [],
    untracked: 0,
  }));
  const server = createServer(async (request, response) => {
    const { contentType, body } = await metrics.expose(request.headers.accept);
    response.writeHead(200, { 'content-type': contentType }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const stop = () => new Promise<void>((resolve) => server.close(() => resolve()));
  return { stop, address: `127.0.0.1:${(server.address() as AddressInfo).port}` };
};

const ALWAYS = {
  groups: [{ name: 'always', interval: '1s', rules: [{ alert: 'Watchdog', expr: 'vector(1)' }] }],
};

const scrape = (job: string, address: string) => ({
  job_name: job,
  static_configs: [{ targets: [address], labels: { instance: `${job}-0` } }],
});

const routes = (url: string) => ({
  route: { receiver: 'hook', group_wait: '1s', group_interval: '1s', repeat_interval: '1h' },
  receivers: [{ name: 'hook', webhook_configs: [{ url }] }],
});

/** Starts a Prometheus that scrapes itself, an Alertmanager, a Loki and a proxy's exposition, and writes to itself. */
export const startSmallStack = async (): Promise<SmallStack> => {
  const folder = await temporaryFolder('stack');
  const write = async (name: string, content: object): Promise<string> => {
    await writeFile(join(folder.path, name), stringify(content));
    return join(folder.path, name);
  };
  const [receiver, exposition, loki] = await Promise.all([startWebhookReceiver(), startExposition(), startLoki()]);
  const alertmanager = await startAlertmanager({ configFile: await write('alertmanager.yml', routes(receiver.url)) });
  const prometheus = await startPrometheus({ configFile: await write('prometheus.yml', {}), flags: FLAGS });
  await write('prometheus.yml', {
    global: { scrape_interval: '1s', evaluation_interval: '1s' },
    rule_files: [await write('rules.yml', ALWAYS)],
    alerting: { alertmanagers: [{ static_configs: [{ targets: [addressOf(alertmanager.url)] }] }] },
    remote_write: [{ name: 'itself', url: `${prometheus.url}/api/v1/write` }],
    scrape_configs: [
      scrape(TARGETS.prometheus.job, addressOf(prometheus.url)),
      scrape(TARGETS.alertmanager.job, addressOf(alertmanager.url)),
      scrape(TARGETS.loki.job, addressOf(loki.url)),
      scrape(TARGETS.proxy.job, exposition.address),
    ],
  });
  await prometheus.reload();
  const stop = async (): Promise<void> => {
    for (const one of [prometheus, alertmanager, loki, exposition, receiver]) await one.stop();
    await folder.remove();
  };
  return { prometheus, alertmanager, loki, told: () => receiver.waitFor(() => true, 30_000), stop };
};

const FLAGS = [
  '--web.enable-remote-write-receiver',
  '--storage.tsdb.retention.size=1GB',
  '--log.level=warn',
  RESEND_SOON,
];

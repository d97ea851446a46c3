import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { PROXY_PORT, TARGETS } from '#catalog';
import type { Files } from '../../src/output.ts';
import { type RunningAlertmanager, startAlertmanager } from '../peers/alertmanager.ts';
import { run } from '../peers/peer.ts';
import { type RunningPrometheus, startPrometheus } from '../peers/prometheus.ts';
import { startWebhookReceiver, type WebhookReceiver } from '../peers/webhook-receiver.ts';
import { adapt, type Surroundings } from '../support/adapt.ts';
import { backfill } from '../support/week/backfill.ts';
import { generateWeek, neighbourInstance } from '../support/week/week.ts';
import { startGate } from './gate.ts';
import { fileOf, filesIn } from './generated.ts';
import { startBlackbox } from './live-blackbox.ts';
import { startCollector } from './live-collector.ts';
import { type LiveLoki, startLiveLoki } from './live-loki.ts';
import { type LiveProxy, startLiveProxy } from './live-proxy.ts';
import { type Neighbour, startNeighbour } from './neighbour.ts';
import type { Switch } from './service.ts';
import type { Part } from './troubles.ts';

/** Time runs this many times faster: five minutes of a range are five seconds. */
export const DIVISOR = 60;

/** How long before the week's end recorded series begin, in seconds: what a dashboard shows by default. */
const RECORDED_SECONDS = 21_600;

/** Everything that runs. */
export interface Stage {
  /** The last backfilled scrape in unix seconds. */
  readonly end: number;
  /** When the proxy began in unix seconds. */
  readonly begin: number;
  readonly proxy: LiveProxy;
  readonly prometheus: RunningPrometheus;
  readonly alertmanager: RunningAlertmanager;
  readonly loki: LiveLoki;
  readonly receiver: WebhookReceiver;
  readonly parts: Readonly<Record<Part, Switch>>;
  stop(): Promise<void>;
}

const recordedArgs = (
  ruleFiles: readonly string[],
  url: string,
  { dataDir, end }: { dataDir: string; end: number },
) => [
  'tsdb',
  'create-blocks-from',
  'rules',
  `--url=${url}`,
  `--start=${end - RECORDED_SECONDS}`,
  `--end=${end}`,
  '--eval-interval=60s',
  `--output-dir=${dataDir}`,
  ...ruleFiles,
];

/** Writes what the generated recording rules would have recorded in the last hours of the backfilled week. */
export const backfillRules = async (ruleFiles: readonly string[], folder: string, end: number): Promise<void> => {
  const dataDir = join(folder, 'data');
  const configFile = join(folder, 'backfill.yml');
  await writeFile(configFile, 'global: {}\n');
  const prometheus = await startPrometheus({ configFile, dataDir, flags: [FOREVER] });
  const { code, stderr } = await run('promtool', recordedArgs(ruleFiles, prometheus.url, { dataDir, end }));
  await prometheus.stop();
  if (code !== 0) throw new Error(`promtool recorded nothing: ${stderr}`);
};

/**
 * An alert that fires goes to Alertmanager again after this time, by default a minute. What was sent before Prometheus
 * knew its Alertmanager is lost until then; a second, divided like the rest, would end alerts at a short pause.
 */
const RESEND = '--rules.alert.resend-delay=5s';

/** How far an instant looks back for a sample by default. */
export const LOOK_BACK_SECONDS = 300;

/** The same, divided: otherwise the series of the week would linger. */
const LOOK_BACK = `--query.lookback-delta=${LOOK_BACK_SECONDS / DIVISOR}s`;

/** A test's week may lie further back than samples are kept by default. */
export const FOREVER = '--storage.tsdb.retention.time=100y';

/** Writes texts into a folder and gives their paths. */
export const writeAll = async (folder: string, texts: ReadonlyMap<string, string>): Promise<readonly string[]> => {
  await mkdir(folder, { recursive: true });
  const paths = [...texts].map(([path, text]) => [join(folder, path.replace(/^.*\//, '')), text] as const);
  for (const [path, text] of paths) await writeFile(path, text);
  return paths.map(([path]) => path);
};

/** Where the rule files and configurations of the test lie, and where its programs listen. */
interface Scene {
  readonly folder: string;
  readonly files: Files;
  readonly targets: Surroundings['targets'];
  readonly services: Readonly<Record<string, string>>;
  readonly alertmanagers: readonly string[];
  readonly webhookUrl: string;
}

const prometheusFile = (folder: string): string => join(folder, 'prometheus.yml');

const writeConfiguration = async ({ folder, files, ...around }: Scene): Promise<void> => {
  const adapted = adapt(
    {
      prometheusYml: fileOf(files, 'config/prometheus.yml'),
      ruleFiles: filesIn(files, 'alerts'),
      alertmanagerYml: fileOf(files, 'config/alertmanager.yml'),
    },
    { ...around, divisor: DIVISOR, ruleDir: join(folder, 'rules') },
  );
  await writeAll(join(folder, 'rules'), adapted.ruleFiles);
  await writeFile(prometheusFile(folder), adapted.prometheusYml);
  await writeFile(join(folder, 'alertmanager.yml'), adapted.alertmanagerYml);
};

const hostOf = (url: string): string => new URL(url).host;

const pod = (job: string, address: string): Surroundings['targets'] => ({
  [job]: [{ address, instance: neighbourInstance(job) }],
});

/** Components of which no program runs here: what answers in their place is up and has no figures. */
export const STAND_INS = [
  { job: TARGETS.grafana.job, because: 'Grafana is released with its front end, and that is built by no module' },
  { job: TARGETS.alloy.job, because: 'its discovery asks a Kubernetes API; the lines come by a collector of the test' },
] as const;

const startStandIns = async (): Promise<ReadonlyMap<string, Neighbour>> => {
  const neighbours = STAND_INS.map(async ({ job }) => [job, await startNeighbour()] as const);
  return new Map(await Promise.all(neighbours));
};

/** Where to ask what, under the names that the generated configuration has. */
const servicesOf = (proxy: LiveProxy, standIns: ReadonlyMap<string, Neighbour>, blackbox: string) => ({
  [`${TARGETS.proxy.job}:${PROXY_PORT.port}`]: proxy.service.address,
  [`${TARGETS.grafana.job}:${TARGETS.grafana.port}`]: standIns.get(TARGETS.grafana.job)?.address ?? '',
  [`${TARGETS.blackbox.job}:${TARGETS.blackbox.port}`]: blackbox,
});

/** A configuration that Prometheus reads and refuses. */
const withoutConfiguration = (prometheus: RunningPrometheus, folder: string): Switch => {
  const file = prometheusFile(folder);
  let good = '';
  return {
    off: async () => {
      good = await readFile(file, 'utf8');
      await writeFile(file, `${good}\nno_such_setting: true\n`);
      const refusal = await prometheus.reload().then(
        () => 'none',
        (error: Error) => error.message,
      );
      if (!refusal.includes('no_such_setting')) throw new Error(`prometheus was to refuse a setting, got: ${refusal}`);
    },
    on: async () => {
      await writeFile(file, good);
      await prometheus.reload();
    },
  };
};

/** What is told by ways that are not the pages', and the dead-man's switch. */
const REFUSED_PATHS = ['/ticket/', '/dead-man/'] as const;

/** Backfills the generated week, then goes on live under the generated configuration. */
export const startStage = async (folder: string, files: Files): Promise<Stage> => {
  const end = Math.floor(Date.now() / 60_000) * 60;
  await backfill(generateWeek({ seed: 1, end }).scrapes(), join(folder, 'data'));
  await backfillRules(await writeAll(join(folder, 'own-rules'), filesIn(files, 'alerts')), folder, end);
  const begin = Date.now() / 1_000;
  const loki = await startLiveLoki(folder, fileOf(files, 'config/loki.yaml'), DIVISOR);
  const collector = startCollector(loki.url);
  const proxy = await startLiveProxy({ folder, divisor: DIVISOR, takeLines: collector.take });
  const standIns = await startStandIns();
  const blackbox = await startBlackbox(folder, fileOf(files, 'config/blackbox.yml'), DIVISOR);
  const receiver = await startWebhookReceiver();
  const gate = await startGate(receiver.url, REFUSED_PATHS);
  const targets: Surroundings['targets'] = {
    [TARGETS.proxy.job]: proxy.targets,
    ...pod(TARGETS.loki.job, hostOf(loki.url)),
    ...pod(TARGETS.blackbox.job, blackbox.address),
    ...Object.assign({}, ...[...standIns].map(([job, { address }]) => pod(job, address))),
    [TARGETS.prometheus.job]: [],
    [TARGETS.alertmanager.job]: [],
  };
  const services = servicesOf(proxy, standIns, blackbox.address);
  const scene: Scene = { folder, files, targets, services, alertmanagers: [], webhookUrl: gate.url };
  await writeConfiguration(scene);
  const alertmanager = await startAlertmanager({ configFile: join(folder, 'alertmanager.yml') });
  const prometheus = await startPrometheus({
    configFile: prometheusFile(folder),
    dataDir: join(folder, 'data'),
    flags: [RESEND, LOOK_BACK],
  });
  // Only now is it known where both listen.
  await writeConfiguration({
    ...scene,
    alertmanagers: [hostOf(alertmanager.url)],
    targets: {
      ...targets,
      ...pod(TARGETS.prometheus.job, hostOf(prometheus.url)),
      ...pod(TARGETS.alertmanager.job, hostOf(alertmanager.url)),
    },
  });
  await prometheus.reload();
  const parts: Stage['parts'] = {
    collector,
    loki,
    service: proxy.service,
    receivers: gate,
    configuration: withoutConfiguration(prometheus, folder),
  };
  const running = [prometheus, alertmanager, proxy, collector, loki, blackbox, gate, receiver, ...standIns.values()];
  const stop = async (): Promise<void> => {
    for (const one of running) await one.stop();
  };
  return { end, begin, proxy, prometheus, alertmanager, loki, receiver, parts, stop };
};

const POLL_MS = 250;

/** Waits until something holds. @throws after `timeoutMs`, with what the last look saw */
export const until = async <T>(look: () => Promise<T>, holds: (seen: T) => boolean, timeoutMs: number): Promise<T> => {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const seen = await look();
    if (holds(seen)) return seen;
    if (performance.now() > deadline) throw new Error(`not so in ${timeoutMs} ms; last seen: ${JSON.stringify(seen)}`);
    await delay(POLL_MS);
  }
};

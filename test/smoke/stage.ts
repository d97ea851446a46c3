import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { PROXY_PORT, TARGETS } from '#catalog';
import { backfill } from '../../dashboards/preview/week/backfill.ts';
import { neighbourInstance } from '../../dashboards/preview/week/components.ts';
import { generateWeek } from '../../dashboards/preview/week/week.ts';
import type { Files } from '../../src/output.ts';
import { type RunningAlertmanager, startAlertmanager } from '../peers/alertmanager.ts';
import { peer, run } from '../peers/peer.ts';
import { freePort } from '../peers/process.ts';
import { RESEND_SOON, type RunningPrometheus, startPrometheus } from '../peers/prometheus.ts';
import { startWebhookReceiver, type WebhookReceiver } from '../peers/webhook-receiver.ts';
import { adapt, type Surroundings } from '../support/adapt.ts';
import type { Part } from './failures.ts';
import { startGate } from './gate.ts';
import { fileOf, filesIn } from './generated.ts';
import { startBlackbox } from './live-blackbox.ts';
import { type LiveCollector, startCollector } from './live-collector.ts';
import { type LiveLoki, startLiveLoki } from './live-loki.ts';
import { type LiveProxy, startLiveProxy } from './live-proxy.ts';
import { type LiveService, type Switch, startService } from './service.ts';
import { type StandIn, startStandIn } from './stand-in.ts';
import { filesWithoutLoki } from './without-loki.ts';

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
  /** @default - none is installed */
  readonly loki: LiveLoki | undefined;
  readonly receiver: WebhookReceiver;
  readonly parts: Readonly<Partial<Record<Part, Switch>>>;
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

/** What one rule records another may read, but not within one pass: the program asks what is stored already. */
const PASSES = 2;

/** Writes what the generated recording rules would have recorded in the last hours of the backfilled week. */
const backfillRules = async (ruleFiles: readonly string[], folder: string, end: number): Promise<void> => {
  const dataDir = join(folder, 'data');
  const configFile = join(folder, 'backfill.yml');
  await writeFile(configFile, 'global: {}\n');
  for (let pass = 0; pass < PASSES; pass += 1) {
    const prometheus = await startPrometheus({ configFile, dataDir, flags: [FOREVER] });
    const { code, stderr } = await run('promtool', recordedArgs(ruleFiles, prometheus.url, { dataDir, end }));
    await prometheus.stop();
    if (code !== 0) throw new Error(`promtool recorded nothing: ${stderr}`);
  }
};

/** How far an instant looks back for a sample by default. */
export const LOOK_BACK_SECONDS = 300;

/** The same, divided: otherwise the series of the week would linger. */
const LOOK_BACK = `--query.lookback-delta=${LOOK_BACK_SECONDS / DIVISOR}s`;

/** A test's week may lie further back than samples are kept by default. */
export const FOREVER = '--storage.tsdb.retention.time=100y';

/** Writes texts into a folder and gives their paths. */
const writeAll = async (folder: string, texts: ReadonlyMap<string, string>): Promise<readonly string[]> => {
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
const STAND_INS = [
  { job: TARGETS.grafana.job, because: 'Grafana is released with its front end, and that is built by no module' },
  { job: TARGETS.alloy.job, because: 'its discovery asks a Kubernetes API; the lines come by a collector of the test' },
] as const;

const startStandIns = (): Promise<Watched['standIns']> =>
  Promise.all(STAND_INS.map(async ({ job }) => [job, await startStandIn()] as const));

const startServiceBefore = (standIns: Watched['standIns'], wanted: string): Promise<LiveService> => {
  const behind = standIns.filter(([job]) => job === wanted);
  return startService(() => behind.map(([, { address }]) => Number(address.split(':')[1])));
};

/** Where to ask what, under the names that the generated configuration has. */
const servicesOf = ({ proxy, grafana, blackbox }: Watched): Scene['services'] => ({
  [`${TARGETS.proxy.job}:${PROXY_PORT.port}`]: proxy.service.address,
  [`${TARGETS.grafana.job}:${TARGETS.grafana.port}`]: grafana.address,
  [`${TARGETS.blackbox.job}:${TARGETS.blackbox.port}`]: blackbox.address,
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
      if (!refusal.includes('no_such_setting'))
        throw new Error(`prometheus was to refuse a setting; received: ${refusal}`);
    },
    on: async () => {
      await writeFile(file, good);
      await prometheus.reload();
    },
  };
};

/** What is sent by ways that are not the pages', and the dead man's switch. */
const REFUSED_PATHS = ['/ticket/', '/heartbeat/'] as const;

/** What runs besides those who watch. */
interface Watched {
  readonly loki: LiveLoki | undefined;
  /** @default - there is no Loki to send lines to */
  readonly collector: LiveCollector | undefined;
  readonly proxy: LiveProxy;
  readonly standIns: readonly (readonly [job: string, standIn: StandIn])[];
  /** The Service before what stands in for Grafana. */
  readonly grafana: LiveService;
  readonly blackbox: StandIn;
}

const startWatched = async (folder: string, files: Files, loki: LiveLoki | undefined): Promise<Watched> => {
  const collector = loki && startCollector(loki.url);
  const takeLines = collector?.take ?? (() => {});
  const proxy = await startLiveProxy({ folder, divisor: DIVISOR, takeLines });
  const standIns = await startStandIns();
  const grafana = await startServiceBefore(standIns, TARGETS.grafana.job);
  const blackbox = await startBlackbox(folder, fileOf(files, 'config/blackbox.yml'), DIVISOR);
  return { loki, collector, proxy, standIns, grafana, blackbox };
};

const targetsOf = ({ loki, proxy, standIns, blackbox }: Watched): Surroundings['targets'] => ({
  [TARGETS.proxy.job]: proxy.targets,
  ...(loki ? pod(TARGETS.loki.job, hostOf(loki.url)) : { [TARGETS.loki.job]: [] }),
  ...pod(TARGETS.blackbox.job, blackbox.address),
  ...Object.assign({}, ...standIns.map(([job, { address }]) => pod(job, address))),
  [TARGETS.prometheus.job]: [],
  [TARGETS.alertmanager.job]: [],
});

const startWatching = async (scene: Scene): Promise<Pick<Stage, 'prometheus' | 'alertmanager'>> => {
  const { folder, targets } = scene;
  await writeConfiguration(scene);
  const alertmanager = await startAlertmanager({ configFile: join(folder, 'alertmanager.yml') });
  // Another address of its own, so that its configuration can name one before it runs.
  const itself = `127.0.0.1:${await freePort()}`;
  await writeConfiguration({
    ...scene,
    alertmanagers: [hostOf(alertmanager.url)],
    targets: {
      ...targets,
      ...pod(TARGETS.prometheus.job, itself),
      ...pod(TARGETS.alertmanager.job, hostOf(alertmanager.url)),
    },
  });
  const prometheus = await startPrometheus({
    configFile: prometheusFile(folder),
    dataDir: join(folder, 'data'),
    flags: [RESEND_SOON, LOOK_BACK, `--web.listen-address=${itself}`],
  });
  return { prometheus, alertmanager };
};

/** Writes the generated week with what its rules would have recorded; gives its last scrape in unix seconds. */
const writeWeek = async (folder: string, files: Files): Promise<number> => {
  const end = Math.floor(Date.now() / 60_000) * 60;
  await backfill(generateWeek({ seed: 1, end }).scrapes(), join(folder, 'data'));
  await backfillRules(await writeAll(join(folder, 'own-rules'), filesIn(files, 'alerts')), folder, end);
  return end;
};

/** Backfills the generated week, then goes on live under the generated configuration. */
export const startStage = async (folder: string, generated: Files): Promise<Stage> => {
  const hasLoki = peer('loki') !== undefined;
  const files = hasLoki ? generated : filesWithoutLoki(generated);
  // It takes as long as the week does, and is not part of it.
  const [end, loki] = await Promise.all([
    writeWeek(folder, files),
    hasLoki ? startLiveLoki(folder, fileOf(files, 'config/loki.yaml'), DIVISOR) : undefined,
  ]);
  const begin = Date.now() / 1_000;
  const watched = await startWatched(folder, files, loki);
  const { proxy, standIns, grafana, blackbox, collector } = watched;
  const receiver = await startWebhookReceiver();
  const gate = await startGate(receiver.url, REFUSED_PATHS);
  const { prometheus, alertmanager } = await startWatching({
    folder,
    files,
    targets: targetsOf(watched),
    services: servicesOf(watched),
    alertmanagers: [],
    webhookUrl: gate.url,
  });
  const parts: Stage['parts'] = {
    ...(collector && { collector }),
    ...(loki && { loki }),
    proxyService: proxy.service,
    grafanaService: grafana,
    receivers: gate,
    configuration: withoutConfiguration(prometheus, folder),
  };
  const running = [prometheus, alertmanager, proxy, collector, loki, blackbox, gate, receiver];
  const stop = async (): Promise<void> => {
    await grafana.off();
    for (const one of [...running, ...standIns.map(([, standIn]) => standIn)]) await one?.stop();
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

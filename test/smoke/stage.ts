import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { TARGETS } from '#catalog';
import type { Files } from '../../src/output.ts';
import { type RunningAlertmanager, startAlertmanager } from '../peers/alertmanager.ts';
import { run } from '../peers/peer.ts';
import { type RunningPrometheus, startPrometheus } from '../peers/prometheus.ts';
import { startWebhookReceiver, type WebhookReceiver } from '../peers/webhook-receiver.ts';
import { adapt, type StaticTarget, type Surroundings } from '../support/adapt.ts';
import { backfill } from '../support/week/backfill.ts';
import { generateWeek, neighbourInstance } from '../support/week/week.ts';
import { fileOf, filesIn } from './generated.ts';
import { type LiveProxy, startLiveProxy } from './live-proxy.ts';
import { startNeighbour } from './neighbour.ts';

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
  readonly receiver: WebhookReceiver;
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
  readonly alertmanagers: readonly string[];
  readonly webhookUrl: string;
}

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
  await writeFile(join(folder, 'prometheus.yml'), adapted.prometheusYml);
  await writeFile(join(folder, 'alertmanager.yml'), adapted.alertmanagerYml);
};

const hostOf = (url: string): string => new URL(url).host;

const neighbour = (job: string, address: string): readonly StaticTarget[] => [
  { address, instance: neighbourInstance(job) },
];

/** Backfills the generated week, then goes on live under the generated configuration. */
export const startStage = async (folder: string, files: Files): Promise<Stage> => {
  const end = Math.floor(Date.now() / 60_000) * 60;
  await backfill(generateWeek({ seed: 1, end }).scrapes(), join(folder, 'data'));
  await backfillRules(await writeAll(join(folder, 'own-rules'), filesIn(files, 'alerts')), folder, end);
  const begin = Date.now() / 1_000;
  const proxy = await startLiveProxy(folder, DIVISOR);
  const grafana = await startNeighbour();
  const receiver = await startWebhookReceiver();
  const targets = {
    [TARGETS.proxy.job]: proxy.targets,
    [TARGETS.grafana.job]: neighbour(TARGETS.grafana.job, grafana.address),
    [TARGETS.prometheus.job]: [],
    [TARGETS.alertmanager.job]: [],
  };
  const scene: Scene = { folder, files, targets, alertmanagers: [], webhookUrl: receiver.url };
  await writeConfiguration(scene);
  const alertmanager = await startAlertmanager({ configFile: join(folder, 'alertmanager.yml') });
  const prometheus = await startPrometheus({
    configFile: join(folder, 'prometheus.yml'),
    dataDir: join(folder, 'data'),
    flags: [RESEND, LOOK_BACK],
  });
  // Only now is it known where both listen.
  await writeConfiguration({
    ...scene,
    alertmanagers: [hostOf(alertmanager.url)],
    targets: {
      ...targets,
      [TARGETS.prometheus.job]: neighbour(TARGETS.prometheus.job, hostOf(prometheus.url)),
      [TARGETS.alertmanager.job]: neighbour(TARGETS.alertmanager.job, hostOf(alertmanager.url)),
    },
  });
  await prometheus.reload();
  const stop = async (): Promise<void> => {
    await prometheus.stop();
    await alertmanager.stop();
    await proxy.stop();
    await grafana.stop();
    await receiver.stop();
  };
  return { end, begin, proxy, prometheus, alertmanager, receiver, stop };
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

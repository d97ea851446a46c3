import { createHash, randomUUID } from 'node:crypto';
import { link, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { backfill } from './backfill.ts';
import { WEEK_SECONDS } from './conditions.ts';
import { poolOf } from './pool.ts';
import { type LocalPrometheus, promtool, servePrometheus } from './programs.ts';
import { generateWeek, type Stretch } from './week.ts';

const HOUR = 3_600;

/** A week that the preview has built in. */
export interface BuiltInWeek {
  readonly accounts: 2 | 200;
  /** Seconds between two scrapes of its last hours: what Grafana calls the scrape interval of the data source. */
  readonly scrapeSeconds: number;
  readonly schedule: readonly Stretch[];
}

/**
 * Both end alike; the rest keeps the number of samples at one to three million, which take some ten to twenty seconds
 * to build. Two hundred accounts have ten times the series, so only the last hours of their week are scraped.
 */
export const WEEKS: Readonly<Record<BuiltInWeek['accounts'], BuiltInWeek>> = {
  2: {
    accounts: 2,
    scrapeSeconds: 60,
    schedule: [
      { until: WEEK_SECONDS - 8 * HOUR, step: 900 },
      { until: WEEK_SECONDS, step: 60 },
    ],
  },
  200: {
    accounts: 200,
    scrapeSeconds: 180,
    schedule: [
      { until: WEEK_SECONDS - 7 * HOUR, step: 900, scraped: false },
      { until: WEEK_SECONDS, step: 180 },
    ],
  },
};

/** Wednesday, 25 November 2026, 15:00 UTC: the last scrape of the built-in weeks, in unix seconds. */
export const WEEK_END = Date.UTC(2026, 10, 25, 15) / 1_000;

/** What recording rules have recorded, in seconds before the end: what dashboards show by default. */
const RECORDED_SECONDS = 6 * HOUR;

const SEED = 1;

/** Seldom enough to be quick, often enough that an instant, which looks back five minutes, finds a sample. */
const EVALUATION_SECONDS = 180;

/** What one rule records another may read, but not within one pass: promtool asks what is stored already. */
const PASSES = 2;

const ROOT = resolve(import.meta.dirname, '../../..');
const RULES = join(ROOT, 'dist/alerts');

const filesIn = async (folder: string, extension: string): Promise<readonly string[]> =>
  (await readdir(folder))
    .filter((name) => name.endsWith(extension))
    .toSorted()
    .map((name) => join(folder, name));

/** Everything that decides the samples. */
const sourcesOf = async (): Promise<readonly string[]> => [
  ...(await filesIn(import.meta.dirname, '.ts')),
  ...(await filesIn(join(ROOT, 'src/catalog'), '.ts')),
  ...(await filesIn(join(ROOT, 'src/catalog/systems'), '.ts')),
  ...(await filesIn(join(ROOT, 'src/catalog/systems/anthropic-proxy'), '.ts')),
  ...(await filesIn(RULES, '.yaml')),
];

const digestOf = async ({ accounts, schedule }: BuiltInWeek): Promise<string> => {
  const hash = createHash('sha256').update(JSON.stringify([accounts, schedule, WEEK_END, SEED]));
  for (const file of await sourcesOf()) hash.update(`\n${file.slice(ROOT.length)}\n`).update(await readFile(file));
  return hash.digest('hex').slice(0, 16);
};

const recordingFiles = async (): Promise<readonly string[]> => {
  const files = await filesIn(RULES, '.yaml');
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8')));
  return files.filter((_, index) => texts[index]?.includes('- record: '));
};

const evaluateRules = async (folder: string): Promise<void> => {
  const dataDir = join(folder, 'data');
  const files = await recordingFiles();
  for (let pass = 0; pass < PASSES; pass += 1) {
    const { url, stop } = await servePrometheus(dataDir, join(folder, 'prometheus.yml'));
    try {
      await promtool([
        'tsdb',
        'create-blocks-from',
        'rules',
        `--url=${url}`,
        `--start=${WEEK_END - RECORDED_SECONDS}`,
        `--end=${WEEK_END}`,
        `--eval-interval=${EVALUATION_SECONDS}s`,
        `--output-dir=${dataDir}`,
        ...files,
      ]);
    } finally {
      await stop();
    }
  }
};

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

/** Weeks of what the sources were before are not needed again. */
const removeOlder = async (folder: string): Promise<void> => {
  const [cacheDir, name] = [dirname(folder), basename(folder)];
  const kind = name.replace(/-[^-]+$/, '-');
  for (const other of await readdir(cacheDir))
    if (other.startsWith(kind) && /^[0-9a-f]+$/.test(other.slice(kind.length)) && other !== name)
      await rm(join(cacheDir, other), { recursive: true, force: true });
};

/** Hard links to the files of the blocks in a data folder. Blocks never change, so databases can share them. */
const linkBlocks = async (from: string, to: string): Promise<void> => {
  const meta = /^(?<block>[0-9A-Z]{26})\/meta\.json$/;
  const names = await readdir(from, { recursive: true });
  const blocks = new Set(names.flatMap((name) => meta.exec(name)?.groups?.['block'] ?? []));
  await mkdir(to, { recursive: true });
  for (const block of blocks) {
    for (const file of await readdir(join(from, block), { recursive: true, withFileTypes: true })) {
      const path = join(file.parentPath, file.name);
      const target = join(to, relative(from, path));
      if (file.isDirectory()) await mkdir(target, { recursive: true });
      else {
        await mkdir(dirname(target), { recursive: true });
        await link(path, target);
      }
    }
  }
};

/** Where a week is built, and where progress goes. */
export interface DatabaseOptions {
  /** Built weeks are kept here, by what decides their samples. */
  readonly cacheDir: string;
  /** Lines about steps that take long. */
  readonly progress: (line: string) => void;
}

const build = async (week: BuiltInWeek, folder: string, progress: (line: string) => void): Promise<void> => {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'prometheus.yml'), 'global: {}\n');
  progress(`generating a week of ${week.accounts} accounts (once; it is kept)`);
  const { schedule, accounts } = week;
  const scrapes = generateWeek({ seed: SEED, end: WEEK_END, pool: poolOf(accounts), schedule, components: true });
  await backfill(scrapes.scrapes(), join(folder, 'data'));
  progress('evaluating the recording rules');
  await evaluateRules(folder);
};

/**
 * Serves a built-in week from a Prometheus on loopback; builds it first where it is not cached.
 *
 * @throws when prometheus or promtool is missing or fails, with the reason
 */
export const serveWeek = async (
  week: BuiltInWeek,
  { cacheDir, progress }: DatabaseOptions,
): Promise<LocalPrometheus> => {
  const folder = join(cacheDir, `week-${week.accounts}-${await digestOf(week)}`);
  if (!(await exists(folder))) {
    // Another run may build the same week at the same time, and an interrupted one must leave nothing that looks whole.
    const draft = `${folder}.${process.pid}`;
    try {
      await build(week, draft, progress);
      await rename(draft, folder).catch(async (error: unknown) => {
        if (!(await exists(folder))) throw error;
      });
      await removeOlder(folder);
    } finally {
      await rm(draft, { recursive: true, force: true });
    }
  }
  // A database belongs to one Prometheus at a time, and a week may be shown twice at once.
  const served = `${folder}.${process.pid}.${randomUUID()}`;
  const remove = () => rm(served, { recursive: true, force: true });
  try {
    await linkBlocks(join(folder, 'data'), served);
    const { url, stop } = await servePrometheus(served, join(folder, 'prometheus.yml'));
    return { url, stop: () => stop().finally(remove) };
  } catch (error) {
    await remove();
    throw error;
  }
};

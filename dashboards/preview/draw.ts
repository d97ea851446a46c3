import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { type Dashboard, readDashboard } from './classic.ts';
import { writePage } from './html.ts';
import { type Options, UsageError } from './options.ts';
import { findBrowser, heightOf, takePicture } from './pictures.ts';
import { previewOf } from './preview.ts';
import { NEEDS_LOKI, RECORDINGS, readRecordings, recordedLogs } from './recordings.ts';
import {
  createLoki,
  createPrometheus,
  displayUrl,
  type HttpOptions,
  type LogSource,
  type MetricSource,
  noLogs,
  noMetrics,
  type Sources,
} from './sources.ts';
import { parseMoment, type TimeRange } from './time.ts';
import { serveWeek, WEEK_END, WEEKS } from './week/database.ts';
import { hasPrograms } from './week/programs.ts';

/** Folder with the repository's own dashboards. */
export const DASHBOARDS = resolve(import.meta.dirname, '../../dist/dashboards');

/** Where built weeks are kept. */
export const CACHE = resolve(import.meta.dirname, '../../.cache/preview');

/** Writes a line about long work. */
export type Progress = (line: string) => void;

/** Where data come from, and how they are asked for. */
export interface DataSet {
  readonly sources: Sources;
  /** What `now` is, in unix milliseconds. */
  readonly now: number;
  readonly scrapeInterval: number;
  /** For the footer. */
  readonly description: string;
  stop(): Promise<void>;
}

/** Grafana's own default for a Prometheus data source. */
const DEFAULT_SCRAPE_MS = 15_000;

const NEEDS_PROMETHEUS = 'needs Prometheus: run `npm run peers`, or give --prometheus URL';

const ofUser = (options: Options): DataSet => {
  const { prometheus, loki, token, timeoutMs } = options;
  const http = (url: string): HttpOptions => ({ url, timeoutMs, ...(token === undefined ? {} : { token }) });
  const metrics: MetricSource =
    prometheus === undefined
      ? noMetrics('needs Prometheus: give --prometheus URL')
      : createPrometheus(http(prometheus));
  const logs: LogSource = loki === undefined ? noLogs(NEEDS_LOKI) : createLoki(http(loki));
  const urls = [prometheus, loki].flatMap((url) => (url === undefined ? [] : [displayUrl(url)]));
  return {
    sources: { metrics, logs },
    now: Date.now(),
    scrapeInterval: DEFAULT_SCRAPE_MS,
    description: urls.join(' and '),
    stop: async () => {},
  };
};

const builtIn = async ({ accounts, timeoutMs }: Options, progress: Progress): Promise<DataSet> => {
  const logs = recordedLogs(await readRecordings(RECORDINGS));
  const week = WEEKS[accounts];
  const rest = { now: WEEK_END * 1_000, scrapeInterval: week.scrapeSeconds * 1_000 };
  const description = `a generated week of ${accounts} accounts, and answers recorded from a Loki`;
  if (!hasPrograms()) {
    progress(NEEDS_PROMETHEUS);
    return { ...rest, sources: { metrics: noMetrics(NEEDS_PROMETHEUS), logs }, description, stop: async () => {} };
  }
  const { url, stop } = await serveWeek(week, { cacheDir: CACHE, progress });
  return { ...rest, sources: { metrics: createPrometheus({ url, timeoutMs }), logs }, description, stop };
};

/** The data that the options name: a user's own, or a built-in week. */
export const openData = async (options: Options, progress: Progress): Promise<DataSet> =>
  options.prometheus !== undefined || options.loki !== undefined ? ofUser(options) : builtIn(options, progress);

/** A dashboard to draw. */
export interface Source {
  /** Names its files. */
  readonly name: string;
  readonly dashboard: Dashboard;
}

const read = async (path: string): Promise<Source> => {
  const dashboard = readDashboard(await readFile(path, 'utf8'), path);
  return { name: dashboard.uid || basename(path, '.json'), dashboard };
};

const own = async (): Promise<readonly string[]> =>
  (await readdir(DASHBOARDS)).filter((name) => name.endsWith('.json')).toSorted();

const findDashboard = async (text: string): Promise<Source> => {
  const files = await own();
  if (files.includes(`${text}.json`)) return read(join(DASHBOARDS, `${text}.json`));
  try {
    return await read(text);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    const known = files.map((file) => basename(file, '.json')).join(', ');
    throw new UsageError(`--dashboard is a file, or one of ${known}; received '${text}'`, { cause: error });
  }
};

/** The dashboards that the options name, or all of the repository's. @throws for one that is not there, or no classic one */
export const findDashboards = async ({ dashboards }: Pick<Options, 'dashboards'>): Promise<readonly Source[]> =>
  dashboards.length === 0
    ? Promise.all((await own()).map((file) => read(join(DASHBOARDS, file))))
    : Promise.all(dashboards.map(findDashboard));

/** @throws UsageError for a chosen variable that none of some dashboards has */
export const checkVariables = ({ variables }: Pick<Options, 'variables'>, sources: readonly Source[]): void => {
  const known = new Set(sources.flatMap(({ dashboard }) => (dashboard.templating?.list ?? []).map(({ name }) => name)));
  for (const name of variables.keys())
    if (!known.has(name))
      throw new UsageError(
        `--var names a variable of a dashboard: ${[...known].join(', ') || 'there is none'}; received '${name}'`,
      );
};

/** The range of a dashboard. @throws UsageError for one that ends before it starts */
export const rangeOf = ({ from, to }: Pick<Options, 'from' | 'to'>, { time }: Dashboard, now: number): TimeRange => {
  const texts = { from: from ?? time?.from ?? 'now-6h', to: to ?? time?.to ?? 'now' };
  const range = {
    from: parseMoment(texts.from, now, 'from') ?? now - 21_600_000,
    to: parseMoment(texts.to, now, 'to') ?? now,
  };
  if (range.from >= range.to)
    throw new UsageError(
      `the range must start before it ends; received ${texts.from} to ${texts.to}; change --from or --to`,
    );
  return range;
};

/** What was drawn of a dashboard. */
export interface Drawn {
  readonly name: string;
  readonly title: string;
  readonly page: string;
  /** Undefined where no Chromium is found, or none is wanted. */
  readonly picture: string | undefined;
  readonly failures: readonly string[];
}

/** Milliseconds between two lines about the same work. */
const REPORT_EVERY = 5_000;

const counting = (name: string, progress: Progress): (() => void) => {
  let [count, last] = [0, performance.now()];
  return () => {
    count += 1;
    if (performance.now() - last < REPORT_EVERY) return;
    last = performance.now();
    progress(`${name}: ${count} panels answered`);
  };
};

/** Draws a dashboard into a folder. */
export const drawDashboard = async (
  { name, dashboard }: Source,
  data: DataSet,
  options: Options,
  progress: Progress,
): Promise<Drawn> => {
  const started = performance.now();
  const { data: shown, failures } = await previewOf(dashboard, {
    sources: data.sources,
    range: rangeOf(options, dashboard, data.now),
    chosen: options.variables,
    width: options.width,
    scrapeInterval: data.scrapeInterval,
    theme: options.theme,
    source: data.description,
    answered: counting(name, progress),
  });
  await mkdir(options.out, { recursive: true });
  const file = name.replace(/[^\w.-]+/g, '-');
  const page = join(options.out, `${file}.html`);
  await writeFile(page, writePage(shown));
  const browser = options.pictures ? findBrowser() : undefined;
  const picture = browser === undefined ? undefined : join(options.out, `${file}.png`);
  if (browser !== undefined && picture !== undefined)
    await takePicture(browser, { page, picture, width: options.width, height: heightOf(shown.dashboard) });
  progress(`${name}: ${((performance.now() - started) / 1_000).toFixed(1)} s`);
  return { name, title: dashboard.title, page, picture, failures };
};

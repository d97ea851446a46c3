import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { z } from 'zod';
import type { Dashboard } from './classic.ts';
import { previewOf } from './preview.ts';
import type { Json } from './preview-data.ts';
import { shiftIso } from './recordings.ts';
import {
  createLoki,
  displayUrl,
  type HttpOptions,
  type LogQuery,
  type LogSource,
  noMetrics,
  SourceError,
} from './sources.ts';

const line = z.object({
  stream: z.record(z.string(), z.string()),
  /** Unix nanoseconds. */
  time: z.string().regex(/^\d+$/),
  metadata: z.record(z.string(), z.string()).default({}),
  line: z.string(),
});

/** A log line as it is sent to Loki. */
export type LogLine = z.infer<typeof line>;

/** Reads lines from gzipped JSON, one object a line. @throws for an object that is no line, with its number */
export const readLines = async (file: string): Promise<readonly LogLine[]> => {
  const texts = gunzipSync(await readFile(file))
    .toString('utf8')
    .trimEnd()
    .split('\n');
  return texts.map((text, index) => {
    const parsed = line.safeParse(JSON.parse(text));
    if (!parsed.success)
      throw new Error(`${file}, line ${index + 1} is no log line: ${parsed.error.issues[0]?.path.join('.')} is wrong`);
    return parsed.data;
  });
};

const NANOSECONDS = 1_000_000n;

const timeOf = ({ time }: LogLine): number => Number(BigInt(time) / NANOSECONDS);

/** Moves lines in time, with the times that they name, so that the last one is at `end` in unix milliseconds. */
export const endingAt = (lines: readonly LogLine[], end: number): readonly LogLine[] => {
  const by = end - Math.max(...lines.map(timeOf));
  return lines.map(({ time, line: text, ...rest }) => ({
    ...rest,
    time: String(BigInt(time) + BigInt(by) * NANOSECONDS),
    line: shiftIso(text, by),
  }));
};

/** Lines in one push: far below Loki's limit of some megabytes. */
const BATCH = 500;

/** By labels: a push has each stream once. */
const pushBody = (lines: readonly LogLine[]): string => {
  const streams = Map.groupBy(lines, ({ stream }) => JSON.stringify(stream));
  return JSON.stringify({
    streams: [...streams.values()].map((group) => ({
      stream: group[0]?.stream,
      values: group.map(({ time, line: text, metadata }) => [time, text, metadata]),
    })),
  });
};

const push = async ({ url, token, timeoutMs }: HttpOptions, lines: readonly LogLine[]): Promise<void> => {
  const base = displayUrl(url);
  const response = await fetch(`${base}/loki/api/v1/push`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) },
    body: pushBody(lines),
    redirect: 'error',
    signal: AbortSignal.timeout(timeoutMs),
  }).catch((error: unknown) => {
    throw new SourceError(`${base} cannot be reached to push lines: ${(error as Error).message}`, { cause: error });
  });
  if (!response.ok)
    throw new SourceError(
      `${base} refuses lines with HTTP ${response.status}: ${(await response.text()).slice(0, 200)}`,
    );
};

interface Recorded {
  readonly query: LogQuery;
  readonly data: Json;
}

/** So that recordings stay small. */
const MOST_LINES = 200;

const recording = (loki: LogSource, recorded: Map<string, Recorded>): LogSource => ({
  query: async (asked) => {
    const query = { ...asked, limit: Math.min(asked.limit, MOST_LINES) };
    const data = await loki.query(query);
    recorded.set(query.timeless, { query, data });
    return data;
  },
  labelValues: (...of) => loki.labelValues(...of),
});

const fileText = (name: string, { query, data }: Recorded): string => {
  const { timeless, from, to, step, limit } = query;
  const [start, end] = [from, to].map((at) => `${at}000000`);
  const params = { query: query.query, start, end, step: `${step}ms`, direction: 'backward', limit: String(limit) };
  return `${JSON.stringify({ dashboard: name, query: timeless, params, answer: { status: 'success', data } })}\n`;
};

/** What is recorded, and where. */
export interface RecordingOptions {
  readonly loki: HttpOptions;
  readonly dashboards: readonly { readonly name: string; readonly dashboard: Dashboard }[];
  readonly lines: readonly LogLine[];
  /** When the last line is, in unix milliseconds: not long ago, as Loki refuses old lines. */
  readonly end: number;
  /** The folder of the recordings; what is in it is replaced when all is answered. */
  readonly out: string;
  readonly progress: (line: string) => void;
}

const RANGE_MS = 6 * 3_600_000;
const WIDTH = 1_600;

/**
 * Pushes lines into a Loki and records what it answers to every LogQL query of dashboards, all variables at All or as
 * their files say.
 *
 * @returns how many queries were recorded
 * @throws SourceError when a push or a query fails; the recordings are then as they were
 */
export const recordAnswers = async (options: RecordingOptions): Promise<number> => {
  const { loki, dashboards, end, out, progress } = options;
  const lines = endingAt(options.lines, end);
  for (let from = 0; from < lines.length; from += BATCH) {
    await push(loki, lines.slice(from, from + BATCH));
    progress(`pushed ${Math.min(from + BATCH, lines.length)} of ${lines.length} lines`);
  }
  const files = new Map<string, string>();
  for (const { name, dashboard } of dashboards) {
    const recorded = new Map<string, Recorded>();
    const { failures } = await previewOf(dashboard, {
      sources: { metrics: noMetrics('is not asked'), logs: recording(createLoki(loki), recorded) },
      range: { from: end - RANGE_MS, to: end },
      chosen: new Map(),
      width: WIDTH,
      scrapeInterval: 30_000,
      theme: 'dark',
      source: '',
    });
    if (failures.length > 0) throw new SourceError(`${name}: ${failures.join('; ')}`);
    for (const [timeless, one] of recorded) {
      const digest = createHash('sha256').update(timeless).digest('hex').slice(0, 8);
      files.set(`${name}-${digest}.json`, fileText(name, one));
    }
    progress(`${name}: ${recorded.size} queries recorded`);
  }
  await mkdir(out, { recursive: true });
  for (const old of await readdir(out)) if (old.endsWith('.json')) await rm(join(out, old));
  for (const [file, text] of files) await writeFile(join(out, file), text);
  return files.size;
};

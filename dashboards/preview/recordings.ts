import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Json } from './preview-data.ts';
import { type LogSource, MissingSource } from './sources.ts';

const recording = z.looseObject({
  /** The query with all variables filled in but those of time. */
  query: z.string(),
  params: z.looseObject({ start: z.string(), end: z.string() }),
  answer: z.looseObject({ data: z.json() }),
});

/** What a real Loki answered to one query. */
export interface Recording {
  readonly query: string;
  /** Unix milliseconds. */
  readonly from: number;
  readonly to: number;
  readonly data: Json;
}

/** Where the repository's recordings are. */
export const RECORDINGS = join(import.meta.dirname, 'recorded/loki');

const toMs = (nanoseconds: string): number => Math.round(Number(nanoseconds) / 1e6);

/** Reads the recordings in a folder. @throws for a file that is none, with its name */
export const readRecordings = async (folder: string): Promise<readonly Recording[]> => {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.json')).toSorted();
  return Promise.all(
    files.map(async (file) => {
      const parsed = recording.safeParse(JSON.parse(await readFile(join(folder, file), 'utf8')));
      if (!parsed.success)
        throw new Error(
          `${join(folder, file)} is no recording: ${parsed.error.issues[0]?.path.join('.')}; run \`npm run preview:record\` again`,
        );
      const { query, params, answer } = parsed.data;
      return { query, from: toMs(params.start), to: toMs(params.end), data: answer.data as Json };
    }),
  );
};

const STRING = /("(?:\\.|[^"\\])*"|`[^`]*`)/;

/** A query without the whitespace that means nothing: two that read alike are the same. */
export const normalizeQuery = (query: string): string =>
  query
    .split(STRING)
    .map((part, index) => (index % 2 === 1 ? part : part.replace(/\s+/g, ' ').replace(/ ?([^\w $:]+) ?/g, '$1')))
    .join('')
    .trim();

const ISO_TIME = /\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g;

/** Moves the times in a text by milliseconds. */
export const shiftIso = (text: string, by: number): string =>
  text.replace(ISO_TIME, (time) => {
    const moved = new Date(Date.parse(time) + by).toISOString();
    return time.includes('.') ? moved : moved.replace(/\.\d+Z$/, 'Z');
  });

const shiftText = (value: Json, by: number): Json => {
  if (typeof value === 'string') return shiftIso(value, by);
  if (Array.isArray(value)) return value.map((one: Json) => shiftText(one, by));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, shiftText(one as Json, by)]));
};

type Row = readonly [time: string | number, ...rest: Json[]];

interface Series {
  readonly values: readonly Row[];
}

/** Times of lines are text in nanoseconds, those of points numbers in seconds. */
const timeOf = ([time]: Row): number => (typeof time === 'string' ? Number(time) / 1e6 : time * 1_000);

const shiftRow = ([time, ...rest]: Row, by: number): Row => {
  const moved = typeof time === 'string' ? String(BigInt(time) + BigInt(by) * 1_000_000n) : time + by / 1_000;
  return [moved, ...rest.map((one) => shiftText(one, by))];
};

const shifted = (data: Json, by: number, { from, to }: { from: number; to: number }): Json => {
  const { result, ...rest } = data as unknown as { readonly result: readonly Series[] };
  const series = result.map((one) => ({
    ...one,
    values: one.values.map((row) => shiftRow(row, by)).filter((row) => timeOf(row) >= from && timeOf(row) <= to),
  }));
  return { ...rest, result: series.filter(({ values }) => values.length > 0) } as unknown as Json;
};

/** What a panel says whose query no recording answers. */
export const NEEDS_LOKI = 'needs Loki';

/**
 * Answers log queries with recorded answers, moved in time so that they end where the asked range ends; times inside
 * lines move along. Nothing is invented: a query without a recording is answered with MissingSource.
 */
export const recordedLogs = (recordings: readonly Recording[]): LogSource => {
  const byQuery = new Map(recordings.map((one) => [normalizeQuery(one.query), one]));
  return {
    query: async ({ timeless, from, to }) => {
      const found = byQuery.get(normalizeQuery(timeless));
      if (found === undefined) throw new MissingSource(NEEDS_LOKI);
      return shifted(found.data, to - found.to, { from, to });
    },
    labelValues: () => Promise.reject(new MissingSource(NEEDS_LOKI)),
  };
};

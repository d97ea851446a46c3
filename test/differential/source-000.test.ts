import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { backfill } from '../../dashboards/preview/week/backfill.ts';
import { generateWeek, type Scrape } from '../../dashboards/preview/week/week.ts';
import { describePeers } from '../peers/peer.ts';
import { type RunningPrometheus, type Sample, startPrometheus } from '../peers/prometheus.ts';
import { type TemporaryFolder, temporaryFolder } from '../peers/temporary-folder.ts';
import { interpolate } from '../smoke/dashboard-queries.ts';
import { generatedFiles } from '../smoke/generated.ts';
import { FOREVER } from '../smoke/stage.ts';
import { differentialDocument } from './document.ts';
import { ourQuery, titles } from './ours.ts';
import { LOG_PANELS, RANGE, ROWS, type Row } from './source-000.ts';

const END = 1_790_000_000;
const HOUR = 3_600;

/** By day, by night and in between, in the hours that are scraped every minute. */
const TIMES = [0, 1, 4.5, 9, 11].map((hours) => END - hours * HOUR);

const TOLERANCE = 0.01;

/** The source's queries have ranges of five minutes; with that as the rate interval only the queries themselves differ. */
const ALL = { __rate_interval: '5m', __range: RANGE, job: '.+', instance: '.+', credential: '.+', model: '.+' };

const files = generatedFiles();

test('the table has every panel of the source dashboard, once or as one that queries only Loki', () => {
  const panels = [...new Set(ROWS.map(({ panel }) => panel)), ...LOG_PANELS];
  expect(panels.toSorted()).toEqual([
    '5h Utilization',
    '5h Window Tokens',
    '7d Utilization',
    '7d Window Tokens',
    'Credential Cooldowns',
    'Error Rate',
    'Request Body Size (p50/p95)',
    'Request Latency (p50/p95/p99)',
    'Request Rate',
    'Requests by Status Code',
    'Tokens by Model',
    'Total Requests',
    'Utilization Over Time',
    'Window Tokens In',
    'Window Tokens Out',
  ]);
});

test('the page of differences is current: write it with `node test/differential/write-document.ts`', () => {
  const page = new URL('../../docs/dashboards/differential-000.md', import.meta.url);
  expect(readFileSync(page, 'utf8')).toBe(differentialDocument(titles(files)));
});

type Answer = ReadonlyMap<string, number>;

const keyOf = ({ labels }: Sample): string => JSON.stringify(Object.entries(labels).toSorted());

const has = ({ labels }: Sample, only: Readonly<Record<string, string>>): boolean =>
  Object.entries(only).every(([label, value]) => labels[label] === value);

const agree = (a: number, b: number): boolean => Math.abs(a - b) <= TOLERANCE * Math.max(Math.abs(a), Math.abs(b));

/** Series that one of two answers lacks, and those whose values differ. */
const differences = (left: Answer, right: Answer): readonly string[] =>
  [...new Set([...left.keys(), ...right.keys()])]
    .filter((key) => !agree(left.get(key) ?? Number.NaN, right.get(key) ?? Number.NaN))
    .map((key) => `${key}: ${left.get(key)} and ${right.get(key)}`);

describe('differences', () => {
  const answer = (...pairs: readonly [string, number][]): Answer => new Map(pairs);

  test.each([
    ['equal values', answer(['a', 100]), answer(['a', 100]), 0],
    ['values within one percent', answer(['a', 100]), answer(['a', 100.9]), 0],
    ['zeros', answer(['a', 0]), answer(['a', 0]), 0],
    ['values further apart', answer(['a', 100]), answer(['a', 102]), 1],
    ['a value and zero', answer(['a', 0]), answer(['a', 0.001]), 1],
    ['a series that one side lacks', answer(['a', 1], ['b', 0]), answer(['a', 1]), 1],
    ['no number on both sides', answer(['a', Number.NaN]), answer(['a', Number.NaN]), 1],
  ])('of %s', (_, left, right, count) => {
    expect(differences(left, right)).toHaveLength(count);
  });
});

/** Long enough for the range before each of the times. */
function* lastHours(scrapes: Iterable<Scrape>): Generator<Scrape> {
  for (const scrape of scrapes) if (scrape.at >= END - 24 * HOUR) yield scrape;
}

describePeers(['prometheus', 'promtool'], 'our queries and those of the source dashboard', () => {
  let folder: TemporaryFolder;
  let prometheus: RunningPrometheus;

  beforeAll(async () => {
    folder = await temporaryFolder('differential');
    const [dataDir, configFile] = [join(folder.path, 'data'), join(folder.path, 'prometheus.yml')];
    await backfill(lastHours(generateWeek({ seed: 1, end: END }).scrapes()), dataDir);
    await writeFile(configFile, 'global: {}\n');
    prometheus = await startPrometheus({ configFile, dataDir, flags: [FOREVER] });
  }, 60_000);

  afterAll(async () => {
    await prometheus?.stop();
    await folder?.remove();
  });

  const ask = async (query: string, time: number, only: Readonly<Record<string, string>> = {}): Promise<Answer> => {
    const samples = await prometheus.query(query, time);
    return new Map(
      samples.filter((sample) => has(sample, only)).map((sample): [string, number] => [keyOf(sample), sample.value]),
    );
  };

  const ours = (row: Row, time: number): Promise<Answer> =>
    ask(interpolate(ourQuery(files, row.ours).expr, ALL), time, row.ours.only);

  const named = ROWS.map((row) => [`${row.panel} ${row.refId}`, row] as const);

  test.each(named)('of %s agree, a defect of the source corrected first', async (_, row) => {
    for (const time of TIMES) {
      const expected = await ask(row.defect?.corrected ?? row.source, time);
      expect(expected.size).toBeGreaterThan(0);
      expect(differences(await ours(row, time), expected)).toEqual([]);
    }
  });

  test.each(named.filter(([, { defect }]) => defect !== undefined))('of %s differ by the defect', async (_, row) => {
    const found = await Promise.all(
      TIMES.map(async (time) => differences(await ours(row, time), await ask(row.source, time))),
    );
    expect(found.flat()).not.toEqual([]);
  });
});

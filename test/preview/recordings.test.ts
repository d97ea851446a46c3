import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readDashboard } from '../../dashboards/preview/classic.ts';
import { endingAt, readLines, recordAnswers } from '../../dashboards/preview/recorder.ts';
import { normalizeQuery, RECORDINGS, readRecordings, recordedLogs } from '../../dashboards/preview/recordings.ts';
import { MissingSource } from '../../dashboards/preview/sources.ts';
import { type Answer, type FakeSource, type Received, startFake, success } from './fake-sources.ts';

const HOUR = 3_600_000;
const RECORDED_END = Date.UTC(2026, 10, 27, 4);

describe('normalizeQuery', () => {
  test.each([
    ['sum by (level) (rate({a="b"} |= "x y" [$__auto]))', 'sum by(level)(rate({a="b"}|="x y"[$__auto]))'],
    ['{a="b"}\n  | json\n  | c = `d  e`', '{a="b"} | json | c=`d  e`'],
    ['{a="\\"  b"} |~ "c"', '{ a = "\\"  b" }|~"c"'],
  ])('finds %j and %j the same', (left, right) => {
    expect(normalizeQuery(left)).toBe(normalizeQuery(right));
  });

  test.each([
    ['{a="b c"}', '{a="b  c"}'],
    ['sum by (a) (b)', 'sumby (a) (b)'],
    ['{a="b"} | json', '{a="b"} | logfmt'],
  ])('finds %j and %j different', (left, right) => {
    expect(normalizeQuery(left)).not.toBe(normalizeQuery(right));
  });
});

describe('recorded answers', () => {
  const from = Date.UTC(2026, 10, 27, 3);
  const recordings = [
    {
      query: 'sum(rate({a="b"}[$__auto]))',
      from: RECORDED_END - HOUR,
      to: RECORDED_END,
      data: { resultType: 'matrix', result: [{ metric: {}, values: [[from / 1_000 + 60, '5']] }] },
    },
    {
      query: '{a="b"}',
      from: RECORDED_END - HOUR,
      to: RECORDED_END,
      data: {
        resultType: 'streams',
        result: [
          {
            stream: { a: 'b' },
            values: [
              [
                `${from + 60_000}000123`,
                '{"time":"2026-11-27T03:01:00.500Z"}',
                { parsed: { until: '2026-11-27T04:00:00Z' } },
              ],
            ],
          },
        ],
      },
    },
  ];
  const ask = (timeless: string, to: number, length = HOUR) =>
    recordedLogs(recordings).query({
      query: 'unused',
      timeless,
      from: to - length,
      to,
      step: 1_000,
      instant: false,
      limit: 10,
    });

  test('move in time, with the times that lines name', async () => {
    const to = RECORDED_END - 24 * HOUR;
    expect(await ask('sum(rate({a="b"} [$__auto]))', to)).toMatchObject({
      result: [{ values: [[from / 1_000 + 60 - 86_400, '5']] }],
    });
    expect(await ask('{a="b"}', to)).toMatchObject({
      result: [
        {
          values: [
            [
              `${from + 60_000 - 24 * HOUR}000123`,
              '{"time":"2026-11-26T03:01:00.500Z"}',
              { parsed: { until: '2026-11-26T04:00:00Z' } },
            ],
          ],
        },
      ],
    });
  });

  test('outside the asked range are left out', async () => {
    expect(await ask('{a="b"}', RECORDED_END, HOUR / 2)).toEqual({ resultType: 'streams', result: [] });
  });

  test.each(['{a="c"}', 'sum(rate({a="b"}[5m]))', '{a="b"} | json'])('are not made up for %s', async (query) => {
    await expect(ask(query, RECORDED_END)).rejects.toThrow(MissingSource);
    await expect(ask(query, RECORDED_END)).rejects.toThrow('needs Loki');
  });
});

describe('the recordings of the repository', () => {
  test('have lines and series of six hours', async () => {
    const recordings = await readRecordings(RECORDINGS);
    expect(recordings.length).toBeGreaterThan(10);
    for (const { from, to } of recordings) expect(to - from).toBe(6 * HOUR);
  });

  test('come from lines that are there', async () => {
    const lines = await readLines(join(RECORDINGS, 'lines.jsonl.gz'));
    expect(lines).toHaveLength(3_419);
    expect(lines[0]?.stream).toMatchObject({ service_name: 'anthropic-proxy' });
  });
});

describe('recordAnswers', () => {
  let folder = '';
  let loki: FakeSource;
  let answer: (request: Received) => Answer;
  const END = Date.UTC(2026, 11, 1);
  const line = (time: number, text: string) => ({
    stream: { a: 'b' },
    time: `${time}000000`,
    metadata: { m: '1' },
    line: text,
  });
  const dashboard = readDashboard(
    JSON.stringify({
      title: 't',
      panels: [
        { id: 1, type: 'logs', datasource: { type: 'loki' }, targets: [{ refId: 'A', expr: '{a=~"$v"}' }] },
        { id: 2, type: 'stat', datasource: { type: 'prometheus' }, targets: [{ refId: 'A', expr: 'up' }] },
      ],
      annotations: { list: [{ name: 'n', datasource: { type: 'loki' }, expr: '{a="b"} |= "n"' }] },
      templating: {
        list: [{ name: 'v', type: 'custom', query: 'x,y', includeAll: true, multi: true, allValue: '.*' }],
      },
    }),
    'test.json',
  );
  const record = (lines = [line(END - HOUR, '{"until":"2026-11-30T23:30:00.000Z"}'), line(END - 2 * HOUR, 'old')]) =>
    recordAnswers({
      loki: { url: loki.url, token: 'secret', timeoutMs: 5_000 },
      dashboards: [{ name: 'd', dashboard }],
      lines,
      end: END,
      out: folder,
      progress: () => {},
    });

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'recordings-'));
    writeFileSync(join(folder, 'old.json'), '{}');
    answer = ({ path }) =>
      path.endsWith('/push') ? { status: 204, body: '' } : success({ resultType: 'streams', result: [] });
    loki = await startFake((request) => answer(request));
  });

  afterEach(async () => {
    await loki.stop();
    rmSync(folder, { recursive: true });
  });

  test('pushes lines so that the last is now, and keeps what Loki answers to each query', async () => {
    expect(await record()).toBe(2);
    const [push] = loki.received;
    expect(push).toMatchObject({ method: 'POST', path: '/loki/api/v1/push', authorization: 'Bearer secret' });
    expect(JSON.parse(push?.body ?? '')).toEqual({
      streams: [
        {
          stream: { a: 'b' },
          values: [
            [`${END}000000`, '{"until":"2026-12-01T00:30:00.000Z"}', { m: '1' }],
            [`${END - HOUR}000000`, 'old', { m: '1' }],
          ],
        },
      ],
    });
    const recordings = await readRecordings(folder);
    expect(recordings.map(({ query, from, to }) => [query, from, to]).toSorted()).toEqual([
      ['{a="b"} |= "n"', END - 6 * HOUR, END],
      ['{a=~".*"}', END - 6 * HOUR, END],
    ]);
    expect(readdirSync(folder)).not.toContain('old.json');
  });

  test('pushes many lines in parts', async () => {
    await record(Array.from({ length: 1_200 }, (_, index) => line(END - index, String(index))));
    const pushed = loki.received.filter(({ path }) => path.endsWith('/push'));
    expect(pushed.map(({ body }) => JSON.parse(body).streams[0].values.length)).toEqual([500, 500, 200]);
  });

  test.each<[string, (request: Received) => Answer, RegExp]>([
    [
      'a push fails',
      () => ({ status: 400, body: 'entry too far behind' }),
      /refuses lines with HTTP 400: entry too far/,
    ],
    [
      'a query fails',
      ({ path }) => (path.endsWith('/push') ? { status: 204, body: '' } : { status: 500, body: 'broken' }),
      /HTTP 500: broken/,
    ],
  ])('leaves the recordings as they were where %s', async (_, failing, message) => {
    answer = failing;
    await expect(record()).rejects.toThrow(message);
    expect(readdirSync(folder)).toEqual(['old.json']);
  });
});

test('endingAt moves times in nanoseconds exactly', () => {
  const lines = [{ stream: {}, time: '1795730400000000123', metadata: {}, line: '' }];
  expect(endingAt(lines, 1_795_730_460_000)[0]?.time).toBe('1795730460000000123');
});

test('a file that is no recording is named', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'recordings-'));
  writeFileSync(join(folder, 'a.json'), '{"params":{}}');
  await expect(readRecordings(folder)).rejects.toThrow(
    /a\.json is no recording: query; run `npm run preview:record` again/,
  );
  writeFileSync(join(folder, 'bad.gz'), gzipSync('{"stream":{},"time":"now","line":""}'));
  await expect(readLines(join(folder, 'bad.gz'))).rejects.toThrow(/bad\.gz, line 1 is no log line: time is wrong/);
  rmSync(folder, { recursive: true });
});

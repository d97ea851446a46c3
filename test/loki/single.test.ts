import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { build } from '../components/sample.ts';
import type { RunningLoki } from '../peers/loki.ts';
import { describePeers } from '../peers/peer.ts';
import { type TemporaryFolder, temporaryFolder } from '../peers/temporary-folder.ts';
import { interpolate } from '../smoke/dashboard-queries.ts';
import { type CollectedStream, collected } from './collector.ts';
import { lokiQueries } from './dashboard-queries.ts';
import { lokiPorts, startGenerated } from './generated-loki.ts';
import { poolLines, proxyLines } from './proxy-lines.ts';
import { pushOnly } from './push.ts';
import { SOURCE_ANNOTATION, SOURCE_QUERIES, substitute } from './source-lines.ts';

const GENERATED = build().configFiles['loki.yaml'] ?? '';
const START_TIMEOUT_MS = 120_000;
const HOUR_MS = 3_600_000;

/** What the variables of the dashboards stand for when nothing is narrowed. */
const EVERYTHING = {
  instance: '.+',
  level: '.+',
  search: '',
  event: '.*',
  credential: '.*',
  model: '.*',
  slow_ms: '5000',
  __auto: '1h',
};

const start = async (folder: TemporaryFolder, times: Readonly<Record<string, string>> = {}): Promise<RunningLoki> =>
  startGenerated(GENERATED, { folder: folder.path, ports: await lokiPorts(), times });

const filesBelow = async (folder: string): Promise<readonly string[]> => {
  const entries = await readdir(folder, { recursive: true }).catch(() => []);
  const files = await Promise.all(
    entries.map(async (name) => ((await stat(join(folder, name)).catch(() => undefined))?.isFile() ? [name] : [])),
  );
  return files.flat();
};

describePeers(['loki'], 'one Loki under the generated configuration', () => {
  let folder: TemporaryFolder;
  let loki: RunningLoki;
  let streams: readonly CollectedStream[] = [];
  let at = 0;

  beforeAll(async () => {
    folder = await temporaryFolder('loki-single');
    streams = [...collected(await proxyLines()), ...collected(await poolLines(), 'proxy-1')];
    at = Math.max(...streams.flatMap(({ entries }) => entries.map((entry) => entry.at))) + 1;
    loki = await start(folder);
    for (const { stream, entries } of streams) await loki.push(stream, entries);
  }, START_TIMEOUT_MS);

  afterAll(async () => {
    await loki?.stop();
    await folder?.remove();
  });

  const answers = (query: string): Promise<readonly object[]> =>
    query.startsWith('{') ? loki.lines(query, { from: at - HOUR_MS, to: at }) : loki.samples(query, at);

  const all = async (): Promise<readonly string[]> =>
    (await loki.lines('{service_name="anthropic-proxy"}', { from: at - HOUR_MS, to: at })).map(({ line }) => line);

  const written = (): readonly string[] => streams.flatMap(({ entries }) => entries.map(({ line }) => line));

  test.each(lokiQueries())('$dashboard, $title: answers with data', async ({ expr }) => {
    expect(await answers(interpolate(expr, EVERYTHING))).not.toHaveLength(0);
  });

  test('there are queries of the logs dashboard and the annotation of the metrics', () => {
    const dashboards = new Set(lokiQueries().map(({ dashboard }) => dashboard));
    expect(dashboards).toEqual(new Set(['anthropic-proxy', 'anthropic-proxy-logs']));
  });

  test.each([...SOURCE_QUERIES, { panel: 'annotation', query: SOURCE_ANNOTATION }])(
    'the source dashboard, $panel: $query',
    async ({ query }) => {
      const values = { window_age_5h: '12345', window_age_7d: '401234', __interval: '1h' };
      expect(await answers(substitute(query, values))).not.toHaveLength(0);
    },
  );

  test('a line has the labels of its stream and what was taken out of it, and nothing that was guessed', async () => {
    const [first] = await loki.lines('{service_name="anthropic-proxy", level="info"} | event="api_request"', {
      from: at - HOUR_MS,
      to: at,
    });
    expect(Object.keys(first?.labels ?? {}).toSorted()).toEqual([
      'credential',
      'event',
      'input_tokens',
      'instance',
      'level',
      'model',
      'namespace',
      'output_tokens',
      'service_name',
      'status',
    ]);
  });

  test('what is sent twice is found and counted once', async () => {
    for (const { stream, entries } of streams) await pushOnly(loki, stream, entries);
    expect((await all()).toSorted()).toEqual(written().toSorted());
    const [counted] = await loki.samples('sum(count_over_time({service_name="anthropic-proxy"}[1h]))', at);
    expect(counted?.value).toBe(written().length);
  });

  test(
    'a crash loses no line: the log of what was not stored yet is read again',
    async () => {
      process.kill(loki.pid, 'SIGKILL');
      await loki.stop();
      expect(await filesBelow(join(folder.path, 'chunks/fake'))).toEqual([]);
      loki = await start(folder);
      expect((await all()).toSorted()).toEqual(written().toSorted());
    },
    START_TIMEOUT_MS,
  );

  test(
    'an orderly end stores every line, and what is sent again afterwards still counts once',
    async () => {
      await loki.stop();
      expect(await filesBelow(join(folder.path, 'chunks/fake'))).toHaveLength(streams.length);
      loki = await start(folder);
      expect((await all()).toSorted()).toEqual(written().toSorted());
      for (const { stream, entries } of streams) await pushOnly(loki, stream, entries);
      const [counted] = await loki.samples('sum(count_over_time({service_name="anthropic-proxy"}[1h]))', at);
      expect(counted?.value).toBe(written().length);
    },
    START_TIMEOUT_MS,
  );

  describe('a question or a line that is out of bounds', () => {
    test('is refused when the line is older than the retention', async () => {
      const old = [{ at: Date.now() - 15 * 24 * HOUR_MS, line: 'old' }];
      await expect(pushOnly(loki, { service_name: 'old' }, old)).rejects.toThrow('has timestamp too old');
    });

    test('nobody can ask for a deletion', async () => {
      const path = `${loki.url}/loki/api/v1/delete?query={service_name="anthropic-proxy"}&start=0`;
      const { status } = await fetch(encodeURI(path), { method: 'POST' });
      expect(status).toBe(403);
    });
  });
});

describePeers(['loki'], 'the retention of one Loki', () => {
  test('deletes lines that are older, with their files, and keeps the others', async () => {
    const folder = await temporaryFolder('loki-retention');
    const now = Date.now();
    const times = {
      'limits_config.retention_period': '1h',
      'compactor.compaction_interval': '1s',
      'compactor.retention_delete_delay': '1s',
    };
    const before = await start(folder);
    await before.push({ service_name: 'old' }, [{ at: now - 2 * HOUR_MS, line: 'two hours old' }]);
    await before.push({ service_name: 'new' }, [{ at: now - 1_000, line: 'a second old' }]);
    await before.stop();
    const chunks = (): Promise<readonly string[]> => filesBelow(join(folder.path, 'chunks/fake'));
    expect(await chunks()).toHaveLength(2);
    const loki = await start(folder, times);
    try {
      await expect.poll(chunks, { timeout: 90_000, interval: 1_000 }).toHaveLength(1);
      const range = { from: now - 3 * HOUR_MS, to: now };
      expect((await loki.lines('{service_name="new"}', range)).map(({ line }) => line)).toEqual(['a second old']);
    } finally {
      await loki.stop();
      await folder.remove();
    }
  }, 240_000);
});

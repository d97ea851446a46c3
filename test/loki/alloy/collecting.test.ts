import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { build } from '../../components/sample.ts';
import type { RunningLoki } from '../../peers/loki.ts';
import { describePeers } from '../../peers/peer.ts';
import { type TemporaryFolder, temporaryFolder } from '../../peers/temporary-folder.ts';
import { type CollectedStream, collected } from '../collector.ts';
import { type LokiPorts, lokiPorts, startGenerated } from '../generated-loki.ts';
import { proxyLines } from '../proxy-lines.ts';
import { type RunningAlloy, startAlloy } from './generated-alloy.ts';
import { type KubernetesLogs, startKubernetesLogs } from './kubernetes-logs.ts';

const STACK = build();
const ARGS: readonly string[] = STACK.find('StatefulSet', 'alloy').spec.template.spec.containers[0].args;

const named = (name: string) => ({ 'app.kubernetes.io/name': name, 'app.kubernetes.io/part-of': 'tidewatch' });

const PODS = [
  { name: 'proxy-0', labels: named('anthropic-proxy'), ports: [8080, 9090] },
  { name: 'grafana-0', labels: named('grafana') },
];

const START_TIMEOUT_MS = 120_000;
const HOUR_MS = 3_600_000;
const SOON = { timeout: 30_000 };

/** What other programs of the stack write, and the level that the collector gives each line. */
const OTHERS: readonly (readonly [line: string, level: string | undefined])[] = [
  ['time=2026-01-01T00:00:00Z level=WARN msg="upper case"', 'warn'],
  ['ts=2026-01-01T00:00:00Z caller=main.go:1 level=info msg="logfmt"', 'info'],
  ['level=critical msg="a word of others"', 'fatal'],
  ['level=42 msg="no level at all"', undefined],
  ['panic: runtime error', undefined],
];

describePeers(['alloy', 'loki'], 'Alloy under the generated configuration', () => {
  let folder: TemporaryFolder;
  let kubernetes: KubernetesLogs;
  let ports: LokiPorts;
  let loki: RunningLoki;
  let alloy: RunningAlloy;
  let lines: readonly string[] = [];
  let at = 0;

  const startLoki = (): Promise<RunningLoki> =>
    startGenerated(STACK.configFiles['loki.yaml'] ?? '', { folder: join(folder.path, 'loki'), ports });

  const start = (): Promise<RunningAlloy> =>
    startAlloy(STACK.configFiles['config.alloy'] ?? '', ARGS, {
      folder: folder.path,
      kubernetes: kubernetes.url,
      loki: `http://127.0.0.1:${ports.http}`,
    });

  beforeAll(async () => {
    folder = await temporaryFolder('alloy');
    lines = await proxyLines();
    at = Date.now() + HOUR_MS;
    kubernetes = await startKubernetesLogs(PODS);
    kubernetes.write('proxy-0', lines);
    kubernetes.write(
      'grafana-0',
      OTHERS.map(([line]) => line),
    );
    ports = await lokiPorts();
    loki = await startLoki();
    alloy = await start();
  }, START_TIMEOUT_MS);

  afterAll(async () => {
    await alloy?.stop();
    await loki?.stop();
    await kubernetes?.stop();
    await folder?.remove();
  });

  const found = (selector: string) => loki.lines(selector, { from: at - 2 * HOUR_MS, to: at });
  const texts = async (selector: string): Promise<readonly string[]> => (await found(selector)).map(({ line }) => line);
  const counted = async (selector: string): Promise<number | undefined> =>
    (await loki.samples(`sum(count_over_time(${selector}[2h]))`, at))[0]?.value;

  const expected = ({ stream, entries }: CollectedStream) =>
    entries.map(({ line, metadata }) => ({ line, labels: { ...stream, ...metadata } }));

  test('the lines of the proxy have the labels and the metadata that the other tests count on', async () => {
    const wanted = collected(lines).flatMap(expected);
    await expect.poll(() => texts('{service_name="anthropic-proxy"}'), SOON).toHaveLength(wanted.length);
    const byLine = (a: { line: string }, b: { line: string }): number => (a.line < b.line ? -1 : 1);
    expect((await found('{service_name="anthropic-proxy"}')).toSorted(byLine)).toEqual(wanted.toSorted(byLine));
  });

  test('a line has the time that is written in it', async () => {
    const [line = ''] = lines;
    const time = Date.parse(String((JSON.parse(line) as { time: string }).time));
    const exactly = await loki.lines('{service_name="anthropic-proxy"}', { from: time, to: time + 1 });
    expect(exactly.map((one) => one.line)).toContain(line);
  });

  test('the lines of others are kept, with their level where it is one', async () => {
    await expect.poll(() => texts('{service_name="grafana"}'), SOON).toHaveLength(OTHERS.length);
    const labels = Object.fromEntries((await found('{service_name="grafana"}')).map((one) => [one.line, one.labels]));
    for (const [line, level] of OTHERS)
      expect(labels[line], line).toEqual({
        service_name: 'grafana',
        namespace: 'tidewatch',
        instance: 'grafana-0',
        ...(level === undefined ? {} : { level }),
      });
  });

  test('a pod with two ports is read once', () => {
    expect(Object.fromEntries(kubernetes.asked)).toEqual({ 'proxy-0': 1, 'grafana-0': 1 });
  });

  test(
    'after a restart it goes on where it was: nothing is missing and nothing counts twice',
    async () => {
      await alloy.stop();
      kubernetes.write('grafana-0', ['level=info msg="while nobody read"']);
      alloy = await start();
      await expect.poll(() => texts('{service_name="grafana"}'), SOON).toContain('level=info msg="while nobody read"');
      await delay(2_000);
      expect(await counted('{service_name="grafana"}')).toBe(OTHERS.length + 1);
      expect(await counted('{service_name="anthropic-proxy"}')).toBe(lines.length);
    },
    START_TIMEOUT_MS,
  );

  test(
    'after a crash it reads again what it had not noted, and nothing counts twice',
    async () => {
      process.kill(alloy.pid, 'SIGKILL');
      await alloy.stop();
      alloy = await start();
      kubernetes.write('grafana-0', ['level=info msg="after the crash"']);
      await expect.poll(() => texts('{service_name="grafana"}'), SOON).toContain('level=info msg="after the crash"');
      expect(await counted('{service_name="grafana"}')).toBe(OTHERS.length + 2);
      expect(await counted('{service_name="anthropic-proxy"}')).toBe(lines.length);
    },
    START_TIMEOUT_MS,
  );

  test(
    'while Loki is away it tries again and gives up nothing',
    async () => {
      await loki.stop();
      kubernetes.write('grafana-0', ['level=info msg="while Loki was away"']);
      await expect.poll(() => alloy.counter('loki_write_batch_retries_total'), SOON).toBeGreaterThan(2);
      loki = await startLoki();
      await expect
        .poll(() => texts('{service_name="grafana"}'), { timeout: 60_000 })
        .toContain('level=info msg="while Loki was away"');
      expect(await alloy.counter('loki_write_dropped_entries_total')).toBe(0);
    },
    START_TIMEOUT_MS,
  );

  test(
    'what is written while the Kubernetes API refuses is skipped, which docs/logs.md says',
    async () => {
      kubernetes.away(true);
      await delay(1_500);
      kubernetes.write('grafana-0', ['level=info msg="while the API was away"']);
      await delay(3_500);
      kubernetes.away(false);
      await delay(10_000);
      kubernetes.write('grafana-0', ['level=info msg="after it"']);
      await expect
        .poll(() => texts('{service_name="grafana"}'), { timeout: 60_000 })
        .toContain('level=info msg="after it"');
      expect(await texts('{service_name="grafana"}')).not.toContain('level=info msg="while the API was away"');
    },
    START_TIMEOUT_MS,
  );
});

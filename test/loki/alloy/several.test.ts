import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { build } from '../../components/sample.ts';
import type { RunningLoki } from '../../peers/loki.ts';
import { describePeers } from '../../peers/peer.ts';
import { freePort } from '../../peers/process.ts';
import { type TemporaryFolder, temporaryFolder } from '../../peers/temporary-folder.ts';
import { collected } from '../collector.ts';
import { type LokiPorts, lokiPorts, startGenerated } from '../generated-loki.ts';
import { proxyLines } from '../proxy-lines.ts';
import { type RunningAlloy, startAlloy } from './generated-alloy.ts';
import { type KubernetesLogs, startKubernetesLogs } from './kubernetes-logs.ts';

const STACK = build({ alloy: { replicas: 2 } });
const ARGS: readonly string[] = STACK.find('StatefulSet', 'alloy').spec.template.spec.containers[0].args;

const NAMES = Array.from({ length: 8 }, (_, index) => `proxy-${index}`);
const LABELS = { 'app.kubernetes.io/name': 'anthropic-proxy', 'app.kubernetes.io/part-of': 'tidewatch' };

const START_TIMEOUT_MS = 120_000;
const HOUR_MS = 3_600_000;

describePeers(['alloy', 'loki'], 'two Alloys under the generated configuration', () => {
  let folder: TemporaryFolder;
  let kubernetes: KubernetesLogs;
  let lokiAt: LokiPorts;
  let loki: RunningLoki;
  let alloys: readonly RunningAlloy[] = [];
  let lines: readonly string[] = [];
  let at = 0;

  const start = async (name: string, port: number, others: readonly number[]): Promise<RunningAlloy> => {
    const own = join(folder.path, name);
    await mkdir(own);
    const args = ARGS.map((arg) =>
      arg
        .replace('$(ALLOY_POD_NAME)', name)
        .replace('$(ALLOY_POD_ADDRESS)', '127.0.0.1')
        .replace('alloy-pods:12345', others.map((other) => `127.0.0.1:${other}`).join(',')),
    );
    const around = { folder: own, kubernetes: kubernetes.url, loki: `http://127.0.0.1:${lokiAt.http}`, port };
    return startAlloy(STACK.configFiles['config.alloy'] ?? '', args, around);
  };

  beforeAll(async () => {
    folder = await temporaryFolder('alloys');
    lines = await proxyLines();
    at = Date.now() + HOUR_MS;
    kubernetes = await startKubernetesLogs(NAMES.map((name) => ({ name, labels: LABELS })));
    lokiAt = await lokiPorts();
    loki = await startGenerated(STACK.configFiles['loki.yaml'] ?? '', {
      folder: join(folder.path, 'loki'),
      ports: lokiAt,
    });
    const ports = [await freePort(), await freePort()];
    alloys = await Promise.all(ports.map((port, index) => start(`alloy-${index}`, port, ports)));
    await vi.waitFor(async () => expect(await members()).toEqual([2, 2]), { timeout: 60_000 });
    for (const name of NAMES) kubernetes.write(name, lines);
  }, START_TIMEOUT_MS);

  afterAll(async () => {
    await Promise.all(alloys.map((alloy) => alloy.stop()));
    await loki?.stop();
    await kubernetes?.stop();
    await folder?.remove();
  });

  const members = (): Promise<readonly number[]> =>
    Promise.all(alloys.map(({ counter }) => counter('cluster_node_peers')));

  const counted = async (): Promise<number | undefined> =>
    (await loki.samples('sum(count_over_time({service_name="anthropic-proxy"}[2h]))', at))[0]?.value;

  test('divide the pods, and every line is there once', async () => {
    await expect.poll(counted, { timeout: 30_000 }).toBe(lines.length * NAMES.length);
    const sent = await Promise.all(alloys.map(({ counter }) => counter('loki_write_sent_entries_total')));
    expect(Math.min(...sent)).toBeGreaterThan(0);
    expect(sent.reduce((sum, one) => sum + one, 0)).toBe(lines.length * NAMES.length);
  });

  test(
    'when one is gone the other reads its pods, and still every line is there once',
    async () => {
      const [first, second] = alloys;
      if (first === undefined || second === undefined) throw new Error('two were started');
      process.kill(first.pid, 'SIGKILL');
      await first.stop();
      alloys = [second];
      const late = '{"level":"INFO","time":"LATER","event":"proxy_started","msg":"listening"}';
      const time = new Date().toISOString();
      for (const name of NAMES) kubernetes.write(name, [late.replace('LATER', time)]);
      await expect.poll(counted, { timeout: 90_000 }).toBe((lines.length + 1) * NAMES.length);
      const streams = await loki.lines('{service_name="anthropic-proxy", instance="proxy-3"}', {
        from: at - 2 * HOUR_MS,
        to: at,
      });
      expect(streams).toHaveLength(collected(lines).flatMap(({ entries }) => entries).length + 1);
    },
    START_TIMEOUT_MS,
  );
});

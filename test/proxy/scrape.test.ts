import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { nodeProcess, proxy, seriesNames } from '#catalog';
import { createMetrics } from '../../proxy/metrics/metrics.ts';
import { countRecord } from '../../proxy/records/sinks.ts';
import { systemClock } from '../../proxy/time.ts';
import { createBilling } from '../../proxy/usage/bill.ts';
import { describePeers } from '../peers/peer.ts';
import { type RunningPrometheus, startPrometheus } from '../peers/prometheus.ts';
import { requestRecord } from './records/request-record.ts';

const configuration = (port: number) => `
global: { scrape_interval: 1s }
scrape_configs:
  - job_name: anthropic-proxy
    static_configs: [{ targets: ['127.0.0.1:${port}'] }]
`;

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describePeers(['prometheus'], 'a Prometheus that scrapes the proxy', () => {
  const folder = mkdtempSync(join(tmpdir(), 'scrape-'));
  const metrics = createMetrics({ version: '1.2.3', clock: systemClock });
  const accepted = new Set<string>();
  const server = createServer(async (request, response) => {
    const { contentType, body } = await metrics.expose(request.headers.accept);
    accepted.add(contentType);
    response.writeHead(200, { 'content-type': contentType }).end(body);
  });
  let prometheus: RunningPrometheus | undefined;

  const ask = async (expr: string) => (await prometheus?.query(expr)) ?? [];

  beforeAll(async () => {
    const record = requestRecord({ at: systemClock.now() });
    countRecord(metrics)({ record, bill: createBilling()(record.report, record.at) });
    const credential = { window: '5h', credential: 'team-a' };
    const known = {
      utilization: 42,
      resetsAt: systemClock.now(),
      learnedAt: systemClock.now(),
      tokensSince: systemClock.now(),
    };
    const tokens = [{ model: 'claude-opus-4-8', direction: 'input', tokens: 1 }] as const;
    metrics.collect(() => ({
      windows: [{ ...credential, ...known, source: 'header', tokens }],
      extraUsage: [{ credential: 'team-a', enabled: true, usedCredits: 1, limitCredits: 2, utilization: 50 }],
      keyLimits: [{ credential: 'team-a', kind: 'requests', limit: 50, remaining: 49 }],
      credentials: [{ credential: 'team-a', state: 'ready' }],
      untracked: 0,
    }));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const configFile = join(folder, 'prometheus.yml');
    writeFileSync(configFile, configuration((server.address() as AddressInfo).port));
    prometheus = await startPrometheus({ configFile, flags: ['--enable-feature=exemplar-storage'] });
    for (let tries = 0; tries < 50 && (await ask('up == 1')).length === 0; tries += 1) await sleep(200);
  });

  afterAll(async () => {
    await prometheus?.stop();
    server.close();
    rmSync(folder, { recursive: true });
  });

  test('takes OpenMetrics', async () => {
    expect(await ask('up')).toMatchObject([{ value: 1 }]);
    expect([...accepted]).toStrictEqual(['application/openmetrics-text; version=1.0.0; charset=utf-8']);
  });

  test('has every series name of the catalog, and no other but its own about the scrape', async () => {
    const names = (await ask('count by (__name__) ({job="anthropic-proxy"})')).map(
      ({ labels }) => labels.__name__ ?? '',
    );
    const promised = [...Object.values(proxy), ...Object.values(nodeProcess)].flatMap(seriesNames);
    const own = names.filter((name) => name !== 'up' && !name.startsWith('scrape_'));
    expect(own.toSorted()).toStrictEqual(promised.toSorted());
  });

  test('finds the request behind a bucket', async () => {
    const query = 'proxy_request_duration_ms_milliseconds_bucket';
    const parameters = new URLSearchParams({
      query,
      start: String(systemClock.now() / 1_000 - 600),
      end: String(systemClock.now() / 1_000 + 60),
    });
    const response = await fetch(`${prometheus?.url}/api/v1/query_exemplars?${parameters}`);
    expect(await response.json()).toMatchObject({
      data: [
        {
          seriesLabels: { stream: 'true', le: '2500.0' },
          exemplars: [{ labels: { request_id: requestRecord().requestId }, value: '1234.567' }],
        },
      ],
    });
  });
});

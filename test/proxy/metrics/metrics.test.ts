import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type Label, type Metric, nodeProcess, proxy, seriesNames } from '#catalog';
import { NO_ACCOUNTS } from '../../../proxy/metrics/accounts.ts';
import { type AccountSnapshot, createMetrics, type Metrics, type WindowState } from '../../../proxy/metrics/metrics.ts';
import { describePeers, run } from '../../peers/peer.ts';
import { manualTime } from '../../support/manual-time.ts';

import { familiesOf, type ReadFamily, type ReadSample } from '../exposition.ts';

const NOW = Date.UTC(2026, 10, 21);

/** What prom-client reads from a file system that only Linux has. */
const LINUX_ONLY: readonly Metric[] = process.platform === 'linux' ? [] : [nodeProcess.openFiles, nodeProcess.maxFiles];

const CATALOG: readonly Metric[] = [...Object.values(proxy), ...Object.values(nodeProcess)].filter(
  (metric) => !LINUX_ONLY.includes(metric),
);

const window = (state: Partial<WindowState> = {}): WindowState => ({
  window: '5h',
  credential: 'team-a',
  utilization: 42,
  resetsAt: NOW + 3_600_000,
  learnedAt: NOW - 30_000,
  source: 'header',
  tokensSince: NOW - 7_200_000,
  tokens: [{ model: 'claude-opus-4-8', direction: 'input', tokens: 12 }],
  ...state,
});

const ACCOUNTS: AccountSnapshot = {
  windows: [window(), window({ window: '7d', source: 'poll' }), window({ window: '30d_new', source: 'elapsed' })],
  extraUsage: [{ credential: 'team-a', enabled: true, usedCredits: 5, limitCredits: 100, utilization: 5 }],
  keyLimits: [{ credential: 'team-a', kind: 'input_tokens', limit: 400_000, remaining: 390_000 }],
  credentials: [{ credential: 'team-a', state: 'cooling' }],
  untracked: 3,
};

const fresh = (): Metrics => createMetrics({ version: '1.2.3', clock: manualTime(NOW).clock });

const exposed = async (metrics: Metrics): Promise<readonly ReadFamily[]> => familiesOf((await metrics.expose()).body);

const family = (families: readonly ReadFamily[], { name }: Metric): ReadFamily => {
  const found = families.find((one) => one.name === name);
  if (found === undefined) throw new Error(`${name} is not exposed`);
  return found;
};

const samplesOf = async (metrics: Metrics, metric: Metric) =>
  family(await exposed(metrics), metric).samples.map(({ labels, value }) => ({ ...labels, value }));

const nonZero = (samples: readonly { readonly value: number }[]) => samples.filter(({ value }) => value !== 0);

/** The values that a closed label may have; null for one whose values appear at run time. */
const closedValues = ({ values, cap }: Label): readonly string[] | null => (cap === null ? values : null);

describe('what a scrape reads', () => {
  const metrics = fresh();
  const server = createServer(async (request, response) => {
    const { contentType, body } = await metrics.expose(request.headers.accept);
    response.writeHead(200, { 'content-type': contentType }).end(body);
  });
  let families: readonly ReadFamily[] = [];

  beforeAll(async () => {
    metrics.collect(() => ACCOUNTS);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    // The mean of the event loop's delays has no value before the first delay was measured.
    families = await vi.waitFor(async () => {
      const read = familiesOf(await (await fetch(`http://127.0.0.1:${port}/metrics`)).text());
      expect(family(read, nodeProcess.eventLoopLagMean).samples).not.toEqual([]);
      return read;
    });
  });

  afterAll(() => new Promise((resolve) => server.close(resolve)));

  test('is exactly the catalog, metric by metric', () => {
    expect(families.map(({ name }) => name).toSorted()).toStrictEqual(CATALOG.map(({ name }) => name).toSorted());
  });

  test.each(CATALOG.map((metric) => [metric.name, metric] as const))(
    'has %s as the catalog declares it',
    (_, metric) => {
      const { type, help, samples } = family(families, metric);
      expect({ type, help }).toStrictEqual({ type: metric.kind, help: metric.help });
      expect(samples.length).toBeGreaterThan(0);
      expect([...new Set(samples.map(({ name }) => name))].toSorted()).toStrictEqual(seriesNames(metric).toSorted());
      const own = metric.labels.map(({ name }) => name);
      for (const { name, labels } of samples) {
        const names = name.endsWith('_bucket') && metric.kind === 'histogram' ? [...own, 'le'] : own;
        expect(Object.keys(labels)).toStrictEqual(names);
      }
    },
  );

  test.each(
    CATALOG.flatMap((metric) => metric.labels.map((label) => [metric.name, label.name, metric, label] as const)),
  )('has %s with values of %s that the catalog knows', (_, __, metric, label) => {
    const allowed = closedValues(label);
    const values = new Set(family(families, metric).samples.map(({ labels }) => labels[label.name] ?? ''));
    if (allowed === null) expect(values.size).toBeLessThanOrEqual(label.cap ?? 0);
    else expect(allowed).toEqual(expect.arrayContaining([...values]));
  });

  test.each(
    Object.values(proxy)
      .filter(({ kind, labels }) => kind !== 'gauge' && labels.every(({ cap }) => cap === null))
      .map((metric) => [metric.name, metric] as const),
  )('has every series of %s from the start, at zero', (_, metric) => {
    const combinations = metric.labels.reduce((product, { values }) => product * values.length, 1);
    const perSeries = metric.kind === 'histogram' ? metric.buckets.length + 3 : 1;
    const { samples } = family(families, metric);
    expect(samples).toHaveLength(combinations * perSeries);
    expect(nonZero(samples)).toStrictEqual([]);
  });

  test.each(CATALOG.flatMap((metric) => (metric.kind === 'histogram' ? [[metric.name, metric] as const] : [])))(
    'has the buckets of %s',
    (_, { name, labels, buckets }) => {
      const found = family(families, { name } as Metric).samples.filter((sample) => sample.name.endsWith('_bucket'));
      const bounds = [
        ...new Set(found.map(({ labels: { le } }) => Number(le === '+Inf' ? Number.POSITIVE_INFINITY : le))),
      ];
      expect(bounds).toStrictEqual([...buckets, Number.POSITIVE_INFINITY]);
      expect(labels.length).toBeLessThanOrEqual(1);
    },
  );
});

describe('instruments', () => {
  test('count under their labels', async () => {
    const metrics = fresh();
    metrics.requests.inc({ stream: 'true', status_code: '429' });
    metrics.requests.inc({ stream: 'true', status_code: '429' }, 2);
    expect(nonZero(await samplesOf(metrics, proxy.requests))).toStrictEqual([
      { stream: 'true', status_code: '429', value: 3 },
    ]);
  });

  test('put observations into the bucket whose bound is not below them', async () => {
    const metrics = fresh();
    for (const bytes of [1_024, 1_025, 1 << 30]) metrics.requestBodySize.observe({}, bytes);
    const samples = family(await exposed(metrics), proxy.requestBodySize).samples;
    const read = samples.map(({ labels, value }) => [labels.le, value]);
    expect([read[0], read[1], read[15], read[16], read[17], read[18]]).toStrictEqual([
      ['1024.0', 1],
      ['2048.0', 2],
      ['33554432.0', 2],
      ['+Inf', 3],
      [undefined, 2_049 + (1 << 30)],
      [undefined, 3],
    ]);
  });

  test.each([Number.NaN, -1, Number.POSITIVE_INFINITY])(
    'ignore %d, which no sum could recover from',
    async (amount) => {
      const metrics = fresh();
      metrics.cost.inc({ model: 'claude-opus-4-8' }, amount);
      metrics.overhead.observe({}, amount);
      expect(nonZero(await samplesOf(metrics, proxy.cost))).toStrictEqual([]);
      expect(nonZero(await samplesOf(metrics, proxy.overhead))).toStrictEqual([]);
    },
  );

  test('count what is in flight up and down', async () => {
    const metrics = fresh();
    metrics.requestsInFlight.inc({ stream: 'true' });
    metrics.requestsInFlight.inc({ stream: 'true' });
    metrics.requestsInFlight.dec({ stream: 'true' });
    expect(await samplesOf(metrics, proxy.requestsInFlight)).toStrictEqual([
      { stream: 'true', value: 1 },
      { stream: 'false', value: 0 },
    ]);
  });

  test('fold a status that the closed list lacks, and count it', async () => {
    const metrics = fresh();
    metrics.requests.inc({ stream: 'false', status_code: '418' as '429' });
    expect(nonZero(await samplesOf(metrics, proxy.requests))).toStrictEqual([
      { stream: 'false', status_code: 'other', value: 1 },
    ]);
    expect(nonZero(await samplesOf(metrics, proxy.labelsFolded))).toStrictEqual([{ label: 'status_code', value: 1 }]);
  });

  test('of another proxy do not share counts', async () => {
    fresh().polls.inc({ result: 'ok' });
    expect(nonZero(await samplesOf(fresh(), proxy.polls))).toStrictEqual([]);
  });
});

describe('caps', () => {
  test('credentials beyond a hundred are counted under other', async () => {
    const metrics = fresh();
    const names = Array.from({ length: 103 }, (_, index) => `c${index}`);
    metrics.collect(() => ({
      ...NO_ACCOUNTS,
      windows: names.slice(0, 100).map((credential) => window({ credential })),
    }));
    for (const credential of names) metrics.cooldowns.inc({ credential, reason: 'quota' });
    metrics.cooldowns.inc({ credential: 'c5', reason: 'quota' });
    const samples = await samplesOf(metrics, proxy.cooldowns);
    expect(samples).toHaveLength(101);
    expect(samples.filter(({ value }) => value > 1)).toStrictEqual([
      { credential: 'c5', reason: 'quota', value: 2 },
      { credential: 'other', reason: 'quota', value: 3 },
    ]);
    expect(nonZero(await samplesOf(metrics, proxy.labelsFolded))).toStrictEqual([{ label: 'credential', value: 3 }]);
  });

  test('of credentials are configurable', async () => {
    const metrics = createMetrics({ version: '1', clock: manualTime(NOW).clock, maxAccounts: 2 });
    const windows = ['a', 'b', 'c'].map((credential) => window({ credential }));
    metrics.collect(() => ({ ...NO_ACCOUNTS, windows }));
    expect((await samplesOf(metrics, proxy.utilization)).map((one) => 'credential' in one && one.credential)).toEqual([
      'a',
      'b',
    ]);
  });

  test('hold the values of a label apart from those of another label with its name', async () => {
    const metrics = fresh();
    metrics.refusals.inc({ reason: 'unheard-of' as 'forbidden' });
    metrics.collect(() => ACCOUNTS);
    metrics.cooldowns.inc({ credential: 'team-a', reason: 'minute' });
    expect(nonZero(await samplesOf(metrics, proxy.cooldowns))).toStrictEqual([
      { credential: 'team-a', reason: 'minute', value: 1 },
    ]);
  });

  test('gauges of credentials beyond a hundred are not exported, and counted once however often they are scraped', async () => {
    const metrics = fresh();
    const windows = Array.from({ length: 104 }, (_, index) => window({ credential: `c${index}` }));
    metrics.collect(() => ({ ...ACCOUNTS, windows, extraUsage: [], keyLimits: [], credentials: [] }));
    await exposed(metrics);
    expect(await samplesOf(metrics, proxy.utilization)).toHaveLength(100);
    expect(nonZero(await samplesOf(metrics, proxy.labelsFolded))).toStrictEqual([{ label: 'credential', value: 4 }]);
  });

  test('windows beyond sixteen names are not exported; the known ones always are', async () => {
    const metrics = fresh();
    const names = [...Array.from({ length: 13 }, (_, index) => `w${index}`), '5h'];
    const windows = names.map((name) => window({ window: name }));
    metrics.collect(() => ({ ...ACCOUNTS, windows }));
    const exported = (await samplesOf(metrics, proxy.utilization)).map(
      (one) => (one as Record<string, unknown>).window,
    );
    expect(exported).toStrictEqual([...names.slice(0, 11), '5h']);
    metrics.resets.inc({ window: 'w12', credential: 'team-a' });
    expect(nonZero(await samplesOf(metrics, proxy.resets))).toStrictEqual([]);
    expect(nonZero(await samplesOf(metrics, proxy.labelsFolded))).toStrictEqual([{ label: 'window', value: 3 }]);
  });
});

describe('credentials that come and go', () => {
  test('are exported while they are there, far more of them than the cap allows at once', async () => {
    const metrics = fresh();
    const present: string[] = [];
    metrics.collect(() => ({ ...NO_ACCOUNTS, windows: present.map((credential) => window({ credential })) }));
    for (let index = 0; index < 500; index += 1) {
      if (present.length === 100) metrics.forget(present.shift() ?? '');
      present.push(`c${index}`);
      metrics.resets.inc({ window: '5h', credential: `c${index}` });
      if (index % 100 === 50) await exposed(metrics);
    }
    const credentials = async (metric: Metric) =>
      family(await exposed(metrics), metric).samples.map(({ labels }) => labels.credential);
    expect(await credentials(proxy.utilization)).toStrictEqual(present);
    expect((await credentials(proxy.resets)).toSorted()).toStrictEqual(present.toSorted());
    expect(await credentials(proxy.resets)).toContain('c499');
    expect(nonZero(await samplesOf(metrics, proxy.labelsFolded))).toStrictEqual([]);
  });

  test('keep their counters while they are not exported', async () => {
    const metrics = fresh();
    let windows = [window()];
    metrics.collect(() => ({ ...NO_ACCOUNTS, windows }));
    metrics.resets.inc({ window: '5h', credential: 'team-a' }, 2);
    windows = [];
    expect(await samplesOf(metrics, proxy.resets)).toStrictEqual([]);
    metrics.resets.inc({ window: '5h', credential: 'team-a' });
    windows = [window()];
    expect(await samplesOf(metrics, proxy.resets)).toStrictEqual([{ window: '5h', credential: 'team-a', value: 3 }]);
  });

  test('start again at zero once they were forgotten', async () => {
    const metrics = fresh();
    metrics.collect(() => ACCOUNTS);
    metrics.cooldowns.inc({ credential: 'team-a', reason: 'spend' }, 4);
    metrics.forget('team-a');
    expect(nonZero(await samplesOf(metrics, proxy.cooldowns))).toStrictEqual([]);
    metrics.cooldowns.inc({ credential: 'team-a', reason: 'spend' });
    expect(nonZero(await samplesOf(metrics, proxy.cooldowns))).toStrictEqual([
      { credential: 'team-a', reason: 'spend', value: 1 },
    ]);
  });

  test('that nobody knows are forgotten without an effect', async () => {
    const metrics = fresh();
    metrics.collect(() => ACCOUNTS);
    metrics.resets.inc({ window: '5h', credential: 'team-a' });
    metrics.forget('somebody');
    metrics.forget('');
    expect(nonZero(await samplesOf(metrics, proxy.resets))).toStrictEqual([
      { window: '5h', credential: 'team-a', value: 1 },
    ]);
  });
});

describe('gauges of accounts', () => {
  test('are read at each scrape, in seconds and percent', async () => {
    const metrics = fresh();
    metrics.collect(() => ({ ...ACCOUNTS, windows: [window()] }));
    const families = await exposed(metrics);
    const value = (metric: Metric) => family(families, metric).samples[0]?.value;
    expect([
      value(proxy.utilization),
      value(proxy.resetsAt),
      value(proxy.usageAge),
      value(proxy.windowTokensSince),
    ]).toStrictEqual([42, NOW / 1_000 + 3_600, 30, NOW / 1_000 - 7_200]);
  });

  test('are absent while they are not known', async () => {
    const metrics = fresh();
    const unknown = window({ utilization: null, resetsAt: null, learnedAt: null, tokensSince: null, tokens: [] });
    const extraUsage = [{ credential: 'a', enabled: false, usedCredits: null, limitCredits: null, utilization: null }];
    const keyLimits = [{ credential: 'a', kind: 'tokens', limit: null, remaining: null }] as const;
    metrics.collect(() => ({ windows: [unknown], extraUsage, keyLimits, credentials: [], untracked: 0 }));
    const families = await exposed(metrics);
    const counted = [
      proxy.utilization,
      proxy.resetsAt,
      proxy.usageAge,
      proxy.windowTokensSince,
      proxy.windowTokens,
      proxy.extraUsageUsed,
      proxy.keyLimit,
      proxy.keyLimitRemaining,
    ];
    expect(counted.map((metric) => family(families, metric).samples.length)).toStrictEqual([0, 0, 0, 0, 0, 0, 0, 0]);
    expect(family(families, proxy.extraUsageEnabled).samples).toMatchObject([
      { labels: { credential: 'a' }, value: 0 },
    ]);
  });

  test('include the per-minute limits of keys and the accounts without a place', async () => {
    const metrics = fresh();
    metrics.collect(() => ACCOUNTS);
    const labels = { credential: 'team-a', kind: 'input_tokens' };
    expect(await samplesOf(metrics, proxy.keyLimit)).toStrictEqual([{ ...labels, value: 400_000 }]);
    expect(await samplesOf(metrics, proxy.keyLimitRemaining)).toStrictEqual([{ ...labels, value: 390_000 }]);
    expect(await samplesOf(metrics, proxy.accountsUntracked)).toStrictEqual([{ value: 3 }]);
  });

  test('report one of the states of a credential', async () => {
    const metrics = fresh();
    metrics.collect(() => ACCOUNTS);
    expect(await samplesOf(metrics, proxy.credentialState)).toStrictEqual([
      { credential: 'team-a', state: 'ready', value: 0 },
      { credential: 'team-a', state: 'cooling', value: 1 },
      { credential: 'team-a', state: 'expired', value: 0 },
    ]);
  });

  test('create the counters of a new window and credential at zero', async () => {
    const metrics = fresh();
    metrics.collect(() => ({ ...ACCOUNTS, windows: [window()] }));
    expect(await samplesOf(metrics, proxy.resets)).toStrictEqual([{ window: '5h', credential: 'team-a', value: 0 }]);
    expect(await samplesOf(metrics, proxy.cooldowns)).toHaveLength(4);
  });
});

describe('an exposition', () => {
  test('in OpenMetrics carries the request id of the latest example', async () => {
    const metrics = fresh();
    metrics.requestDuration.observe({ stream: 'true' }, 700, 'req_1');
    metrics.requestDuration.observe({ stream: 'true' }, 800, 'req_2');
    metrics.upstreamErrors.inc({ error_type: 'timeout' }, 1, 'req_3');
    metrics.upstreamErrors.inc({ error_type: 'dns' }, 1, 'x'.repeat(101));
    const { contentType, body } = await metrics.expose(
      'application/openmetrics-text;version=1.0.0;q=0.6,text/plain;q=0.3',
    );
    expect(contentType).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8');
    expect(body.endsWith('\n# EOF\n')).toBe(true);
    const samples = familiesOf(body).flatMap((one): readonly ReadSample[] => one.samples);
    expect(samples.filter(({ exemplar }) => exemplar !== null)).toStrictEqual([
      { name: 'proxy_upstream_errors_total', labels: { error_type: 'timeout' }, value: 1, exemplar: 'req_3' },
      {
        name: 'proxy_request_duration_ms_milliseconds_bucket',
        labels: { stream: 'true', le: '1000.0' },
        value: 2,
        exemplar: 'req_2',
      },
    ]);
  });

  test('in OpenMetrics names counters without their suffix, and text keeps its names after it', async () => {
    const metrics = fresh();
    const names = async (accept?: string) => familiesOf((await metrics.expose(accept)).body).map(({ name }) => name);
    expect(await names('application/openmetrics-text')).toContain('proxy_request_count');
    expect(await names()).toContain('proxy_request_count_total');
  });

  test('in text has no exemplar', async () => {
    const metrics = fresh();
    metrics.requestDuration.observe({ stream: 'true' }, 700, 'req_1');
    const { contentType, body } = await metrics.expose('text/plain');
    expect(contentType).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(body).not.toContain('req_1');
  });
});

describePeers(['promtool'], 'promtool', () => {
  test('objects to nothing but names that a document promises', async () => {
    const metrics = fresh();
    metrics.collect(() => ACCOUNTS);
    const { code, stdout, stderr } = await run('promtool', ['check', 'metrics'], {
      input: (await metrics.expose()).body,
    });
    const objections = `${stdout}${stderr}`
      .trim()
      .split('\n')
      .map((line) => line.split(' ', 1)[0] ?? '');
    const promised = CATALOG.filter(({ origin }) => origin === 'contract').map(({ name }) => name);
    expect(objections.filter((name) => !promised.includes(name))).toStrictEqual([]);
    expect([...new Set(objections)]).toStrictEqual(['proxy_request_duration_ms_milliseconds']);
    expect(code).toBe(3);
  });
});

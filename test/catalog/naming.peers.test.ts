import { expect, test } from 'vitest';
import { type Metric, proxy } from '#catalog';
import { describePeers, run } from '../peers/peer.ts';

const metrics: readonly Metric[] = Object.values(proxy);

/** A metric with one series, as a scrape would find it. */
const exposed = (metric: Metric): string =>
  [
    `# HELP ${metric.name} ${metric.help}`,
    `# TYPE ${metric.name} ${metric.kind}`,
    ...samples(metric).map((sample) => `${sample} 1`),
  ].join('\n');

const samples = (metric: Metric): readonly string[] => {
  const labels = metric.labels.map(({ name, values }) => `${name}="${values[0] ?? 'x'}"`);
  if (metric.kind !== 'histogram') return [`${metric.name}{${labels}}`];
  const bounds = [...metric.buckets.map(String), '+Inf'].map((bound) => [...labels, `le="${bound}"`]);
  return [
    ...bounds.map((all) => `${metric.name}_bucket{${all}}`),
    `${metric.name}_sum{${labels}}`,
    `${metric.name}_count{${labels}}`,
  ];
};

const check = (list: readonly Metric[]) =>
  run('promtool', ['check', 'metrics'], { input: `${list.map(exposed).join('\n')}\n` });

describePeers(['promtool'], 'promtool check metrics', () => {
  test('finds nothing wrong with the names of ours', async () => {
    const own = metrics.filter(({ origin }) => origin === 'own');
    expect(await check(own)).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  test('reads those that a document named, and complains about no other', async () => {
    const { code, stdout, stderr } = await check(metrics);
    const complaints = new Set(`${stdout}${stderr}`.match(/^\w+/gm));
    const named = metrics.filter(({ origin }) => origin === 'contract').map(({ name }) => name);
    expect([...complaints].filter((name) => !named.includes(name))).toEqual([]);
    expect(complaints).toContain('proxy_request_duration_ms_milliseconds');
    expect(code).not.toBe(1);
  });
});

import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DASHBOARD_UIDS } from '#catalog';
import { describePeers } from '../peers/peer.ts';
import { panelsOf, rendered, withAll } from './rendered.ts';
import { type SmallStack, startSmallStack } from './small-stack.ts';

const QUERIES = panelsOf(rendered(DASHBOARD_UIDS.stackHealth)).flatMap(({ title, targets }) =>
  targets.map(({ refId, expr, legendFormat = '' }): [string, string] => [
    `${title}, ${refId}: ${legendFormat}`,
    withAll(expr),
  ]),
);

/** Queries without an answer here, by the beginning of their title, and why. */
const SILENT: Readonly<Record<string, string>> = {
  'Probes from outside': 'nothing is probed',
  'Probe duration': 'nothing is probed',
  'Certificates expire in': 'nothing is probed',
  'Series growth per day': 'it has only run for seconds',
  'Free space on volumes': 'there are no kubelets',
  'Alertmanager cluster, B': 'a single Alertmanager has no members',
  'Time since the last retention run': 'the retention is switched off',
  'Loki errors, D': 'the retention is switched off',
  'Lines sent by Alloy': 'there is no Alloy',
  'Delivery of lines': 'there is no Alloy',
  'Requests to Grafana': 'there is no Grafana',
  'Queries from Grafana': 'there is no Grafana',
};

const isSilent = (title: string): boolean => Object.keys(SILENT).some((words) => title.startsWith(words));

const HOUR_MS = 3_600_000;
const TRIES = 60;

describePeers(['prometheus', 'alertmanager', 'loki'], 'in a real stack, Stack health', () => {
  let stack: SmallStack | undefined;
  const ask = async (expr: string) => (await stack?.prometheus.query(expr)) ?? [];

  /** One line that Loki accepts, and one that is too old for it. */
  const pushLines = async () => {
    const now = Date.now();
    const stream = { service_name: 'anthropic-proxy' };
    await stack?.loki.push(stream, [{ at: now, line: '{}' }]);
    await stack?.loki.push(stream, [{ at: now - 30 * 24 * HOUR_MS, line: '{}' }]).catch(() => undefined);
  };

  beforeAll(async () => {
    stack = await startSmallStack();
    await pushLines();
    await stack.told();
    const twice = 'min(count_over_time(up[1m]) * up)';
    for (let tries = 0; tries < TRIES && ((await ask(twice))[0]?.value ?? 0) < 5; tries += 1) await delay(500);
  });

  afterAll(() => stack?.stop());

  test('everything that runs is up', async () => {
    expect((await ask('up == 1')).map(({ labels }) => labels.job).toSorted()).toEqual([
      'alertmanager',
      'anthropic-proxy',
      'loki',
      'prometheus',
    ]);
  });

  test.each(QUERIES.filter(([title]) => !isSilent(title)))('%s has an answer', async (_, expr) => {
    expect((await ask(expr)).length).toBeGreaterThan(0);
  });

  test.each(QUERIES.filter(([title]) => isSilent(title)))('%s is valid and has no answer', async (_, expr) => {
    expect(await ask(expr)).toEqual([]);
  });
});

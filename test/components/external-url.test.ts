import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startAlertmanager } from '../peers/alertmanager.ts';
import { describePeers } from '../peers/peer.ts';
import type { RunningProcess } from '../peers/process.ts';
import { startPrometheus } from '../peers/prometheus.ts';
import { build } from './sample.ts';

const built = build({
  prometheus: { externalUrl: 'https://example.com/prometheus' },
  alertmanager: { externalUrl: 'https://example.com/alerts' },
});

let configFile: string;
let running: (RunningProcess & { readonly url: string }) | undefined;

beforeEach(async () => {
  configFile = join(await mkdtemp(join(tmpdir(), 'tidewatch-url-')), 'config.yml');
});

afterEach(async () => {
  await running?.stop();
  await rm(join(configFile, '..'), { recursive: true, force: true });
});

const webFlags = (workload: string): readonly string[] =>
  built
    .find('StatefulSet', workload)
    .spec.template.spec.containers[0].args.filter((flag: string) => flag.startsWith('--web.'));

/** The paths that the pod's probes and every scrape ask. */
const pathsOf = (workload: string): readonly string[] => {
  const { startupProbe, readinessProbe, livenessProbe } = built.find('StatefulSet', workload).spec.template.spec
    .containers[0];
  return ['/metrics', ...[startupProbe, readinessProbe, livenessProbe].map(({ httpGet }) => httpGet.path)];
};

describePeers(['prometheus', 'alertmanager'], 'an external URL with a path', () => {
  test.each([
    ['prometheus', '{}', startPrometheus],
    ['alertmanager', 'route: { receiver: a }\nreceivers: [{ name: a }]\n', startAlertmanager],
  ] as const)('changes no path that %s answers', async (workload, config, start) => {
    await writeFile(configFile, config);
    const flags = webFlags(workload);
    expect(flags).toHaveLength(2);
    running = await start({ configFile, flags });
    for (const path of pathsOf(workload))
      expect([path, (await fetch(`${running.url}${path}`)).status]).toEqual([path, 200]);
    expect(running.logs()).not.toContain('level=ERROR');
  });
});

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { build } from '../components/sample.ts';
import type { RunningLoki } from '../peers/loki.ts';
import { describePeers, requirePeer } from '../peers/peer.ts';
import { freePort, type RunningProcess, startProcess } from '../peers/process.ts';
import { type TemporaryFolder, temporaryFolder } from '../peers/temporary-folder.ts';
import { collected } from './collector.ts';
import { type LokiPorts, lokiPorts, startGenerated } from './generated-loki.ts';
import { proxyLines } from './proxy-lines.ts';
import { pushOnly } from './push.ts';

const BUCKET = 'logs';
const KEY_ID = 'AKTEST';
const START_TIMEOUT_MS = 240_000;
const HOUR_MS = 3_600_000;

const GENERATED =
  build({
    profile: 'ha',
    loki: {
      objectStorage: {
        endpoint: 's3.example.com',
        bucket: BUCKET,
        region: 'eu-test-1',
        insecure: true,
        pathStyle: true,
      },
    },
  }).configFiles['loki.yaml'] ?? '';

interface Storage extends RunningProcess {
  readonly host: string;
  /** The names of the objects that are chunks of lines. */
  chunks(): Promise<readonly string[]>;
}

const startStorage = async (): Promise<Storage> => {
  const host = `127.0.0.1:${await freePort()}`;
  const url = `http://${host}`;
  const started = await startProcess({
    program: requirePeer('object-storage'),
    args: [`-listen=${host}`, `-bucket=${BUCKET}`, `-key-id=${KEY_ID}`],
    // It refuses those who do not sign, which is an answer.
    ready: async () => (await fetch(url)).status === 403,
  });
  const chunks = async (): Promise<readonly string[]> => {
    const headers = { authorization: `Credential=${KEY_ID}/` };
    const list = await (await fetch(`${url}/${BUCKET}?list-type=2&prefix=fake/`, { headers })).text();
    return [...list.matchAll(/<Key>([^<]+)<\/Key>/g)].map(([, key = '']) => key);
  };
  return { ...started, host, chunks };
};

describePeers(['loki', 'object-storage'], 'three Lokis under the generated configuration', () => {
  let folder: TemporaryFolder;
  let storage: Storage;
  let lokis: readonly RunningLoki[] = [];
  let lines: readonly string[] = [];
  let at = 0;

  const startAll = async (generation: string, times: Readonly<Record<string, string>> = {}): Promise<void> => {
    const ports: readonly LokiPorts[] = [await lokiPorts(), await lokiPorts(), await lokiPorts()];
    const members = ports.map(({ memberlist }) => memberlist);
    // The keys are in a file; no variable and no setting has them.
    const env = { AWS_SHARED_CREDENTIALS_FILE: join(folder.path, 'credentials') };
    lokis = await Promise.all(
      ports.map((own, index) =>
        startGenerated(
          GENERATED,
          {
            folder: join(folder.path, generation, String(index)),
            ports: own,
            members,
            endpoint: storage.host,
            times: { 'memberlist.rejoin_interval': '1s', ...times },
          },
          env,
        ),
      ),
    );
    await vi.waitFor(async () => expect(await activeMembers()).toEqual([3, 3, 3]), { timeout: 60_000, interval: 250 });
  };

  const stopAll = async (): Promise<void> => {
    await Promise.all(lokis.map((loki) => loki.stop()));
    lokis = [];
  };

  const activeMembers = (): Promise<readonly number[]> =>
    Promise.all(
      lokis.map(async ({ url }) => {
        const response = await fetch(`${url}/ring`, { headers: { accept: 'application/json' } });
        const { shards } = (await response.json()) as { shards: readonly { state: string }[] };
        return shards.filter(({ state }) => state === 'ACTIVE').length;
      }),
    );

  const seenBy = async (loki: RunningLoki): Promise<readonly string[]> =>
    (await loki.lines('{service_name="anthropic-proxy"}', { from: at - HOUR_MS, to: at }))
      .map(({ line }) => line)
      .toSorted();

  const seen = (): Promise<readonly (readonly string[])[]> => Promise.all(lokis.map(seenBy));

  beforeAll(async () => {
    folder = await temporaryFolder('loki-several');
    await writeFile(
      join(folder.path, 'credentials'),
      `[default]\naws_access_key_id = ${KEY_ID}\naws_secret_access_key = test\n`,
    );
    storage = await startStorage();
    lines = (await proxyLines()).toSorted();
    at = Math.max(...collected(lines).flatMap(({ entries }) => entries.map((entry) => entry.at))) + 1;
    await startAll('first');
  }, START_TIMEOUT_MS);

  afterAll(async () => {
    await stopAll();
    await storage?.stop();
    await folder?.remove();
  });

  test('each answers with every line once, whichever it was sent to', async () => {
    for (const [index, { stream, entries }] of collected(lines).entries())
      await lokis[index % lokis.length]?.push(stream, entries);
    await expect.poll(seen, { timeout: 30_000 }).toEqual([lines, lines, lines]);
    const [counted] = (await lokis[2]?.samples('sum(count_over_time({service_name="anthropic-proxy"}[1h]))', at)) ?? [];
    expect(counted?.value).toBe(lines.length);
  });

  test(
    'one may be gone: lines are taken and found, and nothing is lost',
    async () => {
      const [first, second, third] = lokis;
      if (first === undefined || second === undefined || third === undefined) throw new Error('three were started');
      process.kill(first.pid, 'SIGKILL');
      await first.stop();
      lokis = [second, third];
      const late = { at: Date.now(), line: 'written while one was gone' };
      const range = { from: at - HOUR_MS, to: late.at + 1_000 };
      await expect
        .poll(() => pushOnly(second, { service_name: 'late' }, [late]).then(() => 'taken', String), { timeout: 30_000 })
        .toBe('taken');
      for (const loki of lokis) {
        await expect.poll(() => seenBy(loki), { timeout: 30_000 }).toEqual(lines);
        await expect
          .poll(async () => (await loki.lines('{service_name="late"}', range)).map(({ line }) => line), {
            timeout: 30_000,
          })
          .toEqual([late.line]);
      }
    },
    START_TIMEOUT_MS,
  );

  test(
    'three with empty volumes find every line in the object storage',
    async () => {
      await stopAll();
      expect(await storage.chunks()).not.toHaveLength(0);
      await startAll('second');
      await expect.poll(seen, { timeout: 60_000 }).toEqual([lines, lines, lines]);
    },
    START_TIMEOUT_MS,
  );

  test(
    'one of them applies the retention, and it deletes from the object storage',
    async () => {
      const now = Date.now();
      const [first] = lokis;
      await first?.push({ service_name: 'old' }, [{ at: now - 2 * HOUR_MS, line: 'two hours old' }]);
      const before = new Set(await storage.chunks());
      await stopAll();
      const old = (await storage.chunks()).filter((name) => !before.has(name));
      expect(old).not.toHaveLength(0);
      await startAll('third', {
        'limits_config.retention_period': '1h',
        'compactor.compaction_interval': '1s',
        'compactor.retention_delete_delay': '1s',
      });
      const left = async () => (await storage.chunks()).filter((name) => old.includes(name));
      await expect.poll(left, { timeout: 120_000, interval: 1_000 }).toEqual([]);
      expect(await storage.chunks()).toEqual(expect.arrayContaining([...before]));
      const running = await Promise.all(
        lokis.map(
          async ({ url }) =>
            /^loki_boltdb_shipper_compactor_running (\d)/m.exec(await (await fetch(`${url}/metrics`)).text())?.[1],
        ),
      );
      expect(running.toSorted()).toEqual(['0', '0', '1']);
    },
    START_TIMEOUT_MS,
  );
});

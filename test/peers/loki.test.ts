import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningLoki, startLoki, verifyLokiConfig } from './loki.ts';
import { describePeers } from './peer.ts';
import { temporaryFolder } from './temporary-folder.ts';

describePeers(['loki'], 'a Loki on loopback', () => {
  const stream = { service_name: 'sample' };
  const at = Date.now() - 5_000;
  let loki: RunningLoki;

  beforeAll(async () => {
    loki = await startLoki();
    await loki.push(stream, [
      { at, line: 'first', metadata: { size: '2' } },
      { at: at + 1, line: 'second' },
    ]);
  });
  afterAll(() => loki?.stop());

  test('gives lines back in their order, with what was pushed beside them', async () => {
    const lines = await loki.lines('{service_name="sample"}', { from: at, to: at + 2 });
    expect(lines.map(({ line }) => line)).toEqual(['first', 'second']);
    expect(lines[0]?.labels).toMatchObject({ service_name: 'sample', size: '2' });
  });

  test('leaves out what is not in the range', async () => {
    const lines = await loki.lines('{service_name="sample"}', { from: at, to: at + 1 });
    expect(lines.map(({ line }) => line)).toEqual(['first']);
  });

  test('computes', async () => {
    expect(await loki.samples('sum(count_over_time({service_name="sample"} [1m]))', at + 2)).toEqual([
      { labels: {}, value: 2 },
    ]);
  });

  test('says what is wrong with a query', async () => {
    await expect(loki.samples('sum(', at)).rejects.toThrow(/loki answered 400 .*parse error/);
  });

  test('refuses a configuration with a key that it does not know', async () => {
    const folder = await temporaryFolder('loki-config');
    const file = join(folder.path, 'loki.yaml');
    await writeFile(file, 'no_such_key: 1\n');
    await expect(verifyLokiConfig(file)).rejects.toThrow(/field no_such_key not found/);
    await folder.remove();
  });
});

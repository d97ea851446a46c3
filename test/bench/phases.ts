/** Times the phases of a synth in one process, and how they grow with the number of dashboards; prints JSON. */
import { mkdtempSync, rmSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

enableCompileCache(resolve(import.meta.dirname, '../../.cache/compile'));

const phases: Record<string, number> = {};

const timed = async <T>(phase: string, work: () => T | Promise<T>): Promise<T> => {
  const started = performance.now();
  const result = await work();
  phases[phase] = performance.now() - started;
  return result;
};

const [{ contentOf, findingsOf, outputOf }, { stack }, { write }] = await timed('import', () =>
  Promise.all([import('../../src/synth.ts'), import('../../src/stack.ts'), import('../../src/output.ts')]),
);
const content = await timed('build: alerts and dashboards', () => contentOf({ config: stack }));
const output = await timed('build: manifests', () => outputOf(content));
await timed('check', () => findingsOf(content, output));
const folder = mkdtempSync(join(tmpdir(), 'dist-'));
await timed('write', () => write(folder, output.files));
rmSync(folder, { recursive: true, force: true });

const { dashboards: ours } = await import('#dashboards');

const many = (count: number): { count: number; milliseconds: number; megabytes: number } => {
  const copies = Array.from({ length: count }, (_, index) =>
    ours.map((dashboard) => (thresholds: Parameters<typeof dashboard>[0]) => {
      const built = dashboard(thresholds);
      return { ...built, uid: index === 0 ? built.uid : `${built.uid}-${index}` };
    }),
  ).flat();
  const started = performance.now();
  const built = contentOf({ config: stack, dashboards: copies });
  findingsOf(built, outputOf(built));
  return { count, milliseconds: performance.now() - started, megabytes: process.memoryUsage().rss / 2 ** 20 };
};

process.stdout.write(JSON.stringify({ phases, dashboards: [10, 100, 1_000].map(many) }));

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

const [{ synthesize, SYSTEMS }, { stack }, { write }] = await timed('import', () =>
  Promise.all([import('../../src/synth.ts'), import('../../src/stack.ts'), import('../../src/output.ts')]),
);
const output = await timed('build and check', () => synthesize({ config: stack }));
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
  synthesize({
    config: stack,
    systems: SYSTEMS.map((one, index) => ({ ...one, dashboards: index === 0 ? copies : [] })),
  });
  return { count, milliseconds: performance.now() - started, megabytes: process.memoryUsage().rss / 2 ** 20 };
};

process.stdout.write(JSON.stringify({ phases, dashboards: [10, 100, 1_000].map(many) }));

/** `npm run synth`, and the app that `cdk8s synth` runs: bundled when the bundle matches the sources, else the sources. */
import { enableCompileCache } from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { currentBundle } from './cli/synth-bundle.ts';
import { located } from './cli/user-error.ts';

const ROOT = resolve(import.meta.dirname, '..');

type Synth = typeof import('./cli/synth.ts');

/** Synthesizes with the bundle. False when there is none, or when it fails: its stack has no lines of the sources. */
const bundled = async (): Promise<boolean> => {
  const bundle = await currentBundle(ROOT);
  if (bundle === undefined) return false;
  try {
    const module: Synth & { readonly key: string } = await import(pathToFileURL(bundle.file).href);
    // Another run may have replaced the file since it was looked at.
    if (module.key !== bundle.key) return false;
    module.synth(ROOT);
    return true;
  } catch {
    return false;
  }
};

const fromSources = async (): Promise<void> => {
  Error.stackTraceLimit = 100;
  const { synth }: Synth = await import('./cli/synth.ts');
  synth(ROOT);
};

enableCompileCache(join(ROOT, '.cache/compile'));
try {
  if (!(await bundled())) await fromSources();
} catch (error) {
  process.stderr.write(`${located(error, ROOT)}\ndist/ is as it was\n`);
  process.exitCode = 1;
}

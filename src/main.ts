import { join, resolve } from 'node:path';
import { isSame, replace } from './output.ts';
import { stack } from './stack.ts';
import { filesOf, synthesize } from './synth.ts';

const ROOT = resolve(import.meta.dirname, '..');

/** Where `cdk8s synth` looks for manifests; it empties the folder before each run, so it is not `dist/`. */
const DEFAULT_FOLDER = join(ROOT, '.cache/synth');
const cdk8sFolder = resolve(process.env.CDK8S_OUTDIR ?? DEFAULT_FOLDER);

const isManifest = (path: string): boolean => path.endsWith('.k8s.yaml');

const main = (): void => {
  const synthesis = synthesize({ config: stack });
  const files = filesOf(synthesis);
  replace(cdk8sFolder, new Map([...files].filter(([path]) => isManifest(path))));
  for (const { path, problem, fix } of synthesis.warnings)
    process.stderr.write(`warning  ${path}: ${problem}; ${fix}\n`);
  // `cdk8s synth --stdout` and `--output` ask for manifests elsewhere, and for nothing else.
  if (cdk8sFolder !== DEFAULT_FOLDER) return;
  const { missing, extra, changed } = replace(join(ROOT, 'dist'), files);
  for (const path of missing) process.stdout.write(`new      dist/${path}\n`);
  for (const path of changed) process.stdout.write(`changed  dist/${path}\n`);
  for (const path of extra) process.stdout.write(`removed  dist/${path}\n`);
  if (isSame({ missing, extra, changed })) process.stdout.write(`dist/ is current: ${files.size} files\n`);
};

try {
  main();
} catch (error) {
  const known = error instanceof Error && (error.name === 'ConfigError' || error.name === 'CheckError');
  process.stderr.write(`${known ? error.message : error instanceof Error ? error.stack : String(error)}\n`);
  process.stderr.write('dist/ is as it was\n');
  process.exitCode = 1;
}

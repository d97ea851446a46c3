import { join, resolve } from 'node:path';
import { CheckError } from '#checks';
import { ConfigError } from '#config';
import { stack } from '#stack';
import { isSame, replace } from '../output.ts';
import { filesOf, synthesize } from '../synth.ts';

const isManifest = (path: string): boolean => path.endsWith('.k8s.yaml');

const write = (root: string): void => {
  // Where `cdk8s synth` looks for manifests; it empties the folder before each run, so it is not `dist/`.
  const defaultFolder = join(root, '.cache/synth');
  const cdk8sFolder = resolve(process.env.CDK8S_OUTDIR ?? defaultFolder);
  const synthesis = synthesize({ config: stack });
  const files = filesOf(synthesis);
  replace(cdk8sFolder, new Map([...files].filter(([path]) => isManifest(path))));
  for (const { path, problem, fix } of synthesis.warnings)
    process.stderr.write(`warning  ${path}: ${problem}; ${fix}\n`);
  // `cdk8s synth --stdout` and `--output` ask for manifests elsewhere, and for nothing else.
  if (cdk8sFolder !== defaultFolder) return;
  const { missing, extra, changed } = replace(join(root, 'dist'), files);
  for (const path of missing) process.stdout.write(`new      dist/${path}\n`);
  for (const path of changed) process.stdout.write(`changed  dist/${path}\n`);
  for (const path of extra) process.stdout.write(`removed  dist/${path}\n`);
  if (isSame({ missing, extra, changed })) process.stdout.write(`dist/ is current: ${files.size} files\n`);
};

/**
 * Writes `dist/` and the manifests that `cdk8s synth` expects. What the user can fix is reported on stderr, with exit
 * code 1.
 *
 * @throws whatever is neither a ConfigError nor a CheckError
 */
export const synth = (root: string): void => {
  try {
    write(root);
  } catch (error) {
    if (!(error instanceof ConfigError || error instanceof CheckError)) throw error;
    process.stderr.write(`${error.message}\ndist/ is as it was\n`);
    process.exitCode = 1;
  }
};

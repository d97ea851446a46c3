import { join } from 'node:path';
import { buildSync } from 'esbuild';

const ROOT = join(import.meta.dirname, '../../..');

/** Packages in CommonJS ask for built-in modules by `require`, which ES modules have not. */
const REQUIRE = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";

/** Bundles the proxy into one JavaScript file, as it is deployed, and gives the file's path. */
export const bundleProxy = (): string => {
  const outfile = join(ROOT, '.cache/bench/proxy.mjs');
  buildSync({
    entryPoints: [join(ROOT, 'proxy/main.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    banner: { js: REQUIRE },
    logLevel: 'error',
  });
  return outfile;
};

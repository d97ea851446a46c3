import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib';
import { build, type Metafile, type Plugin } from 'esbuild';

/** The proxy as one module, and what comes with it. */
export interface ProxyBundle {
  /** The module's text. */
  readonly text: string;
  /** Name, version and licence of every package in it. */
  readonly licenses: string;
  readonly about: BundleFacts;
}

/** What is to be known of a bundle without unpacking it. */
export interface BundleFacts {
  /** The version that the proxy says it has. */
  readonly version: string;
  /** The SHA-256 of the module's text, in hexadecimal. */
  readonly sha256: string;
  /** The length of the module's text. */
  readonly bytes: number;
}

/** The files of a committed bundle, relative to the repository. */
export const BUNDLE_FILES = {
  module: 'proxy/bundle/proxy.mjs.br',
  about: 'proxy/bundle/about.json',
  licenses: 'proxy/bundle/licenses.txt',
} as const;

/** CommonJS packages ask for Node's own modules by `require`, which an ES module does not have. */
const BANNER = "import{createRequire}from'node:module';const require=createRequire(import.meta.url);";

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
}

const manifestIn = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;

/** The proxy reads its version alone, so a changed script or dependency list leaves the bundle as it is. */
const versionAlone = (root: string): Plugin => ({
  name: 'version alone',
  setup: ({ onLoad }) => {
    onLoad({ filter: /package\.json$/ }, ({ path }) =>
      path === join(root, 'package.json')
        ? { contents: JSON.stringify({ version: manifestIn(root).version }), loader: 'json' }
        : undefined,
    );
  },
});

/**
 * Bundles the proxy from its sources; the same sources give the same text on every machine.
 *
 * @throws when a source does not compile or an import leads nowhere
 */
export const bundleProxy = async (root: string): Promise<ProxyBundle> => {
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: ['proxy/main.ts'],
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    minify: true,
    // The licences go along as a file of their own.
    legalComments: 'none',
    banner: { js: BANNER },
    plugins: [versionAlone(root)],
    metafile: true,
    write: false,
    logLevel: 'silent',
  });
  const text = outputFiles[0]?.text ?? '';
  return { text, licenses: licensesOf(root, metafile), about: factsOf(text, manifestIn(root).version) };
};

const factsOf = (text: string, version: string): BundleFacts => ({
  version,
  sha256: createHash('sha256').update(text).digest('hex'),
  bytes: Buffer.byteLength(text),
});

const PACKAGE = /(?:^|\/)node_modules\/((?:@[^/]+\/)?[^/]+)\//;

/** The packages of a bundle: those that gave at least one file. */
const packagesOf = ({ inputs }: Metafile): readonly string[] =>
  [...new Set(Object.keys(inputs).flatMap((path) => PACKAGE.exec(path)?.[1] ?? []))].toSorted();

const licensesOf = (root: string, metafile: Metafile): string =>
  packagesOf(metafile)
    .map((name) => licenseOf(join(root, 'node_modules', name)))
    .join(`\n${'-'.repeat(80)}\n\n`);

const licenseOf = (folder: string): string => {
  const { name, version, license = 'unknown' } = manifestIn(folder);
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  const text = file === undefined ? '' : `\n${readFileSync(join(folder, file), 'utf8').trim()}\n`;
  return `${name} ${version} (${license})\n${text}`;
};

/** Packs a module as it is committed. Another version of the compressor may give other bytes of the same text. */
export const pack = (text: string): Buffer =>
  brotliCompressSync(text, {
    params: {
      [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
      [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
      [constants.BROTLI_PARAM_SIZE_HINT]: Buffer.byteLength(text),
    },
  });

/** The text of a packed module. */
export const unpack = (packed: Uint8Array): string => brotliDecompressSync(packed).toString('utf8');

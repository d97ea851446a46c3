import { createHash } from 'node:crypto';
import {
  accessSync,
  closeSync,
  constants,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Plugin } from 'esbuild';

/** The synth command and all its packages as one module, and the hash of what it was made from, which it exports. */
export interface Bundle {
  readonly file: string;
  readonly key: string;
}

const FOLDERS = ['src', 'dashboards', 'alerts'];

/** npm's record of what is installed stands for the packages. */
const FILES = ['package.json', 'tsconfig.json', 'images.lock.json', 'node_modules/.package-lock.json'];

/** One name for all contents: Node.js keeps a compiled copy for each path, and would keep those of old bundles. */
const BUNDLE = '.cache/bundle.mjs';

/** What the bundle is made from: paths relative to the root (with `/`) and texts. */
type Sources = ReadonlyMap<string, string>;

const sourcesOf = (root: string): Sources => {
  const sources = FOLDERS.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.(ts|json)$/.test(file))
      .map((file) => `${folder}/${file.replaceAll('\\', '/')}`),
  );
  return new Map([...sources.toSorted(), ...FILES].map((file) => [file, readFileSync(join(root, file), 'utf8')]));
};

/** The place of the checkout counts as well: the bundle names files in it. */
const keyOf = (root: string, sources: Sources): string =>
  createHash('sha256')
    .update(JSON.stringify([root, ...sources]))
    .digest('hex');

const header = (key: string): string => `// ${key}\n`;

const startsWith = (file: string, text: string): boolean => {
  const start = Buffer.alloc(text.length);
  try {
    const descriptor = openSync(file, 'r');
    readSync(descriptor, start);
    closeSync(descriptor);
  } catch {
    return false;
  }
  return start.toString() === text;
};

/** Modules that look for files beside themselves find them from the bundle as well. */
const ownPlaces = (root: string, sources: Sources): Plugin => {
  const files = [...sources].filter(([file, text]) => file.endsWith('.ts') && text.includes('import.meta.'));
  const paths = new Map(files.map(([file, text]) => [join(root, file), text]));
  return {
    name: 'own-places',
    setup: ({ onLoad }) => {
      // esbuild asks about each file that the filter matches, which costs more than building it.
      const filter = new RegExp(`(${files.map(([file]) => file.replaceAll(/\W/g, '.')).join('|')})$`);
      onLoad({ filter }, ({ path }) => {
        const contents = paths
          .get(path)
          ?.replaceAll('import.meta.dirname', JSON.stringify(dirname(path)))
          .replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path).href));
        return contents === undefined ? undefined : { contents, loader: 'ts' };
      });
    },
  };
};

/** The text of a bundle. @throws when a source does not compile, or when one is not among those that the key covers */
const bundled = async (root: string, sources: Sources, key: string): Promise<string> => {
  const { build } = await import('esbuild');
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: ['src/cli/synth.ts'],
    bundle: true,
    platform: 'node',
    format: 'esm',
    write: false,
    metafile: true,
    logLevel: 'silent',
    banner: {
      js: `${header(key)}import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);`,
    },
    footer: { js: `export const key = '${key}';` },
    plugins: [ownPlaces(root, sources)],
  });
  const uncovered = Object.keys(metafile.inputs).filter(
    (path) => !sources.has(path) && !path.includes('node_modules/'),
  );
  if (uncovered.length > 0) throw new Error(`the key of the bundle does not cover ${uncovered.join(', ')}`);
  return outputFiles.map(({ text }) => text).join('');
};

/**
 * The bundle of the sources as they are, built if it is not there. None where it cannot be had: esbuild is not
 * installed, the checkout cannot be written to, or a source does not compile.
 */
export const currentBundle = async (root: string): Promise<Bundle | undefined> => {
  const file = join(root, BUNDLE);
  const next = `${file}.${process.pid}`;
  try {
    const sources = sourcesOf(root);
    const key = keyOf(root, sources);
    if (startsWith(file, header(key))) return { file, key };
    mkdirSync(dirname(file), { recursive: true });
    accessSync(dirname(file), constants.W_OK);
    writeFileSync(next, await bundled(root, sources, key));
    renameSync(next, file);
    return { file, key };
  } catch {
    rmSync(next, { force: true });
    return undefined;
  }
};

import { createHash } from 'node:crypto';
import { globSync, readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { build, type Metafile, type Plugin } from 'esbuild';
import { type BundleFacts, PREVIEW } from './bundle-files.ts';

/** The page's script and styles, and what comes with them. */
export interface PageBundle {
  readonly script: string;
  readonly style: string;
  /** Name, version, licence and its text, of every package in it. */
  readonly licenses: string;
  readonly about: BundleFacts;
}

/** What the bundle is made of beside the packages, which the lock file fixes. */
const INPUTS = [
  'package.json',
  'package-lock.json',
  'page-bundle.ts',
  'preview-data.ts',
  'page/**/*.ts',
  'page/**/*.tsx',
  'page/**/*.css',
  'page/tsconfig.json',
];

/** The SHA-256 of a text, in hexadecimal. */
export const sha256 = (content: string): string => createHash('sha256').update(content).digest('hex');

/** The digest of all inputs; needs none of the page's packages. */
export const inputsDigest = (): string => {
  const files = globSync(INPUTS, { cwd: PREVIEW }).toSorted();
  return sha256(
    files.map((file) => `${file.split(sep).join('/')}\n${readFileSync(join(PREVIEW, file), 'utf8')}`).join('\n'),
  );
};

const stub = (name: string): string => join(PREVIEW, 'page/stubs', name);

/**
 * Packages with a stand-in. The editors are megabytes that a preview never shows; react-inlinesvg and Grafana's font
 * faces fetch, which the page's policy forbids.
 */
const STAND_INS: readonly { readonly filter: RegExp; readonly path: string }[] = [
  { filter: /^(monaco-editor|@monaco-editor\/react|react-monaco-editor)(\/|$)/, path: stub('empty.ts') },
  { filter: /^react-inlinesvg$/, path: stub('inline-svg.tsx') },
  { filter: /\/GlobalStyles\/fonts\.mjs$|^\.\/fonts\.mjs$/, path: stub('fonts.ts') },
];

const standIns: Plugin = {
  name: 'stand-ins',
  setup: ({ onResolve }) => {
    for (const { filter, path } of STAND_INS) onResolve({ filter }, () => ({ path }));
  },
};

const ICONS = 'node_modules/@grafana/ui/dist/public/img/icons';
const SVG = /<svg[^>]*?viewBox="([^"]*)"[^>]*>([\s\S]*)<\/svg>/;

const iconEntry = (file: string): [string, { viewBox: string; content: string }][] => {
  const [, viewBox, content] = SVG.exec(readFileSync(join(PREVIEW, ICONS, file), 'utf8')) ?? [];
  const name = file
    .split(sep)
    .join('/')
    .replace(/\.svg$/, '');
  return viewBox === undefined || content === undefined ? [] : [[name, { viewBox, content: content.trim() }]];
};

/** The icons that components ask for by a path, as one module. */
const icons: Plugin = {
  name: 'icons',
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: /^preview-icons$/ }, () => ({ path: 'preview-icons', namespace: 'icons' }));
    onLoad({ filter: /.*/, namespace: 'icons' }, () => {
      const files = globSync('*/*.svg', { cwd: join(PREVIEW, ICONS) }).toSorted();
      return { contents: `export const icons = ${JSON.stringify(Object.fromEntries(files.flatMap(iconEntry)))};` };
    });
  },
};

/** Every browser that can open the page reads woff2, so the older format is left out. */
const noWoff: Plugin = {
  name: 'no woff',
  setup: ({ onResolve }) => onResolve({ filter: /\.woff$/ }, () => ({ path: 'data:,', external: true })),
};

/** Bundles the page; needs the packages of its lock file (`npm ci` in this folder). */
export const bundlePage = async (): Promise<PageBundle> => {
  const { outputFiles, metafile } = await build({
    absWorkingDir: PREVIEW,
    entryPoints: ['page/main.tsx'],
    outdir: 'bundle',
    bundle: true,
    platform: 'browser',
    target: 'es2024',
    format: 'iife',
    minify: true,
    charset: 'utf8',
    legalComments: 'none',
    tsconfig: 'page/tsconfig.json',
    loader: { '.woff2': 'dataurl' },
    define: { 'process.env.NODE_ENV': '"production"' },
    plugins: [standIns, icons, noWoff],
    metafile: true,
    write: false,
    logLevel: 'silent',
  });
  const textOf = (extension: string): string => outputFiles.find(({ path }) => path.endsWith(extension))?.text ?? '';
  const [script, style] = [textOf('.js'), textOf('.css')];
  const about = { inputs: inputsDigest(), script: sha256(script), style: sha256(style) };
  return { script, style, licenses: licensesOf(metafile), about };
};

const PACKAGE = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//;

/** The folders of the packages that gave at least one byte; the icons are files of @grafana/ui. */
const packagesOf = ({ outputs }: Metafile): readonly string[] => {
  const used = Object.values(outputs).flatMap(({ inputs }) =>
    Object.entries(inputs).flatMap(([path, { bytesInOutput }]) => (bytesInOutput > 0 ? [path] : [])),
  );
  return [...new Set(used.flatMap((path) => PACKAGE.exec(path)?.[1] ?? []))].toSorted();
};

const licensesOf = (metafile: Metafile): string =>
  [...new Set(packagesOf(metafile).map((folder) => licenseOf(join(PREVIEW, folder))))].join(`\n${'-'.repeat(80)}\n\n`);

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
  readonly licenses?: readonly { readonly type: string }[];
}

const licenseOf = (folder: string): string => {
  const { name, version, license, licenses } = JSON.parse(
    readFileSync(join(folder, 'package.json'), 'utf8'),
  ) as Manifest;
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  const text = file === undefined ? '' : `\n${readFileSync(join(folder, file), 'utf8').trim()}\n`;
  return `${name} ${version} (${license ?? licenses?.map(({ type }) => type).join(' OR ') ?? 'unknown'})\n${text}`;
};

import { execFileSync } from 'node:child_process';
import { copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../..');
const MANIFEST = join(ROOT, 'package.json');
const ORIGINAL = join(ROOT, '.cache/package.json.original');
/** What the code reads beside itself: it looks for them where it is. */
const READ_BY_CODE = ['proxy/bundle', 'alerts/runbooks'];
const COMPILER = join(ROOT, 'node_modules/typescript/bin/tsc');

interface Manifest {
  readonly imports: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, string>>;
}

/** The same path map with every TypeScript source replaced by what the compiler emits for it. */
const emitted = (
  paths: Readonly<Record<string, string>>,
): Readonly<Record<string, { types: string; default: string }>> =>
  Object.fromEntries(
    Object.entries(paths).map(([name, path]) => {
      const base = path.replace('./', './lib/').replace(/\.ts$/, '');
      return [name, { types: `${base}.d.ts`, default: `${base}.js` }];
    }),
  );

/** Emits JavaScript with types into `lib/`, puts what it reads beside it, and points the manifest there: Node refuses to run `.ts` under node_modules. */
const prepare = (): void => {
  rmSync(join(ROOT, 'lib'), { recursive: true, force: true });
  execFileSync(process.execPath, [COMPILER, '-p', join(ROOT, 'tsconfig.build.json')], { stdio: 'inherit' });
  for (const folder of READ_BY_CODE) cpSync(join(ROOT, folder), join(ROOT, 'lib', folder), { recursive: true });
  mkdirSync(dirname(ORIGINAL), { recursive: true });
  if (!existsSync(ORIGINAL)) copyFileSync(MANIFEST, ORIGINAL);
  const manifest = JSON.parse(readFileSync(ORIGINAL, 'utf8')) as Manifest;
  const packed = { ...manifest, imports: emitted(manifest.imports), exports: emitted(manifest.exports) };
  writeFileSync(MANIFEST, `${JSON.stringify(packed, null, 2)}\n`);
};

/** Puts the repository's own manifest back and removes what was emitted. */
const restore = (): void => {
  rmSync(join(ROOT, 'lib'), { recursive: true, force: true });
  if (existsSync(ORIGINAL)) renameSync(ORIGINAL, MANIFEST);
};

const [command] = process.argv.slice(2);
if (command === 'prepare') prepare();
else if (command === 'restore') restore();
else throw new Error(`unknown command '${command}'; say prepare before packing or restore after it`);

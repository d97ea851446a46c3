import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** A forbidden import, in the words of the table in `.dependency-cruiser.mjs`. */
export interface Breach {
  readonly rule: string;
  readonly from: string;
  readonly to: string;
}

/** What a walk over the import graph found. */
export interface Cruise {
  readonly breaches: readonly Breach[];
  /** Source files that the walk did not see; a cruiser that sees nothing is green. */
  readonly unseen: readonly string[];
  readonly modules: number;
}

const FOLDERS = ['src', 'dashboards', 'alerts', 'proxy', 'test'];
const CRUISER = resolve(import.meta.dirname, '../../node_modules/dependency-cruiser/bin/dependency-cruiser.mjs');
const CONFIG = '.dependency-cruiser.mjs';
const OUTPUT_LIMIT = 256 * 1024 * 1024;

interface Report {
  readonly modules: readonly { readonly source: string }[];
  readonly summary: {
    readonly violations: readonly {
      readonly rule: { readonly name: string };
      readonly from: string;
      readonly to: string;
    }[];
  };
}

/** Walks the imports of every source file below a root and holds them against the table. @throws when the cruiser itself fails */
export const cruise = (root: string): Cruise => {
  const folders = FOLDERS.filter((folder) => readdirSync(root).includes(folder));
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [CRUISER, '--config', CONFIG, '--output-type', 'json', ...folders],
    {
      cwd: root,
      encoding: 'utf8',
      maxBuffer: OUTPUT_LIMIT,
    },
  );
  if (!stdout.startsWith('{')) throw new Error(`the dependency cruiser failed in ${root}: ${stderr || stdout}`);
  const report = JSON.parse(stdout) as Report;
  const seen = new Set(report.modules.map(({ source }) => source));
  return {
    breaches: report.summary.violations.map(({ rule, from, to }) => ({ rule: rule.name, from, to })),
    unseen: folders.flatMap((folder) => sources(root, folder)).filter((file) => !seen.has(file)),
    modules: seen.size,
  };
};

/** The page of the preview is a package of its own, for the browser: its bundler follows the imports. */
const APART = /^dashboards\/preview\/(page|node_modules)\//;

const sources = (root: string, folder: string): readonly string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))
    .map((file) => `${folder}/${file}`)
    .filter((file) => !APART.test(file));

const main = (): void => {
  const { breaches, unseen, modules } = cruise(process.cwd());
  const lines = [
    ...breaches.map(({ rule, from, to }) => `${from} -> ${to}: ${rule}`),
    ...unseen.map((file) => `${file}: not seen by the cruiser; its imports are unchecked`),
  ];
  process.stdout.write(lines.map((line) => `${line}\n`).join(''));
  process.stdout.write(`graph: ${modules} modules, ${lines.length} problems\n`);
  process.exitCode = lines.length === 0 ? 0 : 1;
};

if (import.meta.main) main();

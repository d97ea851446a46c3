/** Prints lines of TypeScript by folder, as a Markdown table; `node test/bench/lines.ts <commit> [<commit>]`, default HEAD. */
import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../..');

interface Size {
  readonly files: number;
  readonly lines: number;
}

const git = (...args: readonly string[]): string =>
  execFileSync('git', args, { cwd: ROOT, encoding: 'utf8', maxBuffer: 2 ** 28 });

/** `src/catalog`, `dashboards`, `test`: of `src` alone the second level counts. */
const folderOf = (path: string): string => {
  const [top = '', second = ''] = path.split('/');
  if (top !== 'src') return top;
  return second.endsWith('.ts') ? 'src' : `src/${second}`;
};

/** Every line of `git grep --count ''` is `<commit>:<path>:<lines>`. */
const sizesOf = (commit: string): ReadonlyMap<string, Size> => {
  const folders = ['src', 'dashboards', 'alerts', 'proxy', 'test'];
  const counts = git('grep', '--count', '', commit, '--', ...folders.map((folder) => `${folder}/*.ts`))
    .trim()
    .split('\n')
    .map((row) => row.slice(commit.length + 1).split(':'));
  const byFolder = Map.groupBy(counts, ([path = '']) => folderOf(path));
  return new Map(
    [...byFolder].map(([folder, rows]) => [
      folder,
      { files: rows.length, lines: rows.reduce((sum, [, lines]) => sum + Number(lines), 0) },
    ]),
  );
};

const sum = (sizes: ReadonlyMap<string, Size>, belongs: (folder: string) => boolean): Size =>
  [...sizes]
    .filter(([folder]) => belongs(folder))
    .reduce((total, [, { files, lines }]) => ({ files: total.files + files, lines: total.lines + lines }), {
      files: 0,
      lines: 0,
    });

const cell = (size: Size | undefined): string =>
  size === undefined ? '–' : `${size.lines.toLocaleString('en')} in ${size.files}`;

const commits = process.argv.length > 2 ? process.argv.slice(2) : ['HEAD'];
const columns = commits.map(sizesOf);
const folders = [...new Set(columns.flatMap((sizes) => [...sizes.keys()]))].toSorted();
const row = (name: string, size: (sizes: ReadonlyMap<string, Size>) => Size | undefined): string =>
  `| ${[name, ...columns.map((sizes) => cell(size(sizes)))].join(' | ')} |`;

process.stdout.write(
  `${[
    `| lines in files | ${commits.join(' | ')} |`,
    `|---|${commits.map(() => '---|').join('')}`,
    ...folders.map((folder) => row(folder, (sizes) => sizes.get(folder))),
    row('all of src', (sizes) => sum(sizes, (folder) => folder.startsWith('src'))),
    row('all but tests', (sizes) => sum(sizes, (folder) => folder !== 'test')),
  ].join('\n')}\n`,
);

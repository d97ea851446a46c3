import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { promisify } from 'node:util';
import pixelmatch from 'pixelmatch';
import { PNG } from 'pngjs';
import { type Dashboard, type Panel, panelsOf, readDashboard } from './classic.ts';
import {
  type DataSet,
  type Drawn,
  drawDashboard,
  findDashboards,
  openData,
  type Progress,
  type Source,
} from './draw.ts';
import { type Options, UsageError } from './options.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const FOLDER = 'dist/dashboards';

/** Dashboards are JSON of some hundred kilobytes. */
const MOST_BYTES = 64 * 1024 * 1024;

const git = async (...args: readonly string[]): Promise<string> =>
  (await promisify(execFile)('git', [...args], { cwd: ROOT, maxBuffer: MOST_BYTES })).stdout;

const commitOf = async (revision: string): Promise<string> => {
  try {
    return (await git('rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`)).trim();
  } catch (error) {
    throw new UsageError(`--against is a git revision such as main; received '${revision}', which git does not know`, {
      cause: error,
    });
  }
};

/** The dashboards of a revision, read from git: nothing of it is checked out or run. */
export const dashboardsAt = async (revision: string): Promise<readonly Source[]> => {
  const commit = await commitOf(revision);
  const paths = (await git('ls-tree', '-r', '-z', '--name-only', commit, '--', FOLDER)).split('\0');
  return Promise.all(
    paths
      .filter((path) => path.endsWith('.json'))
      .map(async (path) => {
        const text = await git('cat-file', 'blob', `${commit}:${path}`);
        const dashboard = readDashboard(text, `${revision}:${path}`);
        return { name: dashboard.uid || path.slice(FOLDER.length + 1, -'.json'.length), dashboard };
      }),
  );
};

/** What became of a panel between two revisions. */
export interface PanelChange {
  readonly id: number;
  readonly title: string;
  readonly change: 'added' | 'removed' | 'changed';
  /** The keys of the panel's JSON that differ; none of one that was added or removed. */
  readonly keys: readonly string[];
}

const byId = (dashboard: Dashboard | undefined): ReadonlyMap<number, Panel> =>
  new Map(panelsOf(dashboard?.panels ?? []).map((panel) => [panel.id ?? 0, panel]));

const text = (value: unknown): string =>
  JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  ) ?? '';

const differing = (before: Panel, after: Panel): readonly string[] =>
  [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((key) => text(before[key]) !== text(after[key]))
    .toSorted();

/** The panels that were added, removed or changed, by id. */
export const panelChanges = (before: Dashboard | undefined, after: Dashboard | undefined): readonly PanelChange[] => {
  const [old, current] = [byId(before), byId(after)];
  const ids = [...new Set([...old.keys(), ...current.keys()])].toSorted((a, b) => a - b);
  return ids.flatMap((id): readonly PanelChange[] => {
    const [was, is] = [old.get(id), current.get(id)];
    const title = (is ?? was)?.title ?? '';
    if (was === undefined) return [{ id, title, change: 'added', keys: [] }];
    if (is === undefined) return [{ id, title, change: 'removed', keys: [] }];
    const keys = differing(was, is);
    return keys.length === 0 ? [] : [{ id, title, change: 'changed', keys }];
  });
};

/** A difference of two pictures. */
export interface PictureDifference {
  readonly png: Buffer;
  /** Pixels that differ. */
  readonly pixels: number;
}

/** Puts a picture onto an empty one of another size. */
const padded = ({ width, height, data }: PNG, size: { readonly width: number; readonly height: number }): PNG => {
  const canvas = new PNG(size);
  PNG.bitblt({ width, height, data } as PNG, canvas, 0, 0, width, height, 0, 0);
  return canvas;
};

/** Compares two pictures in PNG; the smaller one gets empty space to the right and below. */
export const comparePictures = (before: Buffer, after: Buffer): PictureDifference => {
  const [old, current] = [PNG.sync.read(before), PNG.sync.read(after)];
  const size = { width: Math.max(old.width, current.width), height: Math.max(old.height, current.height) };
  const difference = new PNG(size);
  const [left, right] = [padded(old, size), padded(current, size)];
  const pixels = pixelmatch(left.data, right.data, difference.data, size.width, size.height);
  return { png: PNG.sync.write(difference), pixels };
};

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const escapeHtml = (value: string): string => value.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? '');

/** One dashboard of both sides. */
export interface Comparison {
  readonly name: string;
  readonly title: string;
  readonly changes: readonly PanelChange[];
  readonly before: Drawn | undefined;
  readonly after: Drawn | undefined;
  readonly difference: { readonly picture: string; readonly pixels: number } | undefined;
}

const figure = (out: string, caption: string, picture: string | undefined, page?: string): string => {
  if (picture === undefined && page === undefined) return `<figure><figcaption>${caption}: none</figcaption></figure>`;
  const link = (path: string): string => escapeHtml(relative(out, path));
  const image = picture === undefined ? '' : `<img src="${link(picture)}" alt="${caption}" loading="lazy">`;
  return `<figure><figcaption>${page === undefined ? caption : `<a href="${link(page)}">${caption}</a>`}</figcaption>${image}</figure>`;
};

const changeRow = ({ id, title, change, keys }: PanelChange): string =>
  `<tr><td>${change}</td><td>${id}</td><td>${escapeHtml(title)}</td><td>${escapeHtml(keys.join(', '))}</td></tr>`;

const section = (out: string, { name, title, changes, before, after, difference }: Comparison): string => {
  const table =
    changes.length === 0
      ? '<p>No panel was added, removed or changed.</p>'
      : `<table><tr><th>change</th><th>panel</th><th>title</th><th>what differs</th></tr>${changes.map(changeRow).join('')}</table>`;
  const count = difference === undefined ? 'difference' : `difference: ${difference.pixels} pixels`;
  return `<h2>${escapeHtml(title)} <small>${escapeHtml(name)}</small></h2>${table}<div class="side">${[
    figure(out, 'before', before?.picture, before?.page),
    figure(out, 'after', after?.picture, after?.page),
    figure(out, count, difference?.picture),
  ].join('')}</div>`;
};

const STYLE =
  'body{font-family:system-ui,sans-serif;margin:1rem}table{border-collapse:collapse}td,th{border:1px solid #8888;padding:.2rem .6rem;text-align:left}.side{display:grid;grid-template-columns:repeat(3,1fr);gap:1rem}figure{margin:0}img{width:100%}';

/** The page that shows dashboards of both sides, the differences of their pictures and tables of panels. */
export const comparisonPage = (revision: string, out: string, comparisons: readonly Comparison[]): string =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Dashboards against ${escapeHtml(revision)}</title>` +
  `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src 'self' file: data:">` +
  `<style>${STYLE}</style></head><body><h1>Dashboards against ${escapeHtml(revision)}</h1>` +
  `${comparisons.map((one) => section(out, one)).join('')}</body></html>\n`;

const compareDrawn = async (name: string, out: string, before: Drawn | undefined, after: Drawn | undefined) => {
  if (before?.picture === undefined || after?.picture === undefined) return undefined;
  const { png, pixels } = comparePictures(await readFile(before.picture), await readFile(after.picture));
  const picture = join(out, `${name}.difference.png`);
  await writeFile(picture, png);
  return { picture, pixels };
};

interface Side {
  readonly out: string;
  readonly sources: ReadonlyMap<string, Source>;
}

const drawSide = async (name: string, { out, sources }: Side, data: DataSet, options: Options, progress: Progress) => {
  const source = sources.get(name);
  return source && drawDashboard(source, data, { ...options, out }, progress);
};

const sideOf = (out: string, sources: readonly Source[]): Side => ({
  out,
  sources: new Map(sources.map((one) => [one.name, one])),
});

/**
 * Draws the dashboards of a revision and of the working tree, with the same data, and a page that compares them.
 *
 * @throws UsageError for a revision that git does not know
 */
export const drawAgainst = async (
  revision: string,
  options: Options,
  progress: Progress,
): Promise<{ readonly page: string; readonly drawn: readonly Drawn[] }> => {
  const before = sideOf(join(options.out, 'before'), await dashboardsAt(revision));
  const after = sideOf(join(options.out, 'after'), await findDashboards(options));
  await mkdir(options.out, { recursive: true });
  const names = [...new Set([...before.sources.keys(), ...after.sources.keys()])].toSorted();
  const data = await openData(options, progress);
  const comparisons: Comparison[] = [];
  try {
    for (const name of names) {
      const was = await drawSide(name, before, data, options, progress);
      const is = await drawSide(name, after, data, options, progress);
      const [old, current] = [before.sources.get(name)?.dashboard, after.sources.get(name)?.dashboard];
      comparisons.push({
        name,
        title: is?.title ?? was?.title ?? name,
        changes: panelChanges(old, current),
        before: was,
        after: is,
        difference: await compareDrawn(name, options.out, was, is),
      });
    }
  } finally {
    await data.stop();
  }
  const page = join(options.out, 'index.html');
  await writeFile(page, comparisonPage(revision, options.out, comparisons));
  return { page, drawn: comparisons.flatMap((one) => [one.before, one.after]).filter((one) => one !== undefined) };
};

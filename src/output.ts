import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';

/** A finished tree: path relative to its root (with `/`) to text. */
export type Files = ReadonlyMap<string, string>;

/** What a file set on disk differs in from a finished tree; all lists are sorted. */
export interface Difference {
  readonly missing: readonly string[];
  readonly extra: readonly string[];
  readonly changed: readonly string[];
}

/** Whether a difference is none. */
export const isSame = ({ missing, extra, changed }: Difference): boolean =>
  missing.length + extra.length + changed.length === 0;

/** Compares a folder with a finished tree: file sets and bytes. A folder that does not exist lacks every file. */
export const compare = (root: string, files: Files): Difference => {
  const present = existsSync(root) ? listFiles(root) : [];
  return {
    missing: [...files.keys()].filter((path) => !present.includes(path)).toSorted(),
    extra: present.filter((path) => !files.has(path)).toSorted(),
    changed: present
      .filter((path) => files.has(path) && readFileSync(join(root, path), 'utf8') !== files.get(path))
      .toSorted(),
  };
};

/** Every file below a folder, as paths relative to it with `/`. */
export const listFiles = (root: string): readonly string[] =>
  readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'));

/** Writes a tree into an empty folder. */
export const write = (root: string, files: Files): void => {
  for (const folder of new Set([...files.keys()].map((path) => dirname(join(root, path)))))
    mkdirSync(folder, { recursive: true });
  for (const [path, text] of files) writeFileSync(join(root, path), text);
};

/**
 * Makes a folder hold exactly a finished tree. The tree is written beside it and swapped in by two renames, so that
 * a failure on the way leaves the old tree whole. A folder that holds the same bytes already is left untouched.
 */
export const replace = (root: string, files: Files): Difference => {
  const difference = compare(root, files);
  if (isSame(difference)) return difference;
  const [next, previous] = [`${root}.next`, `${root}.previous`];
  for (const leftover of [next, previous]) rmSync(leftover, { recursive: true, force: true });
  write(next, files);
  if (existsSync(root)) renameSync(root, previous);
  renameSync(next, root);
  rmSync(previous, { recursive: true, force: true });
  return difference;
};

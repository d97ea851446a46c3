import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A folder that stands for the root of a container. */
export interface TemporaryRoot {
  readonly folder: string;
  /** Where a path of the container is on this machine. */
  at(path: string): string;
  /** The same text with each of the known folders of the container where it is on this machine. */
  mapped(text: string): string;
  write(path: string, content: string | Uint8Array): void;
  read(path: string): Buffer;
  /** Copies a file or folder of this machine into the container. */
  bring(from: string, to: string): void;
  remove(): void;
}

const literal = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** Makes an empty root; `folders` are the absolute paths that texts may name. */
export const temporaryRoot = (folders: readonly string[]): TemporaryRoot => {
  const folder = mkdtempSync(join(tmpdir(), 'tidewatch-root-'));
  const at = (path: string): string => join(folder, path);
  const longestFirst = folders.toSorted((a, b) => b.length - a.length);
  const pattern = new RegExp(`(?<![\\w./-])(${longestFirst.map(literal).join('|')})(?![\\w.-])`, 'g');
  for (const path of folders) mkdirSync(at(path), { recursive: true });
  return {
    folder,
    at,
    mapped: (text) => (folders.length === 0 ? text : text.replace(pattern, (path) => at(path))),
    write: (path, content) => {
      mkdirSync(dirname(at(path)), { recursive: true });
      writeFileSync(at(path), content);
    },
    read: (path) => readFileSync(at(path)),
    bring: (from, to) => cpSync(from, at(to), { recursive: true }),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
};

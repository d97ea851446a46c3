import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../..');

/** What a run of a program left behind. */
export interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A copy of parts of the checkout in a folder of its own, with the installed packages at hand. */
export interface Checkout {
  readonly folder: string;
  /** Runs a command of the installed packages, or Node itself, in the copy. */
  readonly run: (command: string, args: readonly string[]) => Outcome;
  readonly remove: () => void;
}

/** Copies the named files and folders of the checkout; without `packages` nothing is installed there. */
export const checkout = (
  names: readonly string[],
  { packages = true }: { readonly packages?: boolean } = {},
): Checkout => {
  const folder = mkdtempSync(join(tmpdir(), 'checkout-'));
  // The packages of the preview's page are hundreds of megabytes that no copy needs.
  const filter = (path: string): boolean => !path.endsWith('/node_modules');
  for (const name of names) cpSync(join(ROOT, name), join(folder, name), { recursive: true, filter });
  if (packages) symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  const path = `${join(ROOT, 'node_modules/.bin')}:${process.env.PATH}`;
  return {
    folder,
    run: (command, args) => {
      const { status, stdout, stderr } = spawnSync(command, args, {
        cwd: folder,
        encoding: 'utf8',
        env: { ...process.env, PATH: path },
      });
      return { status, stdout, stderr };
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
};

import { accessSync, constants, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { accepts, type Program } from './programs.ts';

const REPOSITORY = resolve(import.meta.dirname, '../..');

/** Folder of the pinned Go modules that the programs are built from. */
export const GO_MODULES = join(import.meta.dirname, 'go');

/** Folder that holds the installed programs; `PEERS_CACHE` moves it, so that a test can use an empty one. */
export const cacheFolder = (): string => process.env.PEERS_CACHE ?? join(REPOSITORY, '.cache/peers');

/** Where a program is installed in a cache folder. */
export const binaryPath = (folder: string, name: string): string => join(folder, 'bin', name);

/** Where the version of an installed program is written down. */
export const versionPath = (folder: string, name: string): string => join(folder, 'versions', name);

/** Whether a file exists and may be executed. */
export const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

const recordedVersion = (folder: string, name: string): string | undefined => {
  try {
    return readFileSync(versionPath(folder, name), 'utf8').trim();
  } catch {
    return undefined;
  }
};

/**
 * Path of an installed program, or undefined. One whose recorded version is not accepted any more counts as missing:
 * a raised pin must not leave the old program in judgement.
 */
export const installedPath = (folder: string, program: Program): string | undefined => {
  const version = recordedVersion(folder, program.name);
  const path = binaryPath(folder, program.name);
  return version !== undefined && accepts(program, version) && isExecutable(path) ? path : undefined;
};

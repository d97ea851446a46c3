import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ProcessOptions, type RunningProcess, startProcess } from './process.ts';

/** A folder that lives as long as a test needs it. */
export interface TemporaryFolder {
  readonly path: string;
  remove(): Promise<void>;
}

/** Makes an empty folder for one use. */
export const temporaryFolder = async (purpose: string): Promise<TemporaryFolder> => {
  const path = await mkdtemp(join(tmpdir(), `tidewatch-${purpose}-`));
  return { path, remove: () => rm(path, { recursive: true, force: true, maxRetries: 3 }) };
};

/** Starts a program that gets a temporary folder, which goes when it is stopped or cannot be started. */
export const startInFolder = async (
  purpose: string,
  options: (folder: string) => ProcessOptions,
): Promise<RunningProcess> => {
  const folder = await temporaryFolder(purpose);
  try {
    const started = await startProcess(options(folder.path));
    return { ...started, stop: () => started.stop().then(folder.remove) };
  } catch (error) {
    await folder.remove();
    throw error;
  }
};

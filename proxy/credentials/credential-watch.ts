import { type FSWatcher, watch } from 'node:fs';
import type { Timers } from '../time.ts';
import { type CredentialFiles, type CredentialRules, codeOf, readCredentialFiles } from './credential-files.ts';

/** What a watch is made of. */
export interface WatchOptions extends CredentialRules {
  readonly folder: string;
  readonly timers: Timers;
  /** The credentials differ from those that were loaded last. */
  readonly onChange: (files: CredentialFiles) => void;
  /** The folder cannot be listed; the credentials that were loaded last stay. */
  readonly onProblem: (problem: string) => void;
  /** How often the folder is read even if no change was reported. @default 30 s: some file systems report no changes */
  readonly everyMs?: number;
}

/** Watches a folder of credentials. */
export interface CredentialWatch {
  /** Reads the folder now and reports what is new; never rejects. */
  read(): Promise<void>;
  start(): void;
  stop(): void;
}

const EVERY_MS = 30_000;

/** Long enough for the several events of one swapped link or one written file to be one. */
const SETTLE_MS = 200;

/** Makes a watch that is not started. */
export const createCredentialWatch = (options: WatchOptions): CredentialWatch => new FolderWatch(options);

class FolderWatch implements CredentialWatch {
  readonly #options: Required<WatchOptions>;
  #seen = '';
  #problem = '';
  #running = false;
  #cancel = () => {};
  #watcher: FSWatcher | null = null;
  #reading: Promise<void> = Promise.resolve();

  constructor(options: WatchOptions) {
    this.#options = { everyMs: EVERY_MS, ...options };
  }

  read(): Promise<void> {
    // One after the other: a slow first read must not overwrite what a later one found.
    this.#reading = this.#reading.then(() => this.#readOnce());
    return this.#reading;
  }

  start(): void {
    this.#running = true;
    this.#listen();
    this.#readAfter(this.#options.everyMs);
  }

  stop(): void {
    this.#running = false;
    this.#cancel();
    this.#watcher?.close();
    this.#watcher = null;
  }

  async #readOnce(): Promise<void> {
    try {
      const files = await readCredentialFiles(this.#options.folder, this.#options);
      this.#problem = '';
      const seen = JSON.stringify([files.credentials.map(({ id, fingerprint }) => [id, fingerprint]), files.problems]);
      if (seen === this.#seen) return;
      this.#seen = seen;
      this.#options.onChange(files);
    } catch (error) {
      this.#report(
        `the folder of credentials '${this.#options.folder}' cannot be read (${codeOf(error)}); mount it there`,
      );
    }
  }

  /** A problem that lasts is reported once. */
  #report(problem: string): void {
    if (problem === this.#problem) return;
    this.#problem = problem;
    this.#options.onProblem(problem);
  }

  #readAfter(ms: number): void {
    this.#cancel();
    this.#cancel = this.#options.timers.after(ms, () => {
      void this.read().then(() => {
        if (!this.#running) return;
        this.#listen();
        this.#readAfter(this.#options.everyMs);
      });
    });
  }

  /** Watches the folder itself: a mounted Secret changes by a new `..data` link in it, which no file notices. */
  #listen(): void {
    if (this.#watcher !== null) return;
    try {
      const watcher = watch(this.#options.folder, { persistent: false }, () => this.#readAfter(SETTLE_MS));
      watcher.on('error', () => this.#drop(watcher));
      this.#watcher = watcher;
    } catch {
      // The folder is not there (yet), or there are too many watches: it is read from time to time all the same.
    }
  }

  #drop(watcher: FSWatcher): void {
    watcher.close();
    if (this.#watcher === watcher) this.#watcher = null;
  }
}

import { type FileHandle, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Clock } from './clock.ts';
import type { Timers } from './timers.ts';

/** The parts of the state; who owns a part checks it, because a file may be old or damaged. */
export interface State {
  readonly tracker: unknown;
  readonly pool: unknown;
}

/** What a state file is made of. */
export interface StateFileOptions {
  readonly path: string;
  readonly clock: Clock;
  readonly timers: Timers;
  /** The state as it is now; plain data. */
  readonly collect: () => State;
  /** Something went wrong with the file; the service goes on without it. */
  readonly onProblem: (problem: string) => void;
  /** How long changes are gathered before they are written. @default 5 s: what a crash may cost */
  readonly delayMs?: number;
}

/** The one file in which a pod keeps over a restart what it has learned. */
export interface StateFile {
  /** Reads the file; null where there is none or it cannot be used, which is told. Never rejects. */
  load(): Promise<State | null>;
  /** Something has changed: it is written soon. */
  touch(): void;
  /** Writes what has changed now, and after what is being written. Never rejects. */
  flush(): Promise<void>;
}

/** The form of the file; other numbers are of other versions of the proxy. */
export const STATE_VERSION = 1;

const DELAY_MS = 5_000;

/** Makes a state file; nothing is read or written yet. */
export const createStateFile = (options: StateFileOptions): StateFile => new AtomicStateFile(options);

class AtomicStateFile implements StateFile {
  readonly #options: Required<StateFileOptions>;
  #changed = false;
  #cancel: (() => void) | null = null;
  #writing: Promise<void> = Promise.resolve();
  #problem = '';

  constructor(options: StateFileOptions) {
    this.#options = { delayMs: DELAY_MS, ...options };
  }

  async load(): Promise<State | null> {
    const text = await readFile(this.#options.path, 'utf8').catch((error: unknown) => this.#unreadable(error));
    if (text === null) return null;
    const parsed = parse(text);
    if (typeof parsed !== 'string') return parsed;
    await this.#putAside(parsed);
    return null;
  }

  touch(): void {
    this.#changed = true;
    this.#cancel ??= this.#options.timers.after(this.#options.delayMs, () => {
      this.#cancel = null;
      void this.flush();
    });
  }

  flush(): Promise<void> {
    this.#cancel?.();
    this.#cancel = null;
    this.#writing = this.#writing.then(() => this.#write());
    return this.#writing;
  }

  async #write(): Promise<void> {
    if (!this.#changed) return;
    this.#changed = false;
    try {
      const { path, clock, collect } = this.#options;
      await replace(path, JSON.stringify({ version: STATE_VERSION, savedAt: clock.now(), ...collect() }));
      this.#problem = '';
    } catch (error) {
      // Still to be written, with the next change: the disk may be full or gone for a while.
      this.#changed = true;
      this.#tell(
        `the state cannot be written to '${this.#options.path}' (${messageOf(error)}); it is lost with this process`,
      );
    }
  }

  #unreadable(error: unknown): null {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    if (!missing)
      this.#tell(`the state in '${this.#options.path}' cannot be read (${messageOf(error)}); starting empty`);
    return null;
  }

  /** A file that cannot be used is kept under another name for whoever wants to know why; the next write would replace it. */
  async #putAside(why: string): Promise<void> {
    const { path } = this.#options;
    const kept = await rename(path, `${path}.unusable`).then(
      () => `; the file is kept as '${path}.unusable'`,
      () => '',
    );
    this.#tell(`the state in '${path}' cannot be used (${why}); starting empty${kept}`);
  }

  /** A problem that lasts is told once. */
  #tell(problem: string): void {
    if (problem === this.#problem) return;
    this.#problem = problem;
    this.#options.onProblem(problem);
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** The state in a text, or what is wrong with the text. */
const parse = (text: string): State | string => {
  try {
    const file: unknown = JSON.parse(text);
    if (typeof file !== 'object' || file === null || !('version' in file)) return 'it holds no state';
    if (file.version !== STATE_VERSION)
      return `it is of version ${JSON.stringify(file.version)}, this is ${STATE_VERSION}`;
    return { tracker: 'tracker' in file ? file.tracker : null, pool: 'pool' in file ? file.pool : null };
  } catch {
    return `it is no JSON: ${text.length} characters that end too soon or are damaged`;
  }
};

/** Puts a text in the place of a file so that at any time, even after a power cut, the old or the new one is there whole. */
const replace = async (path: string, text: string): Promise<void> => {
  const temporary = `${path}.tmp`;
  try {
    await withFile(temporary, 'w', async (file) => {
      await file.writeFile(text);
      await file.sync();
    });
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    throw error;
  }
  // Some file systems cannot sync a folder; the file is in place all the same.
  await withFile(dirname(path), 'r', (folder) => folder.sync()).catch(() => {});
};

const withFile = async (path: string, flags: string, use: (file: FileHandle) => Promise<void>): Promise<void> => {
  const file = await open(path, flags, 0o600);
  try {
    await use(file);
  } finally {
    await file.close();
  }
};

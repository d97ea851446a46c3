import { randomUUID } from 'node:crypto';
import { type FileHandle, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Clock, Timers } from '../time.ts';
import { mergeState } from './merge.ts';
import { StateLock } from './state-lock.ts';

/** A part of the proxy whose knowledge outlives the process. */
export interface StatePart {
  /** Its name in the file. */
  readonly name: string;
  /** What it knows, as plain data (JSON). How two processes' data are merged: see `mergeState`. */
  export(): unknown;
  /** Takes in what a process exported before, which may be old, damaged or of another version; null for nothing. */
  import(state: unknown): unknown;
}

/** What a state file is made of. */
export interface StateFileOptions {
  readonly path: string;
  readonly clock: Clock;
  readonly timers: Timers;
  /** The parts, imported in this order. */
  readonly parts: readonly StatePart[];
  /** Something is wrong with the file; the service goes on without it. A problem that lasts is reported once. */
  readonly onProblem: (problem: string) => void;
}

/** The file in which processes keep over a restart what they know; several may use it at the same time. */
export interface StateFile {
  /** Reads the file and lets the parts import it. Never rejects. */
  load(): Promise<void>;
  /** Something has changed: it is written within a second, or at once (50 ms) where it is costly to lose. */
  touch(urgency?: 'soon' | 'at-once'): void;
  /** Writes what has changed now, and after what is being written. Never rejects; takes ten seconds at most to begin. */
  flush(): Promise<void>;
}

/** The form of the file; other numbers are of other versions of the proxy. */
export const STATE_VERSION = 2;

/** How long changes are gathered: what a process that is killed may lose. */
const DELAY_MS = { soon: 1_000, 'at-once': 50 } as const;

/** How long until a write that failed is tried again without a further change: a full disk takes a while. */
const RETRY_MS = 10_000;

/** Makes a state file; nothing is read or written yet. */
export const createStateFile = (options: StateFileOptions): StateFile => new SharedStateFile(options);

/** The data of the parts by name. */
type Parts = Readonly<Record<string, unknown>>;

/** A write that is due. */
interface Due {
  readonly at: number;
  cancel(): void;
}

class SharedStateFile implements StateFile {
  readonly #options: StateFileOptions;
  readonly #instance = randomUUID();
  readonly #lock: StateLock;
  /** What this process exported at its last write, or imported: its own changes are those since. */
  #base: Parts = {};
  /** What the file held when `#identity` was its identity. */
  #stored: Parts = {};
  #identity = '';
  #changed = false;
  #cleared = false;
  #due: Due | null = null;
  #writing: Promise<void> = Promise.resolve();
  #problem = '';

  constructor(options: StateFileOptions) {
    const { path, clock, timers } = options;
    this.#options = options;
    this.#lock = new StateLock({ path: `${path}.lock`, instance: this.#instance, clock, timers });
  }

  async load(): Promise<void> {
    const { path, parts } = this.#options;
    const identity = await identityOf(path);
    const text = await readFile(path, 'utf8').catch((error: unknown) => this.#unreadable(error));
    if (text === null) return;
    const parsed = parse(text);
    if (typeof parsed === 'string') {
      await this.#keepUnusable(parsed);
      return;
    }
    [this.#base, this.#stored, this.#identity] = [parsed, parsed, identity];
    for (const part of parts) this.#import(part, parsed[part.name] ?? null);
  }

  touch(urgency: 'soon' | 'at-once' = 'soon'): void {
    this.#changed = true;
    // This runs for every answer; one comparison is what most of them cost.
    if (this.#due === null || urgency === 'at-once') this.#schedule(DELAY_MS[urgency]);
  }

  flush(): Promise<void> {
    this.#due?.cancel();
    this.#due = null;
    this.#writing = this.#writing.then(() => this.#write());
    return this.#writing;
  }

  #schedule(delayMs: number): void {
    const at = this.#options.clock.monotonic() + delayMs;
    if (this.#due !== null && this.#due.at <= at) return;
    this.#due?.cancel();
    const cancel = this.#options.timers.after(delayMs, () => void this.flush());
    this.#due = { at, cancel };
  }

  #import(part: StatePart, state: unknown): void {
    try {
      part.import(state);
    } catch (error) {
      this.#report(`the state of '${part.name}' in '${this.#options.path}' cannot be used (${messageOf(error)})`);
    }
  }

  async #write(): Promise<void> {
    if (!this.#changed) return;
    this.#changed = false;
    // The timers that are handed in let the process end, also while it waits for the lock.
    const alive = setInterval(() => undefined, 2 ** 30);
    try {
      await this.#mergeAndReplace();
      this.#problem = '';
    } catch (error) {
      this.#changed = true;
      this.#schedule(RETRY_MS);
      const { path } = this.#options;
      this.#report(`the state cannot be written to '${path}' (${messageOf(error)}); it is lost with this process`);
    } finally {
      clearInterval(alive);
    }
  }

  async #mergeAndReplace(): Promise<void> {
    const { path, clock } = this.#options;
    const temporary = `${path}.${this.#instance}.tmp`;
    const lock = await this.#lock.acquire();
    try {
      await this.#clearLeftovers();
      const theirs = await this.#theirs();
      const mine = this.#export();
      const merged = mergeParts(this.#base, mine, theirs);
      await write(temporary, JSON.stringify({ version: STATE_VERSION, savedAt: clock.now(), parts: merged }));
      const identity = await identityOf(temporary);
      if (!(await lock.held())) throw new Error('another process took the lock over');
      await rename(temporary, path);
      [this.#base, this.#stored, this.#identity] = [mine, merged, identity];
    } finally {
      await rm(temporary, { force: true }).catch(() => undefined);
      await lock.release();
    }
    // Some file systems cannot sync a folder; the file is in place all the same.
    await withFile(dirname(path), 'r', (folder) => folder.sync()).catch(() => undefined);
  }

  /** A copy: what the parts export may be what they work with. */
  #export(): Parts {
    const exported = this.#options.parts.map((part) => [part.name, part.export() ?? null]);
    return JSON.parse(JSON.stringify(Object.fromEntries(exported))) as Parts;
  }

  /** What the file holds now; nothing where it cannot be used, which the next start would report. */
  async #theirs(): Promise<Parts> {
    const { path } = this.#options;
    if (this.#identity !== '' && (await identityOf(path)) === this.#identity) return this.#stored;
    const text = await readFile(path, 'utf8').catch(emptyIfMissing);
    const parsed = parse(text);
    return typeof parsed === 'string' ? {} : parsed;
  }

  /** Temporary files of processes that were killed; nobody else writes while the lock is held. */
  async #clearLeftovers(): Promise<void> {
    if (this.#cleared) return;
    this.#cleared = true;
    const { path } = this.#options;
    const prefix = `${basename(path)}.`;
    const names = await readdir(dirname(path));
    const left = names.filter((name) => name.startsWith(prefix) && name.endsWith('.tmp'));
    await Promise.all(left.map((name) => rm(join(dirname(path), name), { force: true })));
  }

  #unreadable(error: unknown): null {
    if (!isMissing(error))
      this.#report(`the state in '${this.#options.path}' cannot be read (${messageOf(error)}); starting empty`);
    return null;
  }

  /** A file that cannot be used is kept under another name for whoever wants to know why; the next write would replace it. */
  async #keepUnusable(why: string): Promise<void> {
    const { path } = this.#options;
    const kept = await rename(path, `${path}.unusable`).then(
      () => `; the file is kept as '${path}.unusable'`,
      () => '',
    );
    this.#report(`the state in '${path}' cannot be used (${why}); starting empty${kept}`);
  }

  #report(problem: string): void {
    if (problem === this.#problem) return;
    this.#problem = problem;
    this.#options.onProblem(problem);
  }
}

/** Parts that this process does not have are kept; those that the file has lost are written anew. */
const mergeParts = (base: Parts, mine: Parts, theirs: Parts): Parts => {
  const own = Object.entries(mine).map(([name, state]) => [
    name,
    name in theirs ? mergeState(base[name], state, theirs[name]) : state,
  ]);
  return { ...theirs, ...Object.fromEntries(own) };
};

const isMissing = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT';

const emptyIfMissing = (error: unknown): string => {
  if (isMissing(error)) return '';
  throw error;
};

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** The parts in a text, or what is wrong with the text. */
const parse = (text: string): Parts | string => {
  try {
    const file: unknown = JSON.parse(text);
    if (typeof file !== 'object' || file === null || !('version' in file)) return 'it holds no state';
    if (file.version !== STATE_VERSION)
      return `it is of version ${JSON.stringify(file.version)}, this is ${STATE_VERSION}`;
    const parts = 'parts' in file ? file.parts : null;
    return typeof parts === 'object' && parts !== null && !Array.isArray(parts) ? { ...parts } : 'it holds no parts';
  } catch {
    return `it is no JSON: ${text.length} characters that end too soon or are damaged`;
  }
};

/** Which file is at a path: every write makes a new one. */
const identityOf = (path: string): Promise<string> =>
  stat(path, { bigint: true }).then(
    ({ ino, mtimeNs, size }) => `${ino} ${mtimeNs} ${size}`,
    () => '',
  );

/** Writes a file so that a rename after it is safe against a power cut. */
const write = (path: string, text: string): Promise<void> =>
  withFile(path, 'wx', async (file) => {
    await file.writeFile(text);
    await file.sync();
  });

const withFile = async (path: string, flags: string, use: (file: FileHandle) => Promise<void>): Promise<void> => {
  const file = await open(path, flags, 0o600);
  try {
    await use(file);
  } finally {
    await file.close();
  }
};

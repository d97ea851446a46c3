import { open, readFile, rm } from 'node:fs/promises';
import type { Clock, Timers } from '../time.ts';

/** What a lock is made of. */
export interface StateLockOptions {
  /** The file that is there while somebody holds the lock. */
  readonly path: string;
  /** The name of this process, of which there is no other. */
  readonly instance: string;
  readonly clock: Clock;
  readonly timers: Timers;
}

/** A lock that is held. */
export interface HeldLock {
  /** Whether it is still held: another process takes over what it finds stale. */
  held(): Promise<boolean>;
  release(): Promise<void>;
}

/** How often a lock that another process holds is tried: a write takes some milliseconds. */
const RETRY_MS = 20;

/** How long a lock must not have changed until it counts as left behind by a process that was killed. */
const STALE_MS = 3_000;

/** How long is waited altogether; only many writers in turn take longer than a stale lock. */
const MAX_WAIT_MS = 10_000;

/**
 * A lock between processes that share a volume, one file created exclusively. Staleness is judged by how long one has
 * watched it, not by the file's time: clocks jump.
 */
export class StateLock {
  readonly #options: StateLockOptions;
  #ordinal = 0;

  constructor(options: StateLockOptions) {
    this.#options = options;
  }

  /** Takes the lock. @throws when the file cannot be created, or others hold the lock for more than ten seconds */
  async acquire(): Promise<HeldLock> {
    const { path, instance, clock } = this.#options;
    this.#ordinal += 1;
    const token = `${instance} ${this.#ordinal}`;
    const startedAt = clock.monotonic();
    let seen: string | null = null;
    let seenAt = startedAt;
    while (!(await create(path, token))) {
      const now = clock.monotonic();
      if (now - startedAt >= MAX_WAIT_MS) throw new Error(`'${path}' is held by another process`);
      const holder = await contentOf(path);
      if (holder !== seen) [seen, seenAt] = [holder, now];
      else if (now - seenAt >= STALE_MS) await rm(path, { force: true });
      await this.#pause();
    }
    return {
      held: async () => (await contentOf(path)) === token,
      release: async () => {
        if ((await contentOf(path)) === token) await rm(path, { force: true });
      },
    };
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => this.#options.timers.after(RETRY_MS, resolve));
  }
}

/** Creates the file; false where it is there. */
const create = async (path: string, token: string): Promise<boolean> => {
  const file = await open(path, 'wx', 0o600).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EEXIST') return null;
    throw error;
  });
  if (file === null) return false;
  try {
    await file.writeFile(token);
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  } finally {
    await file.close();
  }
  return true;
};

const contentOf = (path: string): Promise<string | null> => readFile(path, 'utf8').catch(() => null);

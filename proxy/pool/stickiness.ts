/** A session that is served elsewhere than where the hash would put it. */
interface Move {
  readonly id: string;
  usedAt: number;
}

/** Sessions that had to move, as plain data: the session's digest, the credential, and when it was last used. */
export type Moves = readonly (readonly [key: string, id: string, usedAt: number])[];

/** The longest lifetime of a prompt cache: after that silence a session loses nothing by going back to where the hash puts it. */
export const CACHE_LIFETIME = 3_600_000;

/** The most sessions that are remembered; each takes about 150 bytes. */
export const MAX_MOVES = 10_000;

/** Remembers where sessions went that their own credential could not serve, so that they stay where their prompts are cached. */
export class Stickiness {
  readonly #moves = new Map<string, Move>();
  readonly #lifetimeMs: number;

  /** @param lifetimeMs how long a move is remembered after its last use */
  constructor(lifetimeMs: number = CACHE_LIFETIME) {
    this.#lifetimeMs = lifetimeMs;
  }

  /** Where a session was moved to; undefined where it was not, or was silent for longer than the lifetime. */
  find(key: string, now: number): string | undefined {
    const move = this.#moves.get(key);
    if (move === undefined) return undefined;
    this.#moves.delete(key);
    if (now - move.usedAt > this.#lifetimeMs) return undefined;
    move.usedAt = now;
    this.#moves.set(key, move);
    return move.id;
  }

  /** Remembers that a session was moved; the one that was silent longest makes room. */
  move(key: string, id: string, now: number): void {
    this.#moves.delete(key);
    this.#moves.set(key, { id, usedAt: now });
    if (this.#moves.size <= MAX_MOVES) return;
    const [oldest = key] = this.#moves.keys();
    this.#moves.delete(oldest);
  }

  /** Forgets that a session was moved: it is back where the hash puts it. */
  settle(key: string): void {
    this.#moves.delete(key);
  }

  /** Whether nothing is remembered. */
  get isEmpty(): boolean {
    return this.#moves.size === 0;
  }

  export(now: number): Moves {
    const alive = [...this.#moves].filter(([, { usedAt }]) => now - usedAt <= this.#lifetimeMs);
    return alive.map(([key, { id, usedAt }]) => [key, id, usedAt]);
  }

  import(moves: Moves): void {
    for (const [key, id, usedAt] of moves.toSorted(([, , a], [, , b]) => a - b)) this.move(key, id, usedAt);
  }
}

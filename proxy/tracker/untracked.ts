/** Counts the accounts that had no room, as long as they are in use. */
export class Untracked {
  /** When each was last seen, in unix milliseconds; the longest unseen one first. */
  readonly #seen = new Map<string, number>();
  readonly #most: number;
  readonly #rememberMs: number;

  constructor(options: { readonly most: number; readonly rememberMs: number }) {
    this.#most = options.most;
    this.#rememberMs = options.rememberMs;
  }

  /** Remembers an account without room; whether it was not among them before. */
  add(account: string, seenAt: number): boolean {
    const isNew = !this.#seen.delete(account);
    this.#seen.set(account, seenAt);
    if (this.#seen.size > this.#most) this.#deleteFirst();
    return isNew;
  }

  /** An account is tracked now. */
  delete(account: string): void {
    this.#seen.delete(account);
  }

  /** How many there are at a time. */
  count(now: number): number {
    for (const [account, seenAt] of this.#seen) {
      if (now - seenAt > this.#rememberMs) this.#seen.delete(account);
    }
    return this.#seen.size;
  }

  #deleteFirst(): void {
    const [first] = this.#seen.keys();
    if (first !== undefined) this.#seen.delete(first);
  }
}

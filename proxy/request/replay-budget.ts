/** Bounds the memory that copies of request bodies take, for each request and for all together. */
export class ReplayBudget {
  readonly #perRequest: number;
  readonly #total: number;
  #taken = 0;

  constructor(perRequestBytes: number, totalBytes: number) {
    this.#perRequest = perRequestBytes;
    this.#total = totalBytes;
  }

  /** The bytes that copies take now. */
  get taken(): number {
    return this.#taken;
  }

  /** Takes room for some more bytes of a request that has already taken some; false where either bound forbids it. */
  take(bytes: number, already: number): boolean {
    if (already + bytes > this.#perRequest || this.#taken + bytes > this.#total) return false;
    this.#taken += bytes;
    return true;
  }

  /** Gives room back. */
  give(bytes: number): void {
    this.#taken -= bytes;
  }
}

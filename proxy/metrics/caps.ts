import { type Label, OTHER, type proxyLabels } from '#catalog';

/** A label whose folding is counted. */
export type FoldedLabel = (typeof proxyLabels.foldedLabel.values)[number];

/** What a value becomes: itself, the overflow value, or null where its series is not exported. */
export type Admission = string | null;

/**
 * Keeps the values of labels within their sets and caps. Values of capped labels are let in as they come, the listed
 * ones first of all, and never leave again, so that a series never changes its meaning.
 */
export class Caps {
  readonly #admitted = new Map<string, Set<string>>();
  readonly #onFold: (label: string) => void;
  readonly #refused = new Map<FoldedLabel, number>();

  constructor(onFold: (label: string) => void) {
    this.#onFold = onFold;
  }

  /** The value under which an event is counted; folding is counted as well. */
  admit(label: Label, value: string): Admission {
    if (this.has(label, value)) return value;
    this.#onFold(label.name);
    if (label.cap !== null) return label.overflow;
    return label.values.includes(OTHER) ? OTHER : null;
  }

  /** Whether a value is exported under its own name; a capped label with room lets it in. */
  has(label: Label, value: string): boolean {
    const admitted = this.#admittedOf(label);
    if (admitted.has(value)) return true;
    if (label.cap === null || admitted.size >= label.cap) return false;
    admitted.add(value);
    return true;
  }

  /**
   * Counts what a scrape left out or folded. A scrape refuses the same things again and again, so only what exceeds
   * the most refused so far is new.
   */
  refused(label: FoldedLabel, values: number): void {
    const before = this.#refused.get(label) ?? 0;
    for (let fresh = before; fresh < values; fresh += 1) this.#onFold(label);
    this.#refused.set(label, Math.max(before, values));
  }

  #admittedOf({ name, values }: Label): Set<string> {
    const known = this.#admitted.get(name);
    if (known !== undefined) return known;
    const fresh = new Set<string>(values);
    this.#admitted.set(name, fresh);
    return fresh;
  }
}

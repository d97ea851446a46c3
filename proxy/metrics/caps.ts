import { type Label, OTHER, type proxyLabels } from '#catalog';

/** A label whose folding is counted. */
export type FoldedLabel = (typeof proxyLabels.foldedLabel.values)[number];

/** What a value becomes: itself, the overflow value, or null where its series is not exported. */
export type Admission = string | null;

/** How values are kept within their sets. */
export interface CapsOptions {
  readonly onFold: (label: string) => void;
  /** Caps that replace the catalog's. @default - the caps of the labels */
  readonly limits?: ReadonlyMap<Label, number>;
}

/**
 * Keeps the values of labels within their sets and caps. Values of capped labels are admitted as they come, the listed
 * ones first of all, and stay until they are released, so that a series never changes its meaning.
 */
export class Caps {
  /** By label and not by its name: two labels may share a name and have different values. */
  readonly #admitted = new Map<Label, Set<string>>();
  readonly #onFold: (label: string) => void;
  readonly #limits: ReadonlyMap<Label, number>;
  readonly #refused = new Map<FoldedLabel, number>();

  constructor({ onFold, limits = new Map() }: CapsOptions) {
    this.#onFold = onFold;
    this.#limits = limits;
  }

  /** The value under which an event is counted; folding is counted as well. */
  admit(label: Label, value: string): Admission {
    if (this.has(label, value)) return value;
    this.#onFold(label.name);
    if (label.cap !== null) return label.overflow;
    return label.values.includes(OTHER) ? OTHER : null;
  }

  /** Whether a value is exported under its own name; a capped label with room admits it. */
  has(label: Label, value: string): boolean {
    const admitted = this.#admittedOf(label);
    if (admitted.has(value)) return true;
    if (label.cap === null || admitted.size >= (this.#limits.get(label) ?? label.cap)) return false;
    admitted.add(value);
    return true;
  }

  /** Gives the place of a value to the next one that comes. */
  release(label: Label, value: string): void {
    if (!label.values.includes(value)) this.#admitted.get(label)?.delete(value);
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

  #admittedOf(label: Label): Set<string> {
    const known = this.#admitted.get(label);
    if (known !== undefined) return known;
    const fresh = new Set<string>(label.values);
    this.#admitted.set(label, fresh);
    return fresh;
  }
}

/** What one answer reports of one rate-limit window; whatever it does not report is null. */
export interface Observation {
  /** The window as the catalog names it, or as the answer does where the catalog lacks it. */
  readonly window: string;
  /** Percent, 0 and up. */
  readonly utilization: number | null;
  /** Unix milliseconds. */
  readonly resetsAt: number | null;
  /** `allowed`, `allowed_warning`, `rejected` or what the API thinks of next. */
  readonly status: string | null;
}

/** Decimal numbers as programs print them: `0.29`, `1e-05`, `+.5`; not `0x10`, `Infinity` or an empty text. */
const NUMBER = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?\s*$/i;

/** The finite number that a text holds, below zero read as zero; null for anything else. */
export const numberOf = (text: string | undefined): number | null =>
  text !== undefined && NUMBER.test(text) ? amount(Number(text)) : null;

/** A finite number, below zero read as zero; null for anything else. */
export const amount = (value: unknown): number | null =>
  typeof value === 'number' && Number.isFinite(value) ? Math.max(0, value) : null;

/** A fraction of 0.29 times 100 is 28.999999999999996; digits beyond the sixth are noise. */
const PERCENT_DIGITS = 1e6;

/** No window is used a hundred times over; a number above that is no percentage. */
const MAX_PERCENT = 10_000;

/** A percentage without the noise of floating point; null for a number that cannot be one. */
export const percent = (value: number | null): number | null =>
  value !== null && value <= MAX_PERCENT ? Math.round(value * PERCENT_DIGITS) / PERCENT_DIGITS : null;

/** What one answer says of one rate-limit window; whatever it does not say is null. */
export interface Observation {
  readonly window: string;
  /** Percent, 0 and up. */
  readonly utilization: number | null;
  /** Unix milliseconds. */
  readonly resetsAt: number | null;
  /** `allowed`, `allowed_warning`, `rejected` or what the API thinks of next. */
  readonly status: string | null;
}

/** A fraction of 0.29 times 100 is 28.999999999999996; digits beyond the sixth are noise. */
const PERCENT_DIGITS = 1e6;

/** A hundred times a window cannot be used; what says so is no percentage. */
const MAX_PERCENT = 10_000;

/** A percentage without the noise of floating point; null for a figure that cannot be one. */
export const percent = (value: number | null): number | null =>
  value !== null && value >= 0 && value <= MAX_PERCENT ? Math.round(value * PERCENT_DIGITS) / PERCENT_DIGITS : null;

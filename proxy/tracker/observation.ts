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

/** Response headers as Node.js and undici give them, names in lower case. */
export type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** A fraction of 0.29 times 100 is 28.999999999999996; digits beyond the sixth are noise. */
const PERCENT_DIGITS = 1e6;

/** A hundred times a window cannot be used; what says so is no percentage. */
const MAX_PERCENT = 10_000;

/** A percentage without the noise of floating point; null for a figure that cannot be one. */
export const percent = (value: number | null): number | null =>
  value !== null && value >= 0 && value <= MAX_PERCENT ? Math.round(value * PERCENT_DIGITS) / PERCENT_DIGITS : null;

/** The one value of a header; undefined where it is missing. */
export const headerOf = (headers: Headers, name: string): string | undefined => {
  const value = headers[name];
  return typeof value === 'object' ? value[0] : value;
};

/** A plain decimal number of 0 and up, of a size that all digits fit; null for anything else, the empty text among it. */
export const decimal = (text: string | undefined): number | null =>
  text !== undefined && /^\d{1,15}(\.\d+)?$/.test(text.trim()) ? Number(text) : null;

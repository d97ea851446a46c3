/** Response headers as Node.js and undici give them, names in lower case. */
export type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** The first value of a header that may have been sent several times. */
export const firstOf = (value: string | string[] | undefined): string | undefined =>
  Array.isArray(value) ? value[0] : value;

/** The first value of a header; undefined where it is missing. */
export const headerOf = (headers: Headers, name: string): string | undefined => firstOf(headers[name]);

/** A plain decimal number of 0 and up, of a size that all digits fit; null for anything else, the empty text among it. */
export const decimal = (text: string | undefined): number | null =>
  text !== undefined && /^\d{1,15}(\.\d+)?$/.test(text.trim()) ? Number(text) : null;

const SECOND = 1_000;

/** How long `retry-after-ms` or `retry-after` (seconds, or an HTTP date) asks to wait, in milliseconds; null where neither does. */
export const retryAfter = (headers: Headers, now: number): number | null => {
  const precise = decimal(headerOf(headers, 'retry-after-ms'));
  if (precise !== null) return precise;
  const text = headerOf(headers, 'retry-after');
  const seconds = decimal(text);
  if (seconds !== null) return seconds * SECOND;
  const date = Date.parse(text ?? '');
  return Number.isNaN(date) ? null : Math.max(0, date - now);
};

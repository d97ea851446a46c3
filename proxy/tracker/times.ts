const RFC_3339 = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/i;

/** The unix milliseconds of an RFC 3339 time, with any number of fractional digits; null for anything else. */
export const rfc3339 = (value: unknown): number | null => {
  if (typeof value !== 'string' || !RFC_3339.test(value)) return null;
  const parsed = Date.parse(value.replace(' ', 'T'));
  return Number.isNaN(parsed) ? null : parsed;
};

/** The one form of an HTTP date that may be generated: `Sun, 06 Nov 1994 08:49:37 GMT`. @see https://www.rfc-editor.org/rfc/rfc9110#section-5.6.7 */
const HTTP_DATE = /^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/;

/** The unix milliseconds of an HTTP date, whole seconds; null for anything else. */
export const httpDate = (text: string | undefined): number | null => {
  if (text === undefined || !HTTP_DATE.test(text)) return null;
  const parsed = Date.parse(text);
  return Number.isNaN(parsed) ? null : parsed;
};

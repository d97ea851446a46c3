/** The longest text of somebody else that gets into a line. */
const MAX_TEXT = 500;

/** The longest value that gets into a line. */
const MAX_VALUE = 256;

/** What is a key by its looks: a known prefix, whatever follows an authentication scheme, JSON web tokens. */
const KEYS = /\bsk-[\w-]{4,}|\b(?:bearer|basic)\s+[\w.~+/=-]+|\beyJ[\w-]{8,}\.[\w.-]+/gi;

/** Long runs of letters and digits without a break; request ids and UUIDs are shorter. */
const LONG_RUNS = /(?<![\w-])(?=[\w-]*\d)[\w-]{40,}/g;

/** Shorter texts have neither long runs nor long quotations. */
const SHORT = 40;

/** An error that quotes a prompt quotes more than the name of a field or a model. */
const QUOTATIONS = /(?<!\w)(["'`])(?:(?!\1)[^\\]|\\[\s\S]){48,}(?:\1|$)/g;

const REDACTED = '[redacted]';

const cut = (text: string, length: number): string => (text.length > length ? `${text.slice(0, length)}…` : text);

/** A text of somebody else, made fit for a line: without what looks like a key, without long quotations, not too long. */
export const redactText = (text: string): string => {
  if (text.length < SHORT) return text.replace(KEYS, REDACTED);
  const bounded = text.slice(0, 4 * MAX_TEXT);
  const clean = bounded.replace(KEYS, REDACTED).replace(LONG_RUNS, REDACTED).replace(QUOTATIONS, `$1${REDACTED}$1`);
  return cut(clean, MAX_TEXT);
};

/** A name that came with a request, made fit for a line: without what looks like a key, not too long. */
export const redactValue = (value: string): string => cut(value, MAX_VALUE).replace(KEYS, REDACTED);

/** How to fix a secret in the configuration. */
export const SECRET_FIX = 'put it into a Secret of the cluster and name the Secret or its key here';

/** Formats of well-known credentials; the last is one in a URL. */
const CREDENTIALS: readonly RegExp[] = [
  /\bsk-[\w-]{16,}/,
  /\bxox[abeoprs]-[\w-]{8,}/,
  /hooks\.slack\.com\/services\//,
  /\bgh[opsur]_\w{20,}/,
  /\bglpat-[\w-]{16,}/,
  /\bAKIA[0-9A-Z]{16}\b/,
  /\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\./,
  /-----BEGIN [A-Z ]*PRIVATE KEY/,
  /^(?:Bearer|Basic) \S{8,}/i,
  /^[0-9a-f]{32}$/,
  /:\/\/[^/@\s]*:[^/@\s]+@/,
];

/** Whether a string looks like a credential. */
export const looksSecret = (text: string): boolean => CREDENTIALS.some((shape) => shape.test(text));

/** Whether the name of a key asks for a credential. */
export const secretName = (key: string): boolean => /pass(?:word|wd|phrase)?$|token$|secret$|api_?key$/i.test(key);

/** The paths of all credentials in an input of any shape. */
export const secretPaths = (input: unknown, path: readonly PropertyKey[] = []): readonly (readonly PropertyKey[])[] => {
  if (typeof input === 'string') return looksSecret(input) ? [path] : [];
  if (typeof input !== 'object' || input === null) return [];
  return Object.entries(input).flatMap(([key, value]) =>
    secretPaths(value, [...path, Array.isArray(input) ? Number(key) : key]),
  );
};

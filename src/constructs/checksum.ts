import { createHash } from 'node:crypto';

/** The annotation with the checksum of a ConfigMap's content, and of the content that a pod was started with. */
export const CHECKSUM = 'tidewatch.dev/checksum';

/** The SHA-256 of texts by name, whatever their order; the first 16 hex digits tell versions apart. */
export const checksum = (texts: Readonly<Record<string, string>>): string => {
  const entries = Object.entries(texts).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(entries)).digest('hex').slice(0, 16);
};

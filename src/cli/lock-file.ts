import { resolveDigest } from './registry.ts';

interface Entry {
  readonly repository: string;
  readonly tag: string;
  readonly digest: string | null;
}

const isEntry = (value: unknown): value is Entry =>
  typeof value === 'object' && value !== null && 'repository' in value;

/** What became of a lock file: its new text, and one line for each image whose digest changed. */
export interface Update {
  readonly text: string;
  readonly changes: readonly string[];
}

const updated = async ([name, value]: readonly [string, unknown]): Promise<readonly [string, unknown]> => {
  if (!isEntry(value)) return [name, value];
  const digest = await resolveDigest(value.repository, value.tag);
  return [name, digest === value.digest ? value : { ...value, digest, digestSource: 'the registry' }];
};

const change = (before: unknown, after: unknown): readonly string[] =>
  isEntry(before) && isEntry(after) && before.digest !== after.digest
    ? [`${after.repository}:${after.tag} ${before.digest ?? 'had no digest'} -> ${after.digest}`]
    : [];

/**
 * A lock file with the digests that its tags have now.
 *
 * @throws AggregateError with the reason for every image that could not be resolved
 */
export const updateLock = async (text: string): Promise<Update> => {
  const before = Object.entries(JSON.parse(text) as Record<string, unknown>);
  const settled = await Promise.allSettled(before.map(updated));
  const failures = settled.flatMap((result) => (result.status === 'rejected' ? [result.reason as Error] : []));
  if (failures.length > 0) throw new AggregateError(failures, failures.map(({ message }) => message).join('\n'));
  const after = settled.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  return {
    text: `${JSON.stringify(Object.fromEntries(after), null, 2)}\n`,
    changes: before.flatMap(([, value], index) => change(value, after[index]?.[1])),
  };
};

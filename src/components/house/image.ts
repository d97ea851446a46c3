import lock from '../../../images.lock.json' with { type: 'json' };

/** An entry of the lock file. */
export interface LockedImage {
  /** The key in the lock file, and in `images` of the configuration. */
  readonly name: string;
  readonly repository: string;
  readonly tag: string;
  /** The digest of the multi-platform index, or null while it is not confirmed. */
  readonly digest: string | null;
  /** The version of the program that the tests run, or null where none runs. */
  readonly testedVersion: string | null;
}

const LOCK = lock as Readonly<Record<string, unknown>> as Readonly<Record<string, Omit<LockedImage, 'name'>>>;

/** An image of the lock file by its key. @throws where the lock file does not have it */
export const lockedImage = (name: string): LockedImage => {
  const entry = LOCK[name];
  if (entry === undefined) throw new Error(`an image must be in images.lock.json; received '${name}'; add it there`);
  return { name, ...entry };
};

/** The reference of a locked image: by digest where one is confirmed, always with the human-readable tag. */
export const reference = ({ repository, tag, digest }: LockedImage): string =>
  `${repository}:${tag}${digest === null ? '' : `@${digest}`}`;

/** The version in an image's tag, as a label may carry it; undefined for an image by digest alone. */
export const versionOf = (image: string): string | undefined => /:([\w][\w.-]{0,61}[\w]|[\w])(?:@|$)/.exec(image)?.[1];

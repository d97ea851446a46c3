import type { StackConfig } from '#config';
import lock from '../../images.lock.json' with { type: 'json' };

/** What the lock file says about an image. */
export interface LockedImage {
  readonly repository: string;
  readonly tag: string;
  /** The digest of the multi-platform index, or null while it is not confirmed. */
  readonly digest: string | null;
  readonly digestSource: string | null;
  /** The version of the program that our tests ran, or null where none runs. */
  readonly testedVersion: string | null;
}

/** The images that the lock file names. */
export const IMAGE_NAMES = ['prometheus', 'alertmanager', 'grafana', 'loki', 'alloy', 'blackbox', 'node'] as const;

/** The name of an image in the lock file. */
export type ImageName = (typeof IMAGE_NAMES)[number];

const LOCK: Readonly<Record<ImageName, LockedImage>> = lock;

/** The reference of a locked image: by digest where one is confirmed, always with the tag that people read. */
export const reference = ({ repository, tag, digest }: LockedImage): string =>
  `${repository}:${tag}${digest === null ? '' : `@${digest}`}`;

/** The image of a component: the configuration's, or else the locked one. */
export const imageOf = (name: ImageName, { images }: Pick<StackConfig, 'images'>): string =>
  images[name] ?? reference(LOCK[name]);

/** The version in an image's tag, as a label may carry it; undefined for an image by digest alone. */
export const versionOf = (image: string): string | undefined => /:([\w][\w.-]{0,61}[\w]|[\w])(?:@|$)/.exec(image)?.[1];

/** The locked images that stand on a tag alone, because no digest of theirs is confirmed. */
export const withoutDigest = (): readonly string[] =>
  IMAGE_NAMES.map((name) => LOCK[name])
    .filter(({ digest }) => digest === null)
    .map(reference);

/** How an image in use compares to the program that the tests ran. */
export interface ImageFinding {
  /** `older` refuses the stack: our configuration may use what the older program does not know. */
  readonly kind: 'older' | 'different';
  readonly path: string;
  readonly problem: string;
  readonly fix: string;
}

const numbers = (version: string): readonly number[] | undefined =>
  /(\d+)\.(\d+)\.(\d+)/.exec(version)?.slice(1).map(Number);

const isOlderByMinor = ([major = 0, minor = 0]: readonly number[], [m = 0, n = 0]: readonly number[]): boolean =>
  major < m || (major === m && minor < n);

const compareImage = (name: ImageName, image: string, tested: string): readonly ImageFinding[] => {
  const used = numbers(versionOf(image) ?? '');
  const wanted = numbers(tested) ?? [];
  if (used === undefined || used.join('.') === wanted.join('.')) return [];
  const kind = isOlderByMinor(used, wanted) ? 'older' : 'different';
  const problem = `${name} ${used.join('.')} is ${kind === 'older' ? 'older than' : 'not'} the version that the tests ran, ${tested}`;
  const fix = `use ${tested}${kind === 'older' ? ' or later' : ''}, or run the tests with this one`;
  return [{ kind, path: `images.${name}`, problem, fix }];
};

/** Where the images of a configuration differ from what the tests ran; images without a version are not judged. */
export const imageFindings = (config: Pick<StackConfig, 'images'>): readonly ImageFinding[] =>
  IMAGE_NAMES.flatMap((name) => {
    const { testedVersion } = LOCK[name];
    return testedVersion === null ? [] : compareImage(name, imageOf(name, config), testedVersion);
  });

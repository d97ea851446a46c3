import { COMPONENTS } from './components.ts';
import type { Component, StackSettings } from './house/component.ts';
import { type LockedImage, reference, versionOf } from './house/image.ts';

type Images = Pick<StackSettings, 'images' | 'imageRegistry'>;

/** The same repository in another registry. */
const mirrored = ({ repository, ...image }: LockedImage, registry: string): LockedImage => ({
  ...image,
  repository: `${registry}${repository.slice(repository.indexOf('/'))}`,
});

/** The image of the configuration, or else the locked one, from the registry of the configuration where it names one. */
export const imageOf = (image: LockedImage, { images, imageRegistry }: Images): string =>
  images[image.name] ?? reference(imageRegistry === undefined ? image : mirrored(image, imageRegistry));

/** The locked images that are referenced by tag alone, because no digest of theirs is confirmed. */
export const withoutDigest = (components: readonly Component[] = COMPONENTS): readonly string[] =>
  components.filter(({ image }) => image.digest === null).map(({ image }) => reference(image));

/** How an image in use compares to the program that the tests run. */
export interface ImageFinding {
  /** `older` rejects the stack: our configuration may use what the older program does not know. */
  readonly kind: 'older' | 'different';
  readonly path: string;
  readonly problem: string;
  readonly fix: string;
}

const numbers = (version: string): readonly number[] | undefined =>
  /(\d+)\.(\d+)\.(\d+)/.exec(version)?.slice(1).map(Number);

const isOlderByMinor = ([major = 0, minor = 0]: readonly number[], [m = 0, n = 0]: readonly number[]): boolean =>
  major < m || (major === m && minor < n);

const compareImage = (name: string, image: string, tested: string): readonly ImageFinding[] => {
  const used = numbers(versionOf(image) ?? '');
  const wanted = numbers(tested) ?? [];
  if (used === undefined || used.join('.') === wanted.join('.')) return [];
  const kind = isOlderByMinor(used, wanted) ? 'older' : 'different';
  const problem = `${name} ${used.join('.')} is ${kind === 'older' ? 'older than' : 'not'} the version that the tests ran, ${tested}`;
  const fix = `use ${tested}${kind === 'older' ? ' or later' : ''}, or run the tests with this one`;
  return [{ kind, path: `images.${name}`, problem, fix }];
};

/** Where the images of a configuration differ from what the tests run; images without a version are not compared. */
export const imageFindings = (config: Images, components: readonly Component[] = COMPONENTS): readonly ImageFinding[] =>
  components.flatMap(({ image }) =>
    image.testedVersion === null ? [] : compareImage(image.name, imageOf(image, config), image.testedVersion),
  );

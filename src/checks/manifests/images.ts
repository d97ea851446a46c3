import { type Check, checksOf, got, when } from './check.ts';
import type { ManifestContext, PlacedContainer } from './inventory.ts';

const DIGEST = /@sha256:[0-9a-f]{64}$/;

/** The tag of an image: what follows the last colon, unless that is the port of a registry. */
const TAG = /:([\w][\w.-]*)(?:@|$)/;

const imageOf = ({ container: { image = '' } }: PlacedContainer): string => image;

const isOwn = (image: string, { ownImages = [] }: ManifestContext): boolean => ownImages.includes(image);

const withoutDigest = (image: string): string => `image ${got(image)} has no digest`;

const REPAIR = 'add @sha256:… after the tag: a tag can be moved to another image under a running stack';

const CHECKS: readonly Check<PlacedContainer>[] = [
  {
    name: 'image-version',
    problems: (subject) => {
      const image = imageOf(subject);
      const tag = TAG.exec(image)?.[1];
      const isExact = tag === undefined ? DIGEST.test(image) : tag !== 'latest';
      return when(!isExact, `image is ${got(image)}`);
    },
    repair: 'name an exact version',
  },
  {
    name: 'image-digest',
    problems: (subject, { context }) => {
      const image = imageOf(subject);
      return when(!DIGEST.test(image) && !isOwn(image, context), withoutDigest(image));
    },
    repair: REPAIR,
  },
];

const WARNINGS: readonly Check<PlacedContainer>[] = [
  {
    name: 'own-image-digest',
    problems: (subject, { context }) => {
      const image = imageOf(subject);
      return when(!DIGEST.test(image) && isOwn(image, context), withoutDigest(image));
    },
    repair: REPAIR,
  },
];

/** Images that stay what they are: our own stand by digest. */
export const imageChecks = checksOf(({ containers }) => containers, CHECKS);

/** Images that the configuration chose and that stand on a tag alone. */
export const imageWarnings = checksOf(({ containers }) => containers, WARNINGS);

import { amountOf } from '#catalog';
import {
  checksOf,
  type ManifestCheck,
  type ManifestContext,
  type PlacedContainer,
  valueText,
  when,
} from './inventory.ts';
import type { Container, Handler, PortReference } from './shapes.ts';

const PROBES = ['startupProbe', 'readinessProbe', 'livenessProbe'] as const;

const portOf = ({ httpGet, tcpSocket, grpc }: Handler): PortReference | undefined =>
  httpGet?.port ?? tcpSocket?.port ?? grpc?.port;

/** Whether a container opens a port, by its name or number. */
export const opens = ({ ports = [] }: Container, wanted: PortReference): boolean =>
  ports.some(({ name, containerPort }) => wanted === name || wanted === containerPort);

/** The ports of containers, as a problem lists them. */
export const portsText = (containers: readonly Container[]): string =>
  containers
    .flatMap(({ ports = [] }) => ports.map(({ name, containerPort }) => name ?? String(containerPort)))
    .join(', ') || 'none';

const DIGEST = /@sha256:[0-9a-f]{64}$/;

/** The tag of an image: what follows the last colon, unless that is the port of a registry. */
const TAG = /:([\w][\w.-]*)(?:@|$)/;

const imageOf = ({ container: { image = '' } }: PlacedContainer): string => image;

const isOwn = (image: string, { ownImages = [] }: ManifestContext): boolean => ownImages.includes(image);

const withoutDigest = (image: string): string => `image ${valueText(image)} has no digest`;

const PIN = 'add @sha256:… after the tag: a tag can be moved to another image under a running stack';

const CHECKS: readonly ManifestCheck<PlacedContainer>[] = [
  {
    name: 'image-version',
    finds: 'an image without a version, or with the tag latest',
    source: 'kube-linter',
    problems: (subject) => {
      const image = imageOf(subject);
      const tag = TAG.exec(image)?.[1];
      const isExact = tag === undefined ? DIGEST.test(image) : tag !== 'latest';
      return when(!isExact, `image is ${valueText(image)}`);
    },
    fix: 'name an exact version',
  },
  {
    name: 'image-digest',
    finds: 'an image that is not pinned by digest',
    source: 'tidewatch',
    problems: (subject, { context }) => {
      const image = imageOf(subject);
      return when(!DIGEST.test(image) && !isOwn(image, context), withoutDigest(image));
    },
    fix: PIN,
  },
  {
    name: 'request-over-limit',
    finds: 'a resource request above its limit',
    source: 'tidewatch',
    problems: ({ container: { resources: { requests = {}, limits = {} } = {} } }) =>
      Object.entries(requests).flatMap(([resource, request]) => {
        const limit = limits[resource];
        const isOver = limit !== undefined && amountOf(request) > amountOf(limit);
        return when(isOver, `it requests ${request} of ${resource}, more than its limit ${limit}`);
      }),
    fix: 'raise the limit or lower the request: the API server would refuse the pod',
  },
  {
    name: 'probe-port',
    finds: 'a probe of a port that the container does not open',
    source: 'kube-linter',
    problems: ({ container }) =>
      PROBES.flatMap((probe) => {
        const port = portOf(container[probe] ?? {});
        const isUnknown = port !== undefined && !opens(container, port);
        return when(isUnknown, `${probe} uses port ${valueText(port)}, it opens ${portsText([container])}`);
      }),
    fix: 'name a port that the container opens',
  },
];

const WARNINGS: readonly ManifestCheck<PlacedContainer>[] = [
  {
    name: 'own-image-digest',
    finds: 'a warning only: an image from the configuration that is not pinned by digest',
    source: 'tidewatch',
    problems: (subject, { context }) => {
      const image = imageOf(subject);
      return when(!DIGEST.test(image) && isOwn(image, context), withoutDigest(image));
    },
    fix: PIN,
  },
];

/** What containers run, and whether their settings agree with each other. */
export const CONTAINER_CHECKS = checksOf(({ containers }) => containers, CHECKS);

/** Images from the configuration that are not pinned by digest. */
export const IMAGE_WARNINGS = checksOf(({ containers }) => containers, WARNINGS);

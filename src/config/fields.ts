import { isIP, isIPv6 } from 'node:net';
import { z } from 'zod';
import { DURATION_PATTERN, type Duration } from '#catalog';
import { secretName } from './secrets.ts';

/** What a setting accepts and how to fix a value that it does not; carried in the `params` of a zod issue. */
export interface Expectation {
  /** Completes the sentence "must be …". */
  readonly must: string;
  readonly fix: string;
  /** @default - the value at the path of the issue */
  readonly received?: string;
}

declare module 'zod' {
  interface GlobalMeta {
    /** What applies if the setting is left out, unless its default value says it. */
    unset?: string;
    /** The name of its type in TypeScript, where the schema does not say it. */
    type?: 'string' | 'number' | 'Duration' | 'AlertName';
  }
}

const field = <T>(
  expectation: Expectation,
  accepts: (value: unknown) => boolean,
  type: NonNullable<z.GlobalMeta['type']>,
): z.ZodCustom<T, T> => z.custom<T>(accepts, { params: { ...expectation } }).meta({ type });

/** A string of a given format. */
export const text = (
  expectation: Expectation,
  accepts: RegExp | ((value: string) => boolean),
): z.ZodCustom<string, string> =>
  field<string>(
    expectation,
    (value) => typeof value === 'string' && (accepts instanceof RegExp ? accepts.test(value) : accepts(value)),
    'string',
  );

/** An object that rejects unknown keys; the message of the issue carries the known ones. */
export const group = <S extends z.core.$ZodLooseShape>(shape: S): z.ZodObject<S, z.core.$strict> =>
  z.strictObject(shape, { error: () => Object.keys(shape).join(' ') });

/** An integer in a range. */
export const integer = (min: number, max: number): z.ZodCustom<number, number> =>
  field<number>(
    { must: `an integer from ${min} to ${max}`, fix: `choose one from ${min} to ${max}` },
    (value) => Number.isInteger(value) && Number(value) >= min && Number(value) <= max,
    'number',
  );

/** Any finite number. */
export const finite = field<number>(
  { must: 'a number', fix: 'write it without quotes or a unit' },
  (value) => Number.isFinite(value),
  'number',
);

/** The most that a million tokens can cost in USD; more is a price in another unit. */
const MAX_RATE = 10_000;

/** USD per million tokens. */
export const rate = field<number>(
  { must: 'a rate in USD per million tokens', fix: `write a number from 0 to ${MAX_RATE}, such as 2.5` },
  (value) => Number.isFinite(value) && Number(value) >= 0 && Number(value) <= MAX_RATE,
  'number',
);

/** A day as ISO 8601 writes it. */
export const day = text({ must: 'a day', fix: 'write one such as 2026-11-09' }, (value) => {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(value) ? Date.parse(value) : Number.NaN;
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(value);
});

/** A positive Prometheus duration. */
export const duration = field<Duration>(
  { must: 'a valid duration', fix: 'write an integer and a unit, such as 30s, 5m, 16h48m or 7d' },
  (value) => typeof value === 'string' && DURATION_PATTERN.test(value) && /[1-9]/.test(value),
  'Duration',
);

/** An amount of memory or disk. @see https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/ */
export const bytes = text(
  { must: 'a valid quantity of bytes', fix: 'write a number and a unit, such as 512Mi or 20Gi' },
  /^(?:[1-9]\d*(?:\.\d+)?|0\.\d*[1-9]\d*)(?:[kMGTPE]|[KMGTPE]i)$/,
);

/** An amount of CPU. @see https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/#meaning-of-cpu */
export const cpu = text(
  { must: 'a valid CPU quantity', fix: "write cores or millicores, such as '2' or '250m'" },
  /^(?:[1-9]\d*m|[1-9]\d*(?:\.\d{1,3})?|0\.\d{0,2}[1-9])$/,
);

/** A size as Prometheus writes it. */
export const retentionSize = text(
  { must: 'a valid Prometheus size', fix: 'write an integer and one of MB, GB or TB, such as 18GB' },
  /^[1-9]\d*(?:B|KB|MB|GB|TB|PB|EB)$/,
);

const LABEL = '[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?';

/** A DNS label. @see https://www.rfc-editor.org/rfc/rfc1123 */
export const dnsLabel = text(
  {
    must: 'a DNS-1123 label',
    fix: 'use at most 63 lowercase letters, digits and inner hyphens, such as tidewatch',
  },
  new RegExp(`^${LABEL}$`),
);

/** A namespace that the stack may own: the cluster's own must not get our Pod Security labels. */
export const namespace = text(
  {
    must: 'a DNS-1123 label, and not a namespace of the cluster itself',
    fix: 'use at most 63 lowercase letters, digits and inner hyphens, such as tidewatch',
  },
  (value) => new RegExp(`^${LABEL}$`).test(value) && value !== 'default' && !value.startsWith('kube-'),
);

/** The name of a Kubernetes object. @see https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-subdomain-names */
export const objectName = text(
  {
    must: 'a DNS-1123 subdomain name',
    fix: 'use at most 253 lowercase letters, digits, inner hyphens and dots, such as grafana-admin',
  },
  (value) => value.length <= 253 && new RegExp(`^${LABEL}(?:\\.${LABEL})*$`).test(value),
);

/** A key of a Secret. */
export const secretKey = text(
  {
    must: 'the name of a key in the Secret',
    fix: 'use letters, digits, hyphens, underscores and dots, such as slack-url; the value itself stays in the Secret',
  },
  (value) => /^[-._a-zA-Z0-9]{1,253}$/.test(value) && value !== '.' && value !== '..',
);

/** An image by tag or digest; `latest`, and no tag at all, would change under a running stack. */
export const image = text(
  {
    must: 'an image with a tag or a digest',
    fix: 'name an exact version, such as ghcr.io/example/anthropic-proxy:1.2.3; latest is rejected',
  },
  (value) =>
    /^[a-z0-9][-a-z0-9.]*(?::\d+)?(?:\/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*(?::[\w][\w.-]{0,127})?(?:@sha256:[0-9a-f]{64})?$/.test(
      value,
    ) &&
    /(?::[\w][\w.-]*|@sha256:[0-9a-f]{64})$/.test(value) &&
    !/:latest(?:@|$)/.test(value),
);

/** A base URL. */
export const httpUrl = text(
  { must: 'a URL', fix: 'write one that starts with http:// or https://, without user, query or trailing slash' },
  (value) => {
    const url = URL.canParse(value) ? new URL(value) : undefined;
    return (
      url !== undefined &&
      /^https?:$/.test(url.protocol) &&
      !value.endsWith('/') &&
      url.username + url.password + url.search + url.hash === ''
    );
  },
);

const HOST_NAME = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/;

/** A host name alone. */
export const hostName = text(
  { must: 'a host name', fix: 'write one in lower case such as llm.example.com, without https://, port and path' },
  HOST_NAME,
);

/** An entry of `NO_PROXY`. */
export const noProxy = text(
  {
    must: 'a host name, an address or *',
    fix: 'write one in lower case such as example.com, which covers all names below it',
  },
  (value) => value === '*' || HOST_NAME.test(value.replace(/^\*?\./, '')) || isIP(value) !== 0,
);

/** The origin of a web page. @see https://www.rfc-editor.org/rfc/rfc6454 */
export const origin = text(
  { must: 'an origin', fix: 'write one such as https://chat.example.com, without path and trailing slash' },
  (value) => /^https?:/.test(value) && URL.canParse(value) && new URL(value).origin === value,
);

/** The keys in the query of a URL whose names ask for a credential. */
const secretQuery = (url: URL): boolean => [...url.searchParams.keys()].some(secretName);

/** The URL of one endpoint, which may have a query. */
export const endpointUrl = text(
  {
    must: 'a URL',
    fix: 'write one that starts with http:// or https://, without user, fragment or a secret in its query',
  },
  (value) => {
    const url = URL.canParse(value) ? new URL(value) : undefined;
    return (
      url !== undefined &&
      /^https?:$/.test(url.protocol) &&
      !/\s/.test(value) &&
      url.username + url.password + url.hash === '' &&
      !secretQuery(url)
    );
  },
);

/** The URL of a link, which may contain a placeholder in braces. */
export const link = text(
  {
    must: 'a URL',
    fix: 'write one that starts with http:// or https://, such as https://wiki.example.com/runbooks/{alert}',
  },
  (value) => /^https?:\/\/[^\s@]+$/.test(value) && URL.canParse(value),
);

/** The label that distinguishes Prometheus replicas in remote storage. */
export const replicaLabel = text(
  {
    must: 'a label name other than job and instance',
    fix: 'use letters, digits and underscores, such as prometheus_replica, or __replica__ for Mimir',
  },
  (value) => /^[a-zA-Z_][a-zA-Z0-9_]*$/.test(value) && !['job', 'instance', '__name__'].includes(value),
);

/** A string that is not blank. */
export const words = text({ must: 'a string', fix: 'write it in quotes' }, /\S/);

const ADDRESS = String.raw`[^\s@<>,;"]+@[^\s@<>,;"]+`;
const DISPLAY_NAME = String.raw`(?:"[^"\\\r\n]+"|[^\s@<>,;:"()[\]\\][^@<>,;:"()[\]\\\r\n]*)`;

/** An email address, with or without a name before it. @see https://www.rfc-editor.org/rfc/rfc5322#section-3.4 */
export const mailbox = text(
  { must: 'an email address', fix: 'write one such as oncall@example.com or Tidewatch <alerts@example.com>' },
  new RegExp(`^(?:${ADDRESS}|${DISPLAY_NAME} <${ADDRESS}>)$`),
);

/** A host and port; an IPv6 address is in brackets. */
export const hostPort = text(
  {
    must: 'a host with a port',
    fix: 'write one such as smtp.example.com:587, postgres.example.com:5432 or [2001:db8::7]:5432',
  },
  (value) => {
    const [, host = '', port = ''] = /^(\[[^\]]+\]|[-a-zA-Z0-9.]+):(\d{1,5})$/.exec(value) ?? [];
    const isHost = host.startsWith('[') ? isIPv6(host.slice(1, -1)) : host !== '';
    return isHost && Number(port) >= 1 && Number(port) <= 65_535;
  },
);

/** Where images are mirrored: a registry, with the path below which it keeps their repositories. */
export const imageRegistry = text(
  {
    must: 'a registry, with or without a path',
    fix: 'write one such as registry.example.com/mirror, without https:// and trailing slash',
  },
  /^(?:[a-z0-9][-a-z0-9]*(?:\.[-a-z0-9]+)+(?::\d{1,5})?|[a-z0-9][-a-z0-9]*:\d{1,5}|localhost)(?:\/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*$/,
);

/** The name of an external label; those that a scrape sets are taken. */
export const externalLabel = text(
  {
    must: 'a label name other than job and instance',
    fix: 'use letters, digits and underscores, such as cluster or region',
  },
  (value) => /^(?!__)[a-zA-Z_][a-zA-Z0-9_]*$/.test(value) && value !== 'job' && value !== 'instance',
);

import { z } from 'zod';
import { DURATION_PATTERN, type Duration } from '#catalog';

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

/** An email address. */
export const mailAddress = text(
  { must: 'an email address', fix: 'write one such as oncall@example.com' },
  /^[^\s@]+@[^\s@]+$/,
);

/** A host and port. */
export const hostPort = text(
  { must: 'a host with a port', fix: 'write one such as smtp.example.com:587 or postgres.example.com:5432' },
  /^[-a-zA-Z0-9.]+:\d{1,5}$/,
);

/** The name of an external label; those that a scrape sets are taken. */
export const externalLabel = text(
  {
    must: 'a label name other than job and instance',
    fix: 'use letters, digits and underscores, such as cluster or region',
  },
  (value) => /^(?!__)[a-zA-Z_][a-zA-Z0-9_]*$/.test(value) && value !== 'job' && value !== 'instance',
);

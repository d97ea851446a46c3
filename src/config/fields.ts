import { z } from 'zod';
import { DURATION_PATTERN, type Duration } from '#catalog';

/** What a rejected value should have been and how to repair it; travels in the `params` of a zod issue. */
export interface Expectation {
  /** Completes the sentence "must be …". */
  readonly must: string;
  readonly repair: string;
  /** The value that is wrong. @default - the one that was written at the path of the issue */
  readonly got?: string;
}

const field = <T>(expectation: Expectation, accepts: (value: unknown) => boolean): z.ZodCustom<T, T> =>
  z.custom<T>(accepts, { params: { ...expectation } });

/** A text that has a shape. */
export const text = (
  expectation: Expectation,
  accepts: RegExp | ((value: string) => boolean),
): z.ZodCustom<string, string> =>
  field<string>(
    expectation,
    (value) => typeof value === 'string' && (accepts instanceof RegExp ? accepts.test(value) : accepts(value)),
  );

/** A group of settings that refuses keys it does not know; the known ones travel as the message of the issue. */
export const group = <S extends z.core.$ZodLooseShape>(shape: S): z.ZodObject<S, z.core.$strict> =>
  z.strictObject(shape, { error: () => Object.keys(shape).join(' ') });

/** A whole number in a range. */
export const integer = (min: number, max: number): z.ZodCustom<number, number> =>
  field<number>(
    { must: `a whole number from ${min} to ${max}`, repair: `choose one from ${min} to ${max}` },
    (value) => Number.isInteger(value) && Number(value) >= min && Number(value) <= max,
  );

/** Any number that is one. */
export const finite = field<number>({ must: 'a number', repair: 'write it without quotes or a unit' }, (value) =>
  Number.isFinite(value),
);

/** A duration as Prometheus reads it. */
export const duration = field<Duration>(
  { must: 'a duration', repair: 'write a whole number and a unit, such as 30s, 5m, 16h48m or 7d' },
  (value) => typeof value === 'string' && DURATION_PATTERN.test(value) && /[1-9]/.test(value),
);

/** An amount of memory or disk. @see https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/ */
export const bytes = text(
  { must: 'a Kubernetes quantity of bytes', repair: 'write a number and a unit, such as 512Mi or 20Gi' },
  /^(?:[1-9]\d*(?:\.\d+)?|0\.\d*[1-9]\d*)(?:[kMGTPE]|[KMGTPE]i)$/,
);

/** An amount of processor time. @see https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/#meaning-of-cpu */
export const cpu = text(
  { must: 'a Kubernetes quantity of processors', repair: "write cores or thousandths of one, such as '2' or '250m'" },
  /^(?:[1-9]\d*m|[1-9]\d*(?:\.\d{1,3})?|0\.\d{0,2}[1-9])$/,
);

/** An amount of disk as Prometheus counts it. */
export const retentionSize = text(
  { must: 'a size that Prometheus reads', repair: 'write a whole number and one of MB, GB or TB, such as 18GB' },
  /^[1-9]\d*(?:B|KB|MB|GB|TB|PB|EB)$/,
);

const LABEL = '[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?';

/** A name of one DNS label. @see https://www.rfc-editor.org/rfc/rfc1123 */
export const dnsLabel = text(
  {
    must: 'a DNS-1123 label',
    repair: 'use at most 63 lower-case letters, digits and inner hyphens, such as tidewatch',
  },
  new RegExp(`^${LABEL}$`),
);

/** The namespace that the stack makes its own: those of the cluster would get our Pod Security labels. */
export const namespace = text(
  {
    must: 'a DNS-1123 label that is no namespace of the cluster itself',
    repair: 'use at most 63 lower-case letters, digits and inner hyphens, such as tidewatch',
  },
  (value) => new RegExp(`^${LABEL}$`).test(value) && value !== 'default' && !value.startsWith('kube-'),
);

/** A name of a Kubernetes object. @see https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-subdomain-names */
export const objectName = text(
  {
    must: 'a DNS-1123 name',
    repair: 'use at most 253 lower-case letters, digits, inner hyphens and dots, such as grafana-admin',
  },
  (value) => value.length <= 253 && new RegExp(`^${LABEL}(?:\\.${LABEL})*$`).test(value),
);

/** A key of a Secret: the name of the file that carries the value. */
export const secretKey = text(
  {
    must: 'the name of a key in the Secret',
    repair:
      'use letters, digits, hyphens, underscores and dots, such as slack-url; the value itself stays in the Secret',
  },
  (value) => /^[-._a-zA-Z0-9]{1,253}$/.test(value) && value !== '.' && value !== '..',
);

/** An image by tag or digest; `latest` and no tag at all would change under a running stack. */
export const image = text(
  {
    must: 'an image with a tag or a digest',
    repair: 'name an exact version, such as ghcr.io/example/anthropic-proxy:1.2.3; latest is refused',
  },
  (value) =>
    /^[a-z0-9][-a-z0-9.]*(?::\d+)?(?:\/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*(?::[\w][\w.-]{0,127})?(?:@sha256:[0-9a-f]{64})?$/.test(
      value,
    ) &&
    /(?::[\w][\w.-]*|@sha256:[0-9a-f]{64})$/.test(value) &&
    !/:latest(?:@|$)/.test(value),
);

/** An address of a web server. */
export const httpUrl = text(
  { must: 'a URL', repair: 'write one that starts with http:// or https://, without user, query or trailing slash' },
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

/** An address that a link leads to; it may have a place for a name in braces. */
export const link = text(
  {
    must: 'a URL',
    repair: 'write one that starts with http:// or https://, such as https://wiki.example.com/runbooks/{alert}',
  },
  (value) => /^https?:\/\/[^\s@]+$/.test(value) && URL.canParse(value),
);

/** A label that tells replicas of Prometheus apart where samples arrive. */
export const replicaLabel = text(
  {
    must: 'a label name other than job and instance',
    repair: 'use letters, digits and underscores, such as prometheus_replica, or __replica__ for Mimir',
  },
  (value) => /^[a-zA-Z_][a-zA-Z0-9_]*$/.test(value) && !['job', 'instance', '__name__'].includes(value),
);

/** Any text that is not empty. */
export const words = text({ must: 'a text', repair: 'write it in quotes' }, /\S/);

/** An address for e-mail. */
export const mailAddress = text(
  { must: 'an e-mail address', repair: 'write one such as oncall@example.com' },
  /^[^\s@]+@[^\s@]+$/,
);

/** A host and port. */
export const hostPort = text(
  { must: 'a host with a port', repair: 'write one such as smtp.example.com:587 or postgres.example.com:5432' },
  /^[-a-zA-Z0-9.]+:\d{1,5}$/,
);

/** The name of a label that every series gets; those that a scrape sets stay its own. */
export const externalLabel = text(
  {
    must: 'a label name other than job and instance',
    repair: 'use letters, digits and underscores, such as cluster or region',
  },
  (value) => /^(?!__)[a-zA-Z_][a-zA-Z0-9_]*$/.test(value) && value !== 'job' && value !== 'instance',
);

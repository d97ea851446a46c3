import { z } from 'zod';
import type { AlertName, AlertOverride } from '#alerts';
import * as field from './config/fields.ts';
import { group } from './config/fields.ts';
import { ConfigError, type Problem, pathText, problemsOf } from './config/problems.ts';
import { receivers } from './config/receivers.ts';
import { referenceProblems } from './config/references.ts';
import { resources } from './config/resources.ts';
import { SECRET_REPAIR, secretPaths } from './config/secrets.ts';

export { ConfigError, type Problem } from './config/problems.ts';

const proxy = group({
  /** An image of the proxy, with its tag or digest. @default - the bundled proxy, run by a stock Node.js image */
  image: field.image.exactOptional(),
  /** One replica keeps its state on a volume; several share nothing and keep none. */
  replicas: field.integer(1, 50).default(1),
  /** Where requests go. */
  upstreamUrl: field.httpUrl.default('https://api.anthropic.com'),
  credentials: group({
    /** `pass-through` forwards the credential of each client; `pool` uses those of a Secret. */
    mode: z.enum(['pass-through', 'pool']).default('pass-through'),
    /** The Secret of the pool: each key is the name of a credential, its value the credential. */
    secret: field.objectName.default('anthropic-proxy-credentials'),
  }).prefault({}),
  /** The Secret whose key `salt` makes the label `credential` of a client's credential. */
  saltSecret: field.objectName.default('anthropic-proxy-salt'),
  logLevel: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
  /** How long requests that are under way may still run when a pod ends; Claude Code gives up after ten minutes. */
  drainSeconds: field.integer(0, 3600).default(600),
  /** The volume for the state of a single replica. */
  storage: field.bytes.default('1Gi'),
  resources: resources({ cpu: '250m', memory: '256Mi' }, { cpu: '2', memory: '512Mi' }),
});

const remoteWriteShape = group({
  url: field.httpUrl,
  /** The name of this target in Prometheus' own metrics. */
  name: field.dnsLabel.exactOptional(),
  /** The user of basic authentication; its password comes from `passwordKey`. */
  username: field.words.exactOptional(),
  /** The key of the Secret that has the password of `username`. */
  passwordKey: field.secretKey.exactOptional(),
  /** The key of the Secret that has a bearer token. */
  bearerTokenKey: field.secretKey.exactOptional(),
  /** Headers without secrets, such as `X-Scope-OrgID`. */
  headers: z.record(z.string(), field.words).default({}),
});

const remoteWrite = remoteWriteShape
  .refine(({ username, passwordKey }) => (username === undefined) === (passwordKey === undefined), {
    path: ['username'],
    params: { must: 'given together with passwordKey', repair: 'name both or neither' },
  })
  .refine(({ passwordKey, bearerTokenKey }) => passwordKey === undefined || bearerTokenKey === undefined, {
    path: ['bearerTokenKey'],
    params: { must: 'given without passwordKey', repair: 'keep one way to authenticate' },
  });

const prometheus = group({
  /** How long samples are kept. */
  retention: field.duration.default('30d'),
  /** Beyond this size the oldest samples go first; about nine tenths of `storage` is a good value. */
  retentionSize: field.retentionSize.exactOptional(),
  storage: field.bytes.default('20Gi'),
  scrapeInterval: field.duration.default('30s'),
  evaluationInterval: field.duration.default('30s'),
  /** Labels of every series and alert that leaves this Prometheus. */
  externalLabels: z.record(field.externalLabel, field.words).default({}),
  /** Where samples are sent as well. */
  remoteWrite: z.array(remoteWrite).default([]),
  /** The Secret with the keys that `remoteWrite` names. */
  remoteWriteSecret: field.objectName.default('prometheus-remote-write'),
  resources: resources({ cpu: '250m', memory: '1Gi' }, { cpu: '2', memory: '2Gi' }),
});

const alertmanager = group({
  storage: field.bytes.default('1Gi'),
  /** Who is told: `page`, `ticket`, where wanted `dead-man`, and any that `alerts.override` names. */
  receivers: receivers.prefault({}),
  /** The Secret with the keys that receivers name. */
  receiversSecret: field.objectName.default('alertmanager-receivers'),
  /** How long the first notification of a group waits for more alerts. */
  groupWait: field.duration.default('30s'),
  /** How long a notification about new alerts of a group waits. */
  groupInterval: field.duration.default('5m'),
  /** After how long a notification of a page is repeated. */
  repeatInterval: field.duration.default('4h'),
  /** After how long a notification of a ticket is repeated. */
  ticketRepeatInterval: field.duration.default('1d'),
  resources: resources({ cpu: '50m', memory: '64Mi' }, { cpu: '500m', memory: '256Mi' }),
});

const grafana = group({
  /** Where people open Grafana: links of alerts point there. */
  rootUrl: field.httpUrl.default('http://localhost:3000'),
  storage: field.bytes.default('2Gi'),
  /** The Secret with the keys `admin-user`, `admin-password` and `secret-key`, which encrypts Grafana's database. */
  adminSecret: field.objectName.default('grafana-admin'),
  resources: resources({ cpu: '100m', memory: '256Mi' }, { cpu: '1', memory: '768Mi' }),
});

const override = group({
  threshold: field.finite.exactOptional(),
  wait: field.duration.exactOptional(),
  severity: z.enum(['page', 'ticket']).exactOptional(),
  receiver: field.words.exactOptional(),
  drop: z.literal(true).exactOptional(),
});

const alerts = group({
  /** Where the runbook pages are; `{alert}` stands for the alert's name. @default - alerts carry no link to a runbook */
  runbookBaseUrl: field.link.exactOptional(),
  /** Changes to single alerts, by name. */
  override: z.record(z.string(), override).default({}),
});

const images = group({
  prometheus: field.image.exactOptional(),
  alertmanager: field.image.exactOptional(),
  grafana: field.image.exactOptional(),
  /** Runs the bundled proxy where `proxy.image` names no other. */
  node: field.image.exactOptional(),
});

const schema = group({
  namespace: field.namespace.default('tidewatch'),
  /** The storage class of every volume. @default - the cluster's own default */
  storageClass: field.objectName.exactOptional(),
  /** Secrets with which the images are pulled. */
  imagePullSecrets: z.array(field.objectName).default([]),
  proxy: proxy.prefault({}),
  prometheus: prometheus.prefault({}),
  alertmanager: alertmanager.prefault({}),
  grafana: grafana.prefault({}),
  alerts: alerts.prefault({}),
  /** Images to use instead of those of images.lock.json. */
  images: images.prefault({}),
});

type Immutable<T> = T extends object ? { readonly [K in keyof T]: Immutable<T[K]> } : T;

type Written = Immutable<z.input<typeof schema>>;
type WrittenAlerts = Immutable<z.input<typeof alerts>>;

/** What a user writes: everything has a default. */
export type StackInput = Omit<Written, 'alerts'> & {
  readonly alerts?: Omit<WrittenAlerts, 'override'> & {
    readonly override?: Readonly<Partial<Record<AlertName, AlertOverride>>>;
  };
};

/** A configuration with all defaults filled in. */
export type StackConfig = Immutable<z.output<typeof schema>>;

/** Names that a configuration may refer to. */
export interface Known {
  readonly alerts: readonly string[];
}

const secretProblem = (path: readonly PropertyKey[]): Problem => ({
  path: pathText(path),
  problem: 'must not be a secret',
  got: 'what looks like one (not shown)',
  repair: SECRET_REPAIR,
});

const byPath = (a: Problem, b: Problem): number => a.path.localeCompare(b.path, 'en');

/**
 * Checks a configuration and fills in its defaults.
 *
 * @throws ConfigError with every problem at once
 */
export const parseConfig = (input: unknown, known: Known): StackConfig => {
  // Compiling the schema costs more than it saves for the one object that is parsed.
  const parsed = schema.safeParse(input, { jitless: true });
  const secrets = secretPaths(input).map(secretProblem);
  const told = new Set(secrets.map(({ path }) => path));
  const others = [
    ...(parsed.error?.issues ?? []).flatMap((issue) => problemsOf(issue, input)),
    ...referenceProblems(input, known),
  ].filter(({ path }) => !told.has(path));
  const problems = [...secrets, ...others].toSorted(byPath);
  if (problems.length > 0 || !parsed.success) throw new ConfigError(problems);
  return parsed.data;
};

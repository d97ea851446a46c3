import { randomBytes } from 'node:crypto';
import { secretKeysOf } from '#alerts';
import { remoteWriteKeys } from '#components';
import type { StackConfig } from '#config';
import { labels } from '#constructs';

/** A Secret with fresh random values, as Kubernetes takes it. */
export interface SecretManifest {
  readonly apiVersion: 'v1';
  readonly kind: 'Secret';
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly labels: Readonly<Record<string, string>>;
  };
  readonly type: 'Opaque';
  readonly stringData: Readonly<Record<string, string>>;
}

/** Text from 32 random bytes, of characters that need no quoting anywhere. */
const random = (): string => randomBytes(32).toString('base64url');

/** The Secrets with random values: each call generates new ones. */
export const randomSecrets = ({ namespace, grafana, proxy }: StackConfig): readonly SecretManifest[] => {
  const secret = (name: string, owner: string, component: string, stringData: Readonly<Record<string, string>>) =>
    ({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name, namespace, labels: labels({ name: owner, component }) },
      type: 'Opaque',
      stringData,
    }) as const;
  return [
    secret(grafana.adminSecret, 'grafana', 'dashboards', {
      'admin-user': 'admin',
      'admin-password': random(),
      'secret-key': random(),
    }),
    secret(proxy.saltSecret, 'anthropic-proxy', 'proxy', { salt: random() }),
    ...(grafana.exposure === undefined
      ? []
      : [secret(grafana.metricsSecret, 'grafana', 'dashboards', { password: random() })]),
  ];
};

/** A Secret that only the user can fill. */
export interface OwnSecret {
  readonly name: string;
  readonly why: string;
  /** The command that makes it. */
  readonly command: string;
}

const fromFiles = (namespace: string, name: string, keys: readonly string[]): string =>
  [
    `kubectl --namespace ${namespace} create secret generic ${name}`,
    ...keys.map((key) => `--from-file=${key}=./${key}`),
  ].join(' ');

const keyed = (config: StackConfig, name: string, keys: readonly string[], why: string): readonly OwnSecret[] =>
  keys.length === 0
    ? []
    : [{ name, why: `${why}: keys ${keys.join(', ')}`, command: fromFiles(config.namespace, name, keys) }];

const poolSecret = ({ namespace, proxy: { credentials } }: StackConfig): readonly OwnSecret[] =>
  credentials.mode === 'pool'
    ? [
        {
          name: credentials.secret,
          why: "the proxy's pool: a key a credential, its name is what the label `credential` says",
          command: fromFiles(namespace, credentials.secret, ['team-a', 'team-b']),
        },
      ]
    : [];

const databaseSecret = (config: StackConfig): readonly OwnSecret[] => {
  const { database } = config.grafana;
  if (database === undefined) return [];
  const keys = [database.passwordKey, ...(database.caKey === undefined ? [] : [database.caKey])];
  return keyed(config, database.secret, keys, "Grafana's database");
};

const objectStorageSecret = (config: StackConfig): readonly OwnSecret[] => {
  const { objectStorage } = config.loki;
  if (objectStorage === undefined) return [];
  return keyed(config, objectStorage.secret, ['credentials'], "Loki's object storage, as a shared credentials file");
};

const pullSecrets = ({ namespace, imagePullSecrets }: StackConfig): readonly OwnSecret[] =>
  imagePullSecrets.map((name) => ({
    name,
    why: 'how images are pulled',
    command: `kubectl --namespace ${namespace} create secret docker-registry ${name} --from-file=.dockerconfigjson=./config.json`,
  }));

/** The Secrets that the configuration refers to and that hold what only the user has. */
export const ownSecrets = (config: StackConfig): readonly OwnSecret[] => {
  const { alertmanager, prometheus } = config;
  return [
    ...poolSecret(config),
    ...keyed(config, prometheus.remoteWriteSecret, remoteWriteKeys(prometheus), 'remote write of Prometheus'),
    ...keyed(config, alertmanager.receiversSecret, secretKeysOf(alertmanager.receivers), 'receivers of Alertmanager'),
    ...databaseSecret(config),
    ...objectStorageSecret(config),
    ...pullSecrets(config),
  ];
};

/** What to do with the printed Secrets, and which others are expected. */
export const instructions = (config: StackConfig): string => {
  const own = ownSecrets(config).flatMap(({ name, why, command }) => [`  ${name} (${why})`, `    ${command}`]);
  return [
    'Pipe the output into `kubectl create -f -` after the namespace exists. Never use apply: create refuses a Secret that',
    'exists, so a password or salt in use is not replaced; it still creates the others.',
    ...(own.length === 0 ? [] : ['', 'You create these yourself, each key from a file of that name:', ...own]),
    '',
  ].join('\n');
};

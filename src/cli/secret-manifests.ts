import { randomBytes } from 'node:crypto';
import { COMPONENTS, type Component, contextOf, type RequiredSecret } from '#components';
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

/** The Secrets that the components read, each with its component. */
const requiredSecrets = (
  config: StackConfig,
  components: readonly Component[],
): readonly (readonly [Component, RequiredSecret])[] =>
  components.flatMap((component) =>
    (component.secrets?.(contextOf(component, config)) ?? []).map((secret) => [component, secret] as const),
  );

/** The Secrets with random values: each call generates new ones. */
export const randomSecrets = (
  config: StackConfig,
  components: readonly Component[] = COMPONENTS,
): readonly SecretManifest[] =>
  requiredSecrets(config, components).flatMap(([{ target, role }, secret]) =>
    'values' in secret
      ? [
          {
            apiVersion: 'v1',
            kind: 'Secret',
            metadata: {
              name: secret.name,
              namespace: config.namespace,
              labels: labels({ name: target.job, component: role }),
            },
            type: 'Opaque',
            stringData: Object.fromEntries(
              Object.entries(secret.values).map(([key, value]) => [key, value ?? random()]),
            ),
          } as const,
        ]
      : [],
  );

/** A Secret that only the user can fill. */
export interface OwnSecret {
  readonly name: string;
  readonly why: string;
  /** The command that creates it. */
  readonly command: string;
}

const fromFiles = (namespace: string, name: string, keys: readonly string[]): string =>
  [
    `kubectl --namespace ${namespace} create secret generic ${name}`,
    ...keys.map((key) => `--from-file=${key}=./${key}`),
  ].join(' ');

const pullSecrets = ({ namespace, imagePullSecrets }: StackConfig): readonly OwnSecret[] =>
  imagePullSecrets.map((name) => ({
    name,
    why: 'how images are pulled',
    command: `kubectl --namespace ${namespace} create secret docker-registry ${name} --from-file=.dockerconfigjson=./config.json`,
  }));

/** The Secrets that the configuration refers to and that only the user can fill. */
export const ownSecrets = (
  config: StackConfig,
  components: readonly Component[] = COMPONENTS,
): readonly OwnSecret[] => [
  ...requiredSecrets(config, components).flatMap(([, secret]) =>
    'keys' in secret && secret.keys.length > 0
      ? [
          {
            name: secret.name,
            why: secret.examples ? secret.why : `${secret.why}: keys ${secret.keys.join(', ')}`,
            command: fromFiles(config.namespace, secret.name, secret.keys),
          },
        ]
      : [],
  ),
  ...pullSecrets(config),
];

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

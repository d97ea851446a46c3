import { type Check, checksOf, when } from './check.ts';
import { ofKind, type PlacedContainer, partOf, type Resource } from './inventory.ts';
import { isSecret, secretSettingsIn, secretsIn } from './secret-text.ts';
import type { EnvVar } from './shapes.ts';

const AS_FILE = 'put it into a Secret, and mount that as a file';

const repeated = (names: readonly string[]): readonly string[] => [
  ...new Set(names.filter((name, index) => names.indexOf(name) !== index)),
];

const literalProblems = ({ name, value = '' }: EnvVar): readonly string[] => [
  ...when(isSecret(name, value), `environment variable ${name} has a literal value`),
  ...secretsIn(value).map((what) => `environment variable ${name} has ${what}`),
];

/** `--password=x`, and `--password x`. */
const argumentProblems = (words: readonly string[]): readonly string[] =>
  words.flatMap((word, index) => {
    const [, flag = '', value = words[index + 1] ?? ''] = /^--?([\w.-]+)(?:=(.*))?$/s.exec(word) ?? [];
    return [
      ...when(isSecret(flag, value) && !value.startsWith('-'), `argument --${flag} has a literal value`),
      ...secretsIn(word).map((what) => `an argument has ${what}`),
    ];
  });

const CONTAINER_CHECKS: readonly Check<PlacedContainer>[] = [
  {
    name: 'duplicate-env',
    problems: ({ container: { env = [] } }) =>
      repeated(env.map(({ name }) => name)).map((name) => `environment variable ${name} is set more than once`),
    repair: 'keep one',
  },
  {
    name: 'secret-from-env',
    problems: ({ container: { env = [], envFrom = [] } }) => [
      ...env
        .filter(({ valueFrom }) => valueFrom?.secretKeyRef !== undefined)
        .map(({ name }) => `environment variable ${name} comes from a Secret`),
      ...envFrom
        .flatMap(({ secretRef }) => secretRef?.name ?? [])
        .map((name) => `all of Secret '${name}' is in envFrom`),
    ],
    repair: 'mount it as a file: an environment is inherited, dumped and logged',
  },
  {
    name: 'secret-in-env',
    problems: ({ container: { env = [] } }) => env.flatMap(literalProblems),
    repair: AS_FILE,
  },
  {
    name: 'secret-in-arguments',
    problems: ({ container: { command = [], args = [] } }) => argumentProblems([...command, ...args]),
    repair: AS_FILE,
  },
];

const CONFIG_CHECKS: readonly Check<Resource>[] = [
  {
    name: 'secret-in-config',
    problems: (resource) =>
      Object.entries(partOf<Record<string, string>>(resource, 'data')).flatMap(([key, text = '']) => [
        ...secretsIn(text).map((what) => `'${key}' has ${what}`),
        ...secretSettingsIn(text).map((name) => `'${key}' sets ${name} to a literal value`),
        ...when(isSecret(key, text), `the key '${key}' has a literal value`),
      ]),
    repair: `${AS_FILE} that the configuration names`,
  },
];

const SECRET_CHECKS: readonly Check<Resource>[] = [
  {
    name: 'secret-manifest',
    problems: (resource) =>
      when(
        ['data', 'stringData'].some((key) => resource.object[key] !== undefined),
        'a Secret with values is emitted',
      ),
    repair: 'let the user bring it: what is committed is no secret',
  },
];

/** No secret stands in a manifest, and none reaches a program other than as a file. */
export const secretChecks = [
  checksOf(({ containers }) => containers, CONTAINER_CHECKS),
  checksOf((inventory) => ofKind(inventory, 'ConfigMap'), CONFIG_CHECKS),
  checksOf((inventory) => ofKind(inventory, 'Secret'), SECRET_CHECKS),
];

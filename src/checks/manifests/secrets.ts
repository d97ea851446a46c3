import {
  checksOf,
  type ManifestCheck,
  ofKind,
  type PlacedContainer,
  partOf,
  type Resource,
  when,
} from './inventory.ts';
import type { EnvVar } from './shapes.ts';

/** Texts that are secrets wherever they are. */
const SECRETS: readonly (readonly [what: string, pattern: RegExp])[] = [
  ['a private key', /-----BEGIN [A-Z ]*PRIVATE KEY-----/],
  ['an Anthropic API key', /\bsk-ant-[\w-]{16,}/],
  ['an AWS access key', /\bAKIA[0-9A-Z]{16}\b/],
  ['a GitHub token', /\bgh[pousr]_[A-Za-z0-9]{36}\b/],
  ['a Slack token', /\bxox[abeprs]-[\w-]{10,}/],
  ['a Slack webhook', /\bhooks\.slack\.com\/services\/T\w+\/B\w+\/\w+/],
  ['a JSON Web Token', /\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}/],
  ['a password in a URL', /:\/\/[^\s:/@"'$]+:[^\s:/@"'$]+@/],
];

const NOUNS =
  'passw(?:or)?d|secret|secret[-_]?(?:access[-_]?)?key|api[-_]?key|access[-_]?key|private[-_]?key|token|credentials';

/** A name that ends like that of a secret; `…_FILE` is a path and `…_TOKENS` a count. */
const SECRET_NAME = new RegExp(`(?:^|[-_.])(?:${NOUNS})$`, 'i');

/** A path, a variable, a template, a switch or a number: not a secret. */
const HARMLESS = /^(?:$|[/$<{*]|(?:true|false|null|none|\d+)$)/i;

/** `=` of TOML, INI and Alloy but not PromQL's `=~`, `: ` of YAML, `":` of JSON but not a colon within a name. */
const EQUALS = '["\']?[ \\t]*=(?![~=])[ \\t]*|["\']?[ \\t]*:[ \\t]+|["\']:';

/** A secret's name with a value. */
const ASSIGNMENT = new RegExp(
  `(?:^|[\\s{,"'])((?:[\\w.-]*[-_.])?(?:${NOUNS}))(?:${EQUALS})(?:"([^"]*)"|'([^']*)'|([^\\s"',}\\]]+))`,
  'gim',
);

/** The kinds of secrets that a text contains, recognised by their format. */
const secretsIn = (text: string): readonly string[] =>
  SECRETS.filter(([, pattern]) => pattern.test(text)).map(([what]) => what);

/** Whether a name says that its value is a secret, and the value is a literal. */
const isSecret = (name: string, value: string): boolean => SECRET_NAME.test(name) && !HARMLESS.test(value);

/** The secrets that a configuration sets to a value, by name: the values are never shown. */
const secretSettingsIn = (text: string): readonly string[] =>
  [...text.matchAll(ASSIGNMENT)]
    .filter(([, , double, single, plain]) => !HARMLESS.test(double ?? single ?? plain ?? ''))
    .map(([, name = '']) => name);

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

const CONTAINER_CHECKS: readonly ManifestCheck<PlacedContainer>[] = [
  {
    name: 'duplicate-env',
    finds: 'an environment variable that is set more than once',
    source: 'kube-linter',
    problems: ({ container: { env = [] } }) =>
      repeated(env.map(({ name }) => name)).map((name) => `environment variable ${name} is set more than once`),
    fix: 'keep one',
  },
  {
    name: 'secret-from-env',
    finds: 'an environment variable filled from a Secret',
    source: 'kube-linter',
    problems: ({ container: { env = [], envFrom = [] } }) => [
      ...env
        .filter(({ valueFrom }) => valueFrom?.secretKeyRef !== undefined)
        .map(({ name }) => `environment variable ${name} comes from a Secret`),
      ...envFrom
        .flatMap(({ secretRef }) => secretRef?.name ?? [])
        .map((name) => `all of Secret '${name}' is in envFrom`),
    ],
    fix: 'mount it as a file: an environment is inherited, dumped and logged',
  },
  {
    name: 'secret-in-env',
    finds: 'an environment variable with a secret as its literal value',
    source: 'kube-linter',
    problems: ({ container: { env = [] } }) => env.flatMap(literalProblems),
    fix: AS_FILE,
  },
  {
    name: 'secret-in-arguments',
    finds: 'a command or an argument with a secret in it',
    source: 'tidewatch',
    problems: ({ container: { command = [], args = [] } }) => argumentProblems([...command, ...args]),
    fix: AS_FILE,
  },
];

const CONFIG_CHECKS: readonly ManifestCheck<Resource>[] = [
  {
    name: 'secret-in-config',
    finds: 'a ConfigMap with a secret in it',
    source: 'tidewatch',
    problems: (resource) =>
      Object.entries(partOf<Record<string, string>>(resource, 'data')).flatMap(([key, text = '']) => [
        ...secretsIn(text).map((what) => `'${key}' has ${what}`),
        ...secretSettingsIn(text).map((name) => `'${key}' sets ${name} to a literal value`),
        ...when(isSecret(key, text), `the key '${key}' has a literal value`),
      ]),
    fix: `${AS_FILE} that the configuration names`,
  },
];

const SECRET_OBJECT_CHECKS: readonly ManifestCheck<Resource>[] = [
  {
    name: 'secret-manifest',
    finds: 'a Secret with its values',
    source: 'tidewatch',
    problems: (resource) =>
      when(
        ['data', 'stringData'].some((key) => resource.object[key] !== undefined),
        'a Secret with values is emitted',
      ),
    fix: 'let the user create it: what is committed is no longer secret',
  },
];

/** No manifest contains a secret, and programs read them from files alone. */
export const SECRET_CHECKS = [
  ...checksOf(({ containers }) => containers, CONTAINER_CHECKS),
  ...checksOf((inventory) => ofKind(inventory, 'ConfigMap'), CONFIG_CHECKS),
  ...checksOf((inventory) => ofKind(inventory, 'Secret'), SECRET_OBJECT_CHECKS),
];

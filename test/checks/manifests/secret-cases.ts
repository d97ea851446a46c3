// biome-ignore-all lint/suspicious/noTemplateCurlyInString: configurations write their variables so
import type { Case } from './case.ts';
import { containerOf } from './good-stack.ts';

const CONTAINER = 'web (Deployment web, container web)';
const CONFIG = 'config (ConfigMap web-config)';

/** A case in which the configuration of the good stack has this text. */
const configured = (title: string, text: string, ...problems: readonly string[]): Case => [
  'secret-in-config',
  title,
  ({ config }) => {
    config.data['config.json'] = text;
  },
  ...problems.map((problem) => `${CONFIG}: ${problem}`),
];

/** A case in which the container has this environment variable as well. */
const environment = (check: string, title: string, variable: object, ...problems: readonly string[]): Case => [
  check,
  title,
  ({ web }) => {
    containerOf(web).env.push(variable);
  },
  ...problems.map((problem) => `${CONTAINER}: ${problem}`),
];

/** A case in which the container has these arguments. */
const invoked = (title: string, args: readonly string[], problem: string): Case => [
  'secret-in-arguments',
  title,
  ({ web }) => {
    containerOf(web).args = args;
  },
  `${CONTAINER}: ${problem}`,
];

/** Put together here, so that no tool that looks for secrets takes them for some. */
const ANTHROPIC_KEY = ['sk', 'ant', 'api03', 'x'.repeat(20)].join('-');
const AWS_KEY = `AKIA${'A'.repeat(16)}`;
const GITHUB_TOKEN = `ghp_${'a'.repeat(36)}`;
const SLACK_TOKEN = ['xoxb', '0'.repeat(12)].join('-');
const SIGNED_TOKEN = Array.from({ length: 3 }, () => `eyJ${'a'.repeat(12)}`).join('.');
const PRIVATE_KEY = `-----BEGIN RSA ${'PRIVATE'} KEY-----`;

/** Secrets where everyone reads them. */
export const secretCases: readonly Case[] = [
  environment(
    'duplicate-env',
    'a variable that is set twice',
    { name: 'MAX_TOKENS', value: '1' },
    'environment variable MAX_TOKENS is set more than once',
  ),
  environment(
    'secret-from-env',
    'a variable out of a Secret',
    { name: 'KEY', valueFrom: { secretKeyRef: { name: 'web-secrets', key: 'key' } } },
    'environment variable KEY comes from a Secret',
  ),
  [
    'secret-from-env',
    'a whole Secret as variables',
    ({ web }) => {
      containerOf(web).envFrom = [{ secretRef: { name: 'web-secrets' } }];
    },
    `${CONTAINER}: all of Secret 'web-secrets' is in envFrom`,
  ],
  environment(
    'secret-in-env',
    'a password',
    { name: 'DB_PASSWORD', value: 'hunter2' },
    'environment variable DB_PASSWORD has a literal value',
  ),
  environment(
    'secret-in-env',
    'a key under a harmless name',
    { name: 'UPSTREAM', value: ANTHROPIC_KEY },
    'environment variable UPSTREAM has an Anthropic API key',
  ),
  environment(
    'secret-in-env',
    'a password in an address',
    { name: 'DATABASE', value: 'postgres://app:hunter2@db/app' },
    'environment variable DATABASE has a password in a URL',
  ),
  invoked('a flag with a value', ['--admin-password=hunter2'], 'argument --admin-password has a literal value'),
  invoked('a flag with a value after it', ['--api-key', 'hunter2'], 'argument --api-key has a literal value'),
  invoked('a token in an argument', ['run', GITHUB_TOKEN], 'an argument has a GitHub token'),
  configured(
    'a password in YAML',
    'smtp:\n  smtp_auth_password: hunter2\n',
    "'config.json' sets smtp_auth_password to a literal value",
  ),
  configured('a token in JSON', '{"auth":{"token":"hunter2"}}', "'config.json' sets token to a literal value"),
  configured(
    'a key in the syntax of Alloy',
    'secret_key = "hunter2"',
    "'config.json' sets secret_key to a literal value",
  ),
  configured('a private key', PRIVATE_KEY, "'config.json' has a private key"),
  configured('an AWS access key', `key: ${AWS_KEY}`, "'config.json' has an AWS access key"),
  configured('a Slack token', `key: ${SLACK_TOKEN}`, "'config.json' has a Slack token"),
  configured('a Slack webhook', 'url: https://hooks.slack.com/services/T0/B0/x0', "'config.json' has a Slack webhook"),
  configured('a JSON Web Token', `Authorization: Bearer ${SIGNED_TOKEN}`, "'config.json' has a JSON Web Token"),
  [
    'secret-in-config',
    'a key that is called password',
    ({ config }) => {
      config.data.password = 'hunter2';
    },
    `${CONFIG}: the key 'password' has a literal value`,
  ],
  [
    'secret-manifest',
    'a Secret with a value',
    (stack) => {
      stack.secret = { ...stack.config, kind: 'Secret', data: { a: 'aHVudGVyMg==' } };
    },
    'secret (Secret web-config): a Secret with values is emitted',
  ],
];

/** Texts that look like secrets and are none. */
export const HARMLESS: readonly (readonly [title: string, text: string])[] = [
  ['the path of a file', 'password_file: /etc/secrets/password\npassword: /etc/secrets/password'],
  ['a variable', 'secret_access_key: ${SECRET}\ntoken: $__file{/etc/token}'],
  ['a template', 'token: {{ .Token }}'],
  ['nothing', 'password: ""\ntoken: null'],
  ['a matcher of PromQL', 'sum by (token) (rate(x{token=~"input|output", token!="cache"}[5m]))'],
  ['the name of a recording rule', 'expr: window_token:proxy_usage:rate5m'],
  ['a count of tokens', '{"maxTokens": 4096, "max_tokens": 4096, "output_tokens":"12"}'],
  ['a URL with a port', 'url: http://alertmanager:9093/path@2'],
  ['a sentence', 'The token is renewed; a password, or a secret, is not in here.'],
];

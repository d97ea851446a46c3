/** Texts that are a secret wherever they stand. */
const SECRETS: readonly (readonly [what: string, pattern: RegExp])[] = [
  ['a private key', /-----BEGIN [A-Z ]*PRIVATE KEY-----/],
  ['an API key of Anthropic', /\bsk-ant-[\w-]{16,}/],
  ['an access key of AWS', /\bAKIA[0-9A-Z]{16}\b/],
  ['a token of GitHub', /\bgh[pousr]_[A-Za-z0-9]{36}\b/],
  ['a token of Slack', /\bxox[abeprs]-[\w-]{10,}/],
  ['a webhook of Slack', /\bhooks\.slack\.com\/services\/T\w+\/B\w+\/\w+/],
  ['a signed token', /\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}/],
  ['a password in a URL', /:\/\/[^\s:/@"'$]+:[^\s:/@"'$]+@/],
];

const NOUNS =
  'passw(?:or)?d|secret|secret[-_]?(?:access[-_]?)?key|api[-_]?key|access[-_]?key|private[-_]?key|token|credentials';

/** A name that ends in what a secret is called; `…_FILE` names a file and `…_TOKENS` counts. */
const SECRET_NAME = new RegExp(`(?:^|[-_.])(?:${NOUNS})$`, 'i');

/** A path, a variable, a template, or what switches something: nothing that is secret. */
const HARMLESS = /^(?:$|[/$<{*]|(?:true|false|null|none|\d+)$)/i;

/** `=` of TOML, INI and Alloy but none of PromQL's `=~`, `: ` of YAML, `":` of JSON but no colon within a name. */
const EQUALS = '["\']?[ \\t]*=(?![~=])[ \\t]*|["\']?[ \\t]*:[ \\t]+|["\']:';

/** A name of a secret with a value. */
const ASSIGNMENT = new RegExp(
  `(?:^|[\\s{,"'])((?:[\\w.-]*[-_.])?(?:${NOUNS}))(?:${EQUALS})(?:"([^"]*)"|'([^']*)'|([^\\s"',}\\]]+))`,
  'gim',
);

/** What in a text is a secret by its look. */
export const secretsIn = (text: string): readonly string[] =>
  SECRETS.filter(([, pattern]) => pattern.test(text)).map(([what]) => what);

/** Tells whether a name says that its value is a secret, and the value is one in fact. */
export const isSecret = (name: string, value: string): boolean => SECRET_NAME.test(name) && !HARMLESS.test(value);

/** Names of secrets that a configuration gives a value; the values themselves are never told. */
export const secretSettingsIn = (text: string): readonly string[] =>
  [...text.matchAll(ASSIGNMENT)]
    .filter(([, , double, single, plain]) => !HARMLESS.test(double ?? single ?? plain ?? ''))
    .map(([, name = '']) => name);

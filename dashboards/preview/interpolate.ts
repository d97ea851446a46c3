/** A variable with its value, as queries and titles are filled in with it. */
export interface Variable {
  readonly name: string;
  readonly text: string | readonly string[];
  readonly value: string | readonly string[];
  /** Whether it may hold several values, so that its value stands in a regular expression. */
  readonly multi: boolean;
  /** Whether the value is inserted without any escaping, as the custom value of All is. */
  readonly verbatim: boolean;
}

/** Finds a variable by name; undefined leaves the reference as it is. */
export type Lookup = (name: string) => Variable | undefined;

/** What a text is, which decides how a reference without a format is written. */
export type Language = 'query' | 'text';

const REFERENCE =
  /\$(?<plain>\w+)|\[\[(?<square>\w+?)(?::(?<squareFormat>\w+))?\]\]|\$\{(?<braced>\w+)(?:\.[^:}]+)?(?::(?<format>[^}]+))?\}/g;

const asList = (value: string | readonly string[]): readonly string[] => (typeof value === 'string' ? [value] : value);

const regexEscape = (value: string): string => value.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');

const alternatives = (values: readonly string[]): string =>
  values.length === 1 ? values.join() : `(${values.join('|')})`;

const quoted = (values: readonly string[], quote: string, escaped: string): string =>
  values.map((value) => `${quote}${value.replaceAll(quote, escaped)}${quote}`).join(',');

const percentEncode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);

const glob = (values: readonly string[]): string => (values.length > 1 ? `{${values.join(',')}}` : values.join());

const luceneEscape = (value: string): string => value.replace(/[+\-=&|!(){}[\]^"~*?:\\/<>]/g, '\\$&');

const lucene = (values: readonly string[]): string =>
  values.length > 1
    ? `(${values.map((one) => `"${luceneEscape(one)}"`).join(' OR ')})`
    : values.map(luceneEscape).join();

const date = (value: string, format: string | undefined): string => {
  const at = Number(value);
  if (format === 'seconds') return String(Math.floor(at / 1_000));
  return new Date(at).toISOString();
};

type Formatter = (variable: Variable, argument: string | undefined) => string;

const ofValues =
  (format: (values: readonly string[]) => string): Formatter =>
  ({ value }) =>
    format(asList(value));

/** @see https://grafana.com/docs/grafana/latest/dashboards/variables/variable-syntax/#advanced-variable-format-options */
const FORMATS: Readonly<Record<string, Formatter>> = {
  csv: ofValues((values) => values.join(',')),
  raw: ofValues((values) => values.join(',')),
  join: ({ value }, argument) => asList(value).join(argument ?? ','),
  pipe: ofValues((values) => values.join('|')),
  regex: ofValues((values) => alternatives(values.map(regexEscape))),
  glob: ofValues(glob),
  lucene: ofValues(lucene),
  distributed: ({ name, value }) =>
    asList(value)
      .map((one, index) => (index === 0 ? one : `${name}=${one}`))
      .join(','),
  json: ({ value }) => JSON.stringify(value),
  doublequote: ofValues((values) => quoted(values, '"', '\\"')),
  singlequote: ofValues((values) => quoted(values, "'", "\\'")),
  sqlstring: ofValues((values) => quoted(values, "'", "''")),
  percentencode: ofValues((values) => percentEncode(glob(values))),
  queryparam: ({ name, value }) =>
    asList(value)
      .map((one) => `var-${name}=${percentEncode(one)}`)
      .join('&'),
  text: ({ text }) => asList(text).join(' + '),
  date: ({ value }, argument) => date(asList(value).join(), argument),
};

/** These keep their form even for the custom value of All. */
const ALSO_VERBATIM: ReadonlySet<string> = new Set(['text', 'queryparam', 'percentencode']);

const formatted = (variable: Variable, format: string): string => {
  const [name = '', argument] = format.split(/:(.*)/s);
  if (variable.verbatim && !ALSO_VERBATIM.has(name)) return asList(variable.value).join();
  return (FORMATS[name] ?? ofValues(glob))(variable, argument);
};

/** Within a string of PromQL or LogQL, a backslash of a regular expression is written twice. */
const inString = (value: string): string => regexEscape(value).replaceAll('\\/', '/').replaceAll('\\', '\\\\');

/**
 * A value as Grafana's Prometheus and Loki data sources put it into a string of a query: of a variable that may hold
 * several values a regular expression that matches just these, of another the value itself.
 */
const inQuery = ({ value, multi, verbatim }: Variable): string => {
  const values = asList(value);
  if (verbatim) return values.join();
  return multi ? alternatives(values.map(inString)) : values.join().replaceAll('\\', '\\\\');
};

/**
 * A text with its variables filled in, in any of the three notations; references to what is no variable stay.
 *
 * @see https://grafana.com/docs/grafana/latest/dashboards/variables/variable-syntax/
 */
export const interpolate = (text: string, lookup: Lookup, language: Language): string =>
  text.replace(REFERENCE, (reference: string, ...rest: unknown[]) => {
    const groups = rest.at(-1) as Readonly<Record<string, string | undefined>>;
    const variable = lookup(groups.plain ?? groups.square ?? groups.braced ?? '');
    if (variable === undefined) return reference;
    const format = groups.squareFormat ?? groups.format;
    if (format !== undefined) return formatted(variable, format);
    return language === 'query' ? inQuery(variable) : formatted(variable, 'text');
  });

/** A variable that holds one plain value, such as `$__interval`. */
export const builtIn = (name: string, value: string): Variable => ({
  name,
  text: value,
  value,
  multi: false,
  verbatim: false,
});

/** The names that a text refers to. */
export const references = (text: string): readonly string[] =>
  [...text.matchAll(REFERENCE)].map(({ groups = {} }) => groups.plain ?? groups.square ?? groups.braced ?? '');

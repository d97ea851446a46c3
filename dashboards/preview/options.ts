import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { parseMoment } from './time.ts';

/** An error in the arguments of a command; the message says how to fix it. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** What `npm run preview` was asked for. */
export interface Options {
  /** Uids of dashboards of `dist/dashboards`, or files; empty stands for all of them. */
  readonly dashboards: readonly string[];
  readonly accounts: 2 | 200;
  readonly prometheus: string | undefined;
  readonly loki: string | undefined;
  /** The content of the token file. */
  readonly token: string | undefined;
  readonly timeoutMs: number;
  /** As given; undefined is what the dashboard says. */
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly variables: ReadonlyMap<string, readonly string[]>;
  readonly width: number;
  readonly theme: 'dark' | 'light';
  readonly out: string;
  /** Whether pictures are made where a browser is found. */
  readonly pictures: boolean;
  /** A revision to compare `dist/dashboards` with. */
  readonly against: string | undefined;
}

/** What `--help` prints. */
export const HELP = `Draws dashboards as HTML pages that open from disk, and as pictures where a Chromium is found.

  npm run preview -- [options]

What is drawn
  --dashboard UID|FILE  a dashboard of dist/dashboards, or the file of any classic dashboard;
                        repeatable (default: all of dist/dashboards)
  --against REV         draws dist/dashboards of a git revision and of the working tree side by side

Data
  --accounts 2|200      the built-in week of so many accounts (default 2); needs Prometheus: npm run peers
  --prometheus URL      your own Prometheus in place of the built-in week
  --loki URL            your own Loki in place of the recorded answers
  --token-file FILE     a bearer token for both
  --timeout SECONDS     how long an answer may take (default 60)

View
  --from, --to TIME     now-7d, an ISO 8601 date or unix milliseconds (default: as the dashboard says)
  --var NAME=VALUE      a variable's value; several separated by commas, or All; repeatable
  --width PIXELS        default 1600
  --theme dark|light    default dark
  --out DIR             default .cache/preview/pages
  --no-pictures         HTML alone; CHROMIUM names the browser otherwise

Exit status: 0 when all is drawn, 1 when a query failed or an option is wrong.
`;

const CONFIG = {
  help: { type: 'boolean', short: 'h' },
  dashboard: { type: 'string', multiple: true },
  accounts: { type: 'string' },
  prometheus: { type: 'string' },
  loki: { type: 'string' },
  'token-file': { type: 'string' },
  timeout: { type: 'string' },
  from: { type: 'string' },
  to: { type: 'string' },
  var: { type: 'string', multiple: true },
  width: { type: 'string' },
  theme: { type: 'string' },
  out: { type: 'string' },
  'no-pictures': { type: 'boolean' },
  against: { type: 'string' },
} as const;

const parsed = (args: readonly string[]) => {
  try {
    return parseArgs({ args: [...args], options: CONFIG, strict: true, allowPositionals: false }).values;
  } catch (error) {
    throw new UsageError(`${(error as Error).message}; --help lists the options`, { cause: error });
  }
};

const oneOf = <T extends string>(option: string, text: string | undefined, values: readonly [T, ...T[]]): T => {
  const found = text === undefined ? values[0] : values.find((value) => value === text);
  if (found === undefined) throw new UsageError(`--${option} is ${values.join(' or ')}; received '${text}'`);
  return found;
};

interface Bounds {
  readonly least: number;
  readonly most: number;
  readonly standard: number;
}

const numberIn = (option: string, text: string | undefined, { least, most, standard }: Bounds): number => {
  const value = text === undefined ? standard : Number(text);
  if (!Number.isFinite(value) || text?.trim() === '' || value < least || value > most)
    throw new UsageError(`--${option} is a number from ${least} to ${most}; received '${text}'`);
  return value;
};

/** Checks the URL of an option; secrets in it are left out of the message. @throws UsageError for what is no URL */
export const urlOf = (option: string, text: string | undefined): string | undefined => {
  if (text === undefined) return undefined;
  if (!URL.canParse(text) || !/^https?:\/\//.test(text))
    throw new UsageError(
      `--${option} is a URL such as http://localhost:9090; received '${text.replace(/\/\/[^@/]*@/, '//')}'`,
    );
  return text;
};

const timeOf = (option: 'from' | 'to', text: string | undefined): string | undefined => {
  if (text !== undefined && parseMoment(text, 0, option) === undefined)
    throw new UsageError(
      `--${option} is a time such as now-7d, 2026-11-25T15:00:00Z or unix milliseconds; received '${text}'`,
    );
  return text;
};

const variablesOf = (texts: readonly string[] = []): ReadonlyMap<string, readonly string[]> => {
  const values = new Map<string, readonly string[]>();
  for (const text of texts) {
    const [, name, value] = /^([A-Za-z_]\w*)=(.*)$/s.exec(text) ?? [];
    if (name === undefined || value === undefined)
      throw new UsageError(`--var is NAME=VALUE such as credential=team-data; received '${text}'`);
    values.set(name, [...(values.get(name) ?? []), ...value.split(',')]);
  }
  return values;
};

/** Reads a token from a file; line breaks around it are no part of it. @throws UsageError for what cannot be a token */
export const tokenIn = (file: string | undefined): string | undefined => {
  if (file === undefined) return undefined;
  let text: string;
  try {
    text = readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw new UsageError(`--token-file cannot be read: ${(error as Error).message}`, { cause: error });
  }
  if (!/^[\x21-\x7e]+$/.test(text))
    throw new UsageError(`--token-file ${file} must hold one token without spaces; its content is empty or another`);
  return text;
};

const ROOT = resolve(import.meta.dirname, '../..');

/** Where pages go by default. */
export const DEFAULT_OUT = resolve(ROOT, '.cache/preview/pages');

const SOURCE_OPTIONS = ['prometheus', 'loki'] as const;

/**
 * Reads the arguments of a command.
 *
 * @throws UsageError for what is wrong with them
 * @returns 'help' where that is asked for
 */
export const readOptions = (args: readonly string[]): Options | 'help' => {
  const values = parsed(args);
  if (values.help) return 'help';
  if (values['token-file'] !== undefined && SOURCE_OPTIONS.every((option) => values[option] === undefined))
    throw new UsageError('--token-file is sent to --prometheus and --loki, and neither is given; add one or drop it');
  if (values.against !== undefined && values.dashboard !== undefined)
    throw new UsageError('--against compares all of dist/dashboards; drop --dashboard');
  if (values.against?.startsWith('-'))
    throw new UsageError(`--against is a git revision such as main; received '${values.against}'`);
  return {
    dashboards: values.dashboard ?? [],
    accounts: oneOf('accounts', values.accounts, ['2', '200']) === '2' ? 2 : 200,
    prometheus: urlOf('prometheus', values.prometheus),
    loki: urlOf('loki', values.loki),
    token: tokenIn(values['token-file']),
    timeoutMs: 1_000 * numberIn('timeout', values.timeout, { least: 0.001, most: 3_600, standard: 60 }),
    from: timeOf('from', values.from),
    to: timeOf('to', values.to),
    variables: variablesOf(values.var),
    width: numberIn('width', values.width, { least: 320, most: 10_000, standard: 1_600 }),
    theme: oneOf('theme', values.theme, ['dark', 'light']),
    out: resolve(values.out ?? DEFAULT_OUT),
    pictures: values['no-pictures'] !== true,
    against: values.against,
  };
};

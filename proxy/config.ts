import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { z } from 'zod';
import { PROXY_PORT, TARGETS } from '#catalog';
import { type OutboundProxy, readOutboundProxy } from './upstream/outbound-proxy.ts';

const KIB = 1024;
const MIB = 1024 * KIB;

/** A number as the environment (text) or a file (number) gives it. */
const number = z.union([z.number(), z.string().regex(/^\d+(\.\d+)?$/, 'must be a number')]).transform(Number);
const integer = (least: number, most: number) => number.pipe(z.int().min(least).max(most));
const seconds = (least: number) => number.pipe(z.number().min(least).max(86_400));
const flag = z.union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')], {
  error: 'must be true or false',
});
/** A list as the environment (words with commas between them) or a file (an array) gives it. */
const listOf = <T extends z.ZodType>(item: T) =>
  z.preprocess(
    (value) => (typeof value === 'string' ? value.split(/[\s,]+/).filter((word) => word !== '') : value),
    z.array(item),
  );
const path = z.string().startsWith('/', 'must be an absolute path');

/** A host name as DNS has it, with letters, digits, hyphens and dots, and underscores as some networks have them. */
const HOST_NAME = /^(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*$/i;

const hostName = z
  .string()
  .refine(
    (text) => HOST_NAME.test(text),
    'must be a host name alone, such as proxy.example.com, without scheme, port and path',
  );
const address = (error: string) => z.string().refine((text) => isIP(text) !== 0, error);

const isOrigin = (text: string): boolean => {
  const url = URL.parse(text);
  return url !== null && /^https?:$/.test(url.protocol) && url.origin === text.toLowerCase();
};
const origin = z
  .string()
  .refine(
    isOrigin,
    'must be an origin such as https://app.example.com: scheme, host and a port other than the default',
  );

/** What Node.js sends as a header's value. @see https://www.rfc-editor.org/rfc/rfc9110#section-5.5 */
const headerValue = z
  .string()
  .regex(/^[\x21-\x7e]([\t\x20-\x7e]*[\x21-\x7e])?$/, 'must be printable ASCII, without line breaks');

/** The endpoints of the API that a pool can forward. */
export const POOL_ENDPOINTS = ['messages', 'count_tokens', 'models', 'batches', 'files'] as const;

const upstreamUrl = z
  .url({ protocol: /^https?$/, error: 'must be an http or https URL' })
  .refine((text) => !/[?#@]/.test(text), 'must be without credentials, query and fragment');

const fields = {
  /** Where requests go; a path in it is put before the request's own. */
  upstreamUrl: upstreamUrl.default('https://api.anthropic.com'),
  /** A file with certificate authorities (PEM) to trust for the upstream besides those of Node.js. */
  upstreamCaFile: path.optional(),
  /** `pass-through` sends the client's own credential upstream, `pool` one of `credentialsDir`. */
  credentialsMode: z.enum(['pass-through', 'pool']).default('pass-through'),
  /** The folder with one file a credential; the file's name is the credential's. */
  credentialsDir: path.default('/etc/tidewatch/credentials'),
  /** The file with the salt that makes short ids of clients' credentials. @default - a random salt, so ids change with each start */
  saltFile: path.optional(),
  /** The file that keeps windows and cooldowns over a restart. @default - nothing is kept */
  stateFile: path.optional(),
  logLevel: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
  /** The IP address to listen on. @default - every address */
  host: address('must be an IP address of this machine, such as 127.0.0.1, or unset for all').optional(),
  port: integer(0, 65_535).default(PROXY_PORT.port),
  metricsPort: integer(0, 65_535).default(TARGETS.proxy.port),

  /** How long requests that are under way may still run after the first SIGTERM. */
  drainSeconds: seconds(0).default(600),
  /** How long SIGTERM goes on taking connections after readiness went off, until load balancers have noticed. */
  lingerSeconds: seconds(0).default(10),
  /** How long records may take to be written at the end. */
  flushSeconds: seconds(0).default(5),

  /** The most bytes of a request's head. */
  maxHeaderBytes: integer(KIB, MIB).default(64 * KIB),
  /** The most bytes of a request's body; the Messages API takes 32 MB. */
  maxBodyBytes: integer(KIB, 4096 * MIB).default(32 * MIB),
  /** The same for message batches, of which the API takes 256 MB. */
  maxBatchBytes: integer(KIB, 4096 * MIB).default(256 * MIB),
  /** The same for files, of which the API takes 500 MB. */
  maxFileBytes: integer(KIB, 4096 * MIB).default(500 * MIB),
  /** The most requests under way at once; further ones are answered 529. A request whose body is still to come is not counted. */
  maxRequestsInFlight: integer(1, 100_000).default(2_000),
  /** The most connections of one address; further ones are closed. @default 1,024: clients behind one gateway share its address */
  maxConnectionsPerPeer: integer(1, 100_000).default(1_024),
  /** How long a client may take to send a request's head. */
  headerSeconds: seconds(1).default(60),
  /** How long a client may take to send a whole request. */
  requestSeconds: seconds(1).default(300),
  /** How long a connection of a client may be idle between requests. */
  keepAliveSeconds: seconds(1).default(65),
  /** How long a client may leave an answer unread before it counts as gone. */
  stalledClientSeconds: seconds(1).default(300),
  /** How long connecting to the upstream may take. */
  connectSeconds: seconds(0.1).default(10),
  /** How long the upstream may take until its answer begins; Claude Code waits ten minutes. */
  upstreamHeadSeconds: seconds(0.1).default(600),
  /** How long the upstream may be silent within an answer. A value of its own costs each request two more timers. */
  upstreamIdleSeconds: seconds(0.1).default(600),

  /** How long an answer is read on, for its usage, after its client has left; 0 ends it at once. */
  abandonedSeconds: seconds(0).default(120),
  /** How many bytes of it are read. */
  abandonedBytes: integer(0, 1024 * MIB).default(16 * MIB),
  /** How many such answers are read at once. */
  abandonedStreams: integer(0, 10_000).default(64),

  /** The most bytes of a request's body that are kept for a retry on another credential. */
  replayBytes: integer(0, 64 * MIB).default(2 * MIB),
  /** The same for all requests together. */
  replayTotalBytes: integer(0, 4096 * MIB).default(64 * MIB),

  /**
   * Whether the pool takes OAuth tokens of subscriptions. Sharing one among people may be against the terms of the
   * provider: read them first. Tokens are refused without this; with it the start warns of them.
   */
  poolOauth: flag.default(false),
  /** What a pool forwards: `messages`, `count_tokens`, `models`, `batches`, `files`; the last two stay with their credential. */
  poolEndpoints: listOf(z.enum(POOL_ENDPOINTS)).default(['messages', 'count_tokens', 'models']),
  /** From this utilization (percent) on, requests go to credentials with more room, unless all have reached it. */
  rotateAtPercent: number.pipe(z.number().min(1).max(100)).default(95),
  /** Host names, besides addresses, `localhost` and names inside the cluster, under which a pool answers. */
  allowedHosts: listOf(hostName).default([]),
  /** Origins of web pages that may use a pool; a browser's request from any other is refused. */
  allowedOrigins: listOf(origin).default([]),

  /** The most accounts whose windows are tracked. */
  maxAccounts: integer(1, 5_000).default(100),
  /** A JSON file with prices of models that the price table lacks or has otherwise. @default - the table alone */
  pricesFile: path.optional(),

  /** How often the usage of each OAuth credential of the pool is asked for. */
  pollSeconds: seconds(30).default(300),
  /** The name whose addresses are all replicas, of which one asks for each credential. @default - this one is alone */
  peersHost: hostName.optional(),
  /** This replica's own address among them. */
  podAddress: address('must be the IP address of this pod').default('127.0.0.1'),
  /** How the proxy's own requests name themselves. @default - `tidewatch/` and the version */
  userAgent: headerValue.optional(),
};

const schema = z.strictObject(fields);

/** The configuration with all defaults filled in. */
export type Config = Readonly<z.output<typeof schema>> & {
  /** The proxy for the upstream by `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`; null for none. */
  readonly outboundProxy: OutboundProxy | null;
};

/** A name of the configuration. */
export type ConfigKey = keyof typeof fields;

const PREFIX = 'TIDEWATCH_';
const FILE_VARIABLE = `${PREFIX}CONFIG_FILE`;
const KEYS = Object.keys(fields) as readonly ConfigKey[];

/** The environment variable of a configuration key: `upstreamUrl` is `TIDEWATCH_UPSTREAM_URL`. */
export const variableOf = (key: ConfigKey): string =>
  `${PREFIX}${key.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;

/** A configuration that cannot be used, with every problem at once. */
export class ConfigError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`the configuration has ${problems.length} problem(s):\n${problems.map((one) => `- ${one}`).join('\n')}`);
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

/** An environment, as Node.js gives it. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads the configuration from the environment and from the JSON file that `TIDEWATCH_CONFIG_FILE` names; the
 * environment wins.
 *
 * @throws ConfigError with every problem at once
 */
export const readConfig = (environment: Environment): Config => {
  const problems: string[] = [];
  const file = fileValues(environment[FILE_VARIABLE], problems);
  const variables = variableValues(environment, problems);
  const parsed = schema.safeParse({ ...file, ...variables });
  for (const issue of parsed.error?.issues ?? []) problems.push(...issueProblems(issue, { ...file, ...variables }));
  if (parsed.success) problems.push(...contradictions(parsed.data));
  const outboundProxy = parsed.success ? outboundProxyOf(environment, parsed.data.upstreamUrl, problems) : null;
  if (problems.length > 0 || !parsed.success) throw new ConfigError(problems);
  return { ...parsed.data, outboundProxy };
};

/** How problems name a setting: the key of the file and the variable. */
export const settingName = (key: ConfigKey): string => `${key} (${variableOf(key)})`;

/** Pairs of which the first may not exceed the second. */
const AT_MOST = [
  ['headerSeconds', 'requestSeconds'],
  ['replayBytes', 'replayTotalBytes'],
] as const satisfies readonly (readonly [ConfigKey, ConfigKey])[];

/** Settings that are valid alone and not together. */
const contradictions = (config: z.output<typeof schema>): readonly string[] => {
  const exceeding = AT_MOST.filter(([less, more]) => config[less] > config[more]).map(
    ([less, more]) =>
      `${settingName(less)}: must not exceed ${settingName(more)}, got ${config[less]} and ${config[more]}; lower the one or raise the other`,
  );
  if (config.port !== config.metricsPort || config.port === 0) return exceeding;
  const same = `${settingName('metricsPort')}: must differ from ${settingName('port')}, got ${config.port} for both`;
  return [...exceeding, same];
};

const outboundProxyOf = (environment: Environment, upstreamUrl: string, problems: string[]): OutboundProxy | null => {
  try {
    return readOutboundProxy(environment, upstreamUrl);
  } catch (error) {
    problems.push((error as Error).message);
    return null;
  }
};

const fileValues = (file: string | undefined, problems: string[]): Record<string, unknown> => {
  if (file === undefined || file === '') return {};
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
    problems.push(`${FILE_VARIABLE}: '${file}' must hold a JSON object; write {"upstreamUrl": …}`);
  } catch (error) {
    problems.push(`${FILE_VARIABLE}: '${file}' cannot be read as JSON (${(error as Error).message}); mend or unset it`);
  }
  return {};
};

/** Kubernetes sets variables like these for each Service of the namespace; they are no settings of ours. */
const SERVICE_LINK = /_SERVICE_(HOST|PORT)|_PORT_\d+_/;

const variableValues = (environment: Environment, problems: string[]): Record<string, string> => {
  const values: Record<string, string> = {};
  const byVariable = new Map(KEYS.map((key) => [variableOf(key), key]));
  for (const [name, value] of Object.entries(environment)) {
    if (!name.startsWith(PREFIX) || name === FILE_VARIABLE || SERVICE_LINK.test(name)) continue;
    const key = byVariable.get(name);
    if (key === undefined) problems.push(`${name}: no such setting; known are ${[...byVariable.keys()].join(', ')}`);
    else if (value !== undefined && value !== '') values[key] = value;
  }
  return values;
};

/** zod's message for a union without one of its own, which here is `number` alone. */
const GENERIC = 'Invalid input';

const issueProblems = (issue: z.core.$ZodIssue, input: Record<string, unknown>): readonly string[] => {
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => `${key}: no such setting; remove it`);
  const key = String(issue.path[0] ?? '');
  const name = KEYS.includes(key as ConfigKey) ? settingName(key as ConfigKey) : key;
  const reason = issue.message === GENERIC ? 'must be a number' : issue.message;
  return [`${name}: ${reason}, got ${shown(input[key])}`];
};

/** A value as a problem shows it; what stands before the host of a URL is a secret. */
const shown = (value: unknown): string => String(JSON.stringify(value)).replace(/\/\/[^/]*@/, '//(not shown)@');

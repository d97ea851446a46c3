import { once } from 'node:events';
import { mkdir, mkdtemp, rm, unlink, writeFile } from 'node:fs/promises';
import { Agent, type IncomingHttpHeaders, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { vi } from 'vitest';
import { type ConfigKey, readConfig, variableOf } from '../../../proxy/config.ts';
import { createService, type Ports, type Service } from '../../../proxy/service.ts';
import type { Clock } from '../../../proxy/time.ts';
import { familiesOf, type ReadSample } from '../exposition.ts';
import { movableTime } from './time.ts';
import { MODEL, type ScriptedUpstream, startScriptedUpstream } from './upstream.ts';

/** What a client asks. */
export interface Ask {
  readonly method?: string;
  /** @default `/v1/messages` */
  readonly path?: string;
  /** The name in the client's secret. */
  readonly client?: string;
  readonly session?: string;
  readonly model?: string;
  readonly stream?: boolean;
  /** The text of `metadata.user_id`. */
  readonly userId?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** In place of a message. */
  readonly body?: string;
  /** The address that the client has. @default `127.0.0.1` */
  readonly from?: string;
}

/** What a client gets. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** The exposition of the metrics port at a moment. */
export interface Scrape {
  /** The value of the one series with these labels; 0 where there is none. */
  value(name: string, labels?: Readonly<Record<string, string>>): number;
  /** All series of a metric that have these labels. */
  series(name: string, labels?: Readonly<Record<string, string>>): readonly ReadSample[];
}

/** A credential as `/health/credentials` shows it. */
export interface CredentialRow {
  readonly id: string;
  readonly state: string;
  readonly until: string | null;
  readonly evidence: string | null;
}

/** A window as `/health/windows` shows it. */
export interface WindowRow {
  readonly window: string;
  readonly credential: string;
  readonly utilization: number | null;
  readonly resetsAt: string | null;
}

/** A line of the log. */
export type LogLine = Readonly<Record<string, unknown>>;

/** The running proxy before a scripted upstream. */
export interface World {
  readonly upstream: ScriptedUpstream;
  readonly clock: Clock;
  /** The ports of the proxy that runs now. */
  ports(): Ports;
  ask(asked?: Ask): Promise<Answer>;
  /** Gets JSON from the metrics port. */
  admin(path: string): Promise<unknown>;
  credentials(): Promise<Readonly<Record<string, CredentialRow>>>;
  /** The state of each credential. */
  states(): Promise<Readonly<Record<string, string>>>;
  windows(): Promise<readonly WindowRow[]>;
  scrape(): Promise<Scrape>;
  /** The lines of an event so far. */
  lines(event: string): readonly LogLine[];
  /** Lets time pass; what is due runs. */
  pass(ms: number): Promise<void>;
  /** Writes the file of a pool credential, or removes it; the proxy notices within seconds. */
  mount(name: string, secret: string | null): Promise<void>;
  /** Stops the proxy and starts it anew with the same files. */
  restart(): Promise<void>;
  /** Starts the next proxy on the same files and ends the present one with SIGTERM; `ended` resolves when that has ended. */
  replace(): Promise<{ readonly ended: Promise<void> }>;
  /** The folder of the proxy's files: `state.json`, `salt`, `credentials`. */
  readonly folder: string;
  close(): Promise<void>;
}

/** What a world begins with. */
export interface WorldOptions {
  /** The pool's secrets by name; pass-through without it. */
  readonly pool?: Readonly<Record<string, string>>;
  readonly settings?: Readonly<Partial<Record<ConfigKey, string>>>;
  /** Unix milliseconds. */
  readonly start?: number;
}

/** A Wednesday. */
export const NOON = Date.UTC(2026, 10, 18, 12);

/** API keys of names. */
export const keys = (...names: readonly string[]): Readonly<Record<string, string>> =>
  Object.fromEntries(names.map((name) => [name, `sk-ant-api03-${name}`]));

/** OAuth tokens of names. */
export const tokens = (...names: readonly string[]): Readonly<Record<string, string>> =>
  Object.fromEntries(names.map((name) => [name, `sk-ant-oat01-${name}`]));

/** So many names. */
export const names = (count: number): readonly string[] => Array.from({ length: count }, (_, index) => `key-${index}`);

/** A request body, as Claude Code writes it. */
export const questionOf = ({ model = MODEL, stream = false, userId }: Ask): string =>
  JSON.stringify({
    model,
    max_tokens: 1_024,
    messages: [{ role: 'user', content: 'When does the tide turn?' }],
    ...(userId === undefined ? {} : { metadata: { user_id: userId } }),
    stream,
  });

const headersOf = ({ client = 'client', session, headers }: Ask, body: string): Record<string, string> => ({
  authorization: `Bearer sk-ant-oat01-${client}`,
  'anthropic-version': '2023-06-01',
  ...(session === undefined ? {} : { 'x-claude-code-session-id': session }),
  ...(body === '' ? {} : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) }),
  ...headers,
});

/** Asks over a connection that is kept, and reads the whole answer. @throws when the connection breaks */
const askAt = async (port: number, agent: Agent, asked: Ask): Promise<Answer> => {
  const { method = 'POST', path = '/v1/messages', body = method === 'POST' ? questionOf(asked) : '' } = asked;
  const from = asked.from === undefined ? {} : { localAddress: asked.from };
  const options = { host: '127.0.0.1', port, agent, method, path, headers: headersOf(asked, body), ...from };
  const sent = request(options);
  const answered = once(sent, 'response');
  sent.end(body);
  const [response] = await answered;
  return { status: response.statusCode, headers: response.headers, body: await text(response) };
};

const matches = ({ labels }: ReadSample, wanted: Readonly<Record<string, string>>): boolean =>
  Object.entries(wanted).every(([name, value]) => labels[name] === value);

const scrapeOf = (exposition: string): Scrape => {
  const samples = familiesOf(exposition).flatMap((family) => family.samples);
  const series: Scrape['series'] = (name, labels = {}) =>
    samples.filter((one) => one.name === name && matches(one, labels));
  return {
    series,
    value(name, labels) {
      const found = series(name, labels);
      if (found.length > 1) throw new Error(`${found.length} series of ${name} have ${JSON.stringify(labels)}`);
      return found[0]?.value ?? 0;
    },
  };
};

/** What the metrics port answers below `/health`. */
interface HealthBody {
  readonly credentials?: readonly CredentialRow[];
  readonly windows?: readonly WindowRow[];
}

const environmentOf = (
  folder: string,
  upstreamUrl: string,
  { pool, settings = {} }: WorldOptions,
): Readonly<Record<string, string>> => {
  const given = Object.entries(settings).map(([key, value]) => [variableOf(key as ConfigKey), value] as const);
  return {
    TIDEWATCH_UPSTREAM_URL: upstreamUrl,
    TIDEWATCH_HOST: '127.0.0.1',
    TIDEWATCH_PORT: '0',
    TIDEWATCH_METRICS_PORT: '0',
    TIDEWATCH_LINGER_SECONDS: '0',
    TIDEWATCH_STATE_FILE: join(folder, 'state.json'),
    TIDEWATCH_SALT_FILE: join(folder, 'salt'),
    ...(pool === undefined ? {} : { TIDEWATCH_CREDENTIALS_MODE: 'pool' }),
    TIDEWATCH_CREDENTIALS_DIR: join(folder, 'credentials'),
    ...Object.fromEntries(given),
  };
};

/** Long enough for any rule about salts. */
const SALT = 'a-salt-for-acceptance-tests-of-the-proxy-0123456789';

const SETTLE_MS = 10_000;

/** Starts the proxy before a scripted upstream. */
export const startWorld = async (options: WorldOptions = {}): Promise<World> => {
  const { clock, timers, pass } = movableTime(options.start ?? NOON);
  const folder = await mkdtemp(join(tmpdir(), 'acceptance-'));
  const credentials = join(folder, 'credentials');
  await mkdir(credentials);
  await writeFile(join(folder, 'salt'), SALT);
  for (const [name, secret] of Object.entries(options.pool ?? {})) await writeFile(join(credentials, name), secret);
  const upstream = await startScriptedUpstream(clock);
  const config = readConfig(environmentOf(folder, upstream.url, options));
  const logged: LogLine[] = [];
  const destination = { write: (line: string) => void logged.push(JSON.parse(line)) };
  const agent = new Agent({ keepAlive: true });
  let service: Service;
  let ports: Ports;
  const start = async (): Promise<void> => {
    service = createService({ config, version: '0.0.0', clock, timers, destination });
    ports = await service.start();
  };
  await start();
  const admin = async (path: string, accept = ''): Promise<string> => {
    const answer = await askAt(ports.metricsPort, agent, { method: 'GET', path, headers: { accept } });
    if (answer.status !== 200) throw new Error(`GET ${path} on the metrics port was answered ${answer.status}`);
    return answer.body;
  };
  const health = async (path: string): Promise<HealthBody> => JSON.parse(await admin(path));
  const rows = async () => (await health('/health/credentials')).credentials ?? [];
  return {
    upstream,
    clock,
    ports: () => ports,
    ask: (asked = {}) => askAt(ports.port, agent, asked),
    admin: async (path) => JSON.parse(await admin(path)),
    credentials: async () => Object.fromEntries((await rows()).map((row) => [row.id, row])),
    states: async () => Object.fromEntries((await rows()).map((row) => [row.id, row.state])),
    windows: async () => (await health('/health/windows')).windows ?? [],
    scrape: async () => scrapeOf(await admin('/metrics')),
    lines: (event) => logged.filter((line) => line.event === event),
    pass,
    async mount(name, secret) {
      const file = join(credentials, name);
      if (secret === null) await unlink(file);
      else await writeFile(file, secret);
    },
    async restart() {
      await service.stop('SIGINT');
      await start();
    },
    async replace() {
      const old = service;
      await start();
      return { ended: old.stop('SIGTERM') };
    },
    folder,
    async close() {
      agent.destroy();
      const stopped = service.stop('SIGINT');
      void service.stop('SIGINT');
      await stopped;
      await upstream.close();
      await rm(folder, { recursive: true });
    },
  };
};

/** Waits until something holds, because its cause is noticed a moment later. */
export const eventually = (check: () => Promise<void> | void): Promise<void> =>
  vi.waitFor(check, { timeout: SETTLE_MS, interval: 20 });

/** How often each text or number occurs. */
export const tally = (values: readonly (string | number)[]): Readonly<Record<string, number>> => {
  const counts: Record<string, number> = {};
  for (const value of values) counts[String(value)] = (counts[String(value)] ?? 0) + 1;
  return counts;
};

/** Asks several things at once. */
export const together = (world: World, asked: readonly Ask[]): Promise<readonly Answer[]> =>
  Promise.all(asked.map((one) => world.ask(one)));

/** Asks several things one after the other. */
export const inTurn = async (world: World, asked: readonly Ask[]): Promise<readonly Answer[]> => {
  const answers: Answer[] = [];
  for (const one of asked) answers.push(await world.ask(one));
  return answers;
};

/** Requests of sessions that spread over a pool. */
export const sessions = (count: number, asked: Ask = {}): readonly Ask[] =>
  Array.from({ length: count }, (_, index) => ({ ...asked, session: `session-${index}` }));

/** The status codes of answers. */
export const statuses = (answers: readonly Answer[]): readonly number[] => answers.map(({ status }) => status);

/** The error of an answer. */
export const errorOf = ({ body }: Answer): { readonly type: string; readonly message: string } =>
  JSON.parse(body).error;

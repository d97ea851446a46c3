import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { stringify } from 'yaml';
import { requirePeer, run } from './peer.ts';
import { freePort, type RunningProcess, startProcess } from './process.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** Names and values as Loki has them. */
export type LokiLabels = Readonly<Record<string, string>>;

/** A line as a collector pushes it. */
export interface LokiEntry {
  /** Unix milliseconds. */
  readonly at: number;
  readonly line: string;
  /** What the collector took out of the line. @default - nothing */
  readonly metadata?: LokiLabels;
}

/** One series of an answer: the labels that are left, and its last value. */
export interface LokiSample {
  readonly labels: LokiLabels;
  readonly value: number;
}

/** A line of an answer, with the labels that the query left it. */
export interface LokiLine {
  readonly labels: LokiLabels;
  readonly line: string;
}

/** A Loki on loopback. */
export interface RunningLoki extends RunningProcess {
  readonly url: string;
  /** Pushes lines of one stream; they can be queried when this resolves. */
  push(stream: LokiLabels, entries: readonly LokiEntry[]): Promise<void>;
  /** Evaluates a metric query at a time in unix milliseconds. */
  samples(query: string, at: number): Promise<readonly LokiSample[]>;
  /** The lines that a log query finds between two times in unix milliseconds, oldest first. */
  lines(query: string, range: { readonly from: number; readonly to: number }): Promise<readonly LokiLine[]>;
}

const NANOSECONDS = '000000';
const READY_TIMEOUT_MS = 90_000;
const VISIBLE_TRIES = 100;
const VISIBLE_WAIT_MS = 50;

/** A whole Loki in one process with everything in one folder. */
export const lokiConfiguration = (folder: string, ports: { readonly http: number; readonly grpc: number }): object => ({
  auth_enabled: false,
  analytics: { reporting_enabled: false },
  server: {
    http_listen_address: '127.0.0.1',
    http_listen_port: ports.http,
    grpc_listen_address: '127.0.0.1',
    grpc_listen_port: ports.grpc,
    log_level: 'warn',
  },
  common: {
    path_prefix: folder,
    replication_factor: 1,
    instance_addr: '127.0.0.1',
    ring: { instance_addr: '127.0.0.1', kvstore: { store: 'inmemory' } },
    storage: { filesystem: { chunks_directory: join(folder, 'chunks'), rules_directory: join(folder, 'rules') } },
  },
  schema_config: {
    configs: [
      {
        from: '2024-01-01',
        store: 'tsdb',
        object_store: 'filesystem',
        schema: 'v13',
        index: { prefix: 'index_', period: '24h' },
      },
    ],
  },
  // Ready at once: nobody else joins the ring.
  ingester: { lifecycler: { min_ready_duration: '0s', final_sleep: '0s' } },
});

const json = async (response: Response): Promise<unknown> => {
  if (response.ok) return response.status === 204 ? null : response.json();
  throw new Error(`loki answered ${response.status} to ${response.url}: ${(await response.text()).trim()}`);
};

const get = (url: string, path: string, parameters: LokiLabels): Promise<unknown> =>
  fetch(`${url}/loki/api/v1/${path}?${new URLSearchParams(parameters)}`).then(json);

interface Answer<T> {
  readonly data: { readonly result: readonly T[] };
}

type VectorAnswer = Answer<{ readonly metric: LokiLabels; readonly value: readonly [number, string] }>;
type StreamsAnswer = Answer<{ readonly stream: LokiLabels; readonly values: readonly (readonly [string, string])[] }>;

const samplesOf =
  (url: string): RunningLoki['samples'] =>
  async (query, at) => {
    const answer = (await get(url, 'query', { query, time: `${at}${NANOSECONDS}` })) as VectorAnswer;
    return answer.data.result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }));
  };

const linesOf =
  (url: string): RunningLoki['lines'] =>
  async (query, { from, to }) => {
    const range = { start: `${from}${NANOSECONDS}`, end: `${to}${NANOSECONDS}`, limit: '5000', direction: 'forward' };
    const { data } = (await get(url, 'query_range', { query, ...range })) as StreamsAnswer;
    const lines = data.result.flatMap(({ stream, values }) =>
      values.map(([time, line]) => ({ time: BigInt(time), labels: stream, line })),
    );
    return lines.toSorted((a, b) => (a.time < b.time ? -1 : 1)).map(({ labels, line }) => ({ labels, line }));
  };

const selectorOf = (stream: LokiLabels): string =>
  `{${Object.entries(stream)
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
    .join(', ')}}`;

const pushTo =
  (url: string): RunningLoki['push'] =>
  async (stream, entries) => {
    const values = entries.map(({ at, line, metadata }) => [
      `${at}${NANOSECONDS}`,
      line,
      ...(metadata ? [metadata] : []),
    ]);
    const body = JSON.stringify({ streams: [{ stream, values }] });
    const headers = { 'content-type': 'application/json' };
    await fetch(`${url}/loki/api/v1/push`, { method: 'POST', headers, body }).then(json);
    await untilVisible(url, selectorOf(stream), entries);
  };

/** @throws when the last of the pushed lines cannot be queried after some seconds */
const untilVisible = async (url: string, selector: string, entries: readonly LokiEntry[]): Promise<void> => {
  const times = entries.map(({ at }) => at);
  const range = { from: Math.min(...times), to: Math.max(...times) + 1 };
  for (let tries = 0; tries < VISIBLE_TRIES; tries += 1) {
    if ((await linesOf(url)(selector, range)).length >= entries.length) return;
    await delay(VISIBLE_WAIT_MS);
  }
  throw new Error(`${entries.length} lines were pushed, fewer can be queried by ${selector}`);
};

/** Holds a configuration against `loki -verify-config`. @throws with what Loki says when it refuses it */
export const verifyLokiConfig = async (file: string): Promise<void> => {
  const { code, stdout, stderr } = await run('loki', ['-verify-config', `-config.file=${file}`]);
  if (code !== 0) throw new Error(`loki refuses its configuration: ${stdout}${stderr}`);
};

/** How a Loki is started that has its configuration already. */
export interface LokiProcess {
  readonly file: string;
  /** Where it listens, as the configuration says. */
  readonly url: string;
  readonly flags?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs a Loki with a configuration file and waits until it is ready. @throws when Loki refuses the configuration */
export const runLoki = async ({ file, url, flags = [], env = {} }: LokiProcess): Promise<RunningLoki> => {
  const program = requirePeer('loki');
  const started = await startProcess({
    program,
    args: [`-config.file=${file}`, ...flags],
    env,
    readyUrl: `${url}/ready`,
    timeoutMs: READY_TIMEOUT_MS,
  });
  return { ...started, url, push: pushTo(url), samples: samplesOf(url), lines: linesOf(url) };
};

/** Starts a Loki that keeps everything in a temporary folder, which goes when it is stopped. */
export const startLoki = async (): Promise<RunningLoki> => {
  const ports = { http: await freePort(), grpc: await freePort() };
  const folder = await temporaryFolder('loki');
  try {
    const file = join(folder.path, 'loki.yaml');
    await writeFile(file, stringify(lokiConfiguration(folder.path, ports)));
    await verifyLokiConfig(file);
    const loki = await runLoki({ file, url: `http://127.0.0.1:${ports.http}` });
    return { ...loki, stop: () => loki.stop().then(folder.remove) };
  } catch (error) {
    await folder.remove();
    throw error;
  }
};

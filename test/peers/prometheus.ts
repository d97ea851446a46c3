import { requirePeer } from './peer.ts';
import { freePort, type RunningProcess } from './process.ts';
import { startInFolder } from './temporary-folder.ts';

/** How a Prometheus is started. */
export interface PrometheusOptions {
  readonly configFile: string;
  /** Its database. @default a temporary folder that `stop` removes */
  readonly dataDir?: string;
  /** Further command-line flags. */
  readonly flags?: readonly string[];
  /** Environment variables that its configuration names. @default - none */
  readonly env?: Readonly<Record<string, string>>;
}

/** One result of an instant query; a scalar has no labels. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** One result of a range query: pairs of Unix time in seconds and value. */
export interface Series {
  readonly labels: Readonly<Record<string, string>>;
  readonly values: readonly (readonly [seconds: number, value: number])[];
}

/** What a range query covers, in Unix seconds; the step is in seconds too. */
export interface QueryRange {
  readonly start: number;
  readonly end: number;
  readonly step: number;
  /** How far each step looks back for a sample, in seconds. @default - as Prometheus was started */
  readonly lookBack?: number;
}

/** A Prometheus on loopback. */
export interface RunningPrometheus extends RunningProcess {
  readonly url: string;
  /** Evaluates an expression now, or at a Unix time in seconds. @throws when Prometheus refuses it, with its reason */
  query(expr: string, time?: number): Promise<Sample[]>;
  /** Evaluates an expression over a range. @throws when Prometheus refuses it, with its reason */
  queryRange(expr: string, range: QueryRange): Promise<Series[]>;
  /** Makes it read its configuration and rules again. @throws when they are refused, with the reason */
  reload(): Promise<void>;
}

type Point = [seconds: number, value: string];
type Answer =
  | { status: 'error'; error: string }
  | { status: 'success'; data: { resultType: 'scalar' | 'string'; result: Point } }
  | { status: 'success'; data: { resultType: 'vector'; result: { metric: Record<string, string>; value: Point }[] } }
  | {
      status: 'success';
      data: { resultType: 'matrix'; result: { metric: Record<string, string>; values: Point[] }[] };
    };

type Data = Extract<Answer, { status: 'success' }>['data'];

const ask = async (url: string, parameters: Record<string, string>): Promise<Data> => {
  const response = await fetch(url, { method: 'POST', body: new URLSearchParams(parameters) });
  const answer = (await response.json()) as Answer;
  if (answer.status === 'error') throw new Error(`prometheus refuses '${parameters.query}': ${answer.error}`);
  return answer.data;
};

/** Prometheus writes `+Inf` where JavaScript reads `Infinity`. */
const toNumber = (value: string): number => Number(value.replace('Inf', 'Infinity'));

const toSamples = (data: Data): Sample[] => {
  if (data.resultType === 'matrix') throw new Error('the query selects a range; use queryRange or an instant vector');
  if (data.resultType !== 'vector') return [{ labels: {}, value: toNumber(data.result[1]) }];
  return data.result.map(({ metric, value }) => ({ labels: metric, value: toNumber(value[1]) }));
};

const toSeries = (data: Data): Series[] => {
  if (data.resultType !== 'matrix') throw new Error(`a range query answered with a ${data.resultType}`);
  return data.result.map(({ metric, values }) => ({
    labels: metric,
    values: values.map(([seconds, value]) => [seconds, toNumber(value)] as const),
  }));
};

const query = (url: string) => async (expr: string, time?: number) =>
  toSamples(await ask(`${url}/api/v1/query`, { query: expr, ...(time === undefined ? {} : { time: String(time) }) }));

const queryRange =
  (url: string) =>
  async (expr: string, { start, end, step, lookBack }: QueryRange) => {
    const back = lookBack === undefined ? {} : { lookback_delta: String(lookBack) };
    const range = { start: String(start), end: String(end), step: String(step), ...back };
    return toSeries(await ask(`${url}/api/v1/query_range`, { query: expr, ...range }));
  };

const reload = (url: string) => async (): Promise<void> => {
  const response = await fetch(`${url}/-/reload`, { method: 'POST' });
  if (!response.ok) throw new Error(`prometheus refuses its configuration: ${(await response.text()).trim()}`);
};

/**
 * An alert that fires goes to Alertmanager again after this time, by default a minute. What was sent before Prometheus
 * knew its Alertmanager is lost until then; with a second, alerts would end at a short pause.
 */
export const RESEND_SOON = '--rules.alert.resend-delay=5s';

/** Starts a Prometheus with a configuration file and waits until it answers queries. */
export const startPrometheus = async (options: PrometheusOptions): Promise<RunningPrometheus> => {
  const program = requirePeer('prometheus');
  const address = `127.0.0.1:${await freePort()}`;
  const url = `http://${address}`;
  const args = (folder: string) => [
    `--config.file=${options.configFile}`,
    `--storage.tsdb.path=${options.dataDir ?? folder}`,
    `--web.listen-address=${address}`,
    '--web.enable-lifecycle',
    ...(options.flags ?? []),
  ];
  const started = await startInFolder('prometheus', (folder) => ({
    program,
    args: args(folder),
    readyUrl: `${url}/-/ready`,
    ...(options.env === undefined ? {} : { env: options.env }),
  }));
  return { ...started, url, query: query(url), queryRange: queryRange(url), reload: reload(url) };
};

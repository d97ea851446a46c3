import { z } from 'zod';
import type { Json } from './preview-data.ts';
import type { TimeRange } from './time.ts';

/** A source that is not there: what asks it says what it needs, and nothing has failed. */
export class MissingSource extends Error {
  override readonly name = 'MissingSource';
}

/** An answer that is an error, or none; the message has the source's reason. */
export class SourceError extends Error {
  override readonly name = 'SourceError';
}

/** Times of a range query in unix milliseconds; the step in milliseconds. */
export interface Steps extends TimeRange {
  readonly step: number;
}

/** What panels, variables and annotations ask of Prometheus. @throws SourceError, or MissingSource where there is none */
export interface MetricSource {
  /** The `data` of an instant query's answer. */
  instant(expr: string, at: number): Promise<Json>;
  /** The `data` of a range query's answer. */
  range(expr: string, steps: Steps): Promise<Json>;
  /** The values of a label, of the series that match a selector where there is one. */
  labelValues(label: string, range: TimeRange, selector?: string): Promise<readonly string[]>;
  labelNames(range: TimeRange, selector?: string): Promise<readonly string[]>;
}

/** One question to Loki. */
export interface LogQuery extends Steps {
  /** All variables filled in. */
  readonly query: string;
  /** All variables filled in but those of time, such as `$__auto`: finds the recorded answer of another time. */
  readonly timeless: string;
  readonly instant: boolean;
  /** The most lines. */
  readonly limit: number;
}

/** What panels, variables and annotations ask of Loki. @throws SourceError, or MissingSource where there is none */
export interface LogSource {
  /** The `data` of an answer. */
  query(query: LogQuery): Promise<Json>;
  labelValues(label: string, range: TimeRange, selector?: string): Promise<readonly string[]>;
}

/** Both sources of a preview. */
export interface Sources {
  readonly metrics: MetricSource;
  readonly logs: LogSource;
}

/** How a source is reached. */
export interface HttpOptions {
  /** Without the path of the API; may hold a user and a password, and a path of its own. */
  readonly url: string;
  /** Sent as a bearer token. @default - none */
  readonly token?: string;
  /** Within which each answer must come, in milliseconds. */
  readonly timeoutMs: number;
}

/** A URL without the user and password in it, for messages and pages. */
export const displayUrl = (url: string): string => {
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname.replace(/\/$/, '')}`;
};

const authorization = ({ url, token }: HttpOptions): Readonly<Record<string, string>> => {
  const { username, password } = new URL(url);
  if (token !== undefined) return { authorization: `Bearer ${token}` };
  if (username === '') return {};
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { authorization: `Basic ${Buffer.from(pair).toString('base64')}` };
};

const answer = z.union([
  z.looseObject({ status: z.literal('success'), data: z.json() }),
  z.looseObject({ status: z.literal('error'), error: z.string() }),
]);

/** Characters of a body that is no answer of the API, in a message. */
const EXCERPT = 200;

const reasonOf = (error: unknown, timeoutMs: number): string => {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError')
    return `no answer within ${timeoutMs / 1_000} s; raise --timeout or shorten the range`;
  return error.cause instanceof Error ? error.cause.message || error.message : error.message;
};

const readAnswer = (text: string): z.infer<typeof answer> | undefined => {
  try {
    return answer.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
};

type Ask = (path: string, parameters: readonly (readonly [string, string])[], init?: RequestInit) => Promise<Json>;

const fetchText = async (url: string, init: RequestInit, options: HttpOptions) => {
  try {
    const response = await fetch(url, { ...init, redirect: 'error', signal: AbortSignal.timeout(options.timeoutMs) });
    return { status: response.status, text: await response.text() };
  } catch (error) {
    throw new SourceError(`${displayUrl(options.url)}: ${reasonOf(error, options.timeoutMs)}`, { cause: error });
  }
};

const httpAsk = (options: HttpOptions): Ask => {
  const base = displayUrl(options.url);
  // A server may answer an error with what it was sent.
  const redact = (text: string): string => (options.token ? text.replaceAll(options.token, '[token]') : text);
  return async (path, parameters, { headers, ...init } = {}) => {
    const form = new URLSearchParams(parameters.map(([name, value]): [string, string] => [name, value]));
    const post = init.method === 'POST';
    const url = post ? `${base}${path}` : `${base}${path}?${form}`;
    const request = { ...init, headers: { ...authorization(options), ...headers }, ...(post ? { body: form } : {}) };
    const { status, text } = await fetchText(url, request, options);
    const read = readAnswer(text);
    if (read?.status === 'success' && status < 300) return read.data as Json;
    const reason = read?.status === 'error' ? read.error : text.trim().slice(0, EXCERPT) || 'an empty answer';
    throw new SourceError(redact(`${base} answers with HTTP ${status}: ${reason}`));
  };
};

const seconds = (ms: number): string => String(ms / 1_000);
const names = z.array(z.string()).catch([]);

type Parameters = readonly (readonly [string, string])[];

const inRange = ({ from, to }: TimeRange, selector: string | undefined): Parameters => [
  ['start', seconds(from)],
  ['end', seconds(to)],
  ...(selector === undefined ? [] : [['match[]', selector] as const]),
];

/**
 * A Prometheus, or what has its API.
 *
 * @see https://prometheus.io/docs/prometheus/latest/querying/api/
 */
export const createPrometheus = (options: HttpOptions): MetricSource => {
  const ask = httpAsk(options);
  return {
    instant: (expr, at) =>
      ask(
        '/api/v1/query',
        [
          ['query', expr],
          ['time', seconds(at)],
        ],
        { method: 'POST' },
      ),
    range: (expr, { from, to, step }) =>
      ask(
        '/api/v1/query_range',
        [
          ['query', expr],
          ['start', seconds(from)],
          ['end', seconds(to)],
          ['step', seconds(step)],
        ],
        { method: 'POST' },
      ),
    labelValues: async (label, range, selector) =>
      names.parse(await ask(`/api/v1/label/${encodeURIComponent(label)}/values`, inRange(range, selector))),
    labelNames: async (range, selector) => names.parse(await ask('/api/v1/labels', inRange(range, selector))),
  };
};

const nanoseconds = (ms: number): string => `${Math.round(ms)}000000`;

/** Loki then says which labels a line has from its stream, from structured metadata and from the query. */
const CATEGORIZED = { 'X-Loki-Response-Encoding-Flags': 'categorize-labels' } as const;

/**
 * A Loki.
 *
 * @see https://grafana.com/docs/loki/latest/reference/loki-http-api/
 */
export const createLoki = (options: HttpOptions): LogSource => {
  const ask = httpAsk(options);
  const rangeOf = ({ from, to, step }: LogQuery): Parameters => [
    ['start', nanoseconds(from)],
    ['end', nanoseconds(to)],
    ['step', `${step}ms`],
  ];
  return {
    query: (query) => {
      const path = query.instant ? '/loki/api/v1/query' : '/loki/api/v1/query_range';
      const times = query.instant ? [['time', nanoseconds(query.to)] as const] : rangeOf(query);
      const rest: Parameters = [
        ['direction', 'backward'],
        ['limit', String(query.limit)],
      ];
      return ask(path, [['query', query.query], ...times, ...rest], { headers: CATEGORIZED });
    },
    labelValues: async (label, { from, to }, selector) =>
      names.parse(
        await ask(`/loki/api/v1/label/${encodeURIComponent(label)}/values`, [
          ['start', nanoseconds(from)],
          ['end', nanoseconds(to)],
          ...(selector === undefined ? [] : [['query', selector] as const]),
        ]),
      ),
  };
};

/** Stands where there is no Prometheus. */
export const noMetrics = (message: string): MetricSource => {
  const missing = (): Promise<never> => Promise.reject(new MissingSource(message));
  return { instant: missing, range: missing, labelValues: missing, labelNames: missing };
};

/** Stands where there is no Loki. */
export const noLogs = (message: string): LogSource => {
  const missing = (): Promise<never> => Promise.reject(new MissingSource(message));
  return { query: missing, labelValues: missing };
};

/** Runs tasks, so many at a time. */
export type Limit = <T>(task: () => Promise<T>) => Promise<T>;

/** Bounds how many tasks run at a time; the rest wait in order. */
export const createLimit = (most: number): Limit => {
  const waiting: (() => void)[] = [];
  let active = 0;
  return async (task) => {
    if (active >= most) await new Promise<void>((resolve) => waiting.push(resolve));
    else active += 1;
    try {
      return await task();
    } finally {
      // The place goes on to the next one that waits.
      const next = waiting.shift();
      if (next === undefined) active -= 1;
      else next();
    }
  };
};

/** Sources whose questions wait for one another beyond a number. */
export const limited = ({ metrics, logs }: Sources, most: number): Sources => {
  const limit = createLimit(most);
  return {
    metrics: {
      instant: (...of) => limit(() => metrics.instant(...of)),
      range: (...of) => limit(() => metrics.range(...of)),
      labelValues: (...of) => limit(() => metrics.labelValues(...of)),
      labelNames: (...of) => limit(() => metrics.labelNames(...of)),
    },
    logs: {
      query: (...of) => limit(() => logs.query(...of)),
      labelValues: (...of) => limit(() => logs.labelValues(...of)),
    },
  };
};

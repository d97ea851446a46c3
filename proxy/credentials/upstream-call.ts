import type { Dispatcher } from 'undici';
import type { CredentialHeaders } from '../http/forwarded-headers.ts';
import type { Headers } from '../http/headers.ts';
import type { Timers } from '../time.ts';

/** A request of the proxy's own, in the name of a credential. */
export interface UpstreamCall {
  readonly method: 'GET' | 'POST';
  /** The path below the one of the upstream's URL. */
  readonly path: string;
  readonly credential: CredentialHeaders;
  /** JSON text. @default - no body */
  readonly body?: string;
}

/** What an own request was answered. */
export interface UpstreamReply {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Headers;
  /** The parsed body; null where it is no JSON. */
  readonly body: unknown;
}

/** Sends one request; rejects where no whole answer came in time. */
export type CallUpstream = (call: UpstreamCall) => Promise<UpstreamReply>;

/** How the upstream is reached. */
export interface UpstreamCallOptions {
  readonly dispatcher: Dispatcher;
  /** The upstream's URL; a path in it is put before those of the calls. */
  readonly upstreamUrl: string;
  readonly timers: Timers;
  /** How the requests name themselves. */
  readonly userAgent: string;
  /** How long an answer may take in all. @default 10 s */
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 10_000;

/** The answers that are asked for have a few hundred bytes; what is longer is something else. */
const MAX_BODY_BYTES = 256 * 1024;

/** The version of the API in which the requests are written. @see https://platform.claude.com/docs/en/api/versioning */
const API_VERSION = '2023-06-01';

/** Own requests through a dispatcher, bounded in time and size. */
export const createUpstreamCall = (options: UpstreamCallOptions): CallUpstream => {
  const { dispatcher, upstreamUrl, timers, userAgent, timeoutMs = TIMEOUT_MS } = options;
  const { origin, pathname } = new URL(upstreamUrl);
  const base = pathname.replace(/\/$/, '');
  const common = { 'user-agent': userAgent, accept: 'application/json', 'anthropic-version': API_VERSION };
  return async ({ method, path, credential, body }) => {
    const abort = new AbortController();
    const cancel = timers.after(timeoutMs, () =>
      abort.abort(new Error(`no answer to ${method} ${path} within the timeout of ${timeoutMs} ms`)),
    );
    try {
      const answer = await dispatcher.request({
        ...{ origin, path: `${base}${path}`, method, signal: abort.signal },
        headers: { ...credential, ...common, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
        ...(body === undefined ? {} : { body }),
      });
      return { status: answer.statusCode, headers: answer.headers, body: await readJson(answer.body) };
    } finally {
      cancel();
    }
  };
};

const readJson = async (body: Dispatcher.ResponseData['body']): Promise<unknown> => {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) throw new Error(`the upstream sent more than ${MAX_BODY_BYTES} bytes`);
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    // An error page in HTML: its status says all that is needed.
    return null;
  }
};

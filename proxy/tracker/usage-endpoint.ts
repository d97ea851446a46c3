import type { Dispatcher } from 'undici';
import type { FetchUsage } from './poller.ts';

/** Where an account's usage is told; not documented, so everything of the answer is optional. */
export const USAGE_PATH = '/api/oauth/usage';

/** How the endpoint is reached. */
export interface UsageEndpoint {
  readonly dispatcher: Dispatcher;
  /** The upstream's URL; a path in it is put before the endpoint's own. */
  readonly upstreamUrl: string;
  /** How long an answer may take in all. @default 10 s */
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 10_000;

/** The endpoint answers with a few hundred bytes; what is longer is not its answer. */
const MAX_BODY_BYTES = 256 * 1024;

/** A fetch of the usage endpoint through a dispatcher. */
export const createUsageFetch = ({ dispatcher, upstreamUrl, timeoutMs = TIMEOUT_MS }: UsageEndpoint): FetchUsage => {
  const url = new URL(upstreamUrl);
  const path = `${url.pathname.replace(/\/$/, '')}${USAGE_PATH}`;
  return async (headers) => {
    const signal = AbortSignal.timeout(timeoutMs);
    const answer = await dispatcher.request({ origin: url.origin, path, method: 'GET', headers, signal });
    return { status: answer.statusCode, headers: answer.headers, body: await readJson(answer.body) };
  };
};

const readJson = async (body: Dispatcher.ResponseData['body']): Promise<unknown> => {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) throw new Error(`the usage endpoint sent more than ${MAX_BODY_BYTES} bytes`);
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    // An error page in HTML: its status says all that is needed.
    return null;
  }
};

import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { errorBody, LOCAL_ERRORS, type LocalError } from './errors.ts';

/** A request as a route sees it. */
export interface RouteRequest {
  readonly method: string;
  /** The path without its query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** The body, as it arrives. */
  readonly body: Readable;
  /** Aborted when the client leaves before its answer is complete. */
  readonly signal: AbortSignal;
}

/** What a route answers. */
export interface Reply {
  /** @default 200 */
  readonly status?: number;
  readonly headers?: OutgoingHttpHeaders;
  /** Bytes or text are sent whole, a stream at the pace of the client. */
  readonly body: string | Uint8Array | Readable;
}

/** A path that is answered here. */
export interface Route {
  readonly methods: readonly string[];
  /** A whole path, or the beginning of paths where it ends with a slash and an asterisk: `/assets/*`. */
  readonly path: string;
  handle(request: RouteRequest): Reply | Promise<Reply>;
}

/** What the router has for a path and method. */
export type Match =
  | { readonly kind: 'route'; readonly route: Route }
  | { readonly kind: 'method'; readonly allowed: readonly string[] }
  | { readonly kind: 'none' };

/** Finds routes and runs them. */
export interface Router {
  find(path: string, method: string): Match;
  /** Has a route answer a request; `target` is its path and query. Never rejects: a route that fails is answered 500. */
  run(route: Route, exchange: { request: IncomingMessage; response: ServerResponse; target: string }): Promise<void>;
}

/** A JSON answer. */
export const json = (value: unknown, status = 200): Reply => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(value),
});

/** An error in the shape of the API. */
export const failure = (error: LocalError, message: string): Reply => ({
  status: LOCAL_ERRORS[error].status,
  headers: { 'content-type': 'application/json' },
  body: errorBody(error, message),
});

/** A file, streamed from the disk. @throws when it cannot be opened */
export const file = async (path: string, contentType: string): Promise<Reply> => {
  const handle = await open(path);
  const { size } = await handle.stat();
  return {
    headers: { 'content-type': contentType, 'content-length': size },
    body: createReadStream(path, { fd: handle }),
  };
};

/** Whether a route covers a path. */
const covers = (route: Route, path: string): boolean =>
  route.path.endsWith('/*') ? path.startsWith(route.path.slice(0, -1)) : route.path === path;

const NONE: Match = { kind: 'none' };

/** Makes a router; the first route that covers a path and its method counts. `onFault` gets what a route threw. */
export const createRouter = (routes: readonly Route[], onFault: (error: unknown) => void): Router => ({
  find(path, method) {
    // Most requests are for none of these paths, and this runs for each of them.
    if (!routes.some((route) => covers(route, path))) return NONE;
    const covering = routes.filter((route) => covers(route, path));
    if (covering.every(({ methods }) => methods.every((one) => one === 'HEAD') && method !== 'HEAD')) return NONE;
    const route = covering.find(({ methods }) => methods.includes(method));
    if (route !== undefined) return { kind: 'route', route };
    return { kind: 'method', allowed: covering.flatMap(({ methods }) => methods) };
  },
  async run(route, { request, response, target }) {
    try {
      const { pathname, searchParams } = new URL(target, 'http://localhost');
      const left = new AbortController();
      response.on('close', () => left.abort());
      const { method = '', headers } = request;
      const asked = { method, path: pathname, query: searchParams, headers, body: request, signal: left.signal };
      await send(response, await route.handle(asked), method === 'HEAD');
    } catch (error) {
      if (isLeaving(error)) return;
      onFault(error);
      if (response.headersSent) response.destroy();
      else await send(response, failure('internal', 'the proxy failed to answer; its log says why'), false);
    }
  },
});

/** Whether an error only says that the client has left. */
const isLeaving = (error: unknown): boolean =>
  error instanceof Error &&
  (error.name === 'AbortError' || ('code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE'));

const send = async (response: ServerResponse, { status = 200, headers, body }: Reply, headOnly: boolean) => {
  const whole = body instanceof Readable ? null : Buffer.from(body);
  response.writeHead(status, { ...headers, ...(whole === null ? {} : { 'content-length': whole.length }) });
  if (whole !== null || headOnly) response.end(headOnly ? undefined : whole);
  if (!(body instanceof Readable)) return;
  if (headOnly) body.destroy();
  else await pipeline(body, response);
};

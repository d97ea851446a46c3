import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { PROXY_PATHS } from '#catalog';
import type { Config } from './config.ts';
import { errorBody, LOCAL_ERRORS, type LocalError } from './errors.ts';
import type { ExchangesView, UnderWay } from './forward/under-way.ts';
import { type Forwarder, pathOf, type Refusal } from './forward.ts';

/** What a local path answers. */
export interface LocalReply {
  readonly status: number;
  readonly body: unknown;
}

/** Where the local answers come from. */
export interface LocalSources {
  ready(): LocalReply;
  tokenStats(): unknown;
  windows(): unknown;
  credentials(): unknown;
}

type Route = (sources: LocalSources) => LocalReply;

const ok = (body: unknown): LocalReply => ({ status: 200, body });

/** What the proxy answers itself, for GET and HEAD; these requests are no traffic and have no record. */
const LOCAL_ROUTES: ReadonlyMap<string, Route> = new Map<string, Route>([
  [PROXY_PATHS.health, () => ok({ status: 'ok' })],
  [PROXY_PATHS.ready, (sources) => sources.ready()],
  ['/token-stats', (sources) => ok(sources.tokenStats())],
  ['/health/windows', (sources) => ok(sources.windows())],
  ['/health/credentials', (sources) => ok(sources.credentials())],
]);

/** Paths that Claude Code asks with HEAD before it starts; any answer will do. @see https://code.claude.com/docs/en/llm-gateway-protocol */
const GREETINGS: ReadonlySet<string> = new Set(['/', '/api/hello']);

const FORWARDED = '/v1/';

/** Dot segments and backslashes lead some servers out of the path's beginning, which decides what is forwarded. */
const ESCAPES = /\/(?:\.|%2e){1,2}(?:\/|$)|\\|%5c|%2f/i;

const ABSOLUTE_FORM = /^https?:\/\/[^/?#]*/i;

/** The path and query of a request line in either of its forms. @see https://www.rfc-editor.org/rfc/rfc9112#section-3.2 */
const targetOf = (url: string): string => {
  if (url.startsWith('/')) return url;
  const rest = url.replace(ABSOLUTE_FORM, '');
  return rest.startsWith('/') ? rest : `/${rest}`;
};

/** What a server needs. */
export interface ServerOptions {
  readonly config: Config;
  readonly forwarder: Forwarder;
  readonly sources: LocalSources;
  readonly exchanges: ExchangesView;
  /** Whether the process is about to stop, so that connections are not kept. */
  readonly stopping: () => boolean;
}

/** The server of the clients' port. It does not listen yet. */
export const createProxyServer = (options: ServerOptions): Server => {
  const { config, exchanges } = options;
  const server = createServer({
    maxHeaderSize: config.maxHeaderBytes,
    headersTimeout: config.headerSeconds * 1_000,
    requestTimeout: config.requestSeconds * 1_000,
    keepAliveTimeout: config.keepAliveSeconds * 1_000,
    connectionsCheckingInterval: Math.min(5_000, config.requestSeconds * 500),
    requireHostHeader: false,
  });
  const handle = requestHandler(options);
  server.on('request', handle);
  server.on('checkContinue', handle);
  server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) =>
    options.forwarder.refuse(request, response, {
      error: 'expectation_failed',
      message: 'only the expectation 100-continue is known',
      path: pathOf(request.url ?? '/'),
    }),
  );
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => answerBroken(error, socket, exchanges));
  return server;
};

const requestHandler =
  ({ forwarder, sources, stopping }: ServerOptions) =>
  (request: IncomingMessage, response: ServerResponse): void => {
    if (stopping()) response.shouldKeepAlive = false;
    const target = targetOf(request.url ?? '/');
    const path = pathOf(target);
    const route = localRoute(path, request.method);
    const refusal = refusalOf(request, path, route);
    if (refusal !== null) forwarder.refuse(request, response, { ...refusal, path });
    else if (route === undefined) forwarder.forward(request, response, target);
    else reply(response, route(sources));
  };

const isForwarded = (path: string): boolean => path.startsWith(FORWARDED) && !ESCAPES.test(path);

/** Why a request is neither forwarded nor answered from here; null where it is. */
const refusalOf = (
  { headers, httpVersion, method }: IncomingMessage,
  path: string,
  route: Route | undefined,
): Pick<Refusal, 'error' | 'message'> | null => {
  if (headers.host === undefined && httpVersion === '1.1') {
    return { error: 'bad_request', message: 'the host header is missing' };
  }
  if (route !== undefined) {
    const reads = method === 'GET' || method === 'HEAD';
    return reads ? null : { error: 'method_not_allowed', message: 'only GET and HEAD are answered here' };
  }
  return isForwarded(path) ? null : { error: 'not_found', message: 'this proxy forwards paths below /v1/ only' };
};

const localRoute = (path: string, method: string | undefined): Route | undefined =>
  LOCAL_ROUTES.get(path) ?? (method === 'HEAD' && GREETINGS.has(path) ? greet : undefined);

const greet: Route = () => ok({});

const reply = (response: ServerResponse, { status, body }: LocalReply): void => {
  const text = Buffer.from(JSON.stringify(body));
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': text.length });
  response.end(text);
};

/** How node:http names what it cannot parse or no longer waits for. @see https://nodejs.org/api/http.html#event-clienterror */
const BROKEN: Readonly<Record<string, readonly [LocalError, string]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: ['request_timeout', 'the request did not arrive in time'],
  HPE_HEADER_OVERFLOW: ['head_too_large', 'the head of the request is larger than this proxy takes'],
};

/** A client that left in the middle of its request needs no answer. */
const GONE: ReadonlySet<string | undefined> = new Set(['ECONNRESET', 'EPIPE', 'HPE_INVALID_EOF_STATE']);

const MALFORMED: readonly [LocalError, string] = ['bad_request', 'the request is no well-formed HTTP/1.1'];

/** Answers what is no whole request: through its exchange where there is one, else straight on the connection. */
const answerBroken = (error: NodeJS.ErrnoException, socket: Socket, exchanges: ExchangesView): void => {
  if (GONE.has(error.code) || !socket.writable) {
    socket.destroy(error);
    return;
  }
  const [kind, message] = BROKEN[error.code ?? ''] ?? MALFORMED;
  for (const exchange of exchanges) {
    if (exchange.request.socket === socket) {
      endAfter(exchange, kind, message);
      return;
    }
  }
  const body = errorBody(kind, message);
  const head = `HTTP/1.1 ${LOCAL_ERRORS[kind].status} ${kind}\r\ncontent-type: application/json\r\n`;
  socket.end(`${head}content-length: ${body.length}\r\nconnection: close\r\n\r\n${body.toString()}`);
};

/** What is broken behind a whole request does not cost that request its answer; the connection ends with it. */
const endAfter = (exchange: UnderWay, kind: LocalError, message: string): void => {
  const { request, response } = exchange;
  response.shouldKeepAlive = false;
  if (request.complete) response.once('close', () => request.socket.destroySoon());
  else exchange.refuse(kind, message);
};

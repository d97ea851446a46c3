import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Config } from '../config.ts';
import { errorBody, LOCAL_ERRORS, type Refusal } from '../http/errors.ts';
import type { Match, Router } from '../http/router.ts';
import { type Forwarder, pathOf } from '../request/forwarder.ts';
import type { ExchangesView, UnderWay } from '../request/under-way.ts';
import type { Gate, GateRefusal } from './gate.ts';
import { PeerLimit } from './peer-limit.ts';

/** What the server of the clients' port needs. */
export interface ClientServerOptions {
  readonly config: Config;
  readonly forwarder: Forwarder;
  /** What the proxy answers itself; these requests are no traffic and have no record. */
  readonly router: Router;
  readonly gate: Gate;
  readonly exchanges: ExchangesView;
  /** Whether the process is about to stop, so that connections are not kept. */
  readonly stopping: () => boolean;
}

const ABSOLUTE_FORM = /^https?:\/\/([^/?#]*)/i;

/** What a request line asks for, and of which host where it says. @see https://www.rfc-editor.org/rfc/rfc9112#section-3.2 */
const targetOf = (url: string): { readonly target: string; readonly authority: string | null } => {
  if (url.startsWith('/')) return { target: url, authority: null };
  const authority = ABSOLUTE_FORM.exec(url)?.[1] ?? null;
  const rest = url.replace(ABSOLUTE_FORM, '');
  return { target: rest.startsWith('/') ? rest : `/${rest}`, authority };
};

/** The server of the clients' port. It does not listen yet. */
export const createClientServer = (options: ClientServerOptions): Server => {
  const { config, exchanges, forwarder } = options;
  const server = createServer({
    maxHeaderSize: config.maxHeaderBytes,
    headersTimeout: config.headerSeconds * 1_000,
    requestTimeout: config.requestSeconds * 1_000,
    keepAliveTimeout: config.keepAliveSeconds * 1_000,
    connectionsCheckingInterval: Math.min(5_000, config.requestSeconds * 500),
    requireHostHeader: false,
  });
  const handle = requestHandler(options);
  const peers = new PeerLimit(config.maxConnectionsPerPeer);
  server.on('connection', (socket: Socket) => peers.take(socket));
  server.on('request', handle);
  server.on('checkContinue', handle);
  server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) =>
    forwarder.refuse(request, response, {
      reason: 'expectation_failed',
      message: 'only the expectation 100-continue is known',
      path: pathOf(request.url ?? '/'),
    }),
  );
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => answerBroken(error, socket, exchanges));
  return server;
};

/** What is done with a request, in this order: answered here, refused, or forwarded. */
const requestHandler =
  ({ forwarder, router, gate, stopping }: ClientServerOptions) =>
  (request: IncomingMessage, response: ServerResponse): void => {
    if (stopping()) response.shouldKeepAlive = false;
    const { target, authority } = targetOf(request.url ?? '/');
    const path = pathOf(target);
    const match = router.find(path, request.method ?? '');
    const refusal =
      gate.admits(request, authority) ?? refusalOf(match, () => gate.forwards(path, request.method ?? ''));
    if (refusal !== null) forwarder.refuse(request, response, { ...refusal, path });
    else if (match.kind === 'route') void router.run(match.route, { request, response, target });
    else forwarder.forward(request, response, target);
  };

/** Why a path is neither answered here nor forwarded; null where it is. */
const refusalOf = (match: Match, forwards: () => GateRefusal | null): GateRefusal | null => {
  if (match.kind === 'none') return forwards();
  if (match.kind === 'route') return null;
  return { reason: 'method_not_allowed', message: `only ${match.allowed.join(' and ')} are answered here` };
};

/** How node:http names what it cannot parse or no longer waits for. @see https://nodejs.org/api/http.html#event-clienterror */
const BROKEN: Readonly<Record<string, readonly [Refusal, string]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: ['request_timeout', 'the request did not arrive in time'],
  HPE_HEADER_OVERFLOW: ['head_too_large', 'the head of the request is larger than this proxy takes'],
};

/** A client that left in the middle of its request needs no answer. */
const GONE: ReadonlySet<string | undefined> = new Set(['ECONNRESET', 'EPIPE', 'HPE_INVALID_EOF_STATE']);

const MALFORMED: readonly [Refusal, string] = ['bad_request', 'the request is not well-formed HTTP/1.1'];

/** Answers what is not a whole request: through its exchange where there is one, else straight on the connection. */
const answerBroken = (error: NodeJS.ErrnoException, socket: Socket, exchanges: ExchangesView): void => {
  if (GONE.has(error.code) || !socket.writable) {
    socket.destroy(error);
    return;
  }
  const [reason, message] = BROKEN[error.code ?? ''] ?? MALFORMED;
  for (const exchange of exchanges) {
    if (exchange.request.socket === socket) {
      endAfter(exchange, reason, message);
      return;
    }
  }
  const body = errorBody(reason, message);
  const head = `HTTP/1.1 ${LOCAL_ERRORS[reason].status} ${reason}\r\ncontent-type: application/json\r\n`;
  socket.end(`${head}content-length: ${body.length}\r\nconnection: close\r\n\r\n${body.toString()}`);
};

/** What is broken behind a whole request does not cost that request its answer; the connection ends with it. */
const endAfter = (exchange: UnderWay, reason: Refusal, message: string): void => {
  const { request, response } = exchange;
  response.shouldKeepAlive = false;
  if (request.complete) response.once('close', () => request.socket.destroySoon());
  else exchange.refuse(reason, message);
};

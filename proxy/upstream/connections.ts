import type { IncomingHttpHeaders } from 'node:http';
import type { Socket } from 'node:net';
import { rootCertificates } from 'node:tls';
import { buildConnector, Client, type Dispatcher, Pool } from 'undici';
import type { Config } from '../config.ts';
import { classifyFailure } from './transport-failure.ts';
import { type ConnectOptions, createTunnelConnector } from './tunnel.ts';

/** How long idle connections are kept where the upstream sends no `keep-alive`. */
const KEEP_ALIVE_MS = 20_000;

/**
 * The connections to the upstream, directly or through the outbound proxy of the configuration. HTTP/1.1 only, because
 * it keeps headers and chunks as the client's side has them. Handlers' `onBodySent` and `onRequestSent` are not called.
 *
 * @param files - `authorities`: certificate authorities in PEM to trust besides those of Node.js, for upstream and proxy
 */
export const createConnections = (config: Config, files: { readonly authorities: string | undefined }): Dispatcher => {
  const options: ConnectOptions = {
    timeout: Math.round(config.connectSeconds * 1_000),
    ...(files.authorities === undefined ? {} : { ca: [...rootCertificates, files.authorities] }),
  };
  const { outboundProxy } = config;
  const connect =
    outboundProxy === null
      ? buildConnector({ ...options, allowH2: false })
      : createTunnelConnector(outboundProxy, options);
  return new Pool(new URL(config.upstreamUrl).origin, {
    allowH2: false,
    headersTimeout: Math.round(config.upstreamHeadSeconds * 1_000),
    bodyTimeout: Math.round(config.upstreamIdleSeconds * 1_000),
    keepAliveTimeout: KEEP_ALIVE_MS,
    maxHeaderSize: config.maxHeaderBytes,
    factory: (origin, settings: Client.Options) => createConnection(origin, { ...settings, connect }),
  });
};

const onReused = new WeakSet<Error>();

/**
 * Whether a request failed on a connection that had carried an answer before, and before a byte of its own answer came:
 * the upstream closed an idle connection at the moment at which it was used again, so a repetition is safe.
 */
export const failedOnReusedConnection = (error: unknown): boolean => error instanceof Error && onReused.has(error);

/** What is known of the one socket that a client of the pool has at a time. */
interface SocketState {
  /** Whether it has carried a whole answer. */
  reused: boolean;
  /** Whether a byte of the answer to its request has come. */
  begun: boolean;
  /** Whether the next bytes are the beginning of an answer. */
  awaited: boolean;
  /** The error that ended it. */
  failure: Error | null;
}

const createConnection = (
  origin: URL,
  { connect, ...options }: Client.Options & { readonly connect: buildConnector.connector },
): Client => {
  const state: SocketState = { reused: false, begun: false, awaited: false, failure: null };
  const observed: buildConnector.connector = (target, done) =>
    connect(target, (...result) => {
      state.reused = false;
      state.failure = null;
      if (result[0] === null) observe(result[1], state);
      done(...result);
    });
  return new Connection(origin, { ...options, connect: observed }, state);
};

const observe = (socket: Socket, state: SocketState): void => {
  // Before undici's own listener, which may end an answer because of the error.
  socket.on('error', (error) => {
    state.failure = error;
  });
  const read = socket.read.bind(socket);
  socket.read = (size?: number): Buffer | null => {
    const chunk: Buffer | null = read(size);
    if (!state.awaited || chunk === null || !isContinue(chunk)) return chunk;
    state.begun = true;
    return withoutContinue(chunk) ?? socket.read(size);
  };
};

const CONTINUE = Buffer.from('HTTP/1.1 100 ');
const HEAD_END = '\r\n\r\n';

/** Where the status stands in `HTTP/1.1 100 `; its first digit tells nearly every answer apart without a native call. */
const STATUS_AT = 9;

const isContinue = (chunk: Buffer): boolean =>
  chunk[STATUS_AT] === CONTINUE[STATUS_AT] &&
  chunk.length > CONTINUE.length &&
  chunk.compare(CONTINUE, 0, CONTINUE.length, 0, CONTINUE.length) === 0;

/**
 * What follows `100 Continue`; null for nothing. undici gives up a connection on which it comes, though any answer may
 * begin with it, whether it was asked for or not.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-15.2
 */
const withoutContinue = (chunk: Buffer): Buffer | null => {
  const end = chunk.indexOf(HEAD_END);
  if (end < 0) return chunk;
  const rest = chunk.subarray(end + HEAD_END.length);
  if (rest.length === 0) return null;
  return isContinue(rest) ? withoutContinue(rest) : rest;
};

/** One connection at a time, whose requests know what became of it. */
class Connection extends Client {
  readonly #state: SocketState;

  constructor(origin: URL, options: Client.Options, state: SocketState) {
    super(origin, options);
    this.#state = state;
  }

  override dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    return super.dispatch(options, new ObservedHandler(handler, this.#state));
  }
}

/** What Node.js refuses to send in a reason phrase; undici decodes it as UTF-8, so other bytes are lost already. */
/** The phrase of nearly every answer, which needs no search. */
const OK = 'OK';

const NOT_A_REASON = /[^\t\x20-\x7e\x80-\xff]/;

const isCloseDelimited = (headers: IncomingHttpHeaders): boolean =>
  headers['content-length'] === undefined && !/chunked/i.test(headers['transfer-encoding'] ?? '');

/** Passes everything on to a handler and corrects what undici reports of a connection that failed. */
class ObservedHandler implements Dispatcher.DispatchHandler {
  readonly #handler: Dispatcher.DispatchHandler;
  readonly #state: SocketState;
  #headers: IncomingHttpHeaders = {};

  constructor(handler: Dispatcher.DispatchHandler, state: SocketState) {
    this.#handler = handler;
    this.#state = state;
  }

  onRequestStart(controller: Dispatcher.DispatchController, context: unknown): void {
    this.#state.begun = false;
    this.#state.awaited = true;
    this.#handler.onRequestStart?.(controller, context);
  }

  onResponseStarted(): void {
    this.#state.begun = true;
    this.#state.awaited = false;
    this.#handler.onResponseStarted?.();
  }

  /** A reason phrase that cannot be sent on is left empty: it carries no meaning (RFC 9112, section 4). */
  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: IncomingHttpHeaders,
    reason = '',
  ): void {
    this.#headers = headers;
    this.#state.awaited = status < 200;
    const sendable = reason === OK || !NOT_A_REASON.test(reason);
    this.#handler.onResponseStart?.(controller, status, headers, sendable ? reason : '');
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#handler.onResponseData?.(controller, chunk);
  }

  /** undici takes the reset of a connection for the end of an answer that has neither length nor chunks. */
  onResponseEnd(controller: Dispatcher.DispatchController, trailers: IncomingHttpHeaders): void {
    const { failure } = this.#state;
    if (failure !== null && isCloseDelimited(this.#headers)) {
      this.#handler.onResponseError?.(controller, failure);
      return;
    }
    this.#state.reused = true;
    this.#handler.onResponseEnd?.(controller, trailers);
  }

  onResponseError(controller: Dispatcher.DispatchController, error: Error): void {
    if (this.#state.reused && !this.#state.begun && classifyFailure(error) === 'reset') onReused.add(error);
    this.#handler.onResponseError?.(controller, error);
  }
}

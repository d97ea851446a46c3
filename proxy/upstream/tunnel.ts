import type { Socket } from 'node:net';
import { buildConnector, Client } from 'undici';
import type { OutboundProxy } from './outbound-proxy.ts';

/** How connections are made, to the proxy and through it. */
export interface ConnectOptions {
  /** Certificate authorities in PEM; undefined for those of Node.js. */
  readonly ca?: string[];
  /** How long connecting may take, in milliseconds; to the proxy and through it each. */
  readonly timeout: number;
}

/** The outbound proxy did not open a tunnel. Its code is none of undici's: those make the client connect again without end. */
export class OutboundProxyError extends Error {
  readonly code = 'ERR_OUTBOUND_PROXY';

  constructor(reason: string, cause?: unknown) {
    super(`the outbound proxy opened no tunnel: ${reason}`, { cause });
    this.name = 'OutboundProxyError';
  }
}

const refused = (status: number): OutboundProxyError =>
  new OutboundProxyError(
    status === 407 ? 'it answered 407; set user name and password in the proxy URL' : `it answered ${status}`,
  );

/**
 * Makes connections through an HTTP proxy by `CONNECT`, for upstreams of both schemes; the proxy resolves the name.
 * undici's own `ProxyAgent` is not used because it folds repeated request headers.
 */
export const createTunnelConnector = (proxy: OutboundProxy, options: ConnectOptions): buildConnector.connector => {
  const secure = buildConnector({ ...options, allowH2: false });
  return (target, done) => {
    const host = target.host ?? target.hostname;
    const authority = target.port === '' ? `${host}:${target.protocol === 'https:' ? 443 : 80}` : host;
    openTunnel(proxy, options, authority, (error, socket) => {
      if (socket === null) done(error ?? new OutboundProxyError('no reason given'), null);
      else if (target.protocol === 'https:') secure({ ...target, httpSocket: socket }, done);
      else done(null, socket);
    });
  };
};

const openTunnel = (
  proxy: OutboundProxy,
  { timeout, ...tls }: ConnectOptions,
  authority: string,
  done: (error: Error | null, socket: Socket | null) => void,
): void => {
  const client = new Client(proxy.origin, { headersTimeout: timeout, connect: { ...tls, timeout, allowH2: false } });
  const authorization = proxy.authorization();
  const headers = {
    host: authority,
    'proxy-connection': 'keep-alive',
    ...(authorization === null ? {} : { 'proxy-authorization': authorization }),
  };
  client.connect({ path: authority, headers }, (error, data) => {
    // The connection is no longer the client's where the proxy answered, with whatever status.
    void client.destroy();
    if (error !== null) {
      done(new OutboundProxyError(error.message, error), null);
      return;
    }
    const socket = data.socket as Socket;
    if (data.statusCode >= 200 && data.statusCode < 300) {
      done(null, socket);
      return;
    }
    socket.on('error', () => undefined).destroy();
    done(refused(data.statusCode), null);
  });
};

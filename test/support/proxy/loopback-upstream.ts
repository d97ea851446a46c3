import { createServer, type RequestListener, type Server, type ServerOptions } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';

/** An upstream on loopback that answers as a test says. */
export interface LoopbackUpstream {
  readonly url: string;
  readonly port: number;
  readonly server: Server;
  /** Takes the place of the handler. */
  answer(handler: RequestListener): void;
  close(): Promise<void>;
}

/** Starts an upstream; with a key and certificate it speaks TLS. */
export const startUpstream = async (
  handler: RequestListener,
  tls?: { readonly key: string; readonly cert: string },
  options: ServerOptions = {},
): Promise<LoopbackUpstream> => {
  let current = handler;
  const listener: RequestListener = (request, response) => current(request, response);
  const server = tls === undefined ? createServer(options, listener) : createSecureServer(tls, listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    port,
    server,
    answer(next) {
      current = next;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};

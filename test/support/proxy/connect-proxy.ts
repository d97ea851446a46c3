import { createServer, type IncomingMessage } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** An HTTP proxy on loopback that opens tunnels and resolves every name to loopback. */
export interface ConnectProxy {
  readonly port: number;
  /** The requests for tunnels. */
  readonly requests: readonly IncomingMessage[];
  /** Takes the place of opening a tunnel. */
  answer(handler: (request: IncomingMessage, client: Duplex) => void): void;
  close(): Promise<void>;
}

/** Starts a proxy that opens a tunnel for each `CONNECT`, whatever the name, to loopback. */
export const startConnectProxy = async (): Promise<ConnectProxy> => {
  const requests: IncomingMessage[] = [];
  const sockets = new Set<Duplex>();
  const track = (socket: Duplex): void => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
  };
  let handle = (request: IncomingMessage, client: Duplex): void => {
    const upstream: Socket = connect(Number(request.url?.split(':').at(-1)), '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      upstream.pipe(client).pipe(upstream);
    });
    track(upstream);
    upstream.on('close', () => client.destroy());
    client.on('close', () => upstream.destroy());
  };
  const server = createServer((_request, response) => void response.writeHead(405).end());
  server.on('connection', track);
  server.on('connect', (request, client) => {
    requests.push(request);
    handle(request, client);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    requests,
    answer(handler) {
      handle = handler;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
};

import { type AddressInfo, createServer, type Socket } from 'node:net';

/** A TCP server on loopback that answers bytes as a test wants them. */
export interface RawServer {
  readonly port: number;
  readonly url: string;
  /** How many connections were made. */
  connections(): number;
  close(): Promise<void>;
}

/**
 * Starts a server that calls a function for each request without a body that came on a connection.
 *
 * @param onRequest - the socket; the request's number on its connection and in all, both from 1; the request's head
 */
export const startRawServer = async (
  onRequest: (socket: Socket, onConnection: number, inAll: number, head: string) => void,
): Promise<RawServer> => {
  const sockets = new Set<Socket>();
  let connections = 0;
  let inAll = 0;
  const server = createServer((socket) => {
    connections += 1;
    sockets.add(socket);
    let onConnection = 0;
    let received = '';
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    socket.on('data', (chunk: Buffer) => {
      received += chunk.toString('latin1');
      for (let end = received.indexOf('\r\n\r\n'); end >= 0; end = received.indexOf('\r\n\r\n')) {
        const head = received.slice(0, end);
        received = received.slice(end + 4);
        onConnection += 1;
        inAll += 1;
        onRequest(socket, onConnection, inAll, head);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    connections: () => connections,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
};

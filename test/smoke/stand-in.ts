import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A component of which the tests look only at whether it is up. */
export interface StandIn {
  /** Host and port. */
  readonly address: string;
  stop(): Promise<void>;
}

const CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** Starts a loopback server whose scrapes work and have no samples. */
export const startStandIn = async (): Promise<StandIn> => {
  const server = createServer((_, response) => response.writeHead(200, { 'content-type': CONTENT_TYPE }).end());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
};

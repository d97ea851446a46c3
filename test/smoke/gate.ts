import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Switch } from './service.ts';

/** The door of a receiver: what it receives goes through, or is answered with 500 while it is off. */
export interface Gate extends Switch {
  readonly url: string;
  stop(): Promise<void>;
}

/** Opens a door before a receiver; while it is off it refuses the paths that begin with one of these. */
export const startGate = async (receiver: string, refuses: readonly string[]): Promise<Gate> => {
  let isOff = false;
  const server = createServer(async (request, response) => {
    const { method = 'POST', url = '/' } = request;
    const body = await text(request);
    if (isOff && refuses.some((path) => url.startsWith(path))) {
      response.writeHead(500).end();
      return;
    }
    const { status } = await fetch(`${receiver}${url}`, { method, body });
    response.writeHead(status).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const turn = (off: boolean) => async (): Promise<void> => {
    isOff = off;
  };
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    off: turn(true),
    on: turn(false),
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
};

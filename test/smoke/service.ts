import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** Something that can be taken away and given back. */
export interface Switch {
  off(): Promise<void>;
  on(): Promise<void>;
}

/** Stands for a Service: an address of its own before the pods that run. */
export interface LiveService extends Switch {
  /** Host and port. */
  readonly address: string;
}

/** Hands each connection to the next of the ports that there are at that time. */
export const startService = async (ports: () => readonly number[]): Promise<LiveService> => {
  const open = new Set<Socket>();
  let turn = 0;
  const server = createServer((client) => {
    const among = ports();
    turn += 1;
    const pod = connect(among[turn % among.length] ?? 0, '127.0.0.1');
    for (const socket of [client, pod]) {
      open.add(socket);
      socket.once('close', () => open.delete(socket));
    }
    client.on('error', () => pod.destroy());
    pod.on('error', () => client.destroy());
    client.pipe(pod).pipe(client);
  });
  const listen = async (port: number): Promise<number> => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  };
  const port = await listen(0);
  return {
    address: `127.0.0.1:${port}`,
    on: async () => {
      await listen(port);
    },
    off: async () => {
      if (!server.listening) return;
      server.close();
      for (const socket of open) socket.destroy();
      await once(server, 'close');
    },
  };
};

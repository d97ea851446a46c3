import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { StaticTarget } from '../adapt.ts';
import { CALM, type Conditions } from './conditions.ts';
import { toExposition } from './openmetrics.ts';
import { calm, changeWindow, type Scenario } from './scenarios.ts';
import { advance, type Replica, restart, scrape, type World } from './world.ts';

/** The proxy's replicas as loopback servers that go on from a world. */
export interface LiveProxy {
  /** Where each replica is scraped. */
  readonly targets: readonly StaticTarget[];
  /** Lets a trouble begin. */
  begin(scenario: Scenario): Promise<void>;
  /** Lets a trouble end. */
  end(scenario: Scenario): Promise<void>;
  stop(): Promise<void>;
}

const CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** Starts a loopback server that answers every request with the same kind of text. */
export const startExporter = async (text: () => string): Promise<Server> => {
  const server = createServer((_, response) => response.writeHead(200, { 'content-type': CONTENT_TYPE }).end(text()));
  await listen(server, 0);
  return server;
};

const listen = async (server: Server, port: number): Promise<void> => {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
};

/** The port of a loopback server. */
export const portOf = (server: Server): number => {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the exporter has no port');
  return address.port;
};

/** Stops a loopback server; stopping it again does nothing. */
export const close = async (server: Server): Promise<void> => {
  if (!server.listening) return;
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
};

const now = (): number => Date.now() / 1_000;

interface Exporter {
  readonly replica: Replica;
  readonly server: Server;
  readonly port: number;
}

/**
 * Starts an exporter for each replica of a world, which becomes calm. Counters grow as if time ran `compression` times
 * faster, because ranges and waits are that much shorter; windows and their resets stay in real time, because their
 * lengths are numbers in the expressions, which compare them with the clock.
 */
export const startLiveProxy = async (world: World, compression: number): Promise<LiveProxy> => {
  calm(world);
  const exporters: Exporter[] = [];
  for (const replica of world.replicas) {
    const server = await startExporter(() => {
      advance(world, { to: now(), compression });
      return toExposition(scrape(world, replica));
    });
    exporters.push({ replica, server, port: portOf(server) });
  }
  return {
    targets: exporters.map(({ replica, port }) => ({ address: `127.0.0.1:${port}`, instance: replica.name })),
    ...stage(world, exporters),
    stop: async () => {
      for (const { server } of exporters) await close(server);
    },
  };
};

const bringDown = async ({ replica, server }: Exporter): Promise<void> => {
  replica.up = false;
  await close(server);
};

const bringUp = async ({ replica, server, port }: Exporter): Promise<void> => {
  restart(replica, now());
  await listen(server, port);
};

/** Several troubles at a time change the same calm one after the other. */
const stage = (world: World, exporters: readonly Exporter[]): Pick<LiveProxy, 'begin' | 'end'> => {
  const active = new Set<Scenario>();
  const direct = (): void => {
    world.conditions = [...active].reduce<Conditions>((before, one) => one.conditions?.(before) ?? before, CALM);
  };
  const change = (windows: Scenario['begins']): void => {
    for (const window of windows ?? []) changeWindow(world, window);
  };
  return {
    begin: async (scenario) => {
      active.add(scenario);
      direct();
      change(scenario.begins);
      const exporter = exporters[scenario.down ?? -1];
      if (exporter !== undefined) await bringDown(exporter);
    },
    end: async (scenario) => {
      active.delete(scenario);
      direct();
      change(scenario.ends);
      const exporter = exporters[scenario.down ?? -1];
      if (exporter !== undefined) await bringUp(exporter);
    },
  };
};

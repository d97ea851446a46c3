import { createWriteStream } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PROXY_PORT, TARGETS } from '#catalog';
import { readConfig, variableOf } from '../config.ts';
import { createService, type Ports } from '../service.ts';
import { simulatedToken } from '../simulator/caller.ts';
import type { Scenario } from '../simulator/scenario.ts';
import { ACTS } from '../simulator/scenarios.ts';
import { type Simulator, startSimulator } from '../simulator/simulator.ts';
import { startTraffic } from '../simulator/traffic.ts';
import { systemClock, systemTimers } from '../time.ts';
import type { Addresses } from './snapshot.ts';

/** A demonstration that runs. */
export interface Demo extends Addresses {
  /** What the upstream does now. */
  act(): string;
  /** Where the proxy writes its lines. */
  readonly logFile: string;
  stop(): Promise<void>;
}

/** How a demonstration is run. */
export interface DemoOptions {
  readonly version: string;
  /** @default - the proxy's own, or free ones where they are taken */
  readonly ports?: Ports;
  /** Requests a second. @default 8 */
  readonly perSecond?: number;
}

/** A window of five hours lasts five minutes. */
export const WINDOW_DIVISOR = 60;

/** The pool; the last one's token was never renewed. */
const ACCOUNTS = ['team-platform', 'team-data', 'night-jobs', 'old-laptop'] as const;
const EXPIRED = 'old-laptop';

/** So small that the busiest accounts fill their short window before it resets. */
const BASE: Scenario = { budget: 9_000_000, revoked: [simulatedToken(EXPIRED)] };

const PER_SECOND = 8;

/** At most this many requests are under way, also where every answer is slow. */
const MAX_IN_FLIGHT = 48;

/** A client in 25 does not wait for the end. */
const IMPATIENCE = 0.04;

const SECOND = 1_000;

/** Starts a simulator, the proxy in front of it in pool mode, and clients; all on loopback and in this process. */
export const startDemo = async (options: DemoOptions): Promise<Demo> => {
  const folder = await mkdtemp(join(tmpdir(), 'tidewatch-'));
  const credentialsDir = await mkdtemp(join(folder, 'credentials-'));
  for (const account of ACCOUNTS) await writeFile(join(credentialsDir, account), `${simulatedToken(account)}\n`);
  const simulator = await startSimulator({ scenarios: [BASE], windowDivisor: WINDOW_DIVISOR });
  const logFile = join(folder, 'proxy.log');
  const log = createWriteStream(logFile);
  const ports = options.ports ?? (await usualOrFreePorts());
  const config = readConfig({
    [variableOf('host')]: '127.0.0.1',
    [variableOf('port')]: String(ports.port),
    [variableOf('metricsPort')]: String(ports.metricsPort),
    [variableOf('upstreamUrl')]: simulator.url,
    [variableOf('credentialsMode')]: 'pool',
    [variableOf('credentialsDir')]: credentialsDir,
    // The simulator's tokens belong to nobody.
    [variableOf('poolOauth')]: 'true',
    [variableOf('pollSeconds')]: '30',
    // The clients have gone when it ends.
    [variableOf('drainSeconds')]: '0',
  });
  const parts = {
    clock: systemClock,
    timers: systemTimers,
    destination: { write: (line: string) => void log.write(line) },
  };
  const service = createService({ config, version: options.version, ...parts });
  const listening = await service.start();
  const url = `http://127.0.0.1:${listening.port}`;
  const play = director(simulator);
  const perSecond = options.perSecond ?? PER_SECOND;
  const traffic = startTraffic({ url: () => url, perSecond, maxInFlight: MAX_IN_FLIGHT, impatience: IMPATIENCE });
  return {
    url,
    metricsUrl: `http://127.0.0.1:${listening.metricsPort}`,
    logFile,
    act: () => play.act(),
    stop: async () => {
      play.stop();
      await traffic.stop();
      await service.stop('SIGINT');
      await simulator.stop();
      log.end();
      await rm(folder, { recursive: true, force: true });
    },
  };
};

/** Plays the acts one after the other, again and again. */
const director = (simulator: Simulator): { act(): string; stop(): void } => {
  let title = '';
  let timer: NodeJS.Timeout | undefined;
  const next = (index: number): void => {
    const act = ACTS[index % ACTS.length];
    if (act === undefined) return;
    title = act.title;
    simulator.play(BASE, ...act.scenarios);
    timer = setTimeout(() => next(index + 1), act.seconds * SECOND);
  };
  next(0);
  return { act: () => title, stop: () => clearTimeout(timer) };
};

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });

/** Port 0 is any free one. */
const usualOrFreePorts = async (): Promise<Ports> => ({
  port: (await isFree(PROXY_PORT.port)) ? PROXY_PORT.port : 0,
  metricsPort: (await isFree(TARGETS.proxy.port)) ? TARGETS.proxy.port : 0,
});

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../proxy/clock.ts';
import { readConfig, variableOf } from '../../proxy/config.ts';
import { createService, type Ports, type Service } from '../../proxy/service.ts';
import { simulatedToken } from '../../proxy/simulator/caller.ts';
import type { Scenario } from '../../proxy/simulator/scenario.ts';
import { type Simulator, startSimulator } from '../../proxy/simulator/simulator.ts';
import { startTraffic } from '../../proxy/simulator/traffic.ts';
import { systemTimers, type Timers } from '../../proxy/timers.ts';
import type { StaticTarget } from '../support/adapt.ts';
import { ACCOUNTS, CALM, type Trouble } from './troubles.ts';

/** The pods of the proxy that runs; those of the backfilled week have other names. */
export const LIVE_REPLICAS = ['anthropic-proxy-7c4f5d9b8d-k9m2p', 'anthropic-proxy-7c4f5d9b8d-x5w8n'] as const;

/** The real proxy in two replicas, before a simulated upstream and behind simulated clients. */
export interface LiveProxy {
  /** Where each replica is scraped. */
  readonly targets: readonly StaticTarget[];
  begin(trouble: Trouble): Promise<void>;
  end(trouble: Trouble): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Durations are measured by a clock that runs faster, so that an answer after a second counts as one after a minute. The
 * time of day is real: Prometheus compares the reset times of windows with its own.
 */
const fasterClock = (divisor: number): Clock => ({
  now: () => Date.now(),
  monotonic: () => performance.now() * divisor,
});

const fasterTimers = (divisor: number): Timers => ({ after: (ms, run) => systemTimers.after(ms / divisor, run) });

/** One pod of the proxy: it can be stopped and started again at the same ports. */
class LiveReplica {
  readonly #settings: Readonly<Record<string, string>>;
  readonly #divisor: number;
  #service: Service | null = null;
  #ports: Ports = { port: 0, metricsPort: 0 };

  constructor(settings: Readonly<Record<string, string>>, divisor: number) {
    this.#settings = settings;
    this.#divisor = divisor;
  }

  get ports(): Ports {
    return this.#ports;
  }

  get isUp(): boolean {
    return this.#service !== null;
  }

  async start(): Promise<void> {
    const config = readConfig({
      ...this.#settings,
      [variableOf('port')]: String(this.#ports.port),
      [variableOf('metricsPort')]: String(this.#ports.metricsPort),
    });
    const [clock, timers] = [fasterClock(this.#divisor), fasterTimers(this.#divisor)];
    const service = createService({ config, version: '0.0.0', clock, timers, destination: { write: () => undefined } });
    this.#ports = await service.start();
    this.#service = service;
  }

  async stop(): Promise<void> {
    const service = this.#service;
    this.#service = null;
    await service?.stop('SIGINT');
  }
}

const PER_SECOND = 12;

/** More of the model with a window of its own than people use, so that each credential hears of that window soon. */
const MODELS = {
  'claude-fable-5-1': 0.25,
  'claude-opus-5-5': 0.25,
  'claude-sonnet-5-5': 0.25,
  'claude-haiku-5-5': 0.2,
  'claude-preview': 0.05,
} as const;

const settingsOf = (upstreamUrl: string, credentialsDir: string): Readonly<Record<string, string>> => ({
  [variableOf('host')]: '127.0.0.1',
  [variableOf('upstreamUrl')]: upstreamUrl,
  [variableOf('credentialsMode')]: 'pool',
  [variableOf('credentialsDir')]: credentialsDir,
  [variableOf('drainSeconds')]: '0',
});

const roundRobin = (replicas: readonly LiveReplica[]): (() => string) => {
  let turn = 0;
  return () => {
    const up = replicas.filter(({ isUp }) => isUp);
    turn += 1;
    return `http://127.0.0.1:${up[turn % up.length]?.ports.port}`;
  };
};

/** Starts the replicas, their upstream and their clients; time runs `divisor` times faster but for windows. */
export const startLiveProxy = async (folder: string, divisor: number): Promise<LiveProxy> => {
  const credentialsDir = join(folder, 'credentials');
  await mkdir(credentialsDir, { recursive: true });
  for (const account of ACCOUNTS) await mountToken(credentialsDir, account, 0);
  const simulator = await startSimulator({ scenarios: [CALM], paceDivisor: divisor });
  const settings = settingsOf(simulator.url, credentialsDir);
  const replicas = LIVE_REPLICAS.map(() => new LiveReplica(settings, divisor));
  for (const replica of replicas) await replica.start();
  const traffic = startTraffic({ url: roundRobin(replicas), perSecond: PER_SECOND, models: MODELS });
  return {
    targets: replicas.map(({ ports }, index) => ({
      address: `127.0.0.1:${ports.metricsPort}`,
      instance: LIVE_REPLICAS[index] ?? '',
    })),
    ...direct({ simulator, replicas, credentialsDir }),
    stop: async () => {
      await traffic.stop();
      for (const replica of replicas) await replica.stop();
      await simulator.stop();
    },
  };
};

const mountToken = (folder: string, account: string, generation: number): Promise<void> =>
  writeFile(join(folder, account), `${simulatedToken(account, generation)}\n`);

interface Cast {
  readonly simulator: Simulator;
  readonly replicas: readonly LiveReplica[];
  readonly credentialsDir: string;
}

/** Several troubles can last at the same time. */
const direct = ({ simulator, replicas, credentialsDir }: Cast): Pick<LiveProxy, 'begin' | 'end'> => {
  const active = new Set<Scenario>();
  const play = (): void => simulator.play(CALM, ...active);
  return {
    begin: async ({ begins, down }) => {
      if (begins !== undefined) active.add(begins);
      play();
      await replicas[down ?? -1]?.stop();
    },
    end: async ({ begins, ends, down, renews }) => {
      if (renews !== undefined) await mountToken(credentialsDir, renews, 1);
      if (begins !== undefined) active.delete(begins);
      if (ends !== undefined) active.add(ends);
      play();
      await replicas[down ?? -1]?.start();
    },
  };
};

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { variableOf } from '../../proxy/config.ts';
import { simulatedToken } from '../../proxy/simulator/caller.ts';
import type { Scenario } from '../../proxy/simulator/scenario.ts';
import { type Simulator, startSimulator } from '../../proxy/simulator/simulator.ts';
import { startTraffic, type Traffic } from '../../proxy/simulator/traffic.ts';
import type { StaticTarget } from '../support/adapt.ts';
import { ACCOUNTS, type Account, BASELINE, type ProxyFailure } from './failures.ts';
import { LiveReplica, type TakeLines } from './live-replica.ts';
import { type LiveService, startService } from './service.ts';

/** The pods with a pool of credentials that run; those of the backfilled week have other names. */
export const LIVE_REPLICAS = ['anthropic-proxy-7c4f5d9b8d-k9m2p', 'anthropic-proxy-7c4f5d9b8d-x5w8n'] as const;

/** The pod whose clients bring keys of their own. It has an upstream of its own. */
export const PASS_THROUGH_REPLICA = 'anthropic-proxy-66b8c5d7f4-q7r3t';

/** The real proxy before simulated upstreams and behind simulated clients. */
export interface LiveProxy {
  /** Where each replica is scraped. */
  readonly targets: readonly StaticTarget[];
  /** The address before the replicas with a pool. */
  readonly service: LiveService;
  begin(failure: ProxyFailure): Promise<void>;
  end(failure: ProxyFailure): Promise<void>;
  stop(): Promise<void>;
}

/** How the proxy is run: time runs `divisor` times faster but for windows. */
export interface LiveProxyOptions {
  readonly folder: string;
  readonly divisor: number;
  readonly takeLines: TakeLines;
}

const PER_SECOND = 12;

/** Those with keys of their own, as a rule and when their upstream is failing. */
const OWN_PER_SECOND = { calm: 2, failure: 12 } as const;

/**
 * More of the model with a window of its own than people use, so that each credential learns of that window soon. The one
 * without a price is so rare that its folded label alarms nobody.
 */
const MODELS = {
  'claude-fable-5-1': 0.25,
  'claude-opus-5-5': 0.25,
  'claude-sonnet-5-5': 0.25,
  'claude-haiku-5-5': 0.247,
  'claude-preview': 0.003,
} as const;

const roundRobin = (replicas: readonly LiveReplica[]): (() => string) => {
  let turn = 0;
  return () => {
    const up = replicas.filter(({ isUp }) => isUp);
    turn += 1;
    return `http://127.0.0.1:${up[turn % up.length]?.port}`;
  };
};

const mountToken = (folder: string, account: Account, generation: number): Promise<void> =>
  writeFile(join(folder, account), `${simulatedToken(account, generation)}\n`);

/** An upstream, the pods before it and their clients. */
interface Cast {
  readonly simulator: Simulator;
  readonly replicas: readonly LiveReplica[];
  readonly traffic: Traffic;
}

const startPool = async (credentialsDir: string, { divisor, takeLines }: LiveProxyOptions): Promise<Cast> => {
  await mkdir(credentialsDir, { recursive: true });
  for (const account of ACCOUNTS) await mountToken(credentialsDir, account, 0);
  const simulator = await startSimulator({ scenarios: [BASELINE], paceDivisor: divisor });
  const settings = {
    [variableOf('upstreamUrl')]: simulator.url,
    [variableOf('credentialsMode')]: 'pool',
    [variableOf('credentialsDir')]: credentialsDir,
    [variableOf('poolOauth')]: 'true',
  };
  const replicas = LIVE_REPLICAS.map((instance) => new LiveReplica({ instance, settings, divisor, takeLines }));
  for (const replica of replicas) await replica.start();
  const traffic = startTraffic({ url: roundRobin(replicas), perSecond: PER_SECOND, models: MODELS });
  return { simulator, replicas, traffic };
};

/** All of its clients leave when an answer takes too long. */
const startPassThrough = async ({ divisor, takeLines }: LiveProxyOptions): Promise<Cast> => {
  const simulator = await startSimulator({ scenarios: [BASELINE], paceDivisor: divisor });
  const settings = { [variableOf('upstreamUrl')]: simulator.url };
  const replicas = [new LiveReplica({ instance: PASS_THROUGH_REPLICA, settings, divisor, takeLines })];
  for (const replica of replicas) await replica.start();
  const perSecond = OWN_PER_SECOND.calm;
  const traffic = startTraffic({ url: roundRobin(replicas), perSecond, models: MODELS, impatience: 1, seed: 2 });
  return { simulator, replicas, traffic };
};

/** Starts the replicas, their upstreams and their clients. */
export const startLiveProxy = async (options: LiveProxyOptions): Promise<LiveProxy> => {
  const credentialsDir = join(options.folder, 'credentials');
  const pool = await startPool(credentialsDir, options);
  const own = await startPassThrough(options);
  const service = await startService(() => pool.replicas.filter(({ isUp }) => isUp).map(({ port }) => port));
  return {
    targets: [...pool.replicas, ...own.replicas].map(({ target }) => target),
    service,
    ...direct({ pool, own, credentialsDir }),
    stop: async () => {
      await service.off();
      for (const { traffic, replicas, simulator } of [pool, own]) {
        await traffic.stop();
        for (const replica of replicas) await replica.stop();
        await simulator.stop();
      }
    },
  };
};

interface Scene {
  readonly pool: Cast;
  readonly own: Cast;
  readonly credentialsDir: string;
}

/** Several failures can last at the same time. */
const direct = ({ pool, own, credentialsDir }: Scene): Pick<LiveProxy, 'begin' | 'end'> => {
  const active = new Set<Scenario>();
  const generations = new Map<Account, number>();
  const play = (): void => pool.simulator.play(BASELINE, ...active);

  const renew = async (account: Account): Promise<void> => {
    const generation = (generations.get(account) ?? 0) + 1;
    generations.set(account, generation);
    await mountToken(credentialsDir, account, generation);
  };

  return {
    begin: async (failure) => {
      const { begins, down, own: ofOwn } = failure;
      if (begins !== undefined) active.add(begins);
      play();
      if (ofOwn !== undefined) {
        own.simulator.play(BASELINE, ofOwn);
        own.traffic.pace(OWN_PER_SECOND.failure);
      }
      await pool.replicas[down ?? -1]?.stop();
    },
    end: async (failure) => {
      const { begins, ends, down, renews = [], own: ofOwn } = failure;
      for (const account of renews) await renew(account);
      if (begins !== undefined) active.delete(begins);
      if (ends !== undefined) active.add(ends);
      play();
      if (ofOwn !== undefined) {
        own.simulator.play(BASELINE);
        own.traffic.pace(OWN_PER_SECOND.calm);
      }
      await pool.replicas[down ?? -1]?.start();
    },
  };
};

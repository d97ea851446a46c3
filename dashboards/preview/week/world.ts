import { type Metric, proxy } from '../../../src/catalog/index.ts';
import { type Account, advanceAccount, counts, isReady, newAccount } from './accounts.ts';
import { type Cells, grow, newCells, observe, type Sample, samplesOf } from './cells.ts';
import type { Conditions } from './conditions.ts';
import { tokensOf } from './models.ts';
import type { Growth, Moment, Observations, Reading, View, WindowTokens } from './moment.ts';
import type { Pool } from './pool.ts';
import { RULES } from './rules.ts';
import { type Traffic, trafficIn } from './traffic.ts';

type Labels = Readonly<Record<string, string>>;

/** The pods of the generated proxy and their shares of the requests. */
export const REPLICAS = [
  { name: 'anthropic-proxy-5d9c7b8f66-h2x4q', share: 0.55 },
  { name: 'anthropic-proxy-5d9c7b8f66-v8k7z', share: 0.45 },
] as const;

/** A running replica; times are unix seconds. */
export interface Replica {
  readonly name: string;
  readonly share: number;
  startedAt: number;
  cells: readonly Cells[];
  windowTokens: Map<string, WindowTokens>;
  /** Whether it runs. */
  up: boolean;
}

/** The proxy's replicas and the accounts behind them, at one time. */
export interface World {
  /** Unix seconds. */
  at: number;
  conditions: Conditions;
  readonly pool: Pool;
  readonly accounts: readonly Account[];
  readonly replicas: readonly Replica[];
}

const METRICS = Object.entries(proxy) as readonly [keyof typeof proxy, Metric][];

const newSeries = (pool: Pool): readonly Cells[] => {
  const atRunTime = { credential: pool.map(({ credential }) => credential) };
  return METRICS.filter(([, metric]) => metric.kind !== 'gauge').map(([, metric]) => newCells(metric, atRunTime));
};

/** A world at a time, with replicas that have just started. */
export const newWorld = (pool: Pool, at: number, conditions: Conditions): World => ({
  at,
  conditions,
  pool,
  accounts: pool.map((member) => newAccount(member, at)),
  replicas: REPLICAS.map((replica) => ({
    ...replica,
    startedAt: at,
    cells: newSeries(pool),
    windowTokens: new Map(),
    up: true,
  })),
});

/** Starts a replica again: its counters and what it knew of the windows are gone. */
export const restart = ({ pool, at }: World, replica: Replica): void => {
  replica.startedAt = at;
  replica.cells = newSeries(pool);
  replica.windowTokens = new Map();
  replica.up = true;
};

const addTokens = (
  before: WindowTokens['tokens'] | undefined,
  requests: number,
  { model }: Pick<WindowTokens, 'model'>,
) => {
  const { input, output, cacheRead, cacheWrite5m, cacheWrite1h } = tokensOf(model);
  return {
    input: (before?.input ?? 0) + requests * input,
    output: (before?.output ?? 0) + requests * output,
    cache_read: (before?.cache_read ?? 0) + requests * cacheRead,
    cache_write: (before?.cache_write ?? 0) + requests * (cacheWrite5m + cacheWrite1h),
  };
};

const countWindowTokens = ({ windowTokens }: Replica, accounts: readonly Account[], { served }: Traffic): void => {
  const windowsOf = new Map(accounts.map(({ credential, windows }) => [credential, windows]));
  for (const { credential, model, requests } of served) {
    const windows = windowsOf.get(credential) ?? [];
    for (const { name, elapsed } of windows.filter((window) => counts(window.name, model))) {
      if (elapsed) continue;
      const key = `${name}\n${credential}\n${model}`;
      const tokens = addTokens(windowTokens.get(key)?.tokens, requests, { model });
      windowTokens.set(key, { window: name, credential, model, tokens });
    }
  }
};

const forgetWindows = ({ windowTokens }: Replica, resets: Moment['resets']): void => {
  for (const { credential, window } of resets) {
    for (const [key, one] of windowTokens) {
      if (one.credential === credential && one.window === window) windowTokens.delete(key);
    }
  }
};

const record = (replica: Replica, accounts: readonly Account[], moment: Moment): void => {
  const rules: Readonly<Record<string, (moment: Moment) => readonly unknown[]>> = RULES as never;
  const keys = METRICS.filter(([, { kind }]) => kind !== 'gauge').map(([key]) => key);
  for (const [index, cells] of replica.cells.entries()) {
    const entries = rules[keys[index] ?? '']?.(moment) ?? [];
    if (cells.metric.kind === 'histogram') observe(cells, entries as readonly Observations<Labels>[]);
    else grow(cells, entries as readonly Growth<Labels>[]);
  }
  forgetWindows(replica, moment.resets);
  countWindowTokens(replica, accounts, moment.traffic);
};

const POLL_SECONDS = 300;

/** Moves the world on to a time in unix seconds, under its conditions. */
export const advance = (world: World, to: number): void => {
  const seconds = to - world.at;
  if (seconds <= 0) return;
  const { conditions, pool, accounts, replicas } = world;
  const running = replicas.filter(({ up }) => up);
  const capacity = running.reduce((sum, { share }) => sum + share, 0);
  const ready = new Set(accounts.filter(isReady).map(({ credential }) => credential));
  const traffics = running.map(({ share }) => trafficIn(conditions, { seconds, share: share / capacity, pool, ready }));
  const served = Map.groupBy(
    traffics.flatMap((traffic) => traffic.served),
    ({ credential }) => credential,
  );
  const events = accounts.map((account) => advanceAccount(account, conditions, { at: to, seconds, traffics, served }));
  const happened = {
    resets: events.flatMap(({ resets }) => resets),
    cooldowns: events.flatMap((one) => one.cooldowns),
  };
  for (const [index, replica] of running.entries()) {
    const traffic = traffics[index] as Traffic;
    const polls = (seconds * replica.share * accounts.length) / POLL_SECONDS;
    record(replica, accounts, { at: to, seconds, conditions, traffic, polls, ...happened });
  }
  world.at = to;
};

const gaugeSamples = (world: World, replica: Replica): readonly Sample[] => {
  const { at, conditions, accounts, pool } = world;
  const apiKeys = pool.filter(({ kind }) => kind === 'api_key').map(({ credential }) => credential);
  const view: View = { at, conditions, accounts, apiKeys, replica };
  const rules: Readonly<Record<string, (view: View) => readonly Reading<Labels>[]>> = RULES as never;
  return METRICS.filter(([, { kind }]) => kind === 'gauge').flatMap(([key, { name }]) =>
    (rules[key]?.(view) ?? []).map(({ labels, value }) => ({ name, labels, value })),
  );
};

/** What a scrape of a replica answers now. */
export const scrape = (world: World, replica: Replica): readonly Sample[] => [
  ...replica.cells.flatMap(samplesOf),
  ...gaugeSamples(world, replica),
];

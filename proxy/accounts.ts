import { lookup } from 'node:dns/promises';
import type { Dispatcher } from 'undici';
import type { Clock } from './clock.ts';
import type { Config } from './config.ts';
import type { Log } from './log.ts';
import type { AccountSnapshot, Metrics } from './metrics.ts';
import { type CredentialFiles, readCredentialFiles } from './pool/credential-files.ts';
import { createCredentialWatch } from './pool/credential-watch.ts';
import { createPool, type Pool } from './pool/pool.ts';
import { createStateFile, type StateFile } from './state.ts';
import type { Timers } from './timers.ts';
import { createPoller } from './tracker/poller.ts';
import { createReplicas } from './tracker/replicas.ts';
import { createTracker, type Tracker } from './tracker/tracker.ts';
import { createUsageFetch } from './tracker/usage-endpoint.ts';

/** What is known of the accounts that pay, and where it comes from. */
export interface Accounts {
  readonly tracker: Tracker;
  /** Null in pass-through mode. */
  readonly pool: Pool | null;
  snapshot(): AccountSnapshot;
  /** Reads credentials and the state of the last run, then keeps both up to date. */
  start(): Promise<void>;
  /** Ends all of it and writes the state. */
  stop(): Promise<void>;
}

/** What accounts are made of. */
export interface AccountsOptions {
  readonly config: Config;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly upstream: Dispatcher;
}

const TICK_MS = 1_000;

const iso = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());

/** Makes the accounts; nothing is read and nothing runs yet. */
export const createAccounts = (options: AccountsOptions): Accounts => {
  const { config, timers } = options;
  const state: { touch: () => void } = { touch: () => undefined };
  const tracker = trackerOf(options, () => state.touch());
  const pool = config.credentialsMode === 'pool' ? poolOf(options, tracker, () => state.touch()) : null;
  const file = stateFileOf(options, tracker, pool);
  if (file !== null) state.touch = () => file.touch();
  const running: (() => void)[] = [];
  return {
    tracker,
    pool,
    snapshot: () => ({
      windows: tracker.snapshot(),
      extraUsage: tracker.extraUsage(),
      credentials: (pool?.states() ?? []).map(({ id, state: held }) => ({ credential: id, state: held })),
    }),
    start: async () => {
      if (pool !== null) await loadCredentials(options, pool);
      await restore(file, tracker, pool);
      running.push(every(timers, TICK_MS, () => tracker.tick()));
      if (pool !== null) running.push(...background(options, tracker, pool));
    },
    stop: async () => {
      for (const end of running) end();
      await file?.flush();
    },
  };
};

const trackerOf = ({ clock, metrics, log }: AccountsOptions, onChange: () => void): Tracker =>
  createTracker({
    clock,
    events: {
      onWindow: ({ window, credential }) => metrics.resets.inc({ window, credential }, 0),
      onReset({ window, credential, resetsAt, nextResetsAt, tokensIn, tokensOut }) {
        metrics.resets.inc({ window, credential });
        const resets = { old_reset: iso(resetsAt), new_reset: iso(nextResetsAt) };
        log.windowReset({ window, credential, prev_tokens_in: tokensIn, prev_tokens_out: tokensOut, ...resets });
      },
      onHigh: ({ window, credential, utilization, resetsAt }) =>
        log.windowHigh({ window, credential, utilization, resets_at: iso(resetsAt) }),
      onDropped: ({ label }) => metrics.labelsFolded.inc({ label }),
      onChange,
    },
  });

const poolOf = ({ clock, metrics, log }: AccountsOptions, tracker: Tracker, onChange: () => void): Pool =>
  createPool({
    clock,
    random: Math.random,
    fallbackReset: (id) => tracker.earliestReset(id),
    events: {
      onCooldown({ credential, reason, until }) {
        metrics.cooldowns.inc({ credential, reason });
        log.credentialCooling({ credential, reason, until: iso(until) });
      },
      onExpired: ({ credential }) => log.credentialExpired({ credential }),
      onChange,
    },
  });

const stateFileOf = (options: AccountsOptions, tracker: Tracker, pool: Pool | null): StateFile | null => {
  const { config, clock, timers, log } = options;
  if (config.stateFile === undefined) return null;
  return createStateFile({
    path: config.stateFile,
    clock,
    timers,
    collect: () => ({ tracker: tracker.export(), pool: pool?.export() ?? null }),
    onProblem: (problem) => log.failed({ part: 'state', error_message: problem }),
  });
};

const restore = async (file: StateFile | null, tracker: Tracker, pool: Pool | null): Promise<void> => {
  const state = (await file?.load()) ?? null;
  if (state === null) return;
  pool?.import(state.pool);
  tracker.import(state.tracker);
};

/** A missing folder does not keep the proxy from starting: credentials may be mounted later. */
const loadCredentials = async ({ config, log }: AccountsOptions, pool: Pool): Promise<void> => {
  try {
    takeIn(log, pool, await readCredentialFiles(config.credentialsDir));
  } catch (error) {
    log.failed({ part: 'credentials', error_message: String(error) });
  }
};

const takeIn = (log: Log, pool: Pool, { credentials, problems }: CredentialFiles): void => {
  for (const problem of problems) log.failed({ part: 'credentials', error_message: problem });
  pool.reload(credentials);
  log.credentialsLoaded({ count: credentials.length });
};

/** What runs beside requests in pool mode; the functions end it. */
const background = (options: AccountsOptions, tracker: Tracker, pool: Pool): readonly (() => void)[] => {
  const { config, timers, log } = options;
  const watch = createCredentialWatch({
    folder: config.credentialsDir,
    timers,
    onChange: (files) => takeIn(log, pool, files),
    onProblem: (problem) => log.failed({ part: 'credentials', error_message: problem }),
  });
  const poller = pollerOf(options, tracker, pool);
  watch.start();
  poller.start();
  return [() => watch.stop(), () => poller.stop()];
};

const pollerOf = ({ config, clock, timers, metrics, log, upstream }: AccountsOptions, tracker: Tracker, pool: Pool) =>
  createPoller({
    clock,
    timers,
    random: Math.random,
    intervalMs: config.pollSeconds * 1_000,
    userAgent: config.pollUserAgent,
    credentials: () => pool.pollable(),
    replicas: createReplicas({ host: config.peersHost ?? null, self: config.podAddress, lookup: addressesOf }),
    fetchUsage: createUsageFetch({ dispatcher: upstream, upstreamUrl: config.upstreamUrl }),
    events: {
      onUsage: (credential, body) => tracker.observePoll(credential, body),
      onResult({ credential, result, status }) {
        metrics.polls.inc({ result });
        if (result === 'ok') return;
        const said = status === null ? null : String(status);
        log.pollFailed({ credential, status: said, error_message: result, retry_seconds: null });
      },
      onUnauthorized: (credential) => pool.expire(credential),
    },
  });

const addressesOf = async (host: string): Promise<readonly string[]> =>
  (await lookup(host, { all: true })).map(({ address }) => address);

const every = (timers: Timers, ms: number, run: () => void): (() => void) => {
  let cancel = (): void => {};
  const again = (): void => {
    cancel = timers.after(ms, () => {
      run();
      again();
    });
  };
  again();
  return () => cancel();
};

import { lookup } from 'node:dns/promises';
import type { Dispatcher } from 'undici';
import type { Config } from './config.ts';
import { type CredentialFiles, readCredentialFiles } from './credentials/credential-files.ts';
import { createCredentialWatch } from './credentials/credential-watch.ts';
import { createPassThroughStrategy } from './credentials/pass-through.ts';
import type { CredentialStrategy } from './credentials/strategy.ts';
import { type CallUpstream, createUpstreamCall } from './credentials/upstream-call.ts';
import type { Log } from './log/log.ts';
import type { AccountSnapshot, Metrics } from './metrics/metrics.ts';
import { createPoller } from './poller/poller.ts';
import { createReplicas } from './poller/replicas.ts';
import { createPool, type Pool } from './pool/pool.ts';
import { createPoolStrategy } from './pool/pool-strategy.ts';
import { createStateFile, type StateFile, type StatePart } from './state/state-file.ts';
import type { Clock, Timers } from './time.ts';
import { createTracker, type Tracker, type TrackerOptions } from './tracker/tracker.ts';
import type { BatchLedger } from './usage/batch-ledger.ts';

/** What is known of the accounts that pay, and where it comes from. */
export interface Accounts {
  readonly tracker: Tracker;
  /** Null in pass-through mode. */
  readonly pool: Pool | null;
  /** How requests come by their credential. */
  readonly credentials: CredentialStrategy;
  snapshot(): AccountSnapshot;
  /** The windows of the accounts, as JSON with times as people read them. */
  windows(): unknown;
  /** The credentials of the pool, each with the evidence for its state, in the same form. */
  credentialStates(): unknown;
  /** Reads credentials and the state of the last run, then keeps both up to date. */
  start(): Promise<void>;
  /** A batch was billed, which the state keeps. */
  billed(): void;
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
  readonly version: string;
  /** What was billed of batches; kept with the rest. */
  readonly batches: BatchLedger;
  /** The short keyed hash of a client's credential. */
  readonly credentialId: (credential: string) => string;
  /** The short keyed hash of an account. */
  readonly accountId: (organization: string, account: string) => string;
}

const TICK_MS = 1_000;

const iso = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());

/** Makes the accounts; nothing is read and nothing runs yet. */
export const createAccounts = (options: AccountsOptions): Accounts => {
  const { config, timers } = options;
  const state: Pick<StateFile, 'touch'> = { touch: () => undefined };
  const tracker = trackerOf(options, {
    onChange: () => state.touch(),
    fingerprintOf: (credential) => pool?.fingerprintOf(credential) ?? null,
  });
  const call = callOf(options);
  const pool =
    config.credentialsMode === 'pool' ? poolOf(options, call, tracker, (urgency) => state.touch(urgency)) : null;
  const file = stateFileOf(options, tracker, pool);
  if (file !== null) state.touch = (urgency) => file.touch(urgency);
  const running: (() => void)[] = [];
  return {
    tracker,
    pool,
    credentials:
      pool === null ? createPassThroughStrategy({ credentialId: options.credentialId }) : createPoolStrategy(pool),
    snapshot: () => ({
      windows: tracker.snapshot(),
      extraUsage: tracker.extraUsage(),
      keyLimits: tracker.keyLimits(),
      credentials: (pool?.states() ?? []).map(({ id, state: held }) => ({ credential: id, state: held })),
      untracked: tracker.untracked(),
    }),
    windows: () => withIsoTimes({ windows: tracker.snapshot(), extra_usage: tracker.extraUsage() }),
    credentialStates: () => withIsoTimes({ mode: config.credentialsMode, credentials: pool?.states() ?? [] }),
    start: async () => {
      if (pool !== null) await loadCredentials(options, pool);
      await file?.load();
      running.push(every(timers, TICK_MS, () => tracker.tick()));
      if (pool !== null) running.push(...background(options, call, tracker, pool));
    },
    billed: () => state.touch(),
    stop: async () => {
      for (const end of running) end();
      pool?.stop();
      await file?.flush();
    },
  };
};

const trackerOf = (
  { config, clock, metrics, log, accountId }: AccountsOptions,
  { onChange, fingerprintOf }: Pick<TrackerOptions, 'fingerprintOf'> & { readonly onChange: () => void },
): Tracker =>
  createTracker({
    clock,
    mode: config.credentialsMode,
    maxAccounts: config.maxAccounts,
    accountId,
    fingerprintOf,
    events: {
      onWindow: ({ window, credential }) => metrics.resets.inc({ window, credential }, 0),
      onReset({ window, credential, resetsAt, nextResetsAt, tokensIn, tokensOut }) {
        metrics.resets.inc({ window, credential });
        const resets = { old_reset: iso(resetsAt), new_reset: iso(nextResetsAt) };
        log.windowReset({ window, credential, prev_tokens_in: tokensIn, prev_tokens_out: tokensOut, ...resets });
      },
      onHigh: ({ window, credential, utilization, resetsAt }) =>
        log.windowHigh({ window, credential, utilization, resets_at: iso(resetsAt) }),
      onForgotten: ({ credential }) => metrics.forget(credential),
      onDropped: ({ label }) => metrics.labelsFolded.inc({ label }),
      onChange,
    },
  });

const callOf = ({ config, timers, upstream, version }: AccountsOptions): CallUpstream =>
  createUpstreamCall({
    dispatcher: upstream,
    upstreamUrl: config.upstreamUrl,
    timers,
    userAgent: config.userAgent ?? `tidewatch/${version}`,
  });

const poolOf = (
  { config, clock, timers, metrics, log }: AccountsOptions,
  call: CallUpstream,
  tracker: Tracker,
  onChange: StateFile['touch'],
): Pool =>
  createPool({
    ...{ clock, timers, call },
    random: Math.random,
    rotateAtPercent: config.rotateAtPercent,
    windowsOf: (id) => tracker.windowsOf(id),
    events: {
      onCooldown({ credential, reason, until, evidence }) {
        metrics.cooldowns.inc({ credential, reason });
        log.credentialCooling({ credential, reason, until: iso(until), evidence });
        onChange('at-once');
      },
      onExpired(event) {
        log.credentialExpired(event);
        onChange('at-once');
      },
      onReady(event) {
        log.credentialReady(event);
        onChange('at-once');
      },
      onRemoved: ({ credential }) => tracker.forget(credential),
      onChange: () => onChange('soon'),
    },
  });

const stateFileOf = (options: AccountsOptions, tracker: Tracker, pool: Pool | null): StateFile | null => {
  const { config, clock, timers, log, batches } = options;
  if (config.stateFile === undefined) return null;
  // The windows of a credential whose secret was replaced meanwhile are of another account.
  let kept: ReadonlySet<string> | null = null;
  const poolPart = (members: Pool): StatePart => ({
    name: 'pool',
    export: () => members.export(),
    import: (state) => {
      kept = members.import(state).kept;
    },
  });
  return createStateFile({
    path: config.stateFile,
    ...{ clock, timers },
    parts: [
      ...(pool === null ? [] : [poolPart(pool)]),
      {
        name: 'tracker',
        export: () => tracker.export(),
        import: (state) => tracker.import(state, (account) => kept === null || kept.has(account)),
      },
      { name: 'batches', export: () => batches.export(), import: (state) => batches.import(state) },
    ],
    onProblem: (problem) => log.failed({ part: 'state', error_message: problem }),
  });
};

/** A missing folder does not keep the proxy from starting: credentials may be mounted later. */
const loadCredentials = async ({ config, log }: AccountsOptions, pool: Pool): Promise<void> => {
  try {
    takeIn(log, pool, await readCredentialFiles(config.credentialsDir, { oauth: config.poolOauth }));
  } catch (error) {
    log.failed({ part: 'credentials', error_message: String(error) });
  }
};

const takeIn = (log: Log, pool: Pool, files: CredentialFiles): void => {
  for (const text of [...files.problems, ...files.warnings]) log.failed({ part: 'credentials', error_message: text });
  pool.reload(files);
  log.credentialsLoaded({ count: files.credentials.length });
};

/** What runs beside requests in pool mode; the functions end it. */
const background = (
  options: AccountsOptions,
  call: CallUpstream,
  tracker: Tracker,
  pool: Pool,
): readonly (() => void)[] => {
  const { config, timers, log } = options;
  const watch = createCredentialWatch({
    folder: config.credentialsDir,
    oauth: config.poolOauth,
    timers,
    onChange: (files) => takeIn(log, pool, files),
    onProblem: (problem) => log.failed({ part: 'credentials', error_message: problem }),
  });
  const poller = pollerOf(options, call, tracker, pool);
  watch.start();
  poller.start();
  return [() => watch.stop(), () => poller.stop()];
};

const pollerOf = (
  { config, clock, timers, metrics, log }: AccountsOptions,
  call: CallUpstream,
  tracker: Tracker,
  pool: Pool,
) =>
  createPoller({
    ...{ clock, timers, call },
    random: Math.random,
    intervalMs: config.pollSeconds * 1_000,
    credentials: () => pool.pollable(),
    replicas: createReplicas({ host: config.peersHost ?? null, self: config.podAddress, lookup: addressesOf }),
    events: {
      onUsage: (credential, body, headers) => tracker.observePoll(credential, body, headers),
      onResult({ credential, result, status, nextMs }) {
        metrics.polls.inc({ result });
        if (result === 'ok') return;
        const fields = { status: status === null ? null : String(status), error_message: result };
        log.pollFailed({ credential, ...fields, retry_seconds: nextMs === null ? null : Math.round(nextMs / 1_000) });
      },
      onUnauthorized: (credential) => pool.suspect(credential),
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

const TIMES: ReadonlySet<string> = new Set(['resetsAt', 'learnedAt', 'tokensSince', 'until']);

/** The last time that a date can have. @see https://tc39.es/ecma262/#sec-time-values-and-time-range */
const LAST_TIME = 8.64e15;

/** The same value with its times in ISO 8601. */
const withIsoTimes = (value: unknown): unknown => {
  const text = JSON.stringify(value, (name, held) =>
    TIMES.has(name) && typeof held === 'number' && Math.abs(held) <= LAST_TIME ? iso(held) : held,
  );
  return JSON.parse(text);
};

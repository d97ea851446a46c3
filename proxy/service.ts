import { readFileSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { rootCertificates } from 'node:tls';
import { Pool as ConnectionPool, type Dispatcher } from 'undici';
import { type Accounts, createAccounts } from './accounts.ts';
import { createAdminServer } from './admin.ts';
import type { Clock } from './clock.ts';
import type { Config } from './config.ts';
import { Drains } from './forward/drains.ts';
import { ReplayBudget } from './forward/replay-budget.ts';
import { watchStalls } from './forward/stalls.ts';
import { Exchanges } from './forward/under-way.ts';
import { createForwarder } from './forward.ts';
import { createLog, type LogOptions } from './log.ts';
import { createMetrics } from './metrics.ts';
import { createCredentialIds, readSalt } from './pass-through.ts';
import { createRecords } from './records.ts';
import { createProxyServer, type LocalReply, type LocalSources } from './server.ts';
import { createShutdown } from './shutdown.ts';
import { logSink, metricsSink, tokenStatsSink, trackerSink } from './sinks.ts';
import type { Timers } from './timers.ts';
import { createTokenStats } from './token-stats.ts';
import { createUsageReader } from './usage/reader.ts';

/** What a service is made of. */
export interface ServiceOptions {
  readonly config: Config;
  readonly version: string;
  readonly clock: Clock;
  readonly timers: Timers;
  /** Where lines go. @default - standard output */
  readonly destination?: LogOptions['destination'];
}

/** The ports that a service listens on. */
export interface Ports {
  readonly port: number;
  readonly metricsPort: number;
}

/** The whole proxy in one process. */
export interface Service {
  /** Reads what it needs and listens. @throws when a port is taken or a file cannot be read */
  start(): Promise<Ports>;
  /** Lets requests that are under way finish, then ends everything; called again it ends at once. */
  stop(signal: string): Promise<void>;
}

/** How long connections to the upstream are kept where it does not say. */
const UPSTREAM_KEEP_ALIVE_MS = 20_000;

/** What the configuration's files hold. */
export interface Files {
  readonly salt: Buffer;
  /** Certificate authorities in PEM; undefined where none are added. */
  readonly authorities: string | undefined;
}

/** Reads the files that must be there before the proxy starts. @throws when one cannot be read or is no good */
export const readFiles = ({ saltFile, upstreamCaFile }: Config): Files => ({
  salt: readSalt(saltFile),
  authorities: upstreamCaFile === undefined ? undefined : readFileSync(upstreamCaFile, 'utf8'),
});

/** Puts the parts of the proxy together. Nothing listens yet. */
export const createService = (options: ServiceOptions): Service => {
  const { config, clock, timers, version, destination } = options;
  const log = createLog({ level: config.logLevel, clock, ...(destination === undefined ? {} : { destination }) });
  const metrics = createMetrics({ version, clock });
  const files = readFiles(config);
  const upstream = connectionsTo(config, files);
  const accounts = createAccounts({ config, clock, timers, metrics, log, upstream });
  const tokenStats = createTokenStats();
  const sinks = [logSink(log), metricsSink(metrics), trackerSink(accounts.tracker), tokenStatsSink(tokenStats)];
  const records = createRecords({ sinks, metrics, log, clock });
  const exchanges = new Exchanges();
  metrics.collect(() => accounts.snapshot());
  const forwarder = createForwarder(
    {
      ...{ config, clock, upstream, records, metrics, log, exchanges },
      ...{ tracker: accounts.tracker, pool: accounts.pool },
      credentialId: createCredentialIds(files.salt),
      createReader: createUsageReader,
      drains: new Drains({ seconds: config.abandonedSeconds, streams: config.abandonedStreams }),
      budget: new ReplayBudget(config.replayBytes, config.replayTotalBytes),
    },
    new URL(config.upstreamUrl).pathname.replace(/\/$/, ''),
  );
  const sources = localSources(accounts, () => shutdown.stopping, tokenStats);
  const server = createProxyServer({ config, forwarder, sources, exchanges, stopping: () => shutdown.stopping });
  const admin = createAdminServer(metrics);
  const endStalls = watchStalls({ clock, exchanges, seconds: config.stalledClientSeconds });
  const close = async (): Promise<void> => {
    endStalls();
    admin.close();
    admin.closeAllConnections();
    await accounts.stop();
    await upstream.destroy();
    await log.flush();
  };
  const shutdown = createShutdown({ config, clock, log, server, exchanges, records, close });
  return {
    start: async () => {
      await accounts.start();
      const metricsPort = await listen(admin, config.metricsPort, config.host);
      const port = await listen(server, config.port, config.host);
      log.started({ version, port, metrics_port: metricsPort, mode: config.credentialsMode });
      return { port, metricsPort };
    },
    stop: (signal) => shutdown.stop(signal),
  };
};

/** The connections to the upstream; HTTP/1.1 only, because it keeps headers and chunks as the client's side has them. */
const connectionsTo = (config: Config, { authorities }: Files): Dispatcher =>
  new ConnectionPool(new URL(config.upstreamUrl).origin, {
    allowH2: false,
    headersTimeout: Math.round(config.upstreamHeadSeconds * 1_000),
    bodyTimeout: Math.round(config.upstreamIdleSeconds * 1_000),
    keepAliveTimeout: UPSTREAM_KEEP_ALIVE_MS,
    maxHeaderSize: config.maxHeaderBytes,
    connect: {
      timeout: Math.round(config.connectSeconds * 1_000),
      ...(authorities === undefined ? {} : { ca: [...rootCertificates, authorities] }),
    },
  });

const localSources = (accounts: Accounts, stopping: () => boolean, tokenStats: { read(): unknown }): LocalSources => ({
  ready: () => readiness(accounts, stopping()),
  tokenStats: () => tokenStats.read(),
  windows: () => ({
    windows: accounts.tracker.snapshot().map(withIsoTimes),
    extra_usage: accounts.tracker.extraUsage(),
  }),
  credentials: () => ({
    mode: accounts.pool === null ? 'pass-through' : 'pool',
    credentials: (accounts.pool?.states() ?? []).map(withIsoTimes),
  }),
});

const readiness = ({ pool }: Accounts, stopping: boolean): LocalReply => {
  if (stopping) return { status: 503, body: { status: 'stopping' } };
  if (pool !== null && pool.states().length === 0) return { status: 503, body: { status: 'no credentials' } };
  return { status: 200, body: { status: 'ready' } };
};

const TIMES: ReadonlySet<string> = new Set(['resetsAt', 'learnedAt', 'tokensSince', 'until']);

/** Times as people read them. */
const withIsoTimes = (row: object): object =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name,
      TIMES.has(name) && typeof value === 'number' ? new Date(value).toISOString() : value,
    ]),
  );

const listen = (server: Server, port: number, host: string | undefined): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, ...(host === undefined ? {} : { host }) }, () => {
      server.off('error', reject);
      resolve((server.address() as AddressInfo).port);
    });
  });

import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Accounts, createAccounts } from './accounts.ts';
import type { Config } from './config.ts';
import { createAccountIds, createCredentialIds } from './credentials/client-credential.ts';
import { createRouter } from './http/router.ts';
import { createRequestScans } from './json/request-scan.ts';
import { createLog, type LogOptions } from './log/log.ts';
import { createRefusalLog } from './log/refusal-log.ts';
import { type AccountSnapshot, createMetrics } from './metrics/metrics.ts';
import { logObserver, metricsObserver } from './records/observers.ts';
import { type BillRequest, createRecords } from './records/records.ts';
import { countRecord, countTokens, inMemory, keepUsage, logRecord } from './records/sinks.ts';
import { createTokenStats } from './records/token-stats.ts';
import { Drains } from './request/drains.ts';
import { createForwarder } from './request/forwarder.ts';
import { combined } from './request/observer.ts';
import { ReplayBudget } from './request/replay-budget.ts';
import { watchStalls } from './request/stalls.ts';
import { Exchanges } from './request/under-way.ts';
import { createAdminServer } from './server/admin.ts';
import { createClientServer } from './server/clients.ts';
import { createGate } from './server/gate.ts';
import { adminRoutes, clientRoutes, type Readiness } from './server/routes.ts';
import { createShutdown } from './shutdown.ts';
import { readFiles } from './startup.ts';
import type { Clock, Timers } from './time.ts';
import { createConnections } from './upstream/connections.ts';
import { type BatchLedger, createBatchLedger } from './usage/batch-ledger.ts';
import { createBilling } from './usage/bill.ts';
import type { PriceTable } from './usage/prices.ts';
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

/** Puts the parts of the proxy together. Nothing listens yet. */
export const createService = (options: ServiceOptions): Service => {
  const { config, clock, timers, version, destination } = options;
  const metrics = createMetrics({ version, clock, maxAccounts: config.maxAccounts });
  const log = createLog({
    level: config.logLevel,
    clock,
    onDropped: (lines) => metrics.logLinesDropped.inc({}, lines),
    ...(destination === undefined ? {} : { destination }),
  });
  const files = readFiles(config);
  const upstream = createConnections(config, files);
  const batches = createBatchLedger();
  const credentialId = createCredentialIds(files.salt);
  const accounts = createAccounts({
    ...{ config, clock, timers, version, metrics, log, upstream, batches, credentialId },
    accountId: createAccountIds(credentialId),
  });
  const tokenStats = createTokenStats();
  const records = createRecords({
    sinks: [inMemory([logRecord(log), countRecord(metrics), keepUsage(accounts.tracker), countTokens(tokenStats)])],
    ...{ metrics, log, clock, timers },
    billOf: billingOf(files.prices, batches, () => accounts.billed()),
  });
  const refusals = createRefusalLog({ log, timers });
  const exchanges = new Exchanges();
  metrics.collect(() =>
    shutdown.stopping && config.stateFile !== undefined ? handedOver(accounts) : accounts.snapshot(),
  );
  const forwarder = createForwarder({
    ...{ config, clock, timers, upstream, exchanges },
    basePath: new URL(config.upstreamUrl).pathname.replace(/\/$/, ''),
    credentials: accounts.credentials,
    accounts: accounts.tracker,
    observer: combined([
      metricsObserver(metrics),
      logObserver(log),
      { refused: (request) => refusals.refused(request) },
      { ended: (record) => records.write(record) },
    ]),
    scans: createRequestScans(),
    createReader: (head) => createUsageReader(head, files.prices.bands),
    drains: new Drains({ seconds: config.abandonedSeconds, streams: config.abandonedStreams }, timers),
    budget: new ReplayBudget(config.replayBytes, config.replayTotalBytes),
  });
  const onFault = (error: unknown) => log.failed({ part: 'route', error_message: String(error) });
  const readiness = () => readinessOf(accounts, shutdown.stopping);
  const router = createRouter(clientRoutes({ readiness, tokenTotals: () => tokenStats.totals() }), onFault);
  const server = createClientServer({
    ...{ config, forwarder, router, exchanges },
    gate: createGate(config),
    stopping: () => shutdown.stopping,
  });
  const adminSources = {
    ...{ metrics, readiness },
    tokenTotals: () => tokenStats.totals(),
    tokenStats: () => tokenStats.read(),
    windows: () => accounts.windows(),
    credentials: () => accounts.credentialStates(),
  };
  const admin = createAdminServer(createRouter(adminRoutes(adminSources), onFault));
  const endStalls = watchStalls({ clock, timers, exchanges, seconds: config.stalledClientSeconds });
  const close = async (): Promise<void> => {
    endStalls();
    refusals.flush();
    admin.close();
    admin.closeAllConnections();
    await accounts.stop();
    await upstream.destroy();
    const lost = await log.flush();
    if (lost > 0) process.stderr.write(`${lost} log lines were lost: nobody read standard output\n`);
  };
  const shutdown = createShutdown({ config, clock, timers, log, server, exchanges, records, close });
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

/** Bills what a request used, and of a batch what was not billed by an earlier fetch of its results. */
const billingOf = (prices: PriceTable, batches: BatchLedger, onBatch: () => void): BillRequest => {
  const billing = createBilling({ prices });
  return (report, at) => {
    if (report === null || report.batchId === null) return billing(report, at);
    const { batchId, entries, finished: complete } = report;
    const fresh = batches.bill({ batchId, entries, complete });
    onBatch();
    return billing({ ...report, entries: fresh }, at);
  };
};

/** The accounts of a proxy whose successor counts on from the same state: the tokens of a window must not be there twice. */
const handedOver = (accounts: Accounts): AccountSnapshot => {
  const snapshot = accounts.snapshot();
  return { ...snapshot, windows: snapshot.windows.map((window) => ({ ...window, tokens: [], tokensSince: null })) };
};

const readinessOf = ({ pool }: Accounts, stopping: boolean): Readiness => {
  if (stopping) return { ready: false, status: 'stopping' };
  if (pool?.states().length === 0) return { ready: false, status: 'no credentials' };
  return { ready: true, status: 'ready' };
};

const listen = (server: Server, port: number, host: string | undefined): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, ...(host === undefined ? {} : { host }) }, () => {
      server.off('error', reject);
      resolve((server.address() as AddressInfo).port);
    });
  });

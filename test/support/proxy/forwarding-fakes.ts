import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Environment, readConfig } from '../../../proxy/config.ts';
import type { CredentialStrategy } from '../../../proxy/credentials/strategy.ts';
import { createRouter } from '../../../proxy/http/router.ts';
import { createRequestScans } from '../../../proxy/json/request-scan.ts';
import type { RefusedRequest } from '../../../proxy/log/refusal-log.ts';
import type { RequestContext } from '../../../proxy/request/context.ts';
import { Drains } from '../../../proxy/request/drains.ts';
import { createForwarder } from '../../../proxy/request/forwarder.ts';
import type { UpstreamError } from '../../../proxy/request/observer.ts';
import type { RequestRecord } from '../../../proxy/request/record.ts';
import { ReplayBudget } from '../../../proxy/request/replay-budget.ts';
import { Exchanges } from '../../../proxy/request/under-way.ts';
import { createClientServer } from '../../../proxy/server/clients.ts';
import { createGate } from '../../../proxy/server/gate.ts';
import { clientRoutes } from '../../../proxy/server/routes.ts';
import { systemClock, systemTimers, type Timers } from '../../../proxy/time.ts';
import { createConnections } from '../../../proxy/upstream/connections.ts';
import { createUsageReader } from '../../../proxy/usage/reader.ts';

/** A proxy whose surroundings only write down what they observe. */
export interface RecordingProxy {
  readonly url: string;
  readonly port: number;
  readonly server: Server;
  readonly context: RequestContext;
  readonly records: RequestRecord[];
  readonly errors: UpstreamError[];
  readonly refusals: RefusedRequest[];
  readonly drains: string[];
  readonly observed: {
    readonly credential: string;
    readonly claimedAccount: string | null;
    readonly headers: Readonly<Record<string, unknown>>;
  }[];
  /** The requests under way, by whether they are streams. */
  readonly inFlight: Record<'true' | 'false', number>;
  stopping: boolean;
  /** Resolves when so many records were written. */
  recorded(count: number): Promise<readonly RequestRecord[]>;
  close(): Promise<void>;
}

/** What a test may change. */
export interface RecordingOptions {
  readonly upstreamUrl: string;
  /** Settings as environment variables give them. */
  readonly environment?: Environment;
  /** @default - clients' own credentials */
  readonly credentials?: CredentialStrategy;
  readonly timers?: Timers;
}

/** Clients' own credentials, each named after its text. */
const OWN: CredentialStrategy = {
  repeats: false,
  open: ({ headers }) => ({
    next: () => ({
      kind: 'send',
      credential: headers['x-api-key'] === undefined ? null : `id-of-${String(headers['x-api-key'])}`,
      headers: undefined,
    }),
    answered: () => 'pass',
    judge: () => 'pass',
  }),
};

/** Starts the server and the forwarder on loopback, with a real upstream connection and fakes for the rest. */
export const startRecordingProxy = async (options: RecordingOptions): Promise<RecordingProxy> => {
  const config = readConfig({ TIDEWATCH_UPSTREAM_URL: options.upstreamUrl, ...options.environment });
  const timers = options.timers ?? systemTimers;
  const records: RequestRecord[] = [];
  const errors: UpstreamError[] = [];
  const refusals: RefusedRequest[] = [];
  const drains: string[] = [];
  const observed: RecordingProxy['observed'] = [];
  const inFlight = { true: 0, false: 0 };
  const count = (stream: boolean, by: number) => {
    inFlight[stream ? 'true' : 'false'] += by;
  };
  const upstream = createConnections(config, FILES);
  const context: RequestContext = {
    config,
    clock: systemClock,
    timers,
    upstream,
    basePath: new URL(config.upstreamUrl).pathname.replace(/\/$/, ''),
    credentials: options.credentials ?? OWN,
    accounts: {
      observeAnswer: (payer, headers) => {
        observed.push({ ...payer, headers });
        return payer.credential;
      },
    },
    observer: {
      started: (stream) => count(stream, 1),
      streamChanged: (stream) => {
        count(stream, 1);
        count(!stream, -1);
      },
      stopped: (stream) => count(stream, -1),
      attempted: () => undefined,
      upstreamError: (error) => void errors.push(error),
      refused: (refused) => void refusals.push(refused),
      drained: (result) => void drains.push(result),
      ended: (record) => void records.push(record),
    },
    scans: createRequestScans(),
    createReader: createUsageReader,
    drains: new Drains({ seconds: config.abandonedSeconds, streams: config.abandonedStreams }, timers),
    budget: new ReplayBudget(config.replayBytes, config.replayTotalBytes),
    exchanges: new Exchanges(),
  };
  const proxy = { stopping: false };
  const routes = clientRoutes({
    readiness: () => ({ ready: true, status: 'ready' }),
    tokenTotals: () => ({ total_requests: 0 }),
  });
  const server = createClientServer({
    config,
    forwarder: createForwarder(context),
    router: createRouter(routes, () => undefined),
    gate: createGate(config),
    exchanges: context.exchanges,
    stopping: () => proxy.stopping,
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return Object.assign(proxy, {
    url: `http://127.0.0.1:${port}`,
    port,
    server,
    context,
    records,
    errors,
    refusals,
    drains,
    observed,
    inFlight,
    recorded: (wanted: number) => waitForCount(records, wanted),
    close: async () => {
      server.close();
      server.closeAllConnections();
      await upstream.destroy();
    },
  });
};

const FILES = { salt: Buffer.alloc(16), authorities: undefined };

const waitForCount = async (records: readonly RequestRecord[], count: number): Promise<readonly RequestRecord[]> => {
  const until = Date.now() + 5_000;
  while (records.length < count) {
    if (Date.now() > until) throw new Error(`expected ${count} records, received ${records.length}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return records;
};

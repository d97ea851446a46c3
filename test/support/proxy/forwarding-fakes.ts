import { readFileSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Pool as UpstreamPool } from 'undici';
import { systemClock } from '../../../proxy/clock.ts';
import { type Environment, readConfig } from '../../../proxy/config.ts';
import { Drains } from '../../../proxy/forward/drains.ts';
import type { Forwarding } from '../../../proxy/forward/forwarding.ts';
import { ReplayBudget } from '../../../proxy/forward/replay-budget.ts';
import { Exchanges } from '../../../proxy/forward/under-way.ts';
import { createForwarder } from '../../../proxy/forward.ts';
import type { LogFields } from '../../../proxy/log.ts';
import type { Pool } from '../../../proxy/pool/pool.ts';
import type { RequestRecord } from '../../../proxy/records.ts';
import { createProxyServer } from '../../../proxy/server.ts';
import { createUsageReader } from '../../../proxy/usage/reader.ts';

/** A proxy whose surroundings only write down what they are told. */
export interface RecordingProxy {
  readonly url: string;
  readonly port: number;
  readonly server: Server;
  readonly context: Forwarding;
  readonly records: RequestRecord[];
  readonly errors: LogFields<'upstreamError'>[];
  readonly drains: string[];
  readonly observed: { readonly credential: string; readonly headers: Readonly<Record<string, unknown>> }[];
  /** The gauge of requests under way, by the label `stream`. */
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
  readonly pool?: Pool;
}

/** Starts the server and the forwarder on loopback, with a real upstream connection and fakes for the rest. */
export const startRecordingProxy = async (options: RecordingOptions): Promise<RecordingProxy> => {
  const config = readConfig({ TIDEWATCH_UPSTREAM_URL: options.upstreamUrl, ...options.environment });
  const records: RequestRecord[] = [];
  const errors: LogFields<'upstreamError'>[] = [];
  const drains: string[] = [];
  const observed: RecordingProxy['observed'] = [];
  const inFlight = { true: 0, false: 0 };
  const upstream = new UpstreamPool(new URL(config.upstreamUrl).origin, {
    allowH2: false,
    headersTimeout: config.upstreamHeadSeconds * 1_000,
    bodyTimeout: config.upstreamIdleSeconds * 1_000,
    connect: {
      timeout: config.connectSeconds * 1_000,
      ...(config.upstreamCaFile === undefined ? {} : { ca: readFileSync(config.upstreamCaFile, 'utf8') }),
    },
  });
  const context: Forwarding = {
    config,
    clock: systemClock,
    upstream,
    records: { write: (record) => void records.push(record) },
    metrics: {
      requestsInFlight: {
        inc({ stream }) {
          inFlight[stream] += 1;
        },
        dec({ stream }) {
          inFlight[stream] -= 1;
        },
      },
      drains: { inc: ({ result }) => void drains.push(result) },
      upstreamErrors: { inc: () => undefined },
    },
    log: { upstreamError: (fields) => void errors.push(fields) },
    tracker: { observeHeaders: (credential, headers) => void observed.push({ credential, headers }) },
    pool: options.pool ?? null,
    credentialId: (credential) => `id-of-${credential}`,
    createReader: createUsageReader,
    drains: new Drains({ seconds: config.abandonedSeconds, streams: config.abandonedStreams }),
    budget: new ReplayBudget(config.replayBytes, config.replayTotalBytes),
    exchanges: new Exchanges(),
  };
  const proxy = {
    stopping: false,
  };
  const server = createProxyServer({
    config,
    forwarder: createForwarder(context, new URL(config.upstreamUrl).pathname.replace(/\/$/, '')),
    sources: {
      ready: () => ({ status: 200, body: { status: 'ready' } }),
      tokenStats: () => ({ total_requests: 0 }),
      windows: () => [],
      credentials: () => [],
    },
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
    drains,
    observed,
    inFlight,
    recorded: (count: number) => waitForCount(records, count),
    close: async () => {
      server.close();
      server.closeAllConnections();
      await upstream.destroy();
    },
  });
};

const waitForCount = async (records: readonly RequestRecord[], count: number): Promise<readonly RequestRecord[]> => {
  const until = Date.now() + 5_000;
  while (records.length < count) {
    if (Date.now() > until) throw new Error(`expected ${count} records, got ${records.length}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return records;
};

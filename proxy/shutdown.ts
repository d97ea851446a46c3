import type { Server } from 'node:http';
import { Server as NetServer } from 'node:net';
import type { Config } from './config.ts';
import type { Log } from './log/log.ts';
import type { Records } from './records/records.ts';
import type { ExchangesView } from './request/under-way.ts';
import type { Clock, Timers } from './time.ts';

/** What is ended, in which order, when the process stops. */
export interface ShutdownOptions {
  readonly config: Pick<Config, 'drainSeconds' | 'lingerSeconds' | 'flushSeconds'>;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Pick<Log, 'draining' | 'stopped'>;
  readonly server: Server;
  readonly exchanges: ExchangesView;
  readonly records: Pick<Records, 'flush' | 'waiting'>;
  /** Runs last, after all records have gone out. */
  readonly close: () => Promise<void>;
}

/** The end of the process: requests that are under way finish first. */
export interface Shutdown {
  /** Whether readiness is off. */
  readonly stopping: boolean;
  /** Begins to stop; a second call stops at once. Ends when everything is closed. */
  stop(signal: string): Promise<void>;
}

/** How often the end of the last request is looked for; nobody waits for it but the process's end. */
const LOOK_MS = 25;

/** How long the readers of answers that were cut may take to tell their usage. */
const LAST_REPORTS_MS = 2_000;

/**
 * Makes the end of a service: readiness off, a delay, no more connections, streams to their end within the grace, records
 * out. The delay is for load balancers, which do not send SIGINT.
 */
export const createShutdown = (options: ShutdownOptions): Shutdown => {
  const { config, exchanges, log } = options;
  let done: Promise<void> | null = null;
  let hurry = false;
  const wait = (ms: number, until: () => boolean) => waitFor(options, ms, () => hurry || until());
  const run = async (signal: string): Promise<void> => {
    log.draining({ signal, in_flight: exchanges.size, grace_seconds: config.drainSeconds });
    if (signal === 'SIGTERM') await wait(config.lingerSeconds * 1_000, () => false);
    stopListening(options.server);
    await wait(config.drainSeconds * 1_000, () => {
      closeIdle(options.server, exchanges);
      return exchanges.size === 0;
    });
    await end(options);
  };
  return {
    get stopping() {
      return done !== null;
    },
    stop(signal) {
      hurry = done !== null;
      done ??= run(signal);
      return done;
    },
  };
};

/** Takes no more connections. The close of node:http would also cut answers that are ended and not yet sent. */
const stopListening = (server: Server): void => {
  NetServer.prototype.close.call(server);
};

/** Closes the connections that wait for their next request. To node:http an answer that is ended and not yet sent is one of them. */
const closeIdle = (server: Server, exchanges: ExchangesView): void => {
  if (![...exchanges].some(({ response }) => response.writableEnded)) server.closeIdleConnections();
};

const end = async ({
  clock,
  timers,
  exchanges,
  server,
  records,
  config,
  close,
  log,
}: ShutdownOptions): Promise<void> => {
  const cut = exchanges.size;
  for (const exchange of exchanges) exchange.shutDown();
  await waitFor({ clock, timers }, LAST_REPORTS_MS, () => exchanges.size === 0);
  server.closeAllConnections();
  await records.flush(config.flushSeconds * 1_000);
  log.stopped({ streams_cut: cut, records_lost: exchanges.size + records.waiting });
  await close();
};

/** Waits until something holds, for at most a time. */
const waitFor = (
  { clock, timers }: Pick<ShutdownOptions, 'clock' | 'timers'>,
  ms: number,
  holds: () => boolean,
): Promise<void> =>
  new Promise((resolve) => {
    const until = clock.monotonic() + ms;
    const look = (): void => {
      if (holds() || clock.monotonic() >= until) {
        resolve();
        return;
      }
      timers.after(LOOK_MS, look);
    };
    look();
  });

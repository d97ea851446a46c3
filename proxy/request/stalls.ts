import type { Clock, Timers } from '../time.ts';
import type { ExchangesView, UnderWay } from './under-way.ts';

/** What is watched, and when a client counts as gone. */
export interface StallOptions {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly exchanges: ExchangesView;
  /** How long an answer may wait without a byte of it being read. */
  readonly seconds: number;
}

/** How often the watch looks, as a share of the time that a client has. */
const SHARE = 10;

const MS = 1_000;

/**
 * Cuts the connections of clients that leave their answers unread, the last piece of one included: back-pressure would let
 * each hold a connection for ever. One look over all costs less than a timer each. The result ends the watch.
 */
export const watchStalls = ({ clock, timers, exchanges, seconds }: StallOptions): (() => void) => {
  const limit = seconds * MS;
  const look = (): void => {
    const now = clock.monotonic();
    for (const exchange of exchanges) if (isStalled(exchange, now, limit)) exchange.cut();
    cancel = timers.after(limit / SHARE, look);
  };
  let cancel = timers.after(limit / SHARE, look);
  return () => cancel();
};

/** Notes whether an answer has moved since the last look; tells whether it has stood still for too long. */
const isStalled = (exchange: UnderWay, now: number, limit: number): boolean => {
  const { flushed } = exchange;
  if (exchange.unread === 0 || flushed !== exchange.lastFlushed) {
    exchange.lastFlushed = flushed;
    exchange.stalledSince = exchange.unread === 0 ? null : now;
    return false;
  }
  exchange.stalledSince ??= now;
  return now - exchange.stalledSince >= limit;
};

import type { Clock } from '../clock.ts';
import type { ExchangesView } from './under-way.ts';

/** What is looked after, and when a client counts as gone. */
export interface StallOptions {
  readonly clock: Clock;
  readonly exchanges: ExchangesView;
  /** How long an answer may lie unread. */
  readonly seconds: number;
}

/** How often is looked, as a share of the time that a client has. */
const SHARE = 10;

const MS = 1_000;

/**
 * Cuts the connections of clients that leave their answers unread: back-pressure would let each hold a connection to the
 * upstream for ever. One look over all costs less than a timer each. Ends with the function it gives.
 */
export const watchStalls = ({ clock, exchanges, seconds }: StallOptions): (() => void) => {
  const look = (): void => {
    const before = clock.monotonic() - seconds * MS;
    for (const exchange of exchanges) {
      if (exchange.stalledSince !== null && exchange.stalledSince < before) exchange.cut();
    }
  };
  const timer = setInterval(look, (seconds * MS) / SHARE);
  timer.unref();
  return () => clearInterval(timer);
};

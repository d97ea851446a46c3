import type { IncomingMessage, ServerResponse } from 'node:http';
import type { LocalError } from '../errors.ts';

/** An exchange that is under way, as server and life cycle see it. */
export interface UnderWay {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Its place in the list of those under way; the list's own. */
  place: number;
  /** Since when the client has left the answer unread, in monotonic milliseconds; null while it reads. */
  readonly stalledSince: number | null;
  /** Answers in the proxy's own name, or cuts the connection where the head is out already. */
  refuse(error: LocalError, message: string): void;
  /** Cuts the connection to a client that does not read. */
  cut(): void;
  /** Ends the exchange at once because the process stops. */
  shutDown(): void;
}

/** The exchanges that are under way, for those who only look. */
export interface ExchangesView extends Iterable<UnderWay> {
  readonly size: number;
}

/**
 * The exchanges that are under way. A Set would do, but not for the garbage collector: each time a Set that is added to
 * and deleted from makes a new table, the old one keeps pointing to it and to what was in it. Once one table has grown
 * old, every later table and so every exchange grows old with it; at 10,000 requests a second a third of the processor
 * time went into moving them.
 */
export class Exchanges implements ExchangesView {
  readonly #list: UnderWay[] = [];

  get size(): number {
    return this.#list.length;
  }

  add(exchange: UnderWay): void {
    exchange.place = this.#list.length;
    this.#list.push(exchange);
  }

  delete(exchange: UnderWay): void {
    const last = this.#list.pop();
    if (last === undefined || last === exchange) return;
    this.#list[exchange.place] = last;
    last.place = exchange.place;
  }

  /** Goes over those that are under way now, whatever becomes of them meanwhile. */
  [Symbol.iterator](): Iterator<UnderWay> {
    return [...this.#list][Symbol.iterator]();
  }
}

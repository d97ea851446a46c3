import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Refusal } from '../http/errors.ts';

/** A request that is not done, as server and shutdown see it. */
export interface UnderWay {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Its place in the list; the list's own. */
  place: number;
  /** The bytes of the answer that wait for the client to read. */
  readonly unread: number;
  /** The bytes of the answer that the client's side of the connection has taken. */
  readonly flushed: number;
  /** What was flushed at the last look, and since when (monotonic milliseconds) it has not grown; the stall watch's own. */
  lastFlushed: number;
  stalledSince: number | null;
  /** Answers in the proxy's own name, or cuts the connection where the head is out already. */
  refuse(reason: Refusal, message: string): void;
  /** Cuts the connection to a client that does not read. */
  cut(): void;
  /** Ends the request at once because the process stops. */
  shutDown(): void;
}

/** The requests that are not done, for those who only look. */
export interface ExchangesView extends Iterable<UnderWay> {
  readonly size: number;
}

/**
 * The requests that are not done. A Set would do, but not for the garbage collector: each time a Set that is added to
 * and deleted from makes a new table, the old one keeps pointing to it and to what was in it. Once one table has grown
 * old, every later table and so every request grows old with it; at 10,000 requests a second a third of the CPU time went
 * into moving them.
 */
export class Exchanges implements ExchangesView {
  /** How many of them count as under way: their body is there, or is being streamed. */
  counted = 0;
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

  /** Goes over those that are there now, whatever becomes of them meanwhile. */
  [Symbol.iterator](): Iterator<UnderWay> {
    return [...this.#list][Symbol.iterator]();
  }
}

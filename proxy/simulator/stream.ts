import type { ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { closingOf, jsonOf, type Message, OVERLOADED_EVENT, openingOf, pieceOf } from './message.ts';
import type { Fault } from './scenario.ts';

/** How an answer is sent. */
export interface Delivery {
  readonly response: ServerResponse;
  readonly headers: Readonly<Record<string, string>>;
  /** Milliseconds for a token. */
  readonly tokenMs: number;
  readonly fault: Fault | null;
  /** Aborted when the client has gone. */
  readonly signal: AbortSignal;
}

/** Waits, unless there is nothing to wait for. @throws when the client goes meanwhile */
export const pause = async (ms: number, signal: AbortSignal): Promise<void> => {
  if (ms > 0) await wait(ms, undefined, { signal });
};

/** Breaks a connection, so that the other side sees a reset. */
export const breakOff = (response: ServerResponse): void => void response.socket?.resetAndDestroy();

/** Bytes come out as they are written; a reader that is slow is waited for. */
const write = async (response: ServerResponse, text: string, signal: AbortSignal): Promise<void> => {
  if (response.write(text) || signal.aborted) return;
  await new Promise<void>((resolve) => {
    response.once('drain', resolve);
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
};

/** What becomes of a stream half way through; true where nothing may follow. */
const trouble = async ({ response, fault, signal }: Delivery): Promise<boolean> => {
  switch (fault) {
    case 'stream_error':
      response.end(OVERLOADED_EVENT);
      return true;
    case 'cut':
      // Give what was written the time to arrive: a reset takes back what is still under way.
      await pause(5, signal);
      breakOff(response);
      return true;
    case 'stall':
      return true;
    default:
      return false;
  }
};

/** Streams an answer at its pace; a fault comes half way through the text. @throws when the client goes meanwhile */
export const streamMessage = async (message: Message, delivery: Delivery): Promise<void> => {
  const { response, tokenMs, signal } = delivery;
  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache',
    ...delivery.headers,
  });
  await write(response, openingOf(message), signal);
  const half = Math.floor(message.pieces.length / 2);
  for (const [index, piece] of message.pieces.entries()) {
    if (index === half && (await trouble(delivery))) return;
    await pause((tokenMs * message.tokens.output) / message.pieces.length, signal);
    await write(response, pieceOf(piece), signal);
  }
  response.end(closingOf(message));
};

/** Sends half of an answer in JSON and then what a fault makes of the rest. @throws when the client goes meanwhile */
export const breakMessage = async (message: Message, delivery: Delivery): Promise<void> => {
  const { response, headers, signal } = delivery;
  const body = jsonOf(message);
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': String(body.length), ...headers });
  await write(response, body.slice(0, Math.floor(body.length / 2)), signal);
  await trouble(delivery);
};

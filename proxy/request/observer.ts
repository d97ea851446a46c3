import type { ErrorType, proxyLabels } from '#catalog';
import type { RefusedRequest } from '../log/refusal-log.ts';
import type { RequestRecord } from './record.ts';

/** An error that an attempt at the upstream met. */
export interface UpstreamError {
  readonly type: ErrorType;
  readonly message: string;
  /** The status of the answer; null where the connection failed. */
  readonly status: number | null;
  readonly credential: string | null;
  /** Which attempt for its request it was, from 1. */
  readonly attempt: number;
  /** The `request-id` of the upstream. */
  readonly requestId: string | null;
}

/** What can be observed of requests: metrics, log and records subscribe to it. None of it may throw or wait. */
export interface RequestObserver {
  /** A request counts as under way: its body is there, or is being streamed. */
  started(stream: boolean): void;
  /** The answer shows that a request under way is a stream, or is none. */
  streamChanged(stream: boolean): void;
  /** An attempt at the upstream is made: the first, second, … of its request. */
  attempted(ordinal: number): void;
  upstreamError(error: UpstreamError): void;
  refused(request: RefusedRequest): void;
  /** An answer was read on for its usage after its client had left. */
  drained(result: (typeof proxyLabels.drainResult.values)[number]): void;
  /** A request that counted as under way does so no more. */
  stopped(stream: boolean): void;
  /** Everything is known of a request. Comes once for each. */
  ended(record: RequestRecord): void;
}

const EVENTS = [
  'started',
  'streamChanged',
  'attempted',
  'upstreamError',
  'refused',
  'drained',
  'stopped',
  'ended',
] as const;

/** One observer that passes everything on to several, in their order. */
export const combined = (observers: readonly Partial<RequestObserver>[]): RequestObserver => {
  const fanOut = EVENTS.map((event) => {
    const handlers = observers.flatMap((one) => (one[event] === undefined ? [] : [one[event].bind(one)]));
    const pass = (argument: never): void => {
      for (const handle of handlers) handle(argument);
    };
    // Most events have one observer, which then is called without a detour.
    return [event, handlers.length === 1 ? handlers[0] : pass];
  });
  return Object.fromEntries(fanOut) as RequestObserver;
};

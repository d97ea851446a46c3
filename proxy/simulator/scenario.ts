import type { WindowName } from '#catalog';
import type { Spread } from './random.ts';

/** What can go wrong with a request, besides a window that is used up. */
export const FAULTS = [
  /** 429 of a limit a minute, with `retry-after`. */
  'minute',
  /** 429 of a spend cap, which never says when to try again. */
  'spend',
  /** 529. */
  'overloaded',
  /** 500. */
  'api_error',
  /** 504 in Anthropic's shape. */
  'timeout',
  /** 401. */
  'unauthorized',
  /** 403. */
  'forbidden',
  /** 502 with a page in HTML, as a network in between answers. */
  'bad_gateway',
  /** 200, and an error event amid the stream. */
  'stream_error',
  /** The connection breaks before the answer begins. */
  'reset',
  /** The connection breaks amid the answer. */
  'cut',
  /** No answer ever. */
  'hang',
  /** The answer stops amid the stream, and the connection stays. */
  'stall',
  /** Bytes that are no HTTP. */
  'garbage',
] as const;

/** The name of a fault. */
export type Fault = (typeof FAULTS)[number];

/** How fast answers come; all times in milliseconds. */
export interface Pace {
  /** Until the answer's head. */
  readonly firstByteMs: Spread;
  /** For each token of the answer after that. */
  readonly tokenMs: number;
}

/** The state into which a window is put; it goes on from there. */
export interface WindowChange {
  readonly account: string;
  readonly window: WindowName;
  readonly percent: number;
  /** Seconds until the reset, as the clock counts them. @default - it stays */
  readonly resetsInSeconds?: number;
  /** How many times more the requests use of it than of a usual one. @default 1 */
  readonly factor?: number;
}

/** What an upstream does for a time: the parts that are there replace those of the scenarios that play with it. */
export interface Scenario {
  /** Shares of the requests that meet a fault, from 0 to 1 in all. */
  readonly faults?: Readonly<Partial<Record<Fault, number>>>;
  /** Faults of the first requests, one after the other; null for none. They go before the shares. */
  readonly script?: readonly (Fault | null)[];
  readonly pace?: Pace;
  /** Seconds that `retry-after` asks for at a limit a minute. */
  readonly retryAfterSeconds?: number;
  /** Requests a minute of an API key. */
  readonly requestsPerMinute?: number;
  /** Tokens that fill a window of five hours, each kind by its weight. */
  readonly budget?: number;
  /** Windows when the scenario begins. */
  readonly windows?: readonly WindowChange[];
  /** Tokens that are no longer accepted. */
  readonly revoked?: readonly string[];
  /** Whether JSON is compressed for clients that accept it. */
  readonly compressed?: boolean;
}

/** Everything that scenarios decide. */
export type Conditions = Required<Omit<Scenario, 'windows' | 'script'>>;

/** An upstream that answers at once and without fault. */
export const IDEAL: Conditions = {
  faults: {},
  pace: { firstByteMs: { median: 0, spread: 0 }, tokenMs: 0 },
  retryAfterSeconds: 1,
  requestsPerMinute: 4_000,
  budget: 200_000_000,
  revoked: [],
  compressed: false,
};

/** What holds while scenarios play together: of each fault and each other part the last one counts. */
export const conditionsOf = (scenarios: readonly Scenario[]): Conditions => ({
  ...IDEAL,
  ...Object.assign({}, ...scenarios.map(({ windows: _windows, script: _script, ...lasting }) => lasting)),
  faults: Object.assign({}, ...scenarios.map(({ faults }) => faults ?? {})),
  revoked: scenarios.flatMap(({ revoked }) => revoked ?? []),
});

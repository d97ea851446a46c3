import type { ErrorType, StatusCode } from '../../../src/catalog/index.ts';
import type { LocalTime, Pool } from './pool.ts';
import { chance } from './random.ts';

const HOUR = 3_600;

/** The length of the generated time in seconds. */
export const WEEK_SECONDS = 604_800;

/** The week starts and ends on a Wednesday at three in the afternoon, so that it ends amid traffic. */
const FIRST_WEEKDAY = 2;
const FIRST_HOUR = 15;

/** Why a credential rests. */
export type Reason = 'quota' | 'minute' | 'spend' | 'overloaded';

/** What goes on at one time, outside the proxy. */
export interface Conditions {
  /** Requests a second that clients send, by credential. */
  readonly demand: Readonly<Record<string, number>>;
  /** Factor on every duration. */
  readonly slowness: number;
  /** Shares of the attempts at the upstream that meet an error, by kind. */
  readonly faults: Readonly<Partial<Record<ErrorType, number>>>;
  /** Shares of the answers that are errors by the client's own doing, by status code. */
  readonly clientErrors: Readonly<Partial<Record<StatusCode, number>>>;
  /** Credentials that rest, each with the reason. */
  readonly cooling: Readonly<Record<string, Reason>>;
  /** Credentials whose token is no longer accepted. */
  readonly expired: readonly string[];
}

const localTime = (at: number): LocalTime => {
  const hours = FIRST_HOUR + at / HOUR;
  const weekday = (FIRST_WEEKDAY + Math.floor(hours / 24)) % 7;
  return { hour: hours % 24, weekend: weekday >= 5 };
};

/** Whether something that comes by chance holds in the slot of time around `at`. */
const happens = (what: string, odds: number, { seed, at, slot }: { seed: number; at: number; slot: number }): boolean =>
  chance(seed, what, Math.floor(at / slot)) < odds;

const noise = (seed: number, at: number, credential: string): number =>
  0.8 + 0.4 * chance(seed, 'noise', credential, Math.floor(at / 600));

const EVERYDAY_FAULTS: Conditions['faults'] = {
  rate_limit_minute: 0.003,
  overloaded: 0.004,
  api_error: 0.001,
  authentication: 0.000_2,
  permission: 0.000_1,
  invalid_request: 0.002,
  not_found: 0.000_3,
  too_large: 0.000_2,
  timeout: 0.000_8,
  connect: 0.000_3,
  reset: 0.000_4,
  tls: 0.000_05,
  dns: 0.000_1,
  protocol: 0.000_05,
  stream_error: 0.000_6,
  other: 0.000_05,
};

const EVERYDAY_CLIENT_ERRORS: Conditions['clientErrors'] = {
  '400': 0.002,
  '405': 0.000_1,
  '408': 0.000_3,
  '499': 0.006,
};

const faultsAt = (seed: number, at: number): Conditions['faults'] => ({
  ...EVERYDAY_FAULTS,
  ...(happens('minute burst', 0.02, { seed, at, slot: 600 }) ? { rate_limit_minute: 0.25 } : {}),
  ...(happens('overload', 0.015, { seed, at, slot: 1_800 }) ? { overloaded: 0.15 } : {}),
  ...(happens('spend limit', 0.01, { seed, at, slot: 1_800 }) ? { rate_limit_spend: 0.1 } : {}),
});

const COOLING_REASONS: readonly Reason[] = ['minute', 'minute', 'overloaded', 'spend'];

const coolingAt = (pool: Pool, seed: number, at: number): Conditions['cooling'] =>
  Object.fromEntries(
    pool
      .map(({ credential }) => credential)
      .filter((credential) => happens(`cooling ${credential}`, 0.012, { seed, at, slot: 600 }))
      .map((credential) => [
        credential,
        COOLING_REASONS[Math.floor(chance(seed, credential, at) * COOLING_REASONS.length)] ?? 'minute',
      ]),
  );

/** The time, in seconds since the week's start, in which the token of the last account is expired. */
const EXPIRED = { from: 4.5 * 24 * HOUR, until: 4.5 * 24 * HOUR + 1_800 } as const;

const expiredAt = (pool: Pool, at: number): readonly string[] =>
  at < EXPIRED.from || at >= EXPIRED.until
    ? []
    : pool
        .filter(({ kind }) => kind === 'account')
        .slice(-1)
        .map(({ credential }) => credential);

/** What goes on some seconds after the week's start; it depends on the pool, the seed and the time alone. */
export const conditionsAt = (pool: Pool, seed: number, at: number): Conditions => ({
  demand: Object.fromEntries(
    pool.map(({ credential, rhythm }) => [credential, rhythm(localTime(at)) * noise(seed, at, credential)]),
  ),
  slowness: happens('slow hour', 0.03, { seed, at, slot: HOUR }) ? 3 : 1,
  faults: faultsAt(seed, at),
  clientErrors: EVERYDAY_CLIENT_ERRORS,
  cooling: coolingAt(pool, seed, at),
  expired: expiredAt(pool, at),
});

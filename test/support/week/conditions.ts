import type { ErrorType, StatusCode } from '#catalog';
import { chance } from './random.ts';

const HOUR = 3_600;

/** The length of the generated time in seconds. */
export const WEEK_SECONDS = 604_800;

/** The week starts and ends on a Wednesday at three in the afternoon, so that it ends amid traffic. */
const FIRST_WEEKDAY = 2;
const FIRST_HOUR = 15;

/** Credentials of the pool: people by day, people in office hours alone, jobs by night, and builds around the clock. */
export const CREDENTIALS = ['team-platform', 'team-data', 'night-jobs', 'ci-key'] as const;

/** A credential of the pool. */
export type Credential = (typeof CREDENTIALS)[number];

/** The one that is an API key: it has limits a minute and no windows. */
export const API_KEY: Credential = 'ci-key';

/** Why a credential rests. */
export type Reason = 'quota' | 'minute' | 'spend' | 'overloaded';

/** What goes on at one time, outside the proxy. */
export interface Conditions {
  /** Requests a second that clients send, by credential. */
  readonly demand: Readonly<Record<Credential, number>>;
  /** Factor on every duration. */
  readonly slowness: number;
  /** Shares of the attempts at the upstream that meet an error, by kind. */
  readonly faults: Readonly<Partial<Record<ErrorType, number>>>;
  /** Shares of the answers that are errors by the client's own doing, by status code. */
  readonly clientErrors: Readonly<Partial<Record<StatusCode, number>>>;
  /** Credentials that rest, each with the reason. */
  readonly cooling: Readonly<Partial<Record<Credential, Reason>>>;
  /** Credentials whose token is no longer accepted. */
  readonly expired: readonly Credential[];
}

interface Clock {
  /** Hours since midnight. */
  readonly hour: number;
  readonly weekend: boolean;
}

const clockAt = (at: number): Clock => {
  const hours = FIRST_HOUR + at / HOUR;
  const weekday = (FIRST_WEEKDAY + Math.floor(hours / 24)) % 7;
  return { hour: hours % 24, weekend: weekday >= 5 };
};

/** A bell between two hours, 0 outside them. */
const bell = (hour: number, from: number, to: number): number =>
  hour <= from || hour >= to ? 0 : Math.sin((Math.PI * (hour - from)) / (to - from));

const RHYTHM: Readonly<Record<Credential, (clock: Clock) => number>> = {
  'team-platform': ({ hour, weekend }) => 0.05 + (weekend ? 0.3 : 1.2) * bell(hour, 7, 22),
  'team-data': ({ hour, weekend }) => (weekend ? 0 : 0.6 * bell(hour, 8, 19)),
  'night-jobs': ({ hour }) => 0.03 + (hour > 1 && hour < 5 ? 0.5 : 0),
  'ci-key': ({ hour, weekend }) => 0.04 + (weekend ? 0.02 : 0.25) * bell(hour, 8, 20),
};

/** Whether something that comes by chance holds in the slot of time around `at`. */
const happens = (what: string, odds: number, { seed, at, slot }: { seed: number; at: number; slot: number }): boolean =>
  chance(seed, what, Math.floor(at / slot)) < odds;

const noise = (seed: number, at: number, credential: Credential): number =>
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

const coolingAt = (seed: number, at: number): Conditions['cooling'] => {
  const reasons: readonly Reason[] = ['minute', 'minute', 'overloaded', 'spend'];
  return Object.fromEntries(
    CREDENTIALS.filter((credential) => happens(`cooling ${credential}`, 0.012, { seed, at, slot: 600 })).map(
      (credential) => [credential, reasons[Math.floor(chance(seed, credential, at) * reasons.length)] ?? 'minute'],
    ),
  );
};

/** The time, in seconds since the week's start, in which one credential's token is expired. */
const EXPIRED = { credential: 'night-jobs', from: 4.5 * 24 * HOUR, until: 4.5 * 24 * HOUR + 1_800 } as const;

/** What goes on some seconds after the week's start; it depends on the seed and the time alone. */
export const conditionsAt = (seed: number, at: number): Conditions => ({
  demand: Object.fromEntries(
    CREDENTIALS.map((credential) => [credential, RHYTHM[credential](clockAt(at)) * noise(seed, at, credential)]),
  ) as Record<Credential, number>,
  slowness: happens('slow hour', 0.03, { seed, at, slot: HOUR }) ? 3 : 1,
  faults: faultsAt(seed, at),
  clientErrors: EVERYDAY_CLIENT_ERRORS,
  cooling: coolingAt(seed, at),
  expired: at >= EXPIRED.from && at < EXPIRED.until ? [EXPIRED.credential] : [],
});

import { type ErrorType, isRateLimit, type StatusCode } from '../../../src/catalog/index.ts';
import type { Conditions } from './conditions.ts';
import { modelShares, type UsedModel } from './models.ts';
import type { Pool } from './pool.ts';

/** The share of requests that ask for a stream. */
export const STREAM_SHARES = { true: 0.85, false: 0.15 } as const;

/** Attempts with another credential hide this share of the upstream's 429 and 529 from clients. */
const RETRIED = 0.5;

const ANSWERS: Readonly<Record<ErrorType, StatusCode>> = {
  rate_limit_quota: '429',
  rate_limit_minute: '429',
  rate_limit_spend: '429',
  overloaded: '529',
  api_error: '500',
  authentication: '401',
  permission: '403',
  invalid_request: '400',
  not_found: '404',
  too_large: '413',
  timeout: '504',
  connect: '502',
  reset: '502',
  tls: '502',
  dns: '503',
  protocol: '502',
  stream_error: '200',
  other: '500',
};

/** The requests of a span of time at one replica, every number a count of that span. */
export interface Traffic {
  /** Requests that were sent upstream, by credential. */
  readonly arrived: Readonly<Record<string, number>>;
  /** Answers by status code, of all credentials. */
  readonly answered: Readonly<Partial<Record<StatusCode, number>>>;
  /** Errors that attempts met, by kind. */
  readonly errors: Readonly<Partial<Record<ErrorType, number>>>;
  /** Requests that were answered in full, by credential and model. */
  readonly served: readonly Served[];
}

/** Requests with one credential to one model that were answered in full. */
export interface Served {
  readonly credential: string;
  readonly model: UsedModel;
  readonly requests: number;
}

const sum = (values: Iterable<number>): number => [...values].reduce((total, value) => total + value, 0);

const entries = <K extends string>(of: Readonly<Partial<Record<K, number>>>): readonly (readonly [K, number])[] =>
  Object.entries(of) as [K, number][];

/** The requests a second of each credential; the ready ones take those of the ones that rest. */
const demandOf = ({ demand }: Conditions, ready: ReadonlySet<string>): Readonly<Record<string, number>> => {
  const wanted = sum(Object.values(demand));
  const served = sum([...ready].map((credential) => demand[credential] ?? 0));
  const factor = served === 0 ? 0 : wanted / served;
  return Object.fromEntries(
    Object.entries(demand).map(([credential, rate]) => [credential, ready.has(credential) ? rate * factor : 0]),
  );
};

const visibleShare = ([kind, share]: readonly [ErrorType, number]): number =>
  isRateLimit(kind) || kind === 'overloaded' ? share * (1 - RETRIED) : share;

const answerShares = (conditions: Conditions, ready: ReadonlySet<string>): ReadonlyMap<StatusCode, number> => {
  if (ready.size === 0) return new Map([['429', 1]]);
  const shares = new Map<StatusCode, number>();
  const add = (code: StatusCode, share: number): void => void shares.set(code, (shares.get(code) ?? 0) + share);
  for (const [code, share] of entries(conditions.clientErrors)) add(code, share);
  for (const fault of entries(conditions.faults)) add(ANSWERS[fault[0]], visibleShare(fault));
  add('200', 1 - sum(shares.values()));
  return shares;
};

/** Which part of the traffic is asked for. */
export interface Part {
  readonly seconds: number;
  /** The share of all requests that the replica takes. */
  readonly share: number;
  readonly pool: Pool;
  /** The credentials that neither rest nor are expired; without any, every client gets a 429. */
  readonly ready: ReadonlySet<string>;
}

/** The traffic of a span of seconds at a replica. */
export const trafficIn = (conditions: Conditions, { seconds, share, pool, ready }: Part): Traffic => {
  const demand = demandOf(conditions, ready);
  const arrived = Object.fromEntries(
    Object.entries(demand).map(([credential, rate]) => [credential, rate * seconds * share]),
  );
  const requests = sum(Object.values(conditions.demand)) * seconds * share;
  const attempts = ready.size === 0 ? 0 : requests;
  const shares = answerShares(conditions, ready);
  const scaled = (of: Iterable<readonly [string, number]>, by: number) =>
    Object.fromEntries([...of].map(([key, part]) => [key, part * by]));
  return {
    arrived,
    answered: scaled(shares, requests),
    errors: scaled(entries(conditions.faults), attempts),
    served: pool.flatMap(({ credential, models }) =>
      modelShares(models).map(([model, part]) => ({
        credential,
        model,
        requests: (arrived[credential] ?? 0) * part * (shares.get('200') ?? 0),
      })),
    ),
  };
};

import { type ErrorType, isRateLimit, type ModelId, OTHER, type StatusCode } from '#catalog';
import { type Conditions, CREDENTIALS, type Credential } from './conditions.ts';

/** The tokens of an average request, by what they are. */
export interface Tokens {
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  readonly cacheWrite5m: number;
  readonly cacheWrite1h: number;
}

type Model = ModelId | typeof OTHER;

type Row = readonly [share: number, input: number, output: number, read: number, write5m: number, write1h: number];

const MODEL_ROWS = {
  'claude-opus-5-5': [0.3, 1_800, 900, 42_000, 3_500, 600],
  'claude-sonnet-5-5': [0.4, 1_200, 600, 30_000, 2_500, 300],
  'claude-haiku-5-5': [0.22, 800, 250, 6_000, 500, 0],
  'claude-sonnet-4-6': [0.05, 1_500, 700, 25_000, 2_000, 0],
  [OTHER]: [0.03, 1_000, 400, 0, 0, 0],
} as const satisfies Partial<Record<Model, Row>>;

/** A model that the week's clients use. */
export type UsedModel = keyof typeof MODEL_ROWS;

/** The models that the week's clients use, with one that has no price. */
export const USED_MODELS = Object.keys(MODEL_ROWS) as readonly UsedModel[];

/** The tokens of an average request to a model. */
export const tokensOf = (model: UsedModel): Tokens => {
  const [, input, output, cacheRead, cacheWrite5m, cacheWrite1h] = MODEL_ROWS[model];
  return { input, output, cacheRead, cacheWrite5m, cacheWrite1h };
};

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
  readonly arrived: Readonly<Record<Credential, number>>;
  /** Answers by status code, of all credentials. */
  readonly answered: Readonly<Partial<Record<StatusCode, number>>>;
  /** Errors that attempts met, by kind. */
  readonly errors: Readonly<Partial<Record<ErrorType, number>>>;
  /** Requests that were answered in full, by credential and model. */
  readonly served: readonly { readonly credential: Credential; readonly model: UsedModel; readonly requests: number }[];
}

const sum = (values: Iterable<number>): number => [...values].reduce((total, value) => total + value, 0);

const entries = <K extends string>(of: Readonly<Partial<Record<K, number>>>): readonly (readonly [K, number])[] =>
  Object.entries(of) as [K, number][];

/** The requests a second of each credential; the ready ones take those of the ones that rest. */
const demandOf = ({ demand }: Conditions, ready: readonly Credential[]): Readonly<Record<Credential, number>> => {
  const wanted = sum(Object.values(demand));
  const served = sum(ready.map((credential) => demand[credential]));
  const factor = served === 0 ? 0 : wanted / served;
  return Object.fromEntries(
    CREDENTIALS.map((credential) => [credential, ready.includes(credential) ? demand[credential] * factor : 0]),
  ) as Record<Credential, number>;
};

const visibleShare = ([kind, share]: readonly [ErrorType, number]): number =>
  isRateLimit(kind) || kind === 'overloaded' ? share * (1 - RETRIED) : share;

const answerShares = (conditions: Conditions, ready: readonly Credential[]): ReadonlyMap<StatusCode, number> => {
  if (ready.length === 0) return new Map([['429', 1]]);
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
  /** The credentials that neither rest nor are expired; without any, every client gets a 429. */
  readonly ready: readonly Credential[];
}

/** The traffic of a span of seconds at a replica. */
export const trafficIn = (conditions: Conditions, { seconds, share, ready }: Part): Traffic => {
  const demand = demandOf(conditions, ready);
  const arrived = Object.fromEntries(
    CREDENTIALS.map((credential) => [credential, demand[credential] * seconds * share]),
  ) as Record<Credential, number>;
  const requests = sum(Object.values(conditions.demand)) * seconds * share;
  const attempts = ready.length === 0 ? 0 : requests;
  const shares = answerShares(conditions, ready);
  const scaled = (of: Iterable<readonly [string, number]>, by: number) =>
    Object.fromEntries([...of].map(([key, part]) => [key, part * by]));
  return {
    arrived,
    answered: scaled(shares, requests),
    errors: scaled(entries(conditions.faults), attempts),
    served: CREDENTIALS.flatMap((credential) =>
      USED_MODELS.map((model) => ({
        credential,
        model,
        requests: arrived[credential] * MODEL_ROWS[model][0] * (shares.get('200') ?? 0),
      })),
    ),
  };
};

import {
  type ErrorType,
  OTHER,
  priceOf,
  type proxy,
  RATE_LIMIT_WINDOWS,
  type StatusCode,
} from '../../../src/catalog/index.ts';
import type { Account, AccountWindow } from './accounts.ts';
import type { Reason } from './conditions.ts';
import { type Tokens, tokensOf, type UsedModel } from './models.ts';
import type { Growth, Moment, Reading, RuleOf, View } from './moment.ts';
import { STREAM_SHARES } from './traffic.ts';

type Rules = { readonly [K in keyof typeof proxy]: RuleOf<(typeof proxy)[K]> };

const STREAMS = Object.entries(STREAM_SHARES) as readonly ['true' | 'false', number][];

const entries = <K extends string>(of: Readonly<Partial<Record<K, number>>>): readonly (readonly [K, number])[] =>
  Object.entries(of) as [K, number][];

const answers = ({ traffic }: Moment, code?: StatusCode): number =>
  entries(traffic.answered)
    .filter(([status]) => code === undefined || status === code)
    .reduce((sum, [, count]) => sum + count, 0);

/** One entry a model: its requests that were answered in full. */
const byModel = ({ traffic }: Moment): readonly (readonly [UsedModel, number])[] => {
  const requests = new Map<UsedModel, number>();
  for (const { model, requests: count } of traffic.served) requests.set(model, (requests.get(model) ?? 0) + count);
  return [...requests];
};

const tokenGrowth = (
  moment: Moment,
  tokens: (of: Tokens) => number,
): readonly Growth<{ readonly model: UsedModel }>[] =>
  byModel(moment).map(([model, requests]) => ({ labels: { model }, by: requests * tokens(tokensOf(model)) }));

const MILLION = 1_000_000;

/** USD for an average request on a day; 0 for a model without a price. */
const costOf = (model: UsedModel, at: number): number => {
  if (model === OTHER) return 0;
  const { input, output, cacheRead, cacheWrite5m, cacheWrite1h } = tokensOf(model);
  const promptTokens = input + cacheRead + cacheWrite5m + cacheWrite1h;
  const price = priceOf(model, {
    day: new Date(at * 1_000).toISOString().slice(0, 10),
    promptTokens,
    mode: 'standard',
  });
  if (price === undefined) return 0;
  const parts = [
    input * price.input,
    output * price.output,
    cacheRead * price.cacheRead,
    cacheWrite5m * price.cacheWrite5m,
    cacheWrite1h * price.cacheWrite1h,
  ];
  return parts.reduce((sum, part) => sum + part, 0) / MILLION;
};

const windowsOf =
  <L>(read: (window: AccountWindow, account: Account, view: View) => Reading<L>) =>
  (view: View): readonly Reading<L>[] =>
    view.accounts.flatMap((account) => account.windows.map((window) => read(window, account, view)));

const EXTRA_LIMIT = 500;

const extraUsage =
  (read: (credits: number | null) => number) =>
  ({ accounts }: View) =>
    accounts.map(({ credential, extraCredits }) => ({ labels: { credential }, value: read(extraCredits) }));

/** The limits a minute of the API key, and what an average request takes of each. */
const KEY_LIMITS = [
  { kind: 'requests', limit: 50, each: 1 },
  { kind: 'input_tokens', limit: 120_000, each: 4_500 },
  { kind: 'output_tokens', limit: 24_000, each: 650 },
] as const;

type KeyLimit = (typeof KEY_LIMITS)[number];

const keyLimits =
  (read: (limit: KeyLimit, perMinute: number) => number) =>
  ({ conditions, apiKeys }: View) =>
    apiKeys.flatMap((credential) =>
      KEY_LIMITS.map((one) => ({
        labels: { credential, kind: one.kind },
        value: read(one, 60 * (conditions.demand[credential] ?? 0)),
      })),
    );

const stateOf = ({ expired, cooling }: Account): 'ready' | 'cooling' | 'expired' => {
  if (expired) return 'expired';
  return cooling === null ? 'ready' : 'cooling';
};

/** The upstream's answer that takes a credential out of rotation. */
const CAUSES = {
  quota: 'rate_limit_quota',
  minute: 'rate_limit_minute',
  spend: 'rate_limit_spend',
  overloaded: 'overloaded',
} as const satisfies Record<Reason, ErrorType>;

const POLL_SECONDS = 300;

/** Headers carry the utilization with each answer, the poll every few minutes; a window that is over has none. */
const sourceOf = ({ name, elapsed, resetsAt }: AccountWindow, { credential }: Account, view: View) => {
  if (elapsed) return { source: 'elapsed', age: view.at - resetsAt } as const;
  if (RATE_LIMIT_WINDOWS[name].header === null) return { source: 'poll', age: view.at % POLL_SECONDS } as const;
  return {
    source: 'header',
    age: Math.min(3_600, 1 / Math.max(0.000_1, view.conditions.demand[credential] ?? 0)),
  } as const;
};

/** From when on a replica counts a window: its own start, unless the window is younger. */
const countedSince = ({ name, resetsAt, elapsed }: AccountWindow, { replica }: View): number =>
  Math.max(replica.startedAt, elapsed ? resetsAt : resetsAt - RATE_LIMIT_WINDOWS[name].lengthSeconds);

/** How the generated week makes the series of each metric of the proxy. */
export const RULES: Rules = {
  utilization: windowsOf(({ name, percent }, { credential }) => ({
    labels: { window: name, credential },
    value: Math.round(percent * 10_000) / 10_000,
  })),
  resetsAt: windowsOf(({ name, resetsAt }, { credential }) => ({
    labels: { window: name, credential },
    value: resetsAt,
  })),
  usageAge: windowsOf((window, account, view) => {
    const { source, age } = sourceOf(window, account, view);
    return { labels: { window: window.name, credential: account.credential, source }, value: Math.round(age) };
  }),
  resets: ({ resets }) => resets.map((labels) => ({ labels, by: 1 })),
  polls: ({ polls }) => [
    { labels: { result: 'ok' }, by: polls * 0.985 },
    { labels: { result: 'rate_limited' }, by: polls * 0.01 },
    { labels: { result: 'error' }, by: polls * 0.005 },
  ],
  extraUsageEnabled: extraUsage((credits) => (credits === null ? 0 : 1)),
  extraUsageUsed: extraUsage((credits) => credits ?? 0),
  extraUsageLimit: extraUsage((credits) => (credits === null ? 0 : EXTRA_LIMIT)),
  extraUsageUtilization: extraUsage((credits) => ((credits ?? 0) / EXTRA_LIMIT) * 100),
  keyLimit: keyLimits(({ limit }) => limit),
  keyLimitRemaining: keyLimits(({ limit, each }, perMinute) => Math.max(0, Math.round(limit - each * perMinute))),
  accountsUntracked: () => [{ labels: {}, value: 0 }],
  windowTokens: ({ replica }) =>
    [...replica.windowTokens.values()].flatMap(({ window, credential, model, tokens }) =>
      entries(tokens).map(([direction, value]) => ({
        labels: { window: window as AccountWindow['name'], credential, model, direction },
        value: Math.floor(value),
      })),
    ),
  windowTokensSince: windowsOf((window, { credential }, view) => ({
    labels: { window: window.name, credential },
    value: countedSince(window, view),
  })),
  requests: ({ traffic }) =>
    entries(traffic.answered).flatMap(([status_code, count]) =>
      STREAMS.map(([stream, share]) => ({ labels: { stream, status_code }, by: count * share })),
    ),
  outcomes: (moment) => {
    const broken = moment.traffic.errors.stream_error ?? 0;
    const gone = answers(moment, '499');
    const finished = answers(moment, '200') - broken;
    return [
      { labels: { outcome: 'finished' }, by: finished * 0.99 },
      { labels: { outcome: 'client_gone_mid_stream' }, by: finished * 0.01 },
      { labels: { outcome: 'client_gone_before_head' }, by: gone },
      { labels: { outcome: 'upstream_error_mid_stream' }, by: broken },
      {
        labels: { outcome: 'upstream_error_before_head' },
        by: Math.max(0, answers(moment) - gone - finished - broken),
      },
    ];
  },
  refusals: (moment) => [
    { labels: { reason: 'not_found' }, by: answers(moment) * 0.004 },
    { labels: { reason: 'method_not_allowed' }, by: answers(moment, '405') },
    { labels: { reason: 'request_timeout' }, by: answers(moment, '408') },
  ],
  usageUnknown: (moment) => [{ labels: {}, by: answers(moment, '200') * 0.000_2 }],
  upstreamErrors: ({ traffic, cooldowns }) => [
    ...entries(traffic.errors).map(([error_type, by]) => ({ labels: { error_type }, by })),
    ...cooldowns.map(({ reason }) => ({ labels: { error_type: CAUSES[reason] }, by: 1 })),
  ],
  requestDuration: (moment) => [
    {
      labels: { stream: 'true' },
      count: answers(moment) * 0.85,
      median: 9_000 * moment.conditions.slowness,
      spread: 0.8,
    },
    {
      labels: { stream: 'false' },
      count: answers(moment) * 0.15,
      median: 5_000 * moment.conditions.slowness,
      spread: 0.7,
    },
  ],
  timeToFirstByte: (moment) => [
    {
      labels: { stream: 'true' },
      count: answers(moment) * 0.85,
      median: 1.4 * moment.conditions.slowness,
      spread: 0.7,
    },
    { labels: { stream: 'false' }, count: answers(moment) * 0.15, median: 4 * moment.conditions.slowness, spread: 0.5 },
  ],
  overhead: (moment) => [{ labels: {}, count: answers(moment), median: 0.000_4, spread: 0.6 }],
  requestBodySize: (moment) => [{ labels: {}, count: answers(moment), median: 120_000, spread: 1.2 }],
  requestsInFlight: ({ conditions, replica }) => {
    const arriving = Object.values(conditions.demand).reduce((sum, rate) => sum + rate, 0) * replica.share;
    return STREAMS.map(([stream, share]) => ({
      labels: { stream },
      value: Math.round(arriving * share * 12 * conditions.slowness),
    }));
  },
  cooldowns: ({ cooldowns }) => cooldowns.map((labels) => ({ labels, by: 1 })),
  credentialState: ({ accounts }) =>
    accounts.flatMap((account) =>
      (['ready', 'cooling', 'expired'] as const).map((state) => ({
        labels: { credential: account.credential, state },
        value: stateOf(account) === state ? 1 : 0,
      })),
    ),
  tokensInput: (moment) => tokenGrowth(moment, ({ input }) => input),
  tokensOutput: (moment) => tokenGrowth(moment, ({ output }) => output),
  tokensCacheRead: (moment) => tokenGrowth(moment, ({ cacheRead }) => cacheRead),
  tokensCacheWrite: (moment) =>
    byModel(moment).flatMap(([model, requests]) => [
      { labels: { model, ttl: '5m' as const }, by: requests * tokensOf(model).cacheWrite5m },
      { labels: { model, ttl: '1h' as const }, by: requests * tokensOf(model).cacheWrite1h },
    ]),
  cost: (moment) =>
    byModel(moment).map(([model, requests]) => ({ labels: { model }, by: requests * costOf(model, moment.at) })),
  unpricedTokens: (moment) =>
    byModel(moment)
      .filter(([model]) => model === OTHER)
      .flatMap(([model, requests]) => [
        { labels: { direction: 'input' as const }, by: requests * tokensOf(model).input },
        { labels: { direction: 'output' as const }, by: requests * tokensOf(model).output },
      ]),
  drains: (moment) => {
    const gone = answers(moment, '200') * 0.01;
    return [
      { labels: { result: 'complete' }, by: gone * 0.9 },
      { labels: { result: 'cut_short' }, by: gone * 0.1 },
    ];
  },
  usageRecords: (moment) => [
    { labels: { result: 'written' }, by: answers(moment) * 0.9999 },
    { labels: { result: 'dropped' }, by: answers(moment) * 0.0001 },
  ],
  logLinesDropped: () => [{ labels: {}, by: 0 }],
  labelsFolded: (moment) =>
    byModel(moment)
      .filter(([model]) => model === OTHER)
      .map(([, by]) => ({ labels: { label: 'model' }, by })),
  buildInfo: () => [{ labels: { version: '0.1.0', node_version: '24.21.0' }, value: 1 }],
};

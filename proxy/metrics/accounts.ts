import { type Gauge, type Label, MAX_WINDOW_TOKEN_SERIES, modelId, OTHER, type proxy, proxyLabels } from '#catalog';
import type { Clock } from '../time.ts';
import type { Caps } from './caps.ts';
import type { Sample } from './sample.ts';

/** Tokens of one model and kind within a window. */
export interface WindowTokens {
  /** The model as the API writes it, or as the price table does. */
  readonly model: string;
  readonly direction: (typeof proxyLabels.direction.values)[number];
  readonly tokens: number;
}

/** A credential's rate-limit window at the time of a scrape. */
export interface WindowState {
  readonly window: string;
  readonly credential: string;
  /** Percent, 0 and up; null where it is not known. */
  readonly utilization: number | null;
  /** Unix milliseconds; null where it is not known. */
  readonly resetsAt: number | null;
  /** When the utilization was observed, in unix milliseconds; null where it never was. */
  readonly learnedAt: number | null;
  readonly source: 'header' | 'poll' | 'elapsed';
  /** Since when tokens were counted, in unix milliseconds; null where the window counts none. */
  readonly tokensSince: number | null;
  readonly tokens: readonly WindowTokens[];
}

/** A credential's paid usage beyond its windows at the time of a scrape. */
export interface ExtraUsageState {
  readonly credential: string;
  readonly enabled: boolean;
  readonly usedCredits: number | null;
  readonly limitCredits: number | null;
  /** Percent. */
  readonly utilization: number | null;
}

/** The state of a pool's credential at the time of a scrape. */
export interface CredentialState {
  readonly credential: string;
  readonly state: (typeof proxyLabels.state.values)[number];
}

/** A per-minute limit of an API key at the time of a scrape. */
export interface KeyLimitState {
  readonly credential: string;
  readonly kind: (typeof proxyLabels.limitKind.values)[number];
  /** Requests or tokens a minute; null where it is not known. */
  readonly limit: number | null;
  /** Requests or tokens that are left; null where it is not known. */
  readonly remaining: number | null;
}

/** What the gauges of accounts are filled from at each scrape. */
export interface AccountSnapshot {
  readonly windows: readonly WindowState[];
  readonly extraUsage: readonly ExtraUsageState[];
  readonly keyLimits: readonly KeyLimitState[];
  /** Empty in pass-through mode. */
  readonly credentials: readonly CredentialState[];
  /** Accounts of the last two hours that the tracker has no room for. */
  readonly untracked: number;
}

/** The snapshot of a proxy that knows of no account yet. */
export const NO_ACCOUNTS: AccountSnapshot = {
  windows: [],
  extraUsage: [],
  keyLimits: [],
  credentials: [],
  untracked: 0,
};

/** The credentials that a snapshot holds. */
export const credentialsOf = ({ windows, extraUsage, keyLimits, credentials }: AccountSnapshot): ReadonlySet<string> =>
  new Set([windows, extraUsage, keyLimits, credentials].flat().map(({ credential }) => credential));

/** The part of a snapshot whose names fit under the caps; the rest is not exported, only counted. */
export const admitted = (snapshot: AccountSnapshot, caps: Caps): AccountSnapshot => {
  const credentials = gate(proxyLabels.credential, caps);
  const windows = gate(proxyLabels.window, caps);
  const admits = ({ credential }: { readonly credential: string }): boolean => credentials.admits(credential);
  const fitting = {
    credentials: snapshot.credentials.filter(admits),
    windows: snapshot.windows.filter((one) => admits(one) && windows.admits(one.window)),
    extraUsage: snapshot.extraUsage.filter(admits),
    keyLimits: snapshot.keyLimits.filter(admits),
    untracked: snapshot.untracked,
  };
  caps.refused('credential', credentials.refused.size);
  caps.refused('window', windows.refused.size);
  return fitting;
};

/** Admits the values of a capped label and remembers which it refused. */
const gate = (label: Label, caps: Caps) => {
  const refused = new Set<string>();
  const admits = (value: string): boolean => {
    const has = caps.has(label, value);
    if (!has) refused.add(value);
    return has;
  };
  return { admits, refused };
};

/** A sample, or none where the value is not known. */
const known = (labels: Readonly<Record<string, string>>, value: number | null): readonly Sample[] =>
  value === null || !Number.isFinite(value) ? [] : [{ labels, value }];

const seconds = (ms: number | null): number | null => (ms === null ? null : ms / 1_000);

type Proxy = typeof proxy;

type GaugeName = { [K in keyof Proxy]: Proxy[K] extends Gauge ? K : never }[keyof Proxy];

/** The gauges of the catalog that are filled from a snapshot. */
export type AccountGauge = Exclude<GaugeName, 'requestsInFlight' | 'buildInfo'>;

/** The samples of all gauges of accounts; a gauge of the catalog that is missing here does not compile. */
export const accountSamples = (
  snapshot: AccountSnapshot,
  { caps, clock }: { readonly caps: Caps; readonly clock: Clock },
): Readonly<Record<AccountGauge, readonly Sample[]>> => {
  const { windows, extraUsage, keyLimits, credentials, untracked } = snapshot;
  const now = clock.now();
  const byWindow = (value: (one: WindowState) => number | null, labels: (one: WindowState) => object = () => ({})) =>
    windows.flatMap((one) => known({ window: one.window, credential: one.credential, ...labels(one) }, value(one)));
  const byExtra = (value: (one: ExtraUsageState) => number | null) =>
    extraUsage.flatMap((one) => known({ credential: one.credential }, value(one)));
  const byLimit = (value: (one: KeyLimitState) => number | null) =>
    keyLimits.flatMap((one) => known({ credential: one.credential, kind: one.kind }, value(one)));
  const age = ({ learnedAt }: WindowState) => (learnedAt === null ? null : Math.max(0, now - learnedAt) / 1_000);
  return {
    utilization: byWindow(({ utilization }) => utilization),
    resetsAt: byWindow(({ resetsAt }) => seconds(resetsAt)),
    usageAge: byWindow(age, ({ source }) => ({ source })),
    windowTokensSince: byWindow(({ tokensSince }) => seconds(tokensSince)),
    windowTokens: tokenSamples(windows, caps),
    extraUsageEnabled: byExtra(({ enabled }) => (enabled ? 1 : 0)),
    extraUsageUsed: byExtra(({ usedCredits }) => usedCredits),
    extraUsageLimit: byExtra(({ limitCredits }) => limitCredits),
    extraUsageUtilization: byExtra(({ utilization }) => utilization),
    keyLimit: byLimit(({ limit }) => limit),
    keyLimitRemaining: byLimit(({ remaining }) => remaining),
    accountsUntracked: known({}, untracked),
    credentialState: credentials.flatMap(stateSamples),
  };
};

const stateSamples = (one: CredentialState): readonly Sample[] =>
  proxyLabels.state.values.map((value) => ({
    labels: { credential: one.credential, state: value },
    value: value === one.state ? 1 : 0,
  }));

/** Tokens of a window added up under the names of the price table; `fold` puts all models under `other`. */
const tokensOf = (one: WindowState, fold: boolean): readonly Sample[] => {
  const sums = new Map<string, { labels: Record<string, string>; value: number }>();
  for (const { model: name, direction: kind, tokens } of one.tokens) {
    const model = fold ? OTHER : (modelId(name) ?? OTHER);
    const key = `${model} ${kind}`;
    const labels = { window: one.window, credential: one.credential, model, direction: kind };
    const sum = sums.get(key) ?? { labels, value: 0 };
    sum.value += tokens;
    sums.set(key, sum);
  }
  return [...sums.values()];
};

/**
 * The series of window tokens, at most as many as a pod may have. Above that the later windows lose the split by
 * model, which keeps their sums right; only where even the sums are too many are windows left out.
 */
export const tokenSamples = (windows: readonly WindowState[], caps: Caps): readonly Sample[] => {
  const split = windows.map((one) => tokensOf(one, false));
  if (split.flat().length <= MAX_WINDOW_TOKEN_SERIES) return split.flat();
  const takeRoom = roomFor(MAX_WINDOW_TOKEN_SERIES);
  const fitting = windows
    .map((one, index) => ({ sums: tokensOf(one, true), split: split[index] ?? [] }))
    .filter(({ sums }) => takeRoom(sums.length));
  const chosen = fitting.map((one) => (takeRoom(one.split.length - one.sums.length) ? one.split : one.sums));
  caps.refused('credential', windows.length - fitting.length);
  caps.refused('model', fitting.filter(({ sums }, index) => chosen[index] === sums).length);
  return chosen.flat();
};

/** Hands out a number of places; false where fewer are left than wanted. */
const roomFor = (places: number): ((wanted: number) => boolean) => {
  let left = places;
  return (wanted) => {
    const fits = wanted <= left;
    if (fits) left -= wanted;
    return fits;
  };
};

import { type Label, MAX_WINDOW_TOKEN_SERIES, modelId, OTHER, proxy, proxyLabels } from '#catalog';
import type { Clock } from '../clock.ts';
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
  /** When the utilization was learned, in unix milliseconds; null where it never was. */
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

/** What the gauges of accounts are filled from at each scrape. */
export interface AccountSnapshot {
  readonly windows: readonly WindowState[];
  readonly extraUsage: readonly ExtraUsageState[];
  /** Empty in pass-through mode. */
  readonly credentials: readonly CredentialState[];
}

/** The snapshot of a proxy that knows of no account yet. */
export const NO_ACCOUNTS: AccountSnapshot = { windows: [], extraUsage: [], credentials: [] };

/** The part of a snapshot whose names fit under the caps; the rest is not exported, only counted. */
export const admitted = (snapshot: AccountSnapshot, caps: Caps): AccountSnapshot => {
  const credentials = gate(proxyLabels.credential, caps);
  const windows = gate(proxyLabels.window, caps);
  const fitting = {
    credentials: snapshot.credentials.filter((one) => credentials.lets(one.credential)),
    windows: snapshot.windows.filter((one) => credentials.lets(one.credential) && windows.lets(one.window)),
    extraUsage: snapshot.extraUsage.filter((one) => credentials.lets(one.credential)),
  };
  caps.refused('credential', credentials.refused.size);
  caps.refused('window', windows.refused.size);
  return fitting;
};

/** Lets the values of a capped label in and remembers which it refused. */
const gate = (label: Label, caps: Caps) => {
  const refused = new Set<string>();
  const lets = (value: string): boolean => {
    const has = caps.has(label, value);
    if (!has) refused.add(value);
    return has;
  };
  return { lets, refused };
};

/** A sample, or none where the value is not known. */
const told = (labels: Readonly<Record<string, string>>, value: number | null): readonly Sample[] =>
  value === null || !Number.isFinite(value) ? [] : [{ labels, value }];

const seconds = (ms: number | null): number | null => (ms === null ? null : ms / 1_000);

/** The samples of all gauges of accounts, by the metric's name. */
export const accountSamples = (
  { windows, extraUsage, credentials }: AccountSnapshot,
  { caps, clock }: { readonly caps: Caps; readonly clock: Clock },
): ReadonlyMap<string, readonly Sample[]> => {
  const now = clock.now();
  const byWindow = (value: (one: WindowState) => number | null, labels: (one: WindowState) => object = () => ({})) =>
    windows.flatMap((one) => told({ window: one.window, credential: one.credential, ...labels(one) }, value(one)));
  const byExtra = (value: (one: ExtraUsageState) => number | null) =>
    extraUsage.flatMap((one) => told({ credential: one.credential }, value(one)));
  const age = ({ learnedAt }: WindowState) => (learnedAt === null ? null : Math.max(0, now - learnedAt) / 1_000);
  return new Map<string, readonly Sample[]>([
    [proxy.utilization.name, byWindow(({ utilization }) => utilization)],
    [proxy.resetsAt.name, byWindow(({ resetsAt }) => seconds(resetsAt))],
    [proxy.usageAge.name, byWindow(age, ({ source }) => ({ source }))],
    [proxy.windowTokensSince.name, byWindow(({ tokensSince }) => seconds(tokensSince))],
    [proxy.windowTokens.name, tokenSamples(windows, caps)],
    [proxy.extraUsageEnabled.name, byExtra(({ enabled }) => (enabled ? 1 : 0))],
    [proxy.extraUsageUsed.name, byExtra(({ usedCredits }) => usedCredits)],
    [proxy.extraUsageLimit.name, byExtra(({ limitCredits }) => limitCredits)],
    [proxy.extraUsageUtilization.name, byExtra(({ utilization }) => utilization)],
    [proxy.credentialState.name, credentials.flatMap(stateSamples)],
  ]);
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

/** Gives out a number of places; tells whether so many were left. */
const roomFor = (places: number): ((wanted: number) => boolean) => {
  let left = places;
  return (wanted) => {
    const fits = wanted <= left;
    if (fits) left -= wanted;
    return fits;
  };
};

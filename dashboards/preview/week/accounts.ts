import { modelFamily, RATE_LIMIT_WINDOWS, WINDOW_NAMES, type WindowName } from '../../../src/catalog/index.ts';
import type { Conditions, Reason } from './conditions.ts';
import { tokensOf, type UsedModel } from './models.ts';
import type { Member } from './pool.ts';
import type { Served, Traffic } from './traffic.ts';

/** A rate-limit window of a credential; times are unix seconds. */
export interface AccountWindow {
  readonly name: WindowName;
  resetsAt: number;
  percent: number;
  /** Whether it is over and no answer has brought the next one yet. */
  elapsed: boolean;
}

/** What the upstream knows about a credential. */
export interface Account {
  readonly credential: string;
  /** Weighted tokens that fill a window of five hours. */
  readonly budget: number;
  readonly windows: readonly AccountWindow[];
  cooling: Reason | null;
  expired: boolean;
  /** Credits of extra usage spent; null where it is switched off. */
  extraCredits: number | null;
}

/** What happened to an account in a span of time. */
export interface AccountEvents {
  readonly resets: readonly { readonly credential: string; readonly window: WindowName }[];
  readonly cooldowns: readonly { readonly credential: string; readonly reason: Reason }[];
}

/** How many full windows of five hours a longer window holds. */
const SIZE: Readonly<Record<WindowName, number>> = { '5h': 1, '7d': 11, '7d_sonnet': 7, '7d_opus': 8, '7d_oi': 60 };

const lengthOf = (window: WindowName): number => RATE_LIMIT_WINDOWS[window].lengthSeconds;

const isShort = (window: WindowName): boolean => window === '5h';

/** Whether a window counts the tokens of a model. */
export const counts = (window: WindowName, model: UsedModel): boolean => {
  const { counts: scope } = RATE_LIMIT_WINDOWS[window];
  return scope === 'all' || scope === modelFamily(model);
};

/** An account as the generated week finds it. */
export const newAccount = ({ credential, kind, budget, weekAge, extraCredits }: Member, at: number): Account => ({
  credential,
  budget,
  windows: (kind === 'api_key' ? [] : WINDOW_NAMES).map((name) => {
    const age = isShort(name) ? 3_600 : weekAge;
    return {
      name,
      resetsAt: at - age + lengthOf(name),
      percent: isShort(name) ? 20 : (age / lengthOf(name)) * 60,
      elapsed: false,
    };
  }),
  cooling: null,
  expired: false,
  extraCredits,
});

const weight = (model: UsedModel): number => {
  const { input, output, cacheRead, cacheWrite5m, cacheWrite1h } = tokensOf(model);
  return input + 5 * output + 0.1 * cacheRead + 1.25 * cacheWrite5m + 2 * cacheWrite1h;
};

const percentUsed = (window: WindowName, { credential, budget }: Account, served: Span['served']): number => {
  const weights = (served.get(credential) ?? [])
    .filter(({ model }) => counts(window, model) || window === '7d_oi')
    .map(({ model, requests }) => requests * weight(model));
  return (100 * weights.reduce((sum, one) => sum + one, 0)) / (budget * SIZE[window]);
};

/** The next short window starts with the request that follows; longer ones keep their day of the week. */
const begin = (window: AccountWindow, at: number): void => {
  const length = lengthOf(window.name);
  const missed = Math.ceil(Math.max(1, at - window.resetsAt) / length);
  window.resetsAt = isShort(window.name) ? Math.floor(at / 60) * 60 + length : window.resetsAt + missed * length;
  window.elapsed = false;
  window.percent = 0;
};

interface Span {
  /** The span's end in unix seconds. */
  readonly at: number;
  readonly seconds: number;
  /** The requests of the span, one entry a replica. */
  readonly traffics: readonly Traffic[];
  /** The same that were answered in full, of all replicas, by credential. */
  readonly served: ReadonlyMap<string, readonly Served[]>;
}

const advanceWindow = (window: AccountWindow, account: Account, { at, traffics, served }: Span): boolean => {
  const ends = !window.elapsed && at >= window.resetsAt;
  if (ends) {
    window.elapsed = true;
    window.percent = 0;
  }
  const requests = traffics.reduce((sum, { arrived }) => sum + (arrived[account.credential] ?? 0), 0);
  if (window.elapsed && !ends && requests > 0) begin(window, at);
  if (!window.elapsed) window.percent += percentUsed(window.name, account, served);
  return ends;
};

/** Whether requests are sent with a credential. */
export const isReady = ({ cooling, expired }: Account): boolean => cooling === null && !expired;

const isFull = ({ windows }: Account): boolean => windows.some(({ percent }) => percent >= 100);

/** Moves an account to the end of a span and returns what happened. */
export const advanceAccount = (account: Account, conditions: Conditions, span: Span): AccountEvents => {
  const { credential } = account;
  const ended = account.windows.filter((window) => advanceWindow(window, account, span));
  const before = account.cooling;
  account.cooling = isFull(account) ? 'quota' : (conditions.cooling[credential] ?? null);
  account.expired = conditions.expired.includes(credential);
  if (account.extraCredits !== null && isFull(account)) account.extraCredits += span.seconds / 300;
  return {
    resets: ended.map(({ name }) => ({ credential, window: name })),
    cooldowns: account.cooling !== null && account.cooling !== before ? [{ credential, reason: account.cooling }] : [],
  };
};

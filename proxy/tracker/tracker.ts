import { proxyLabels } from '#catalog';
import type { Clock } from '../clock.ts';
import type { Headers } from '../http/headers.ts';
import type { UsageEntry } from '../usage/reader.ts';
import { Account, type TrackerEvents } from './account.ts';
import { readHeaders } from './headers.ts';
import type { Observation } from './observation.ts';
import { type ExtraUsage, readPoll } from './poll.ts';
import { countsTokens, type Direction, knownWindow, type TokenTable } from './tokens.ts';
import { readState, type TrackerState, writeState } from './tracker-state.ts';
import type { Heard, Source, Window } from './window.ts';
import { createWindowNames } from './window-names.ts';

/** Tokens of one model and kind within a window. */
export interface TokenRow {
  /** The model as the price table names it, or `other`. */
  readonly model: string;
  readonly direction: Direction;
  readonly tokens: number;
}

/** A window as others see it. All times are unix milliseconds. */
export interface WindowSnapshot {
  readonly credential: string;
  readonly window: string;
  /** Null for a window that the catalog does not know. */
  readonly lengthSeconds: number | null;
  /** Percent; null where no answer told it. */
  readonly utilization: number | null;
  readonly resetsAt: number | null;
  readonly status: string | null;
  readonly source: Source;
  /** When the utilization was learned. */
  readonly learnedAt: number | null;
  /** Since when tokens were counted; null where the window counts none. */
  readonly tokensSince: number | null;
  readonly tokens: readonly TokenRow[];
}

/** Knows the rate-limit windows of every credential. */
export interface Tracker {
  /** Takes in the rate-limit headers of an answer, names in lower case. */
  observeHeaders(credential: string, headers: Headers): void;
  /** Takes in an answer of `/api/oauth/usage`. */
  observePoll(credential: string, body: unknown): void;
  /** Adds the tokens of an answer to the windows that are current now. */
  recordUsage(credential: string, entries: readonly UsageEntry[]): void;
  /** Lets windows whose time has come elapse; to be called about once a second. */
  tick(): void;
  snapshot(): readonly WindowSnapshot[];
  extraUsage(): readonly (ExtraUsage & { readonly credential: string })[];
  /** The earliest reset to come of a credential in unix milliseconds; null where none is known. */
  earliestReset(credential: string): number | null;
  export(): TrackerState;
  /** Takes in what `export` gave; gives how many entries could not be used. Never throws. */
  import(state: unknown): number;
}

/** What a tracker is made of. */
export interface TrackerOptions {
  readonly clock: Clock;
  readonly events: TrackerEvents;
}

/** Makes a tracker that knows nothing yet. */
export const createTracker = (options: TrackerOptions): Tracker => new AccountTracker(options);

/** More credentials than a label may show are not tracked either: strangers must not be able to fill the memory. */
const MAX_ACCOUNTS = proxyLabels.credential.cap ?? Number.POSITIVE_INFINITY;

class AccountTracker implements Tracker {
  readonly #accounts = new Map<string, Account>();
  readonly #names = createWindowNames();
  readonly #clock: Clock;
  readonly #events: TrackerEvents;

  constructor({ clock, events }: TrackerOptions) {
    this.#clock = clock;
    this.#events = events;
  }

  observeHeaders(credential: string, headers: Headers): void {
    const seen = readHeaders(headers).filter(saysSomething);
    if (seen.length > 0) this.#observe(credential, seen, 'header');
  }

  observePoll(credential: string, body: unknown): void {
    const { windows, extraUsage } = readPoll(body);
    if (windows.length === 0 && extraUsage === null) return;
    const account = this.#observe(credential, windows, 'poll');
    if (account !== undefined && extraUsage !== null) account.extraUsage = extraUsage;
  }

  recordUsage(credential: string, entries: readonly UsageEntry[]): void {
    const account = this.#accounts.get(credential);
    if (account === undefined || entries.length === 0) return;
    account.roll(this.#clock.now());
    account.add(entries);
    this.#events.onChange();
  }

  tick(): void {
    const now = this.#clock.now();
    for (const account of this.#accounts.values()) account.roll(now);
  }

  snapshot(): readonly WindowSnapshot[] {
    this.tick();
    return [...this.#accounts].flatMap(([credential, { windows }]) =>
      [...windows].map(([name, window]) => snapshotOf(credential, name, window)),
    );
  }

  extraUsage(): readonly (ExtraUsage & { readonly credential: string })[] {
    return [...this.#accounts].flatMap(([credential, { extraUsage }]) =>
      extraUsage === null ? [] : [{ credential, ...extraUsage }],
    );
  }

  earliestReset(credential: string): number | null {
    const now = this.#clock.now();
    const windows = [...(this.#accounts.get(credential)?.windows.values() ?? [])];
    const coming = windows.flatMap(({ resetsAt }) => (resetsAt !== null && resetsAt > now ? [resetsAt] : []));
    return coming.length === 0 ? null : Math.min(...coming);
  }

  export(): TrackerState {
    return writeState(this.#accounts);
  }

  import(state: unknown): number {
    const { accounts, passedOver } = readState(state, this.#clock.now());
    let lost = passedOver;
    for (const { credential, heardAt, extraUsage, windows } of accounts) {
      const account = this.#open(credential);
      const restored = [...windows].filter(([name, window]) => account?.restore(name, window) ?? false);
      lost += windows.size - restored.length;
      if (account === undefined) continue;
      account.heardAt = heardAt;
      account.extraUsage = extraUsage;
    }
    this.tick();
    return lost;
  }

  #observe(credential: string, seen: readonly Observation[], source: Heard['source']): Account | undefined {
    const account = this.#open(credential);
    if (account === undefined) {
      this.#events.onDropped({ label: 'credential' });
      return undefined;
    }
    const now = this.#clock.now();
    account.heardAt = now;
    for (const said of seen) account.hear({ said, source, now });
    this.#events.onChange();
    return account;
  }

  /** The account of a credential; where there are too many, a new one takes the place of one with nothing to lose. */
  #open(credential: string): Account | undefined {
    const known = this.#accounts.get(credential);
    if (known !== undefined) return known;
    if (this.#accounts.size >= MAX_ACCOUNTS && !this.#forgetOne()) return undefined;
    const account = new Account({ credential, names: this.#names, events: this.#events });
    this.#accounts.set(credential, account);
    return account;
  }

  #forgetOne(): boolean {
    this.tick();
    const idle = [...this.#accounts].filter(([, account]) => account.isOver);
    const [longest] = idle.toSorted(([, a], [, b]) => a.heardAt - b.heardAt);
    if (longest === undefined) return false;
    const [credential, account] = longest;
    account.close();
    return this.#accounts.delete(credential);
  }
}

/** A status alone is no window: neither is anything used of it nor does it ever reset. */
const saysSomething = ({ utilization, resetsAt }: Observation): boolean => utilization !== null || resetsAt !== null;

const snapshotOf = (credential: string, window: string, known: Window): WindowSnapshot => ({
  credential,
  window,
  lengthSeconds: knownWindow(window)?.lengthSeconds ?? null,
  utilization: known.utilization,
  resetsAt: known.resetsAt,
  status: known.status,
  source: known.source,
  learnedAt: known.learnedAt,
  tokensSince: countsTokens(window) ? known.since : null,
  tokens: rowsOf(known.tokens),
});

const DIRECTIONS = ['input', 'output', 'cache_read', 'cache_write'] as const satisfies readonly Direction[];

const rowsOf = (table: TokenTable): readonly TokenRow[] =>
  [...table].flatMap(([model, counts]) =>
    DIRECTIONS.map((direction) => ({ model, direction, tokens: counts[direction] })),
  );

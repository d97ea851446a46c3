import type { WindowTraits } from '#catalog';
import { type Headers, headerOf } from '../http/headers.ts';
import type { Clock } from '../time.ts';
import type { UsageEntry } from '../usage/reader.ts';
import { Account, type TrackerEvents } from './account.ts';
import { type Claim, Claims, type Link } from './claims.ts';
import { HeaderReader } from './headers.ts';
import { type KeyLimit, readKeyLimits } from './key-limits.ts';
import type { Observation } from './observation.ts';
import type { Payer } from './payer.ts';
import { type ExtraUsage, readPoll } from './poll.ts';
import type { Direction, TokenTable } from './tokens.ts';
import { readState, type TrackerState, writeState } from './tracker-state.ts';
import { Untracked } from './untracked.ts';
import { createUpstreamClock, type UpstreamClock } from './upstream-clock.ts';
import type { Observed, Source, Window } from './window.ts';
import { createWindowNames } from './window-names.ts';

/** Tokens of one model and kind within a window. */
export interface TokenRow {
  /** The model as the price table names it, or `other`. */
  readonly model: string;
  readonly direction: Direction;
  readonly tokens: number;
}

/** A window as it is exported. All times are unix milliseconds. */
export interface WindowSnapshot {
  /** The label of the account. */
  readonly credential: string;
  readonly window: string;
  /** Null where it is not known. */
  readonly lengthSeconds: number | null;
  /** Percent; null where no answer gave it. */
  readonly utilization: number | null;
  /** By the clock of the upstream; null where it is not known. */
  readonly resetsAt: number | null;
  readonly status: string | null;
  readonly source: Source;
  /** When the utilization was learned, by our clock. */
  readonly learnedAt: number | null;
  /** Since when tokens were counted; null where the window counts none. */
  readonly tokensSince: number | null;
  readonly tokens: readonly TokenRow[];
}

/** A window of one account, for choosing among credentials. All times are unix milliseconds by the clock of the upstream. */
export interface WindowView {
  readonly window: string;
  /** The models that it limits; null where that is not known. */
  readonly counts: WindowTraits['counts'];
  /** Null where it is not known. */
  readonly lengthSeconds: number | null;
  /** Percent; null where it is not known. */
  readonly utilization: number | null;
  readonly resetsAt: number | null;
  /** Of the present period. */
  readonly status: string | null;
  /** When the newest answer about the window was made, to the second; 0 for none. */
  readonly madeAt: number;
  /** Whether the reset time has come, and no answer has described the next period yet. */
  readonly elapsed: boolean;
}

/** Knows the rate-limit windows of every account. */
export interface Tracker {
  /**
   * Takes in the head of an answer, names in lower case; gives the account that pays for it: the label `credential` of
   * what is counted for it. Nothing is learned from an answer to a pool secret that was replaced or removed meanwhile.
   */
  observeAnswer(payer: Payer, headers: Headers): string;
  /** Takes in an answer of `/api/oauth/usage`. */
  observePoll(account: string, body: unknown, headers: Headers): void;
  /**
   * Adds the tokens of an answer to the windows that are current now; `fingerprint` is that of the pool credential's secret
   * that the request was sent with. Those of a secret that was replaced or removed meanwhile are not added.
   * @default fingerprint - null, which stands for the client's own credential
   */
  recordUsage(account: string, entries: readonly UsageEntry[], fingerprint?: string | null): void;
  /** Lets windows whose time has come elapse, and forgets accounts that are no longer needed; to be called about once a second. */
  tick(): void;
  /** The windows of the accounts that are exported: in pass-through those seen within two hours, in pool mode all. */
  snapshot(): readonly WindowSnapshot[];
  /** The extra usage of the same accounts. */
  extraUsage(): readonly (ExtraUsage & { readonly credential: string })[];
  /** The per-minute limits of the same accounts. */
  keyLimits(): readonly (KeyLimit & { readonly credential: string })[];
  /** What is known of an account's windows now. */
  windowsOf(account: string): readonly WindowView[];
  /** Forgets an account: its credential was removed, or holds another secret now. */
  forget(account: string): void;
  /** How many accounts seen within two hours are not tracked, because there are too many. */
  untracked(): number;
  export(): TrackerState;
  /** Takes in what `export` gave, of the accounts that are wanted; gives how many entries could not be used. Never throws. */
  import(state: unknown, wanted?: (account: string) => boolean): number;
}

/** What a tracker is made of. */
export interface TrackerOptions {
  readonly clock: Clock;
  readonly events: TrackerEvents;
  /** Who pays: in `pool` mode the credential itself, in `pass-through` the account that its owner belongs to. */
  readonly mode: 'pass-through' | 'pool';
  /** The most accounts that are tracked. */
  readonly maxAccounts: number;
  /** The short keyed hash of an account of an organization, which no credential can have; the organization is '' where it is not known. */
  readonly accountId: (organization: string, account: string) => string;
  /** The fingerprint of the secret that a pool credential has now; null where there is no such credential, and in pass-through. */
  readonly fingerprintOf: (credential: string) => string | null;
}

/** Makes a tracker that knows nothing yet. */
export const createTracker = (options: TrackerOptions): Tracker => new AccountTracker(options);

const MINUTE = 60_000;

/** In pass-through an account that was not seen for so long is not exported: its owner has gone home. */
const EXPORT_MS = 120 * MINUTE;

/**
 * An account that was seen within this time does not make room for another: with more accounts in use than there is room,
 * all would otherwise lose what is known of them in turn.
 */
const IN_USE_MS = 10 * MINUTE;

/** The most accounts without room that are counted: more than one pod serves. */
const MAX_UNTRACKED = 10_000;

class AccountTracker implements Tracker {
  readonly #accounts = new Map<string, Account>();
  /** The accounts that were created for a claim, by its hash: several where clients claim the same without agreeing. */
  readonly #claimants = new Map<string, readonly Account[]>();
  readonly #claims: Claims;
  readonly #untracked = new Untracked({ most: MAX_UNTRACKED, rememberMs: EXPORT_MS });
  readonly #headers = new HeaderReader();
  readonly #names = createWindowNames();
  readonly #time: UpstreamClock;
  readonly #options: TrackerOptions;
  #epoch = 0;
  /** No account can make room before this time. */
  #roomAt = 0;

  constructor(options: TrackerOptions) {
    this.#options = options;
    this.#time = createUpstreamClock(options.clock);
    this.#claims = new Claims(options.maxAccounts);
  }

  observeAnswer(payer: Payer, headers: Headers): string {
    if (this.#isLate(payer.credential, payer.fingerprint)) return payer.credential;
    const madeAt = this.#time.madeAt(headers);
    const read = this.#headers.read(headers);
    const seen = read.every(hasFigures) ? read : read.filter(hasFigures);
    const limits = readKeyLimits(headers);
    const label = this.#options.mode === 'pool' ? payer.credential : this.#payerOf(payer, { seen, madeAt, headers });
    const account = this.#accounts.get(label) ?? this.#openFor(label, payer.credential, seen.length + limits.length);
    if (account === undefined) return label;
    if (limits.length > 0) account.limits.observe(limits, madeAt, this.#time.now());
    this.#observe(account, seen, { source: 'header', madeAt });
    return label;
  }

  observePoll(label: string, body: unknown, headers: Headers): void {
    const { windows, extraUsage } = readPoll(body);
    const madeAt = this.#time.madeAt(headers);
    const reported = extraUsage === null ? windows : [...windows, extraUsage];
    const account = this.#accounts.get(label) ?? this.#openFor(label, label, reported.length);
    if (account === undefined) return;
    if (extraUsage !== null) account.observeExtraUsage(extraUsage, madeAt, this.#time.now());
    this.#observe(account, windows, { source: 'poll', madeAt });
    if (windows.length === 0 && extraUsage !== null) this.#options.events.onChange();
  }

  recordUsage(label: string, entries: readonly UsageEntry[], fingerprint: string | null = null): void {
    if (this.#isLate(label, fingerprint)) return;
    const account = this.#accounts.get(label);
    if (account === undefined || entries.length === 0) return;
    account.roll(this.#time.now());
    account.add(entries);
    this.#options.events.onChange();
  }

  tick(): void {
    const now = this.#time.now();
    for (const account of this.#accounts.values()) {
      account.roll(now);
      if (!this.#isExported(account, now) && account.isOver(now)) this.#drop(account);
    }
  }

  snapshot(): readonly WindowSnapshot[] {
    const { offset } = this.#time;
    return this.#exported().flatMap(({ credential, windows }) =>
      [...windows].map(([name, window]) => snapshotOf(credential, name, window, offset)),
    );
  }

  extraUsage(): readonly (ExtraUsage & { readonly credential: string })[] {
    return this.#exported().flatMap(({ credential, extraUsage }) =>
      extraUsage === null ? [] : [{ credential, ...extraUsage.value }],
    );
  }

  keyLimits(): readonly (KeyLimit & { readonly credential: string })[] {
    const now = this.#time.now();
    return this.#exported().flatMap(({ credential, limits }) =>
      limits.at(now).map((limit) => ({ credential, ...limit })),
    );
  }

  windowsOf(label: string): readonly WindowView[] {
    const account = this.#accounts.get(label);
    account?.roll(this.#time.now());
    return [...(account?.windows ?? [])].map(([name, window]) => viewOf(name, window));
  }

  forget(label: string): void {
    const account = this.#accounts.get(label);
    if (account !== undefined) this.#drop(account);
  }

  untracked(): number {
    return this.#untracked.count(this.#time.now());
  }

  export(): TrackerState {
    return writeState(this.#accounts);
  }

  import(state: unknown, wanted: (account: string) => boolean = () => true): number {
    const { accounts, passedOver } = readState(state, this.#time.now());
    let lost = passedOver;
    for (const { credential, claim, seenAt, extraUsage, windows } of accounts) {
      if (!wanted(credential)) continue;
      const account = this.#open(credential, credential, claim);
      const restored = [...windows].filter(([name, data]) => account?.restore(name, data) ?? false);
      lost += windows.size - restored.length;
      if (account === undefined) continue;
      account.seenAt = seenAt;
      account.extraUsage = extraUsage;
    }
    this.tick();
    return lost;
  }

  /** Whether a request was sent with a secret that its credential has no more: the credential stands for another account now, or none. */
  #isLate(credential: string, fingerprint: string | null): boolean {
    return this.#options.fingerprintOf(credential) !== fingerprint;
  }

  /** The account that pays for an answer. A claim is the client's word: it takes windows that agree with it to be believed. */
  #payerOf({ credential, claimedAccount }: Payer, answer: Answer): string {
    const organization = headerOf(answer.headers, 'anthropic-organization-id') ?? null;
    const claim = claimedAccount === null ? null : { account: claimedAccount, organization };
    const link = claim === null ? this.#onlyLinkOf(credential) : this.#claims.find(credential, claim);
    const isUnproven = answer.seen.length === 0;
    if (link !== undefined && (isUnproven || link.epoch === link.account.epoch)) {
      if (!isUnproven) this.#renew(credential, link);
      return link.account.credential;
    }
    return claim === null || isUnproven ? credential : this.#decide(credential, claim, answer);
  }

  /** Where a request names no account, that of the credential's other requests is meant, if they agree on one. */
  #onlyLinkOf(credential: string): Link | undefined {
    const [first, ...others] = this.#claims.of(credential);
    return others.every(({ account }) => account === first?.account) ? first : undefined;
  }

  /** An answer that comes while nothing live is known of its account begins an epoch: others have to agree with it from then on. */
  #renew(credential: string, link: Link): void {
    const { account } = link;
    if (account.isLive(this.#time.now())) return;
    this.#epoch += 1;
    account.epoch = this.#epoch;
    this.#claims.set(credential, { ...link, epoch: account.epoch });
  }

  /**
   * Decides on a claim that is new, or new since nothing live was known of the account: the answer belongs to the account
   * with whose windows it agrees, to the claimed one where nothing live is known of that, and else to the credential alone.
   */
  #decide(credential: string, claim: Claim, { seen, madeAt }: Answer): string {
    if (!this.#claims.hasRoom(credential, claim)) return credential;
    const now = this.#time.now();
    const id = this.#options.accountId(claim.organization ?? '', claim.account);
    const agreeing = this.#claimants.get(id)?.find((account) => account.agrees(seen, madeAt, now));
    const isFree = this.#accounts.get(id)?.isLive(now) !== true;
    const label = agreeing?.credential ?? (isFree ? id : credential);
    const account = this.#open(label, credential, id);
    if (account === undefined) return label;
    const link = { claim, account, epoch: account.epoch };
    this.#claims.set(credential, link);
    this.#renew(credential, link);
    if (label !== credential) this.#replaceOwn(credential);
    return label;
  }

  /** What was learned of a credential before it named its account is that account's. */
  #replaceOwn(credential: string): void {
    const own = this.#accounts.get(credential);
    if (own !== undefined && this.#onlyLinkOf(credential) !== undefined) this.#drop(own);
  }

  #observe(account: Account, seen: readonly Observation[], from: Pick<Observed, 'source' | 'madeAt'>): void {
    const now = this.#time.now();
    account.seenAt = now;
    if (seen.length === 0) return;
    for (const one of seen) account.observe({ seen: one, source: from.source, madeAt: from.madeAt, now });
    this.#options.events.onChange();
  }

  #openFor(label: string, credential: string, reported: number): Account | undefined {
    return reported === 0 ? undefined : this.#open(label, credential, null);
  }

  /** The account of a label; where there are too many, a new one takes the place of one of the same credential, or of one that is not in use. */
  #open(label: string, credential: string, claim: string | null): Account | undefined {
    const known = this.#accounts.get(label);
    if (known !== undefined) return known.claim === null && claim !== null ? this.#claimed(known, claim) : known;
    if (this.#accounts.size >= this.#options.maxAccounts && !this.#makeRoom(credential)) {
      if (this.#untracked.add(label, this.#time.now())) this.#options.events.onDropped({ label: 'credential' });
      return undefined;
    }
    this.#untracked.delete(label);
    const { events } = this.#options;
    const account = new Account({ credential: label, names: this.#names, events });
    account.seenAt = this.#time.now();
    this.#accounts.set(label, account);
    return claim === null ? account : this.#claimed(account, claim);
  }

  #claimed(account: Account, claim: string): Account {
    account.claim = claim;
    this.#claimants.set(claim, [...(this.#claimants.get(claim) ?? []), account]);
    return account;
  }

  #makeRoom(credential: string): boolean {
    if (this.#options.mode === 'pool') return false;
    const now = this.#time.now();
    const own = this.#accounts.get(credential);
    const same = [...this.#claims.of(credential).map(({ account }) => account), ...(own === undefined ? [] : [own])];
    const victim = leastRecent(same) ?? this.#leastRecentNotInUse(now);
    if (victim === undefined) return false;
    if (this.#isExported(victim, now)) this.#untracked.add(victim.credential, victim.seenAt);
    this.#drop(victim);
    return true;
  }

  #leastRecentNotInUse(now: number): Account | undefined {
    // A time further off than that was set by a clock that was wrong.
    if (now < this.#roomAt && this.#roomAt - now <= IN_USE_MS) return undefined;
    const account = leastRecent(this.#accounts.values());
    if (account === undefined || now - account.seenAt >= IN_USE_MS) return account;
    this.#roomAt = account.seenAt + IN_USE_MS;
    return undefined;
  }

  #drop(account: Account): void {
    const { credential, claim } = account;
    account.close();
    this.#accounts.delete(credential);
    if (claim !== null) this.#unclaim(claim, account);
    this.#options.events.onForgotten({ credential });
    this.#options.events.onChange();
  }

  #unclaim(claim: string, account: Account): void {
    const others = this.#claimants.get(claim)?.filter((one) => one !== account) ?? [];
    if (others.length > 0) this.#claimants.set(claim, others);
    else this.#claimants.delete(claim);
  }

  #isExported({ seenAt }: Account, now: number): boolean {
    return this.#options.mode === 'pool' || now - seenAt <= EXPORT_MS;
  }

  #exported(): readonly Account[] {
    this.tick();
    const now = this.#time.now();
    return [...this.#accounts.values()].filter((account) => this.#isExported(account, now));
  }
}

/** An answer as far as the choice of its account goes. */
interface Answer {
  readonly seen: readonly Observation[];
  readonly madeAt: number;
  readonly headers: Headers;
}

const leastRecent = (accounts: Iterable<Account>): Account | undefined => {
  let found: Account | undefined;
  for (const account of accounts) if (found === undefined || account.seenAt < found.seenAt) found = account;
  return found;
};

/** A status alone is no window: neither is anything used of it nor does it ever reset. */
const hasFigures = ({ utilization, resetsAt }: Observation): boolean => utilization !== null || resetsAt !== null;

const viewOf = (name: string, window: Window): WindowView => {
  const { utilization, resetsAt, status } = window.state();
  const { traits, madeAt, data } = window;
  return { window: name, ...traitsOf(traits), utilization, resetsAt, status, madeAt, elapsed: data.elapsed };
};

const traitsOf = ({ counts, lengthSeconds }: WindowTraits): WindowTraits => ({ counts, lengthSeconds });

const snapshotOf = (credential: string, name: string, window: Window, offset: number): WindowSnapshot => {
  const { traits, data } = window;
  const { learnedAt, ...state } = window.state();
  return {
    ...{ credential, window: name, lengthSeconds: traits.lengthSeconds },
    ...state,
    learnedAt: learnedAt === null ? null : learnedAt - offset,
    tokensSince: traits.counts === null ? null : data.since,
    tokens: rowsOf(data.tokens),
  };
};

const DIRECTIONS = ['input', 'output', 'cache_read', 'cache_write'] as const satisfies readonly Direction[];

const rowsOf = (table: TokenTable): readonly TokenRow[] =>
  [...table].flatMap(([model, counts]) =>
    DIRECTIONS.map((direction) => ({ model, direction, tokens: counts[direction] })),
  );

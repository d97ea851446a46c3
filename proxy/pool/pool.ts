import type { proxyLabels } from '#catalog';
import type { Clock } from '../clock.ts';
import type { Credential } from '../credentials/credential.ts';
import { choose, digest, weightOf } from '../credentials/rendezvous.ts';
import type { UpstreamAnswer } from './classify.ts';
import { type PoolState, readPoolState } from './pool-state.ts';
import { Stickiness } from './stickiness.ts';
import { judge, MAX_REST, OVERLOAD_REST, type Reason, type Verdict } from './verdict.ts';

/** What a request is recognized by: its session stays with a credential, because that is where its prompts are cached. */
export interface RequestKey {
  /** Any text that is the same for the same client. */
  readonly client: string;
  /** The session that the client names. */
  readonly session: string | null;
}

/** A credential for a request. */
export interface Selected {
  readonly id: string;
  /** Headers that take the place of the client's; `anthropic-beta` is merged into the client's. */
  readonly headers: Readonly<Record<string, string>>;
}

/** No credential can serve a request now. */
export interface AllCooling {
  readonly allCooling: true;
  /** When the first one is expected back, in unix milliseconds. */
  readonly retryAt: number;
}

/**
 * What to do with an answer. `pass`: it is the client's. `rotate`: try another credential, this one excluded. `wait`: try
 * the same one again after `ms`. `stop`: it is the client's, and no other attempt may be made.
 */
export type Decision =
  | { readonly kind: 'pass' }
  | { readonly kind: 'rotate' }
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'stop' };

/** A credential as others see it. */
export interface CredentialView {
  readonly id: string;
  readonly state: (typeof proxyLabels.state.values)[number];
  /** Until when it cools, in unix milliseconds. */
  readonly until: number | null;
}

/** What the pool tells as it happens. */
export interface PoolEvents {
  onCooldown(event: { readonly credential: string; readonly reason: Reason; readonly until: number }): void;
  onExpired(event: { readonly credential: string }): void;
  /** Something that is worth keeping over a restart has changed. */
  onChange(): void;
}

/** The upstream credentials that requests share. */
export interface Pool {
  /** The credential for a request; excluded are those that it has tried. */
  select(key: RequestKey, exclude: ReadonlySet<string>): Selected | AllCooling;
  /** Takes in the answer that a credential got; `waitedMs` is how long the request has waited by earlier decisions. */
  report(id: string, answer: UpstreamAnswer, waitedMs?: number): Decision;
  states(): readonly CredentialView[];
  /** The credentials to poll for: OAuth tokens that are accepted. */
  pollable(): readonly Credential[];
  /** Marks a credential as not accepted any more. */
  expire(id: string): void;
  /** Takes in the credentials that are mounted now; what is known of one lasts as long as its secret. */
  reload(credentials: readonly Credential[]): void;
  export(): PoolState;
  /** Takes in what `export` gave, for credentials that are loaded; gives how many entries could not be read. Never throws. */
  import(state: unknown): number;
}

/** What a pool is made of. */
export interface PoolOptions {
  readonly clock: Clock;
  /** A number from 0 up to 1; spreads requests that wait for the same limit. */
  readonly random: () => number;
  readonly events: PoolEvents;
  /** The longest time that a request waits for one credential in all. @default 10 s: longer, and a person thinks it hangs */
  readonly maxWaitMs?: number;
  /** The earliest reset of a credential that is known otherwise. @default - none is */
  readonly fallbackReset?: (id: string) => number | null;
}

/** Makes an empty pool. */
export const createPool = (options: PoolOptions): Pool => new CredentialPool(options);

/** When to ask again where no credential is expected back: files may be mounted any time. */
const EMPTY_RETRY_MS = 60_000;

/** The soonest time to ask again where a request has tried every credential that is ready. */
const SOONEST_RETRY_MS = 1_000;

/** A 401 this soon after a secret was replaced may be the answer to a request with the old one. */
const REPLACED_GRACE_MS = 10_000;

const WAIT_MS = 10_000;

/** A wait is made longer by up to this share, so that not all who wait come back at once. */
const JITTER = 0.1;

interface Member extends Credential {
  expired: boolean;
  until: number;
  reason: Reason | null;
  /** Until when requests of some kind are refused; others are served. */
  avoidedUntil: number;
  readonly replacedAt: number;
}

class CredentialPool implements Pool {
  #members = new Map<string, Member>();
  readonly #sticky = new Stickiness();
  readonly #options: Required<PoolOptions>;

  constructor(options: PoolOptions) {
    this.#options = { maxWaitMs: WAIT_MS, fallbackReset: () => null, ...options };
  }

  select(key: RequestKey, exclude: ReadonlySet<string>): Selected | AllCooling {
    const now = this.#now;
    const usable = (member: Member) => !exclude.has(member.id) && isReady(member, now);
    const session = digest(`${key.client}\0${key.session ?? ''}`);
    const moved = this.#members.get(this.#sticky.find(session, now) ?? '');
    if (moved !== undefined && usable(moved)) return selected(moved);
    const chosen = this.#choose(session, usable);
    if (chosen === null) return { allCooling: true, retryAt: this.#retryAt(now) };
    if (chosen === this.#choose(session, () => true)) this.#sticky.settle(session);
    else this.#move(session, chosen, now);
    return selected(chosen);
  }

  report(id: string, answer: UpstreamAnswer, waitedMs = 0): Decision {
    const member = this.#members.get(id);
    if (member === undefined || answer.status < 400) return { kind: 'pass' };
    const fallbackReset = this.#options.fallbackReset(id);
    return this.#decide(member, judge(answer, { now: this.#now, fallbackReset }), waitedMs);
  }

  states(): readonly CredentialView[] {
    const now = this.#now;
    return [...this.#members.values()].map((member) => viewOf(member, now));
  }

  pollable(): readonly Credential[] {
    return [...this.#members.values()].filter(({ kind, expired }) => kind === 'oauth' && !expired);
  }

  expire(id: string): void {
    const member = this.#members.get(id);
    if (member === undefined || member.expired || this.#now - member.replacedAt < REPLACED_GRACE_MS) return;
    member.expired = true;
    this.#options.events.onExpired({ credential: id });
    this.#options.events.onChange();
  }

  reload(credentials: readonly Credential[]): void {
    const before = this.#members;
    this.#members = new Map(
      credentials.map((one) => {
        const known = before.get(one.id);
        if (known?.fingerprint === one.fingerprint) return [one.id, known];
        return [one.id, newMember(one, known === undefined ? Number.NEGATIVE_INFINITY : this.#now)];
      }),
    );
    this.#options.events.onChange();
  }

  export(): PoolState {
    const credentials = [...this.#members.values()].map(({ id, fingerprint, expired, until, reason }) => ({
      id,
      fingerprint,
      expired,
      until: until > this.#now ? until : null,
      reason,
    }));
    return { credentials, moves: this.#sticky.export(this.#now) };
  }

  import(state: unknown): number {
    const { credentials, moves, passedOver } = readPoolState(state);
    for (const { id, fingerprint, expired, until, reason } of credentials) {
      const member = this.#members.get(id);
      if (member?.fingerprint !== fingerprint) continue;
      member.expired = expired;
      member.until = Math.min(until ?? 0, this.#now + MAX_REST);
      member.reason = reason;
    }
    this.#sticky.import(moves);
    return passedOver;
  }

  get #now(): number {
    return this.#options.clock.now();
  }

  #move(session: string, { id }: Member, now: number): void {
    this.#sticky.move(session, id, now);
    this.#options.events.onChange();
  }

  #choose(session: string, usable: (member: Member) => boolean): Member | null {
    return choose(weightOf(session), this.#members.values(), usable);
  }

  #retryAt(now: number): number {
    const back = [...this.#members.values()].filter(({ expired }) => !expired);
    const times = back
      .map(({ until, avoidedUntil }) => Math.max(until, avoidedUntil))
      .map((until) => (until > now ? until : now + SOONEST_RETRY_MS));
    return times.length === 0 ? now + EMPTY_RETRY_MS : Math.min(...times);
  }

  #decide(member: Member, verdict: Verdict, waitedMs: number): Decision {
    switch (verdict.kind) {
      case 'none':
        return { kind: 'pass' };
      case 'expired':
        this.expire(member.id);
        return { kind: 'rotate' };
      case 'avoid':
        member.avoidedUntil = verdict.until;
        return { kind: 'rotate' };
      case 'cool':
        this.#cool(member, verdict.reason, verdict.until);
        return { kind: verdict.reason === 'spend' ? 'stop' : 'rotate' };
      case 'wait':
        return this.#wait(member, verdict, waitedMs);
    }
  }

  #wait(member: Member, { reason, ms }: Extract<Verdict, { kind: 'wait' }>, waitedMs: number): Decision {
    const waitMs = this.#nextWait(reason, ms, waitedMs);
    if (waitMs !== null) return { kind: 'wait', ms: waitMs };
    const overloaded = reason === 'overloaded';
    // The upstream is overloaded for everybody alike: the last credential that is ready must not be put aside for it.
    if (overloaded && !this.#hasOther(member)) return { kind: 'pass' };
    const rest = Math.min(overloaded ? Math.max(ms, OVERLOAD_REST) : ms, MAX_REST);
    this.#cool(member, reason, this.#now + rest);
    return { kind: 'rotate' };
  }

  /**
   * The wait before the same credential is tried again, or null where the request has waited enough. Waits grow with each
   * one, so that a limit that names too short a time is not asked often; an overloaded upstream is asked once more only.
   */
  #nextWait(reason: Reason, ms: number, waitedMs: number): number | null {
    if (reason === 'overloaded' && waitedMs > 0) return null;
    const jittered = Math.round(Math.max(ms, waitedMs) * (1 + JITTER * this.#options.random()));
    return waitedMs + jittered <= this.#options.maxWaitMs ? jittered : null;
  }

  #hasOther(member: Member): boolean {
    return [...this.#members.values()].some((other) => other !== member && isReady(other, this.#now));
  }

  #cool(member: Member, reason: Reason, until: number): void {
    const now = this.#now;
    const longer = until > member.until;
    const fresh = isReady(member, now);
    if (longer) {
      member.until = until;
      member.reason = reason;
    }
    // Answers to requests that were under way together end in one cooldown, not in one each.
    if (fresh) this.#options.events.onCooldown({ credential: member.id, reason, until });
    if (longer) this.#options.events.onChange();
  }
}

const newMember = (credential: Credential, replacedAt: number): Member => ({
  ...credential,
  expired: false,
  until: 0,
  reason: null,
  avoidedUntil: 0,
  replacedAt,
});

const isReady = ({ expired, until }: Member, now: number): boolean => !expired && now >= until;

const selected = ({ id, headers }: Member): Selected => ({ id, headers });

const viewOf = (member: Member, now: number): CredentialView => {
  if (member.expired) return { id: member.id, state: 'expired', until: null };
  return isReady(member, now)
    ? { id: member.id, state: 'ready', until: null }
    : { id: member.id, state: 'cooling', until: member.until };
};

import type { Credential } from '../credentials/credential.ts';
import type { CredentialFiles } from '../credentials/credential-files.ts';
import type { AttemptAnswer, CredentialRefusal } from '../credentials/strategy.ts';
import type { CallUpstream } from '../credentials/upstream-call.ts';
import type { Clock, Timers } from '../time.ts';
import { type Plan, type Progress, plan } from './choice.ts';
import { type CredentialView, isBilled, Member } from './member.ts';
import { type PoolState, readPoolState, type StoredCredential } from './pool-state.ts';
import { type ProbeResult, Probes } from './probes.ts';
import { noCredentialRefusal } from './refusal.ts';
import { type Requester, Sessions } from './sessions.ts';
import { AVOID_MS, FORBIDDEN_MS, judge, type Reason, type RequestClass, type Verdict } from './verdict.ts';
import { MAX_REFUSAL_MS, UNKNOWN_RESET_MS, type WindowsOf, type WindowView } from './window-view.ts';

/** A cooldown of a credential, or a limit of some of its requests, that has begun. */
export interface CooldownEvent {
  readonly credential: string;
  readonly reason: Reason;
  /** Unix milliseconds. */
  readonly until: number;
  readonly evidence: string;
}

/** What the pool reports as it happens. Evidence is without secrets. */
export interface PoolEvents {
  onCooldown(event: CooldownEvent): void;
  /** A credential is out of rotation, because its secret is not accepted. */
  onExpired(event: { readonly credential: string; readonly evidence: string }): void;
  /** A credential that had expired is accepted again. */
  onReady(event: { readonly credential: string; readonly evidence: string }): void;
  /** A credential is gone, or has another secret now: what is known of its account is of no use any more. */
  onRemoved(event: { readonly credential: string }): void;
  /** Something that is worth keeping over a restart has changed. */
  onChange(): void;
}

/** What a pool is made of. */
export interface PoolOptions {
  readonly clock: Clock;
  readonly timers: Timers;
  /** A number from 0 up to 1; spreads requests that wait for the same limit, and probes. */
  readonly random: () => number;
  readonly events: PoolEvents;
  /** What is known of a credential's windows now. */
  readonly windowsOf: WindowsOf;
  /** Sends the probes. */
  readonly call: CallUpstream;
  /** The utilization in percent from which on requests go to credentials with more room. @default 95 */
  readonly rotateAtPercent?: number;
}

/** What became of a state that was taken in. */
export interface PoolImport {
  /** How many entries could not be read. */
  readonly passedOver: number;
  /** The ids of the credentials that have the same secret as then: what else was known of them is of the same account. */
  readonly kept: ReadonlySet<string>;
}

/** The upstream credentials that requests share. */
export interface Pool {
  /** Chooses the credential for a request; with `peek` nothing of the choice is remembered. */
  choose(requester: Requester, progress: Progress, peek?: boolean): Plan;
  /**
   * What an answer says about the credential that got it. Cooldowns and limits begin at once; that a secret is not accepted,
   * or the upstream overloaded, is for the caller to confirm. Nothing is concluded about a member that is gone.
   */
  judge(member: Member, request: RequestClass, answer: AttemptAnswer): Verdict;
  /** Remembers which credential holds the batches and files of a client, once it has answered. */
  bind(requester: Requester, member: Member): void;
  /** Puts a credential into cooldown that was overloaded while another one was not. */
  overloaded(member: Member, evidence: string): void;
  /**
   * Sends requests of a class elsewhere for minutes that one credential was forbidden and another one was not, and finds out
   * by a probe whether the credential is accepted at all.
   */
  forbid(member: Member, request: RequestClass, evidence: string): void;
  /** Whether a member is in the pool still, with the secret that it had. */
  has(member: Member): boolean;
  /** Takes a credential out of rotation whose secret was found not to be accepted. */
  expire(member: Member, evidence: string): void;
  /** A credential that had expired was accepted. */
  accept(member: Member, evidence: string): void;
  /** Finds out by a probe whether a credential is accepted, because an answer spoke against it. */
  suspect(id: string): void;
  /** The fingerprint of the secret that a credential has now; null where there is no such credential. */
  fingerprintOf(id: string): string | null;
  states(): readonly CredentialView[];
  /** The credentials to poll for: OAuth tokens that are accepted. */
  pollable(): readonly Credential[];
  /** Takes in the credentials that are mounted now; what is known of one lasts as long as its secret. */
  reload(files: Pick<CredentialFiles, 'credentials' | 'problems'>): void;
  export(): PoolState;
  /** Takes in what `export` gave, for credentials that are loaded. Never throws. */
  import(state: unknown): PoolImport;
  /** Ends the probes. */
  stop(): void;
}

/** Makes an empty pool. */
export const createPool = (options: PoolOptions): Pool => new CredentialPool(options);

/** The cooldown of a credential whose account cannot pay: only a person can change that, so this is how soon it is noticed. */
export const SPEND_COOLDOWN_MS = 15 * 60_000;

/** The cooldown of an overloaded credential; overload passes quickly. */
export const OVERLOAD_COOLDOWN_MS = 30_000;

const ROTATE_AT_PERCENT = 95;

class CredentialPool implements Pool {
  #members: readonly Member[] = [];
  #byId: ReadonlyMap<string, Member> = new Map();
  #problems: readonly string[] = [];
  readonly #changedAt = new Map<string, number>();
  readonly #sessions = new Sessions();
  readonly #probes: Probes;
  readonly #options: Required<PoolOptions>;

  constructor(options: PoolOptions) {
    this.#options = { rotateAtPercent: ROTATE_AT_PERCENT, ...options };
    const { clock, timers, random, call } = options;
    this.#probes = new Probes({
      ...{ clock, timers, random, call },
      onResult: (...ended) => this.#probed(...ended),
      isUrgent: () => this.#noneAccepted(),
    });
  }

  choose(requester: Requester, progress: Progress, peek = false): Plan {
    const now = this.#now;
    const recognized = this.#sessions.recognize(requester, this.#byId, now);
    const made = plan(recognized.request, progress, {
      ...{ members: this.#members, now, windowsOf: this.#options.windowsOf },
      ...{ rotateAt: this.#options.rotateAtPercent, random: this.#options.random },
      noCredential: (holder) => this.#noCredential(holder),
    });
    if (made.kind !== 'send' || peek) return made;
    if (made.member.expired !== null) made.member.trials -= 1;
    if (this.#sessions.place(recognized, made.member, this.#members, now)) this.#options.events.onChange();
    return made;
  }

  judge(member: Member, request: RequestClass, answer: AttemptAnswer): Verdict {
    const { family } = request;
    const verdict = judge(answer, { family, now: this.#now, windows: this.#windowsOf(member) });
    if (this.has(member)) this.#conclude(member, request, verdict);
    return verdict;
  }

  bind(requester: Requester, member: Member): void {
    if (this.#sessions.bind(requester, member, this.#now)) this.#options.events.onChange();
  }

  overloaded(member: Member, evidence: string): void {
    if (this.has(member))
      this.#cool(member, { reason: 'overloaded', until: this.#now + OVERLOAD_COOLDOWN_MS, evidence });
  }

  forbid(member: Member, request: RequestClass, evidence: string): void {
    if (!this.has(member)) return;
    this.#limit(member, request, { kind: 'avoid', until: this.#now + FORBIDDEN_MS, evidence });
    this.suspect(member.id);
  }

  has(member: Member): boolean {
    return this.#byId.get(member.id) === member;
  }

  expire(member: Member, evidence: string): void {
    if (!this.has(member)) return;
    const known = member.expired !== null;
    member.expired = evidence;
    member.trials = 0;
    this.#probes.later(member);
    if (known) return;
    if (this.#noneAccepted()) this.#probes.hasten();
    this.#options.events.onExpired({ credential: member.id, evidence });
    this.#changed(member);
  }

  accept(member: Member, evidence: string): void {
    if (!this.has(member) || member.expired === null) return;
    member.expired = null;
    member.trials = 0;
    this.#probes.end(member.id);
    this.#options.events.onReady({ credential: member.id, evidence });
    this.#changed(member);
  }

  suspect(id: string): void {
    const member = this.#byId.get(id);
    if (member !== undefined && member.expired === null) this.#probes.now(member);
  }

  fingerprintOf(id: string): string | null {
    return this.#byId.get(id)?.credential.fingerprint ?? null;
  }

  states(): readonly CredentialView[] {
    const now = this.#now;
    return this.#members.map((member) => member.view(this.#windowsOf(member), now));
  }

  pollable(): readonly Credential[] {
    return this.#members.flatMap(({ credential, expired }) =>
      credential.kind === 'oauth' && expired === null ? [credential] : [],
    );
  }

  reload({ credentials, problems }: Pick<CredentialFiles, 'credentials' | 'problems'>): void {
    const before = this.#byId;
    this.#problems = problems;
    this.#members = credentials.map((credential) => {
      const known = before.get(credential.id);
      return known?.credential.fingerprint === credential.fingerprint ? known : new Member(credential);
    });
    this.#byId = new Map(this.#members.map((member) => [member.id, member]));
    for (const [id, member] of before) {
      if (this.has(member)) continue;
      this.#probes.end(id);
      this.#changedAt.delete(id);
      this.#options.events.onRemoved({ credential: id });
    }
    if (this.#noneAccepted()) this.#probes.hasten();
    this.#options.events.onChange();
  }

  export(): PoolState {
    return {
      credentials: this.#members.map((member) => this.#stored(member)),
      ...this.#sessions.export(this.#now),
    };
  }

  import(state: unknown): PoolImport {
    const { credentials, moves, bindings, passedOver } = readPoolState(state);
    this.#sessions.import({ moves, bindings });
    const kept = new Set<string>();
    for (const stored of credentials) {
      const member = this.#byId.get(stored.id);
      if (member?.credential.fingerprint !== stored.fingerprint) continue;
      this.#restore(member, stored);
      kept.add(stored.id);
    }
    return { passedOver, kept };
  }

  stop(): void {
    this.#probes.stop();
  }

  get #now(): number {
    return this.#options.clock.now();
  }

  #windowsOf({ id }: Member): readonly WindowView[] {
    return this.#options.windowsOf(id);
  }

  #noneAccepted(): boolean {
    return this.#members.every(({ expired }) => expired !== null);
  }

  #noCredential(bound: Member | null): CredentialRefusal {
    return noCredentialRefusal({ members: this.#members, problems: this.#problems, bound, now: this.#now });
  }

  #conclude(member: Member, request: RequestClass, verdict: Verdict): void {
    if (verdict.kind === 'quota') this.#refuse(member, request, verdict);
    if (verdict.kind === 'minute' || verdict.kind === 'avoid') this.#limit(member, request, verdict);
    if (verdict.kind === 'spend') this.#coolUnpaid(member, verdict.evidence);
  }

  #refuse(
    member: Member,
    { endpoint, family, model }: RequestClass,
    { windows, evidence }: Extract<Verdict, { kind: 'quota' }>,
  ): void {
    const now = this.#now;
    const fresh = member.refuse(windows, evidence, this.#windowsOf(member), now);
    const resets = windows.map(({ resetsAt }) => resetsAt ?? now + UNKNOWN_RESET_MS);
    const until = Math.min(Math.max(...resets), now + MAX_REFUSAL_MS);
    if (fresh) this.#options.events.onCooldown({ credential: member.id, reason: 'quota', until, evidence });
    // Windows do not keep requests away that bill against none; one that was refused all the same goes elsewhere.
    const avoidUntil = Math.min(until, now + AVOID_MS);
    if (!isBilled(endpoint)) member.limit({ endpoint, family, model, until: avoidUntil, evidence, hard: false }, now);
    this.#changed(member);
  }

  #coolUnpaid(member: Member, evidence: string): void {
    this.#cool(member, { reason: 'spend', until: this.#now + SPEND_COOLDOWN_MS, evidence });
  }

  #cool(member: Member, cooldown: { reason: 'spend' | 'overloaded'; until: number; evidence: string }): void {
    // Answers to requests that were under way together end in one cooldown, not in one each.
    if (member.cool(cooldown, this.#now)) this.#options.events.onCooldown({ credential: member.id, ...cooldown });
  }

  #limit(
    member: Member,
    { endpoint, family, model }: RequestClass,
    { kind, until, evidence }: Extract<Verdict, { kind: 'minute' | 'avoid' }>,
  ): void {
    const fresh = member.limit({ endpoint, family, model, until, evidence, hard: kind === 'minute' }, this.#now);
    if (fresh && kind === 'minute') {
      this.#options.events.onCooldown({ credential: member.id, reason: 'minute', until, evidence });
    }
  }

  /** Takes in the end of a probe; whether there is to be another. */
  #probed(member: Member, { kind, evidence }: ProbeResult): boolean {
    member.probed(kind !== 'unknown');
    if (kind === 'refused') this.expire(member, evidence);
    if (kind === 'accepted' || kind === 'spend') this.accept(member, evidence);
    if (kind === 'spend' && this.has(member)) this.#coolUnpaid(member, evidence);
    return kind === 'refused' || kind === 'unknown';
  }

  #changed({ id }: Member): void {
    this.#changedAt.set(id, this.#now);
    this.#options.events.onChange();
  }

  #stored(member: Member): StoredCredential {
    const { id, expired, refusals, credential } = member;
    const changedAt = this.#changedAt.get(id) ?? 0;
    return { id, fingerprint: credential.fingerprint, changedAt, expired, refusals: [...refusals] };
  }

  /** What an earlier run concluded is checked anew: the windows by the tracker, the secret by a probe. */
  #restore(member: Member, { id, changedAt, expired, refusals }: StoredCredential): void {
    const now = this.#now;
    this.#changedAt.set(id, Math.min(changedAt, now));
    for (const { evidence, ...refusing } of refusals) {
      member.refuse([{ ...refusing, at: Math.min(refusing.at, now) }], evidence, [], now);
    }
    if (expired === null) return;
    member.expired = expired;
    member.trials = Number.POSITIVE_INFINITY;
    this.#probes.now(member);
  }
}

import type { Credential } from '../credentials/credential.ts';
import type { CallUpstream, UpstreamReply } from '../credentials/upstream-call.ts';
import { type Headers, retryAfter } from '../http/headers.ts';
import { apiErrorOf } from '../pool/api-error.ts';
import type { Clock, Timers } from '../time.ts';
import { firstPoll, nextPoll, type Plan, type PollResult, type Rhythm, skippedPoll } from './poll-schedule.ts';
import type { Responsibility } from './replicas.ts';

/** Where the usage of a subscription can be read; not documented, so everything of the answer is optional. */
export const USAGE_PATH = '/api/oauth/usage';

/** What the poller reports as it happens. */
export interface PollerEvents {
  /** An answer with status 200 and a JSON object. */
  onUsage(credential: string, body: unknown, headers: Headers): void;
  /** A poll ended. */
  onResult(event: PollEnd): void;
  /** The endpoint does not accept a credential. */
  onUnauthorized(credential: string): void;
}

/** How a poll ended. */
export interface PollEnd {
  readonly credential: string;
  readonly result: PollResult;
  /** Null where no answer came. */
  readonly status: number | null;
  /** Milliseconds until the next poll of the credential; null for never. */
  readonly nextMs: number | null;
}

/** What a poller is made of. */
export interface PollerOptions {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: () => number;
  readonly intervalMs: number;
  /** The OAuth credentials that are mounted and accepted now. */
  readonly credentials: () => readonly Credential[];
  readonly replicas: () => Promise<Responsibility>;
  readonly call: CallUpstream;
  readonly events: PollerEvents;
}

/** Asks for the usage of credentials from time to time. */
export interface Poller {
  /** Polls what is due from now on, until `stop`. */
  start(): void;
  stop(): void;
}

/** How often it is looked whether a poll is due. */
const LOOK_EVERY_MS = 5_000;

/** The most polls under way at once: one that hangs takes one place until its timeout, and the others go on. */
export const MAX_CONCURRENT = 4;

/** Makes a poller that is not started. */
export const createPoller = (options: PollerOptions): Poller => new UsagePoller(options);

/** A credential with the time of its next poll. */
interface Entry {
  readonly key: string;
  readonly credential: Credential;
  readonly plan: Plan;
}

class UsagePoller implements Poller {
  /** By id and secret: a credential with a new secret starts anew, even where 403 has ended the polls of the old one. */
  #plans = new Map<string, Plan>();
  /** The keys of the polls under way. */
  readonly #underWay = new Set<string>();
  #running = false;
  #looking = false;
  #cancel = () => {};
  readonly #options: PollerOptions;
  readonly #rhythm: Rhythm;

  constructor(options: PollerOptions) {
    this.#options = options;
    this.#rhythm = { intervalMs: options.intervalMs, random: options.random };
  }

  start(): void {
    if (this.#running) return;
    this.#running = true;
    this.#lookAfter(0);
  }

  stop(): void {
    this.#running = false;
    this.#cancel();
  }

  get #now(): number {
    return this.#options.clock.monotonic();
  }

  #lookAfter(ms: number): void {
    this.#cancel = this.#options.timers.after(ms, () => {
      this.#lookAfter(LOOK_EVERY_MS);
      void this.#look();
    });
  }

  /** Begins the polls that are due, as many as there are places. */
  async #look(): Promise<void> {
    if (this.#looking || this.#due().length === 0) return;
    this.#looking = true;
    const isMine = await this.#options.replicas().finally(() => {
      this.#looking = false;
    });
    if (!this.#running) return;
    for (const entry of this.#due()) {
      if (!isMine(entry.credential.id)) this.#plans.set(entry.key, skippedPoll(entry.plan, this.#now, this.#rhythm));
      else if (this.#underWay.size < MAX_CONCURRENT) void this.#poll(entry);
    }
  }

  /** The credentials whose time has come and that are not being polled; plans of credentials that are gone are forgotten. */
  #due(): readonly Entry[] {
    const now = this.#now;
    const entries = this.#options.credentials().map((credential) => {
      const key = `${credential.id} ${credential.fingerprint}`;
      return { key, credential, plan: this.#plans.get(key) ?? firstPoll(now, this.#rhythm) };
    });
    this.#plans = new Map(entries.map(({ key, plan }) => [key, plan]));
    return entries.filter(({ key, plan }) => plan.at <= now && !this.#underWay.has(key));
  }

  async #poll({ key, credential, plan }: Entry): Promise<void> {
    this.#underWay.add(key);
    const { call } = this.#options;
    const answer = await call({ method: 'GET', path: USAGE_PATH, credential: credential.headers }).catch(() => null);
    this.#underWay.delete(key);
    const result = resultOf(answer);
    const retryAfterMs = answer === null ? null : retryAfter(answer.headers, this.#options.clock.now());
    const next = nextPoll(plan, { result, retryAfterMs }, this.#now, this.#rhythm);
    if (this.#plans.has(key)) this.#plans.set(key, next);
    this.#report(credential, answer, { result, next });
    if (this.#running) void this.#look();
  }

  /** What is answered to a secret that was replaced or removed meanwhile is about another account. */
  #isPresent({ id, fingerprint }: Credential): boolean {
    return this.#options.credentials().some((one) => one.id === id && one.fingerprint === fingerprint);
  }

  #report(
    credential: Credential,
    answer: UpstreamReply | null,
    { result, next }: { result: PollResult; next: Plan },
  ): void {
    const { events } = this.#options;
    const nextMs = Number.isFinite(next.at) ? Math.round(next.at - this.#now) : null;
    events.onResult({ credential: credential.id, result, status: answer?.status ?? null, nextMs });
    if (!this.#isPresent(credential)) return;
    if (answer !== null && result === 'ok') events.onUsage(credential.id, answer.body, answer.headers);
    if (answer?.status === 401) events.onUnauthorized(credential.id);
  }
}

/** An answer of 200 without a JSON object in it teaches nothing, nor does a 403 that is not the API's. */
const resultOf = (answer: UpstreamReply | null): PollResult => {
  if (answer?.status === 200 && typeof answer.body === 'object' && answer.body !== null) return 'ok';
  if (answer?.status === 403) return apiErrorOf(answer.body) === null ? 'error' : 'forbidden';
  return answer?.status === 429 ? 'rate_limited' : 'error';
};

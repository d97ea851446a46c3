import type { Clock } from '../clock.ts';
import type { Credential } from '../credentials/credential.ts';
import { type Headers, retryAfter } from '../http/headers.ts';
import type { Timers } from '../timers.ts';
import { firstPoll, nextPoll, type Plan, type PollResult, type Rhythm, skippedPoll } from './poll-schedule.ts';
import type { Responsibility } from './replicas.ts';

/** What the usage endpoint answered. */
export interface UsageAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Headers;
  /** The parsed body; null where it is no JSON. */
  readonly body: unknown;
}

/** Asks the usage endpoint once with the given headers; rejects where no answer came. */
export type FetchUsage = (headers: Readonly<Record<string, string>>) => Promise<UsageAnswer>;

/** What the poller tells as it happens. */
export interface PollerEvents {
  /** An answer with status 200. */
  onUsage(credential: string, body: unknown): void;
  /** A poll ended. */
  onResult(event: { readonly credential: string; readonly result: PollResult; readonly status: number | null }): void;
  /** The endpoint does not accept a credential any more. */
  onUnauthorized(credential: string): void;
}

/** What a poller is made of. */
export interface PollerOptions {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: () => number;
  readonly intervalMs: number;
  readonly userAgent: string;
  /** The OAuth credentials that are mounted and accepted now. */
  readonly credentials: () => readonly Credential[];
  readonly replicas: () => Promise<Responsibility>;
  readonly fetchUsage: FetchUsage;
  readonly events: PollerEvents;
}

/** Asks for the usage of credentials from time to time. */
export interface Poller {
  /** Polls what is due now, one credential after the other; never rejects. */
  poll(): Promise<void>;
  /** Polls what is due from now on, until `stop`. */
  start(): void;
  stop(): void;
}

/** How often it is looked whether a poll is due. */
const LOOK_EVERY_MS = 5_000;

/** Makes a poller that is not started. */
export const createPoller = (options: PollerOptions): Poller => new UsagePoller(options);

class UsagePoller implements Poller {
  /** By id and secret: a credential with a new secret starts anew, even where 403 has ended the polls of the old one. */
  #plans = new Map<string, Plan>();
  #running = false;
  #cancel = () => {};
  readonly #options: PollerOptions;
  readonly #rhythm: Rhythm;

  constructor(options: PollerOptions) {
    this.#options = options;
    this.#rhythm = { intervalMs: options.intervalMs, random: options.random };
  }

  async poll(): Promise<void> {
    const due = this.#due();
    if (due.length === 0) return;
    const isMine = await this.#options.replicas();
    for (const { key, credential, plan } of due) {
      const next = isMine(credential.id)
        ? await this.#ask(credential, plan)
        : skippedPoll(plan, this.#now, this.#rhythm);
      this.#plans.set(key, next);
    }
  }

  start(): void {
    if (this.#running) return;
    this.#running = true;
    this.#look(0);
  }

  stop(): void {
    this.#running = false;
    this.#cancel();
  }

  get #now(): number {
    return this.#options.clock.now();
  }

  /** The next look waits for the polls of this one, so that no credential is asked for twice at once. */
  #look(ms: number): void {
    this.#cancel = this.#options.timers.after(ms, () => {
      void this.poll().finally(() => {
        if (this.#running) this.#look(LOOK_EVERY_MS);
      });
    });
  }

  /** The credentials whose time has come; plans of credentials that are gone are forgotten. */
  #due(): readonly { readonly key: string; readonly credential: Credential; readonly plan: Plan }[] {
    const now = this.#now;
    const entries = this.#options.credentials().map((credential) => {
      const key = `${credential.id} ${credential.fingerprint}`;
      return { key, credential, plan: this.#plans.get(key) ?? firstPoll(now, this.#rhythm) };
    });
    this.#plans = new Map(entries.map(({ key, plan }) => [key, plan]));
    return entries.filter(({ plan }) => plan.at <= now);
  }

  async #ask({ id, headers }: Credential, plan: Plan): Promise<Plan> {
    const { events, fetchUsage, userAgent } = this.#options;
    const answer = await fetchUsage({ ...headers, 'user-agent': userAgent, accept: 'application/json' }).catch(
      () => null,
    );
    const result = resultOf(answer);
    events.onResult({ credential: id, result, status: answer?.status ?? null });
    if (answer !== null && result === 'ok') events.onUsage(id, answer.body);
    if (answer?.status === 401) events.onUnauthorized(id);
    const retryAfterMs = answer === null ? null : retryAfter(answer.headers, this.#now);
    return nextPoll(plan, { result, retryAfterMs }, this.#now, this.#rhythm);
  }
}

const BY_STATUS: Readonly<Record<number, PollResult>> = { 403: 'forbidden', 429: 'rate_limited' };

/** An answer of 200 without a JSON object in it taught nothing. */
const resultOf = (answer: UsageAnswer | null): PollResult => {
  if (answer?.status === 200 && typeof answer.body === 'object' && answer.body !== null) return 'ok';
  return BY_STATUS[answer?.status ?? 0] ?? 'error';
};

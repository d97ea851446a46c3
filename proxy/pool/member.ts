import type { ModelFamily } from '#catalog';
import type { Credential } from '../credentials/credential.ts';
import type { Endpoint } from '../credentials/strategy.ts';
import type { Reason, RequestClass } from './verdict.ts';
import {
  countsFor,
  isExhausted,
  type RefusingWindow,
  refusesUntil,
  utilizationNow,
  type WindowView,
} from './window-view.ts';

/** Why a credential does not take a request now. Times are unix milliseconds. */
export interface Block {
  readonly until: number;
  readonly reason: Reason;
  /** What limits it, in a few words. */
  readonly cause: string;
  readonly evidence: string;
}

/** How well a credential suits a request: 0 has room, 1 is near the end of a window, 2 has reached it or refused such requests. */
export type Rank = 0 | 1 | 2;

/** Whether and how well a credential takes a request. */
export interface Standing {
  /** Null where it takes the request. */
  readonly block: Block | null;
  readonly rank: Rank;
}

/** A limit of one class of requests. */
export interface LimitView extends RequestClass {
  readonly until: number;
  readonly evidence: string;
}

/** A credential as others see it. Times are unix milliseconds. */
export interface CredentialView {
  readonly id: string;
  readonly state: 'ready' | 'cooling' | 'expired';
  /** Until when it cools. */
  readonly until: number | null;
  /** What the state is concluded from; null while it is ready. */
  readonly evidence: string | null;
  /** The highest utilization of its account's windows in percent; null where none is known. */
  readonly utilization: number | null;
  /** What it refuses to some requests while it serves others. */
  readonly limits: readonly LimitView[];
}

/** A cooldown of the whole credential that no window proves. */
interface Cooldown {
  readonly reason: 'spend' | 'overloaded';
  readonly until: number;
  readonly evidence: string;
}

/** Something that lasts until a time, with its whole length, so that a clock that is set back does not prolong it for long. */
type Lasting<T> = T & { readonly lengthMs: number };

const lasting = <T extends { readonly until: number }>(one: T, now: number): Lasting<T> => ({
  ...one,
  lengthMs: one.until - now,
});

/** The same thing by the clock as it is now: where the clock was set back, it begins anew. */
const clamped = <T extends { readonly until: number }>(one: Lasting<T>, now: number): Lasting<T> =>
  one.until - now > one.lengthMs ? { ...one, until: now + one.lengthMs } : one;

interface Limit extends LimitView {
  /** Whether requests of the class are kept away, or only preferably sent elsewhere. */
  readonly hard: boolean;
}

/** A window that refused a request, and the evidence. */
interface Refusal {
  readonly refusing: RefusingWindow;
  readonly evidence: string;
}

/** After so many probes in a row that found out nothing, a request says more than the next probe would. */
const UNKNOWN_PROBES = 3;

const BILLED: ReadonlySet<Endpoint> = new Set(['messages', 'batches']);

/** Whether an endpoint bills against the windows of a subscription; counting tokens and listing models does not. */
export const isBilled = (endpoint: Endpoint): boolean => BILLED.has(endpoint);

const keyOf = ({ endpoint, family, model }: RequestClass): string =>
  model === null ? `${endpoint} ${family ?? ''}` : `${endpoint} model ${model}`;

/** Clients name the models, so the classes that are limited at once are bounded; the one that began first makes room. */
const MAX_LIMITS = 100;

/** What is known of one credential of the pool. It is made anew for each secret. */
export class Member {
  readonly credential: Credential;
  /** What says that the secret is not accepted; null while nothing does. */
  expired: string | null = null;
  /**
   * With how many requests it may be tried all the same before one is refused: any number while it is an earlier run of the
   * proxy that found it expired, one where probes find out nothing.
   */
  trials = 0;
  #unknownProbes = 0;
  #cooldown: Lasting<Cooldown> | null = null;
  readonly #refusals = new Map<string, Refusal>();
  readonly #limits = new Map<string, Lasting<Limit>>();

  constructor(credential: Credential) {
    this.credential = credential;
  }

  get id(): string {
    return this.credential.id;
  }

  /** The number by which it takes part in the choice. */
  get weight(): number {
    return this.credential.weight;
  }

  /** The windows that have refused a request, for the state file. */
  get refusals(): readonly (RefusingWindow & { readonly evidence: string })[] {
    return [...this.#refusals.values()].map(({ refusing, evidence }) => ({ ...refusing, evidence }));
  }

  /** Whether and how well it takes requests of a class, by its windows as they are known now. */
  standing(request: RequestClass, windows: readonly WindowView[], now: number, rotateAt: number): Standing {
    const limit = this.#limitOf(request, now);
    const billed = isBilled(request.endpoint);
    const block = longest([
      this.#cooldownBlock(now),
      billed ? this.#quotaBlock(request.family, windows, now) : null,
      limit?.hard === true ? limitBlock(limit) : null,
    ]);
    if (limit?.hard === false) return { block, rank: 2 };
    if (!billed) return { block, rank: 0 };
    const counted = windows.filter((view) => countsFor(view, request.family));
    if (counted.some((view) => isExhausted(view))) return { block, rank: 2 };
    return { block, rank: counted.some((view) => utilizationNow(view) >= rotateAt) ? 1 : 0 };
  }

  /** Puts the whole credential into cooldown; whether one began with that. */
  cool(cooldown: Cooldown, now: number): boolean {
    const current = this.#cooldownBlock(now);
    if (current === null || cooldown.until > current.until) this.#cooldown = lasting(cooldown, now);
    return current === null;
  }

  /** Remembers that windows refused a request; whether that began a cooldown. */
  refuse(windows: readonly RefusingWindow[], evidence: string, known: readonly WindowView[], now: number): boolean {
    const fresh = windows.every(({ window }) => this.#refusesUntil(window, known, now) === null);
    for (const refusing of windows) this.#refusals.set(refusing.window, { refusing, evidence });
    return fresh;
  }

  /** Limits a class of requests; whether that began a limit. */
  limit(limit: Limit, now: number): boolean {
    const current = this.#limitOf(limit, now);
    if (current === undefined || replaces(limit, current)) this.#keep(limit, now);
    return current?.hard !== true;
  }

  /** Takes in that a probe has found out something, or nothing; a row of those allows one request to try. */
  probed(isKnown: boolean): void {
    this.#unknownProbes = isKnown ? 0 : this.#unknownProbes + 1;
    if (this.expired === null || this.#unknownProbes < UNKNOWN_PROBES) return;
    this.#unknownProbes = 0;
    this.trials = Math.max(this.trials, 1);
  }

  view(windows: readonly WindowView[], now: number): CredentialView {
    const { id } = this;
    const accounts = windows.filter(({ counts, utilization }) => counts === 'all' && utilization !== null);
    const utilization = accounts.length === 0 ? null : Math.max(...accounts.map((view) => utilizationNow(view)));
    const common = { utilization, limits: this.#limitViews(windows, now) };
    if (this.expired !== null) return { id, state: 'expired', until: null, evidence: this.expired, ...common };
    const block = longest([this.#cooldownBlock(now), this.#accountBlock(windows, now)]);
    if (block === null) return { id, state: 'ready', until: null, evidence: null, ...common };
    return { id, state: 'cooling', until: block.until, evidence: block.evidence, ...common };
  }

  #cooldownBlock(now: number): Block | null {
    if (this.#cooldown === null || this.#cooldown.until <= now) return null;
    this.#cooldown = clamped(this.#cooldown, now);
    const { reason, until, evidence } = this.#cooldown;
    return { reason, until, evidence, cause: reason === 'spend' ? 'its spend limit or billing' : 'overload' };
  }

  #limitOf(request: RequestClass, now: number): Limit | undefined {
    if (this.#limits.size === 0) return undefined;
    return this.#live(keyOf(request), now);
  }

  #live(key: string, now: number): Limit | undefined {
    const limit = this.#limits.get(key);
    if (limit === undefined) return undefined;
    if (limit.until <= now) {
      this.#limits.delete(key);
      return undefined;
    }
    const present = clamped(limit, now);
    if (present !== limit) this.#limits.set(key, present);
    return present;
  }

  #keep(limit: Limit, now: number): void {
    const key = keyOf(limit);
    this.#limits.delete(key);
    this.#limits.set(key, lasting(limit, now));
    if (this.#limits.size <= MAX_LIMITS) return;
    const [oldest = key] = this.#limits.keys();
    this.#limits.delete(oldest);
  }

  #refusesUntil(window: string, windows: readonly WindowView[], now: number): number | null {
    const refusal = this.#refusals.get(window);
    if (refusal === undefined) return null;
    // Where the clock was set back, the refusal begins anew.
    const refusing = { ...refusal.refusing, at: Math.min(refusal.refusing.at, now) };
    if (refusing.at !== refusal.refusing.at) this.#refusals.set(window, { ...refusal, refusing });
    return refusesUntil(
      refusing,
      windows.find((view) => view.window === window),
      now,
    );
  }

  /** The blocks of windows that have refused and still do. Those that do not are forgotten, so that only an answer begins the next cooldown. */
  #refusing(windows: readonly WindowView[], now: number): readonly (Block & Pick<RefusingWindow, 'counts'>)[] {
    const blocks: (Block & Pick<RefusingWindow, 'counts'>)[] = [];
    for (const [window, { refusing, evidence }] of this.#refusals) {
      const until = this.#refusesUntil(window, windows, now);
      if (until !== null) {
        blocks.push({ reason: 'quota', until, evidence, cause: `window ${window}`, counts: refusing.counts });
      } else if (windows.some((view) => view.window === window)) this.#refusals.delete(window);
    }
    return blocks;
  }

  #quotaBlock(family: ModelFamily | null, windows: readonly WindowView[], now: number): Block | null {
    if (this.#refusals.size === 0) return null;
    return longest(
      this.#refusing(windows, now).filter(({ counts }) => counts === 'all' || (counts !== null && counts === family)),
    );
  }

  #accountBlock(windows: readonly WindowView[], now: number): Block | null {
    return longest(this.#refusing(windows, now).filter(({ counts }) => counts === 'all'));
  }

  #limitViews(windows: readonly WindowView[], now: number): readonly LimitView[] {
    const families = this.#refusing(windows, now).flatMap(({ counts, until, evidence }) =>
      counts === 'all' || counts === null
        ? []
        : [{ endpoint: 'messages' as const, family: counts, model: null, until, evidence }],
    );
    const live = [...this.#limits.keys()].flatMap((key) => this.#live(key, now) ?? []);
    return [
      ...families,
      ...live.map(({ endpoint, family, model, until, evidence }) => ({ endpoint, family, model, until, evidence })),
    ];
  }
}

/** A limit that is known outweighs a preference, whichever lasts longer. */
const replaces = (one: Limit, current: Limit): boolean =>
  one.hard === current.hard ? one.until > current.until : one.hard;

const limitBlock = ({ until, evidence }: Limit): Block => ({
  ...{ reason: 'minute', until, evidence },
  cause: 'a limit by the minute',
});

const longest = (blocks: readonly (Block | null)[]): Block | null =>
  blocks.reduce((one, other) => (one === null || (other !== null && other.until > one.until) ? other : one), null);

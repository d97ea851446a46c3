import type { CallUpstream, UpstreamReply } from '../credentials/upstream-call.ts';
import type { Clock, Timers } from '../time.ts';
import { apiErrorOf } from './api-error.ts';
import type { Member } from './member.ts';
import { judge } from './verdict.ts';

/**
 * What a probe found. `accepted`: the secret is accepted. `refused`: it is not. `spend`: it is, but the account cannot pay or
 * is switched off. `unknown`: nothing; the upstream failed or did not answer.
 */
export interface ProbeResult {
  readonly kind: 'accepted' | 'refused' | 'spend' | 'unknown';
  readonly evidence: string;
}

/** What probes are made of. */
export interface ProbeOptions {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: () => number;
  readonly call: CallUpstream;
  /** A probe ended; whether the credential is to be probed again later. */
  readonly onResult: (member: Member, result: ProbeResult) => boolean;
  /** Whether no credential is accepted: probes keep to the first delay then. */
  readonly isUrgent: () => boolean;
}

/** Probes go to the endpoint whose verdict counts. */
const PROBE_PATH = '/v1/messages';

/** The first delay between probes of one credential; doubled each time. */
export const FIRST_DELAY_MS = 30_000;

/** The longest delay between probes of one credential. */
export const MAX_DELAY_MS = 15 * 60_000;

/** Delays are longer by up to this share, so that credentials that expired together are not probed together. */
const JITTER = 0.1;

/** The probes of one credential, of which one is under way or scheduled. */
interface Series {
  readonly member: Member;
  readonly cancel: () => void;
  /** How often its probes were delayed. */
  readonly delays: number;
  /** When the next one is due, by the monotonic clock; null while one is under way. */
  readonly dueAt: number | null;
}

/**
 * Asks the upstream whether it accepts a credential: with a message without content, which costs nothing, because the
 * credential is judged before the content. Each credential has one series of probes at most, and no two probes within the
 * first delay, however often something speaks against it.
 */
export class Probes {
  readonly #options: ProbeOptions;
  /** By id. */
  readonly #series = new Map<string, Series>();
  readonly #endedAt = new WeakMap<Member, number>();

  constructor(options: ProbeOptions) {
    this.#options = options;
  }

  /** Probes a credential as soon as may be, unless it is being probed or is about to be. */
  now(member: Member): void {
    if (this.#series.get(member.id)?.member === member) return;
    const dueAt = (this.#endedAt.get(member) ?? Number.NEGATIVE_INFINITY) + FIRST_DELAY_MS;
    const now = this.#now;
    if (dueAt > now) this.#schedule(member, 0, dueAt - now);
    else this.#begin(member, 0);
  }

  /** Probes a credential from the first delay on. */
  later(member: Member): void {
    if (this.#series.get(member.id)?.member !== member) this.#schedule(member, 0, FIRST_DELAY_MS);
  }

  /** Brings forward all probes that are due later than after the first delay. */
  hasten(): void {
    for (const { member, delays, dueAt } of [...this.#series.values()]) {
      if (dueAt !== null && dueAt - this.#now > FIRST_DELAY_MS * (1 + JITTER)) {
        this.#schedule(member, delays, FIRST_DELAY_MS);
      }
    }
  }

  /** Ends the probes of a credential. */
  end(id: string): void {
    this.#series.get(id)?.cancel();
    this.#series.delete(id);
  }

  /** Ends all probes. */
  stop(): void {
    for (const id of [...this.#series.keys()]) this.end(id);
  }

  get #now(): number {
    return this.#options.clock.monotonic();
  }

  #schedule(member: Member, delays: number, ms: number): void {
    this.end(member.id);
    const delay = ms * (1 + JITTER * this.#options.random());
    const cancel = this.#options.timers.after(delay, () => this.#begin(member, delays + 1));
    this.#series.set(member.id, { member, cancel, delays, dueAt: this.#now + delay });
  }

  #begin(member: Member, delays: number): void {
    const series: Series = { member, cancel: () => {}, delays, dueAt: null };
    this.#series.set(member.id, series);
    void this.#ask(member).then((result) => {
      this.#endedAt.set(member, this.#now);
      if (this.#series.get(member.id) !== series) return;
      this.#series.delete(member.id);
      const again = this.#options.onResult(member, result);
      const delay = this.#options.isUrgent() ? FIRST_DELAY_MS : Math.min(FIRST_DELAY_MS * 2 ** delays, MAX_DELAY_MS);
      if (again) this.#schedule(member, delays, delay);
    });
  }

  async #ask({ credential }: Member): Promise<ProbeResult> {
    const probe = { method: 'POST', path: PROBE_PATH, credential: credential.headers, body: '{}' } as const;
    const reply = await this.#options.call(probe).catch(() => null);
    return reply === null ? { kind: 'unknown', evidence: 'the probe was not answered' } : resultOf(reply);
  }
}

/** The credential was accepted, and the empty message, or one more request, was not. */
const ACCEPTED: ReadonlySet<number> = new Set([200, 400, 422, 429]);

const resultOf = ({ status, headers, body }: UpstreamReply): ProbeResult => {
  const error = apiErrorOf(body);
  const verdict = judge({ status, headers: { ...headers }, error }, { now: 0, windows: [], family: null });
  // A 403 that is not the API's is of something between: it says nothing of the credential.
  if (verdict.kind === 'unauthorized' || (verdict.kind === 'forbidden' && error !== null)) {
    return { kind: 'refused', evidence: `probe of ${PROBE_PATH}: ${verdict.evidence}` };
  }
  if (verdict.kind === 'spend') return { kind: 'spend', evidence: `probe of ${PROBE_PATH}: ${verdict.evidence}` };
  return { kind: ACCEPTED.has(status) ? 'accepted' : 'unknown', evidence: `probe of ${PROBE_PATH}: ${status}` };
};

import { clientCredential } from '../pass-through.ts';
import { classify, type UpstreamAnswer } from '../pool/classify.ts';
import type { Decision, Pool, Selected } from '../pool/pool.ts';
import type { UsageReport } from '../usage/reader.ts';
import type { Attempt } from './attempt.ts';
import type { Exchange } from './exchange.ts';
import type { Forwarding } from './forwarding.ts';
import { coolingHeaders, trailersOf } from './head.ts';
import { Relay } from './relay.ts';

/** The most of an error's body that is held back while the pool decides whether another attempt is made. */
const HELD_BYTES = 64 * 1024;

/** A bound on attempts, whatever the pool decides. */
const MAX_ATTEMPTS = 16;

const RATE_LIMITED = 429;
const NONE: ReadonlySet<string> = new Set();

/**
 * The upstream's side of an exchange that goes out with a credential of the pool. An error answer is held back until the
 * pool has decided whether the client gets it; only then is anything sent to the client.
 */
export class PooledRelay extends Relay {
  readonly #pool: Pool;
  #selected: Selected | null = null;
  #excluded: Set<string> | null = null;
  #waitedMs = 0;
  #waiting: NodeJS.Timeout | null = null;
  #held: Buffer[] | null = null;
  #heldBytes = 0;
  #deciding = false;

  constructor(context: Forwarding, exchange: Exchange, target: string, pool: Pool) {
    super(context, exchange, target);
    this.#pool = pool;
  }

  override answered(attempt: Attempt): void {
    const { status, headers, credential } = attempt;
    if (status < 400) {
      this.#pool.report(credential ?? '', { status, headers, error: null }, this.#waitedMs);
      super.answered(attempt);
      return;
    }
    this.observe(attempt);
    this.#held = [];
    this.#heldBytes = 0;
  }

  override received(attempt: Attempt, chunk: Buffer): void {
    if (this.#held === null) {
      super.received(attempt, chunk);
      return;
    }
    this.reader?.write(chunk);
    this.#held.push(chunk);
    this.#heldBytes += chunk.length;
    if (this.#heldBytes <= HELD_BYTES || this.#deciding) return;
    attempt.pause();
    this.#decide(attempt);
  }

  override ended(attempt: Attempt): void {
    if (this.#held === null) super.ended(attempt);
    else this.#decide(attempt);
  }

  override failed(attempt: Attempt, error: Error): void {
    this.#held = null;
    super.failed(attempt, error);
  }

  override abandon(): void {
    // The decision settles the exchange, after the pool has learned from the answer.
    if (!this.#deciding) super.abandon();
  }

  override cancel(): void {
    if (this.#waiting !== null) clearTimeout(this.#waiting);
    this.#waiting = null;
    this.#held = null;
    super.cancel();
  }

  protected override send(): void {
    this.early = null;
    this.exchange.ledger.credential = this.#selected?.id ?? null;
    this.exchange.ledger.error = null;
    super.send(this.#selected?.headers);
  }

  /** Takes a credential that was not tried yet; where there is none the client is told when to come back. */
  protected override choose(): boolean {
    const { request, ledger } = this.exchange;
    const client = clientCredential(request.headers) ?? request.socket.remoteAddress ?? '';
    const next = this.#pool.select({ client, session: ledger.sessionId }, this.#excluded ?? NONE);
    if ('id' in next) {
      this.#selected = next;
      return true;
    }
    this.exchange.answer({
      error: 'rate_limited',
      message: 'every credential of this proxy is cooling down; retry-after tells when the first is ready',
      outcome: 'rejected',
      headers: coolingHeaders(next.retryAt, this.context.clock.now()),
    });
    return false;
  }

  /** Asks the pool what an error answer means, once its text is known. */
  #decide(attempt: Attempt): void {
    const { reader } = this;
    if (this.#deciding || reader === null) return;
    this.#deciding = true;
    this.reader = null;
    void reader.end().then((report) => this.#conclude(attempt, report));
  }

  #conclude(attempt: Attempt, report: UsageReport): void {
    const { exchange } = this;
    this.#deciding = false;
    this.early = report;
    const answer: UpstreamAnswer = { status: attempt.status, headers: attempt.headers, error: report.error };
    this.note(attempt, classify(answer), report.error?.message ?? '');
    const decision = this.#pool.report(attempt.credential ?? '', answer, this.#waitedMs);
    if (exchange.gone) {
      this.cancel();
      exchange.settle();
      return;
    }
    if (!exchange.decided) this.#follow(decision, attempt);
  }

  #follow(decision: Decision, attempt: Attempt): void {
    if (this.exchange.body.canRepeat && attempt.ordinal < MAX_ATTEMPTS) {
      if (decision.kind === 'wait') {
        this.#wait(attempt, decision.ms);
        return;
      }
      if (decision.kind === 'rotate' && this.#rotate(attempt)) return;
    }
    this.#release(attempt);
  }

  #wait(attempt: Attempt, ms: number): void {
    this.#held = null;
    this.#waitedMs += ms;
    attempt.cancel();
    this.#waiting = setTimeout(() => {
      this.#waiting = null;
      this.send();
    }, ms);
  }

  /** Tries another credential. Where none is left a rate limit becomes the pool's own; any other error is for the client to see. */
  #rotate(attempt: Attempt): boolean {
    this.#excluded ??= new Set();
    if (attempt.credential !== null) this.#excluded.add(attempt.credential);
    if (attempt.status !== RATE_LIMITED && !this.#anyLeft()) return false;
    this.#held = null;
    attempt.cancel();
    if (this.choose()) this.send();
    return true;
  }

  #anyLeft(): boolean {
    return this.#pool.states().some(({ id, state }) => state === 'ready' && this.#excluded?.has(id) !== true);
  }

  /** Gives the client the answer that was held back. */
  #release(attempt: Attempt): void {
    const held = this.#held ?? [];
    this.#held = null;
    this.sendHead(attempt);
    let flows = true;
    for (const chunk of held) flows = this.exchange.send(chunk) && flows;
    if (attempt.over) this.exchange.finish(trailersOf(attempt.trailers));
    else if (flows) attempt.resume();
  }
}

import type { IncomingHttpHeaders } from 'node:http';
import { modelFamily } from '#catalog';
import { clientCredential } from '../credentials/client-credential.ts';
import type {
  AttemptAnswer,
  Choice,
  CredentialStrategy,
  CredentialTurn,
  RequestFacts,
} from '../credentials/strategy.ts';
import type { Member } from './member.ts';
import type { Pool } from './pool.ts';
import type { Requester } from './sessions.ts';
import type { Verdict } from './verdict.ts';

/** Requests go out with a credential of the pool, and again with another one where the answer says that the first cannot serve it. */
export const createPoolStrategy = (pool: Pool): CredentialStrategy => ({
  repeats: true,
  open: (facts) => new PoolTurn(pool, facts),
});

/** The most attempts of one request: two credentials, each again after a wait. */
export const MAX_ATTEMPTS = 4;

/** The statuses whose body says something about the credential; all others are about the request or the upstream. */
const HELD: ReadonlySet<number> = new Set([400, 401, 402, 403, 429, 500, 503, 529]);

/** A conclusion about a credential that another answer to the same request has to confirm. */
interface Unconfirmed {
  readonly member: Member;
  readonly verdict: Extract<Verdict, { kind: 'unauthorized' | 'forbidden' | 'overloaded' }>;
}

const isUnconfirmed = (verdict: Verdict): verdict is Unconfirmed['verdict'] =>
  verdict.kind === 'unauthorized' || verdict.kind === 'forbidden' || verdict.kind === 'overloaded';

/** The name of a model is the client's text; longer ones are told apart by their beginnings. */
const MAX_MODEL_LENGTH = 128;

class PoolTurn implements CredentialTurn {
  readonly #pool: Pool;
  readonly #facts: RequestFacts;
  #requester: Requester | null = null;
  #member: Member | null = null;
  #attempts = 0;
  #waitedMs = 0;
  readonly #tried = new Set<Member>();
  readonly #excluded = new Set<Member>();
  #unconfirmed: Unconfirmed[] = [];

  constructor(pool: Pool, facts: RequestFacts) {
    this.#pool = pool;
    this.#facts = facts;
  }

  next(): Choice {
    // A secret that was replaced while the request waited does not count as tried.
    for (const member of this.#tried) if (!this.#pool.has(member)) this.#tried.delete(member);
    const plan = this.#pool.choose(this.#identity, this.#progress);
    if (plan.kind === 'refuse') return { kind: 'refuse', refusal: plan.refusal };
    if (plan.kind === 'wait') {
      this.#waitedMs += plan.ms;
      return plan;
    }
    const { member } = plan;
    this.#member = member;
    this.#tried.add(member);
    this.#attempts += 1;
    const { headers, fingerprint } = member.credential;
    return { kind: 'send', credential: member.id, headers, fingerprint };
  }

  answered(status: number, _headers: IncomingHttpHeaders): 'pass' | 'hold' {
    if (HELD.has(status)) return 'hold';
    if (status < 400) this.#confirm();
    else this.#leaveOpen();
    return 'pass';
  }

  judge(answer: AttemptAnswer, canRepeat: boolean): 'pass' | 'retry' {
    const member = this.#member;
    if (member === null) return 'pass';
    const verdict = this.#pool.judge(member, this.#identity, answer);
    if (verdict.kind === 'none') return this.#pass();
    if (!this.#pool.has(member)) return this.#repeatElsewhere(member, canRepeat);
    if (verdict.kind !== 'minute') this.#excluded.add(member);
    if (isUnconfirmed(verdict)) this.#unconfirmed.push({ member, verdict });
    return canRepeat && this.#attempts < MAX_ATTEMPTS && this.#canGoOn(answer.status) ? 'retry' : this.#pass();
  }

  /** Made at the first choice: the model may become known until then. */
  get #identity(): Requester {
    if (this.#requester !== null) return this.#requester;
    const { headers, remoteAddress, session, endpoint, model } = this.#facts;
    const client = clientCredential(headers) ?? remoteAddress;
    const family = model === null ? null : modelFamily(model);
    const unknown = family === null ? (model?.slice(0, MAX_MODEL_LENGTH) ?? null) : null;
    this.#requester = { client, session, endpoint, family, model: unknown };
    return this.#requester;
  }

  get #progress() {
    return { tried: this.#tried, excluded: this.#excluded, waitedMs: this.#waitedMs };
  }

  /** The secret was replaced or removed while the request was under way: the answer says nothing about the pool. */
  #repeatElsewhere(member: Member, canRepeat: boolean): 'pass' | 'retry' {
    this.#tried.delete(member);
    this.#unconfirmed = this.#unconfirmed.filter((one) => one.member !== member);
    const goesOn = canRepeat && this.#attempts < MAX_ATTEMPTS && this.#peek().kind !== 'refuse';
    return goesOn ? 'retry' : this.#pass();
  }

  /** Whether there is another attempt to make; or a refusal that says more than the limit of one credential does. */
  #canGoOn(status: number): boolean {
    const plan = this.#peek();
    return plan.kind !== 'refuse' || (status === 429 && plan.allLimited);
  }

  #peek() {
    return this.#pool.choose(this.#identity, this.#progress, true);
  }

  #pass(): 'pass' {
    this.#leaveOpen();
    return 'pass';
  }

  /** Another credential was accepted for the same request: the earlier answers are evidence about their credentials. */
  #confirm(): void {
    const member = this.#member;
    if (member === null) return;
    if (member.expired !== null) this.#pool.accept(member, `answered a request for ${this.#identity.endpoint}`);
    this.#pool.bind(this.#identity, member);
    for (const one of this.#unconfirmed) {
      const evidence = `${one.verdict.evidence}; '${member.id}' was accepted for the same request`;
      if (one.verdict.kind === 'overloaded') this.#pool.overloaded(one.member, evidence);
      else if (one.verdict.kind === 'forbidden') this.#pool.forbid(one.member, this.#identity, evidence);
      else if (this.#identity.endpoint === 'messages') this.#pool.expire(one.member, evidence);
      else this.#pool.suspect(one.member.id);
    }
    this.#unconfirmed = [];
  }

  /** Nothing confirms the conclusions: the upstream was overloaded for every credential, and whether a secret is accepted is for a probe to find out. */
  #leaveOpen(): void {
    for (const { member, verdict } of this.#unconfirmed) {
      if (verdict.kind !== 'overloaded' && this.#pool.has(member)) this.#pool.suspect(member.id);
    }
    this.#unconfirmed = [];
  }
}

import { choose, createDigests, weightOf } from '../credentials/rendezvous.ts';
import type { Endpoint } from '../credentials/strategy.ts';
import type { PoolRequest } from './choice.ts';
import { isBilled, type Member } from './member.ts';
import type { PoolState } from './pool-state.ts';
import { Stickiness } from './stickiness.ts';
import type { RequestClass } from './verdict.ts';

/** What a request is recognized by. */
export interface Requester extends RequestClass {
  /** Any text that is the same for the same client. */
  readonly client: string;
  /** The session that the client names: it stays with a credential, because that is where its prompts are cached. */
  readonly session: string | null;
}

/** A request with what is remembered of its client. */
export interface Recognized {
  readonly request: PoolRequest;
  /** The key of its session's moves; null for a request that does not move. */
  readonly moveKey: string | null;
}

/** Endpoints whose objects belong to the organization that created them. */
const BOUND: ReadonlySet<Endpoint> = new Set(['batches', 'files']);

/** Remembers which sessions are served elsewhere than where the hash puts them, and where the batches and files of clients are. */
export class Sessions {
  readonly #moves = new Stickiness();
  /** Forgotten only where there are too many clients. */
  readonly #bindings = new Stickiness(Number.POSITIVE_INFINITY);
  readonly #digest = createDigests();

  /** Looks up what is remembered of a client, among the members that there are now. */
  recognize(requester: Requester, members: ReadonlyMap<string, Member>, now: number): Recognized {
    const { endpoint, family, model, client, session } = requester;
    const common = { endpoint, family, model };
    if (BOUND.has(endpoint)) {
      const key = this.#digest(client);
      const bound = this.#bound(key, members, now);
      return { request: { ...common, hash: weightOf(key), moved: undefined, bound, holder: null }, moveKey: null };
    }
    const key = this.#digest(`${client}\0${session ?? ''}`);
    // Prompts are cached for a model: a session that moves for the sake of one family leaves its others where they are.
    const moveKey = isBilled(endpoint) ? `${key} ${family ?? ''}` : null;
    const moved = moveKey === null ? undefined : members.get(this.#moves.find(moveKey, now) ?? '');
    const holder = this.#bindings.isEmpty ? null : this.#bound(this.#digest(client), members, now);
    return { request: { ...common, hash: weightOf(key), moved, bound: null, holder }, moveKey };
  }

  /** Remembers where a session goes that the hash puts elsewhere; whether that is new. */
  place({ request, moveKey }: Recognized, member: Member, members: Iterable<Member>, now: number): boolean {
    if (moveKey === null || request.moved === member || request.holder === member) return false;
    if (choose(request.hash, members, () => true) === member) {
      this.#moves.settle(moveKey);
      return false;
    }
    this.#moves.move(moveKey, member.id, now);
    return true;
  }

  /** Remembers that a credential holds the batches and files of a client; whether that is new. */
  bind({ client, endpoint }: Requester, { id }: Member, now: number): boolean {
    if (!BOUND.has(endpoint)) return false;
    const key = this.#digest(client);
    if (this.#bindings.find(key, now) === id) return false;
    this.#bindings.move(key, id, now);
    return true;
  }

  #bound(key: string, members: ReadonlyMap<string, Member>, now: number): Member | null {
    return members.get(this.#bindings.find(key, now) ?? '') ?? null;
  }

  export(now: number): Pick<PoolState, 'moves' | 'bindings'> {
    return { moves: this.#moves.export(now), bindings: this.#bindings.export(now) };
  }

  import({ moves, bindings }: Pick<PoolState, 'moves' | 'bindings'>): void {
    this.#moves.import(moves);
    this.#bindings.import(bindings);
  }
}

import { choose } from '../credentials/rendezvous.ts';
import type { CredentialRefusal } from '../credentials/strategy.ts';
import type { Block, Member, Rank, Standing } from './member.ts';
import { limitedRefusal } from './refusal.ts';
import type { RequestClass } from './verdict.ts';
import type { WindowsOf } from './window-view.ts';

/** The most credentials that one request is sent with. */
export const MAX_CREDENTIALS = 2;

/** The longest time that a request waits in all: longer, and a person thinks that it hangs. */
export const MAX_WAIT_MS = 10_000;

/** How long a request waits at most for the credential that holds its prompt cache while another one is ready. */
export const CACHE_WAIT_MS = 2_000;

/** A wait is made longer by up to this share and this time, so that not all who wait come back at once. */
const JITTER = 0.1;
const JITTER_MS = 100;

/** What a request has gone through so far. */
export interface Progress {
  /** The credentials that it was sent with. */
  readonly tried: ReadonlySet<Member>;
  /** Those of them that it is not sent with again. */
  readonly excluded: ReadonlySet<Member>;
  readonly waitedMs: number;
}

/** A request that a credential is chosen for. */
export interface PoolRequest extends RequestClass {
  /** The number that stands for its session in the rendezvous hash. */
  readonly hash: number;
  /** The credential that the session was moved to; undefined where the hash decides. */
  readonly moved: Member | undefined;
  /** The credential that it must go to; null where any will do. */
  readonly bound: Member | null;
  /** The credential that holds the files of its client, which it may refer to; null where there are none. */
  readonly holder: Member | null;
}

/** What is known of the pool at the time of the choice. */
export interface Surroundings {
  readonly members: readonly Member[];
  readonly windowsOf: WindowsOf;
  readonly now: number;
  readonly rotateAt: number;
  readonly random: () => number;
  /** The refusal where no credential is accepted or there is none. */
  readonly noCredential: (bound: Member | null) => CredentialRefusal;
}

/** What becomes of a request. */
export type Plan =
  | { readonly kind: 'send'; readonly member: Member }
  | { readonly kind: 'wait'; readonly ms: number }
  | {
      readonly kind: 'refuse';
      readonly refusal: CredentialRefusal;
      /** Whether limits of all credentials are known, so that no other answer can be expected of any. */
      readonly allLimited: boolean;
    };

interface Candidate extends Standing {
  readonly member: Member;
}

/** Chooses the credential for a request, or finds that it has to wait or cannot be served. Changes nothing. */
export const plan = (request: PoolRequest, progress: Progress, pool: Surroundings): Plan => {
  const accepted = acceptedBy(request, pool);
  const { holder } = request;
  if (holder !== null && takes(holder, 1, request, progress, pool)) return send(holder);
  const preferred = request.bound ?? request.moved ?? choose(request.hash, accepted, () => true);
  const worst = accepted.length === 1 ? 2 : 0;
  if (preferred !== null && takes(preferred, worst, request, progress, pool)) return send(preferred);
  const open = accepted.filter((member) => isOpen(member, progress));
  const candidates = open.map((member) => ({ member, ...standingOf(member, request, pool) }));
  return (
    among(candidates, preferred, request, progress, pool) ??
    (accepted.length > 1 ? waitForFirst(candidates, progress, pool) : null) ??
    lastResort(accepted, request, progress, pool) ??
    refuse(accepted, request, pool)
  );
};

/** Whether a credential takes a request, and suits it no worse than a rank. */
const takes = (member: Member, worst: Rank, request: PoolRequest, progress: Progress, pool: Surroundings): boolean => {
  if (!isOpen(member, progress)) return false;
  const { block, rank } = standingOf(member, request, pool);
  return block === null && rank <= worst;
};

const acceptedBy = ({ bound }: PoolRequest, { members }: Surroundings): readonly Member[] =>
  (bound === null ? members : [bound]).filter(({ expired }) => expired === null);

const isOpen = (member: Member, { tried, excluded }: Progress): boolean =>
  member.expired === null && !excluded.has(member) && (tried.size < MAX_CREDENTIALS || tried.has(member));

const standingOf = (member: Member, request: RequestClass, { windowsOf, now, rotateAt }: Surroundings): Standing =>
  member.standing(request, windowsOf(member.id), now, rotateAt);

const send = (member: Member): Plan => ({ kind: 'send', member });

/** The best of the credentials that are ready; a session stays where it is as long as none is better. */
const among = (
  candidates: readonly Candidate[],
  preferred: Member | null,
  request: PoolRequest,
  progress: Progress,
  pool: Surroundings,
): Plan | null => {
  const ready = candidates.filter(({ block }) => block === null);
  if (ready.length === 0) return null;
  const held = candidates.find(({ member }) => member === preferred);
  if (held?.block != null && progress.waitedMs === 0 && isShort(held.block, pool.now)) {
    return wait(held.block.until, progress, pool);
  }
  const best = Math.min(...ready.map(({ rank }) => rank));
  const equals = ready.filter(({ rank }) => rank === best).map(({ member }) => member);
  const chosen = equals.find((member) => member === preferred) ?? choose(request.hash, equals, () => true);
  return chosen === null ? null : send(chosen);
};

const isShort = ({ reason, until }: Block, now: number): boolean => reason === 'minute' && until - now <= CACHE_WAIT_MS;

const wait = (until: number, { waitedMs }: Progress, { now, random }: Surroundings): Plan => {
  const jittered = (until - now) * (1 + JITTER * random()) + JITTER_MS * random();
  return { kind: 'wait', ms: Math.ceil(Math.min(jittered, MAX_WAIT_MS - waitedMs)) };
};

/** None of several is ready: waits for the first one, where that is soon. */
const waitForFirst = (candidates: readonly Candidate[], progress: Progress, pool: Surroundings): Plan | null => {
  const times = candidates.flatMap(({ block }) => (block === null ? [] : [block.until]));
  if (times.length === 0) return null;
  const first = Math.min(...times);
  return first - pool.now + progress.waitedMs <= MAX_WAIT_MS ? wait(first, progress, pool) : null;
};

/**
 * A pool with one accepted credential never refuses on its own account, and does not wait: the upstream decides. One that an
 * earlier run found not to be accepted, or that probes find out nothing about, is tried before a request is refused.
 */
const lastResort = (
  accepted: readonly Member[],
  { bound }: PoolRequest,
  { tried, excluded }: Progress,
  { members }: Surroundings,
): Plan | null => {
  const untried = (member: Member) => !tried.has(member) && !excluded.has(member) && tried.size < MAX_CREDENTIALS;
  const [only] = accepted;
  if (accepted.length === 1 && only !== undefined && untried(only)) return send(only);
  const doubtful = members.find(
    (member) => member.trials > 0 && untried(member) && (bound === null || bound === member),
  );
  return doubtful === undefined ? null : send(doubtful);
};

const refuse = (accepted: readonly Member[], request: PoolRequest, pool: Surroundings): Plan => {
  if (accepted.length === 0) return { kind: 'refuse', refusal: pool.noCredential(request.bound), allLimited: false };
  const standings = accepted.map((member) => standingOf(member, request, pool));
  const blocks = standings.flatMap(({ block }) => (block === null ? [] : [block]));
  const refusal = limitedRefusal(blocks, request, pool.now);
  return { kind: 'refuse', refusal, allLimited: accepted.length > 1 && blocks.length === accepted.length };
};

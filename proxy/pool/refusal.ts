import type { CredentialRefusal } from '../credentials/strategy.ts';
import type { Block, Member } from './member.ts';
import type { RequestClass } from './verdict.ts';

/** When to ask again where no credential is expected back: files may be mounted any time. */
const EMPTY_RETRY_MS = 60_000;

/** The soonest time to ask again where a request has used up its attempts. */
const SOONEST_RETRY_MS = 1_000;

/** A text with how often it occurs: `2 by window 7d, 1 by overload`. */
const counted = (texts: readonly string[]): string => {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return [...counts].map(([text, count]) => `${count} by ${text}`).join(', ');
};

/** What requests of a class are called: `message requests for fable models`. */
const classOf = ({ endpoint, family, model }: RequestClass): string => {
  const of = endpoint === 'other' ? 'requests' : `${endpoint} requests`;
  if (model !== null) return `${of} for this model`;
  return family === null ? of : `${of} for ${family} models`;
};

/** The refusal where every accepted credential is limited; it says by what and until when. */
export const limitedRefusal = (blocks: readonly Block[], request: RequestClass, now: number): CredentialRefusal => {
  const until = Math.min(...blocks.map((block) => block.until));
  const retryAt = blocks.length === 0 ? now + SOONEST_RETRY_MS : Math.max(until, now + SOONEST_RETRY_MS);
  const causes = counted(blocks.map(({ cause }) => cause));
  return {
    error: 'rate_limited',
    message:
      `every credential of this proxy is limited for ${classOf(request)}` +
      `${causes === '' ? '' : ` (${causes})`}; the first is expected back at ${new Date(retryAt).toISOString()}`,
    retryAt,
  };
};

/** Why a pool has no credential that is accepted. */
export interface NoCredential {
  readonly members: readonly Member[];
  /** What is wrong with files that hold no credential. */
  readonly problems: readonly string[];
  /** The credential that a request belongs to; null for a request that any can serve. */
  readonly bound: Member | null;
  readonly now: number;
}

const problemOf = ([first, ...others]: readonly string[]): string => {
  if (first === undefined) return '';
  return `; the file ${first}${others.length === 0 ? '' : ` (and ${others.length} more)`}`;
};

/** The refusal where no credential is accepted. */
export const noCredentialRefusal = ({ members, problems, bound, now }: NoCredential): CredentialRefusal => {
  const retryAt = now + EMPTY_RETRY_MS;
  if (bound !== null) {
    const message = `the credential '${bound.id}' that holds the batches and files of this client is not accepted any more; replace its secret, or remove its file to begin anew with another`;
    return { error: 'no_credential', message, retryAt };
  }
  const why =
    members.length === 0
      ? 'its folder holds none'
      : `${members.length} expired (${members[0]?.id}: ${members[0]?.expired ?? 'not accepted'})`;
  const message = `this proxy has no credential that the upstream accepts: ${why}${problemOf(problems)}`;
  return { error: 'no_credential', message, retryAt };
};

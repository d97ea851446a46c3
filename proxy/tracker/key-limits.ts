import type { proxyLabels } from '#catalog';
import { type Headers, headerOf } from '../http/headers.ts';
import { numberOf } from './observation.ts';
import { isNewer, madeBy } from './reading.ts';
import { rfc3339 } from './times.ts';

/** What a per-minute limit of an API key counts. */
export type LimitKind = (typeof proxyLabels.limitKind.values)[number];

/** A per-minute limit of an API key; what the answer does not give is null. */
export interface KeyLimit {
  readonly kind: LimitKind;
  /** Requests or tokens a minute. */
  readonly limit: number | null;
  /** What is left of it; the API rounds tokens to thousands. */
  readonly remaining: number | null;
  /** When all of it is left again, in unix milliseconds. */
  readonly resetsAt: number | null;
}

const KINDS = [
  ['requests', 'requests'],
  ['tokens', 'tokens'],
  ['input_tokens', 'input-tokens'],
  ['output_tokens', 'output-tokens'],
] as const satisfies readonly (readonly [LimitKind, string])[];

const FIELDS = KINDS.map(([kind, name]) => ({
  kind,
  limit: `anthropic-ratelimit-${name}-limit`,
  remaining: `anthropic-ratelimit-${name}-remaining`,
  reset: `anthropic-ratelimit-${name}-reset`,
}));

/**
 * The limits that the headers of an answer to an API key describe.
 *
 * @see https://docs.claude.com/en/api/rate-limits#response-headers
 */
export const readKeyLimits = (headers: Headers): readonly KeyLimit[] => {
  const limits: KeyLimit[] = [];
  for (const { kind, limit, remaining, reset } of FIELDS) {
    if (headers[limit] === undefined && headers[remaining] === undefined) continue;
    const read = { limit: numberOf(headerOf(headers, limit)), remaining: numberOf(headerOf(headers, remaining)) };
    if (read.limit === null && read.remaining === null) continue;
    limits.push({ kind, ...read, resetsAt: rfc3339(headerOf(headers, reset)) });
  }
  return limits;
};

/** The per-minute limits of one account: of each kind that of the newest answer. */
export class KeyLimits {
  readonly #limits = new Map<LimitKind, KeyLimit & { readonly madeAt: number }>();

  observe(limits: readonly KeyLimit[], madeAt: number, now: number): void {
    for (const limit of limits) {
      const known = this.#limits.get(limit.kind);
      if (isNewer(known && madeBy(known, now), madeAt)) this.#limits.set(limit.kind, { ...limit, madeAt });
    }
  }

  /** The limits as they are at a time: once it has been reset, all of a limit is left. */
  at(now: number): readonly KeyLimit[] {
    return [...this.#limits.values()].map(({ kind, limit, remaining, resetsAt }) => ({
      kind,
      limit,
      remaining: resetsAt !== null && now >= resetsAt ? (limit ?? remaining) : remaining,
      resetsAt,
    }));
  }
}

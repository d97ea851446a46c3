import { z } from 'zod';
import type { Moves } from './stickiness.ts';
import type { Reason } from './verdict.ts';

const storedCredential = z.object({
  id: z.string(),
  fingerprint: z.string(),
  expired: z.boolean(),
  until: z.number().nullable(),
  reason: z.enum(['quota', 'minute', 'spend', 'overloaded']).nullable(),
});

const storedMove = z.tuple([z.string(), z.string(), z.number()]);

const storedState = z.object({ credentials: z.array(z.unknown()), moves: z.array(z.unknown()) });

/** What the pool keeps of a credential over a restart; it holds for the same secret only. */
export interface StoredCredential {
  readonly id: string;
  readonly fingerprint: string;
  readonly expired: boolean;
  /** Until when it cools, in unix milliseconds. */
  readonly until: number | null;
  readonly reason: Reason | null;
}

/** What the pool knows, as plain data for a file. No secret is in it. */
export interface PoolState {
  readonly credentials: readonly StoredCredential[];
  readonly moves: Moves;
}

/** Reads what a pool gave to keep; each entry that does not fit is passed over alone and counted. Never throws. */
export const readPoolState = (state: unknown): PoolState & { readonly passedOver: number } => {
  const parsed = storedState.safeParse(state);
  if (!parsed.success) {
    return { credentials: [], moves: [], passedOver: state === undefined || state === null ? 0 : 1 };
  }
  const credentials = parsed.data.credentials.flatMap((one) => storedCredential.safeParse(one).data ?? []);
  const read = parsed.data.moves.map((one) => storedMove.safeParse(one));
  const moves = read.flatMap((one) => (one.success ? [one.data] : []));
  const given = parsed.data.credentials.length + parsed.data.moves.length;
  return { credentials, moves, passedOver: given - credentials.length - moves.length };
};

import { z } from 'zod';
import { MODEL_FAMILIES } from '#catalog';
import type { Moves } from './stickiness.ts';

const storedWindow = z.object({
  window: z.string(),
  counts: z.enum(['all', ...MODEL_FAMILIES]).nullable(),
  utilization: z.number().nullable(),
  resetsAt: z.number().nullable(),
  at: z.number(),
  evidence: z.string(),
});

const storedCredential = z.object({
  id: z.string(),
  fingerprint: z.string(),
  changedAt: z.number(),
  expired: z.string().nullable(),
  refusals: z.array(storedWindow),
});

const storedMove = z.tuple([z.string(), z.string(), z.number()]);

const storedState = z.object({
  credentials: z.array(z.unknown()),
  moves: z.array(z.unknown()).default([]),
  bindings: z.array(z.unknown()).default([]),
});

/** What the pool keeps of a credential over a restart; it holds for the same secret only. */
export type StoredCredential = Readonly<z.output<typeof storedCredential>>;

/** What the pool knows, as plain data for a file. No secret is in it. Times are unix milliseconds. */
export interface PoolState {
  /**
   * `changedAt`: when the entry last changed; of two entries the newer one is true. `expired`: the evidence that the secret is
   * not accepted. `refusals`: the windows that have refused a request, which count as long as the tracker knows them to.
   */
  readonly credentials: readonly StoredCredential[];
  /** Sessions that moved: the session's digest with a family of models, the credential, and when it was last used. */
  readonly moves: Moves;
  /** Clients whose batches and files are with a credential: the client's digest, the credential, and when it was last used. */
  readonly bindings: Moves;
}

/** Reads what a pool gave to keep; each entry that does not match is passed over alone and counted. Never throws. */
export const readPoolState = (state: unknown): PoolState & { readonly passedOver: number } => {
  const parsed = storedState.safeParse(state);
  if (!parsed.success) {
    return { credentials: [], moves: [], bindings: [], passedOver: state === undefined || state === null ? 0 : 1 };
  }
  const credentials = parsed.data.credentials.flatMap((one) => storedCredential.safeParse(one).data ?? []);
  const moves = readMoves(parsed.data.moves);
  const bindings = readMoves(parsed.data.bindings);
  const given = parsed.data.credentials.length + parsed.data.moves.length + parsed.data.bindings.length;
  return { credentials, moves, bindings, passedOver: given - credentials.length - moves.length - bindings.length };
};

const readMoves = (given: readonly unknown[]): Moves =>
  given.flatMap((one) => {
    const read = storedMove.safeParse(one);
    return read.success ? [read.data] : [];
  });

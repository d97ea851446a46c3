import { amountOf } from '#catalog';

/** The part of a container's memory that the heap may use before the garbage collector works harder. */
const SHARE = 0.9;

/**
 * Keeps a Go program below the memory limit of its container, beyond which it would be OOM-killed.
 *
 * @see https://pkg.go.dev/runtime#hdr-Environment_Variables
 */
export const goMemoryLimit = (limit: string): { readonly GOMEMLIMIT: string } => ({
  GOMEMLIMIT: String(Math.floor(amountOf(limit) * SHARE)),
});

const BYTES: Readonly<Record<string, number>> = {
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
};

const QUANTITY = /^(\d+(?:\.\d+)?)(Ki|Mi|Gi|Ti|k|M|G|T)$/;

/** The part of a container's memory that the heap may take before the garbage collector works harder. */
const SHARE = 0.9;

/**
 * Keeps a Go program below the memory limit of its container, beyond which the kernel would kill it.
 *
 * @see https://pkg.go.dev/runtime#hdr-Environment_Variables
 * @throws for a limit that is no number of bytes
 */
export const goMemoryLimit = (limit: string): { readonly GOMEMLIMIT: string } => {
  const [, number = '', unit = ''] = QUANTITY.exec(limit) ?? [];
  const bytes = Number.parseFloat(number) * (BYTES[unit] ?? Number.NaN);
  if (Number.isNaN(bytes))
    throw new Error(`a limit of memory is a number of bytes such as 512Mi, got '${limit}'; write one`);
  return { GOMEMLIMIT: String(Math.floor(bytes * SHARE)) };
};

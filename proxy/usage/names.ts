/** Names to be found in bytes. */
export type Names = readonly { readonly name: string; readonly bytes: Uint8Array }[];

/** Encodes names once, so that they can be compared without decoding what they are compared with. */
export const namesOf = (names: readonly string[]): Names => {
  const encoder = new TextEncoder();
  return names.map((name) => ({ name, bytes: encoder.encode(name) }));
};

/** The name that stands in a range of bytes; undefined where it is none of them. */
export const nameIn = (names: Names, bytes: Uint8Array, start: number, end: number): string | undefined => {
  for (const { name, bytes: wanted } of names) if (isAt(wanted, bytes, start, end)) return name;
  return undefined;
};

const isAt = (wanted: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean => {
  if (wanted.length !== end - start) return false;
  for (let index = 0; index < wanted.length; index += 1) if (wanted[index] !== bytes[start + index]) return false;
  return true;
};

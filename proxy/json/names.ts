/** A name to be found in bytes; as a field of a JSON object it can set what is kept of its value. */
export interface Name {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** Its place among the names that are looked for together, from 0. */
  readonly place: number;
  /** The longest value, in bytes, that is kept. @default 64 KiB */
  readonly maxBytes?: number;
  /** The fields that are looked for within the value, which is then not kept itself. */
  readonly fields?: Names;
}

/** Names to be found in bytes. */
export type Names = readonly Name[];

/** Encodes names once, so that they can be compared without decoding what they are compared with. */
export const namesOf = (names: readonly (string | Omit<Name, 'bytes' | 'place'>)[]): Names => {
  const encoder = new TextEncoder();
  return names.map((one, place) => {
    const spec = typeof one === 'string' ? { name: one } : one;
    return { ...spec, bytes: encoder.encode(spec.name), place };
  });
};

/** The name that stands in a range of bytes; undefined where it is none of them. */
export const nameIn = (names: Names, bytes: Uint8Array, start: number, end: number): Name | undefined => {
  for (const name of names) if (isAt(name.bytes, bytes, start, end)) return name;
  return undefined;
};

/** Whether exactly the wanted bytes stand in a range of bytes. */
export const isAt = (wanted: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean => {
  if (wanted.length !== end - start) return false;
  for (let index = 0; index < wanted.length; index += 1) if (wanted[index] !== bytes[start + index]) return false;
  return true;
};

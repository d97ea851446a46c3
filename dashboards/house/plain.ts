/** A JSON value. */
export type Plain = null | boolean | number | string | readonly Plain[] | { readonly [key: string]: Plain };

/** A JSON object. */
export type PlainObject = { readonly [key: string]: Plain };

/**
 * A deep copy, as JSON would represent it and with the keys of every object in alphabetical order. Builders return their
 * internal object, so what they build is copied before it is used.
 */
export const plain = (source: object): PlainObject => {
  const copy: Record<string, Plain> = {};
  for (const key of Object.keys(source).sort()) {
    const value: unknown = Reflect.get(source, key);
    if (value !== undefined && typeof value !== 'function') copy[key] = plainValue(value);
  }
  return copy;
};

const plainValue = (value: unknown): Plain => {
  if (Array.isArray(value)) return value.map(plainValue);
  if (typeof value === 'object' && value !== null) return plain(value);
  return value as Plain;
};

/** A value of JSON. */
export type Plain = null | boolean | number | string | readonly Plain[] | { readonly [key: string]: Plain };

/** An object of JSON. */
export type PlainObject = { readonly [key: string]: Plain };

/**
 * A copy that shares nothing with its source, as JSON would carry it and with every object's keys in alphabetical order.
 * Builders hand out their live object, so what they build goes through here before anybody sees it.
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

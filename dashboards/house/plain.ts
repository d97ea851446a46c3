/** A value of JSON. */
export type Plain = null | boolean | number | string | readonly Plain[] | { readonly [key: string]: Plain };

/** An object of JSON. */
export type PlainObject = { readonly [key: string]: Plain };

/**
 * A copy that shares nothing with its source, as JSON would carry it and with every object's keys in alphabetical order.
 * Builders hand out their live object, so what they build goes through here before anybody sees it.
 */
export const plain = (source: object): PlainObject => sorted(JSON.parse(JSON.stringify(source)) as PlainObject);

const sorted = <P extends Plain>(value: P): P => {
  if (Array.isArray(value)) return value.map(sorted) as unknown as P;
  if (value === null || typeof value !== 'object') return value;
  const keys = Object.keys(value).sort();
  return Object.fromEntries(keys.map((key) => [key, sorted((value as PlainObject)[key] as Plain)])) as P;
};

/** An object of JSON whose fields are not known yet. */
export type Fields = Readonly<Record<string, unknown>>;

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The object, or an empty one in place of anything else. */
export const fieldsOf = (value: unknown): Fields => (isFields(value) ? value : {});

/** The objects of a list; anything else is left out. */
export const listOf = (value: unknown): readonly Fields[] => (Array.isArray(value) ? value.filter(isFields) : []);

export const textOf = (value: unknown, otherwise = ''): string => (typeof value === 'string' ? value : otherwise);

export const numberOf = (value: unknown, otherwise: number): number =>
  typeof value === 'number' && Number.isFinite(value) ? value : otherwise;

export const flagOf = (value: unknown, otherwise = false): boolean => (typeof value === 'boolean' ? value : otherwise);

/** One of a closed set of words, or the first of them. */
export const wordOf = <const W extends string>(value: unknown, words: readonly [W, ...W[]]): W =>
  words.find((word) => word === value) ?? words[0];

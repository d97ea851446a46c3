/** A JSON object whose fields nobody has checked. */
export type Json = Readonly<Record<string, unknown>>;

/** A value as an object; an empty one where it is something else. */
export const objectOf = (value: unknown): Json => (typeof value === 'object' && value !== null ? (value as Json) : {});

/** The value of a JSON text; undefined where it is no JSON. */
export const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

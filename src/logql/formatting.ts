import { type Groupable, type LabelKinds, type Lines, type Merge, staged } from './expression.ts';

/** The labels of a line as they are written in a template. */
export type TemplateFields<N extends PropertyKey> = { readonly [K in N & string]: string };

/** Any label's name as its place in a template; the compiler says which there are. */
const placesOf = <N extends PropertyKey>(): TemplateFields<N> =>
  new Proxy({}, { get: (_, name) => `{{.${String(name)}}}` }) as TemplateFields<N>;

/** Rewrites the text of each line: `({ msg, model }) => ...` is asked for the template. */
export const lineFormat = <V extends LabelKinds, E extends LabelKinds>(
  of: Lines<V, E>,
  text: (fields: TemplateFields<keyof V>) => string,
): Lines<V, E> => staged(of, { kind: 'line-format', template: text(placesOf<keyof V>()) });

/** Makes labels from others that have few values: `{ kind: ({ status, model }) => ... }`. */
export const labelFormat = <V extends LabelKinds, E extends LabelKinds, const N extends string>(
  of: Lines<V, E>,
  templates: Readonly<Record<N, (fields: TemplateFields<Groupable<V>>) => string>>,
): Lines<Merge<V, Readonly<Record<N, 'value'>>>, E> => {
  const made = Object.entries<(fields: TemplateFields<Groupable<V>>) => string>(templates);
  const fields = placesOf<Groupable<V>>();
  const labels = made.map(([label, text]) => ({ label, from: { kind: 'template', text: text(fields) } }) as const);
  return staged(of, { kind: 'label-format', labels });
};

/** The labels after some of them got new names. */
type Renamed<V extends LabelKinds, R extends Readonly<Record<string, keyof V>>> = Merge<
  { readonly [K in keyof V as K extends R[keyof R] ? never : K]: V[K] },
  { readonly [K in keyof R]: V[R[K]] }
>;

/** Gives labels new names: `{ code: 'status' }`. */
export const rename = <
  V extends LabelKinds,
  E extends LabelKinds,
  const R extends Readonly<Record<string, keyof V & string>>,
>(
  of: Lines<V, E>,
  names: R,
): Lines<Renamed<V, R>, E> => {
  const labels = Object.entries(names).map(([label, text]) => ({ label, from: { kind: 'label', text } }) as const);
  return staged(of, { kind: 'label-format', labels });
};

/** The same lines without some labels, so that lines which differ in nothing else become one series or one stream. */
export const drop = <V extends LabelKinds, E extends LabelKinds, const D extends keyof V & string>(
  of: Lines<V, E>,
  labels: readonly D[],
): Lines<Omit<V, D>, E> => staged(of, { kind: 'drop', labels });

/** The same lines with some labels alone. */
export const keep = <V extends LabelKinds, E extends LabelKinds, const K extends keyof V & string>(
  of: Lines<V, E>,
  labels: readonly K[],
): Lines<Pick<V, K>, E> => staged(of, { kind: 'keep', labels });

import { type LabelKind, type LabelKinds, type Lines, type LogQuery, type Merge, staged } from './expression.ts';
import type { Extraction, LinesNode } from './node.ts';

/** What a parser makes of the fields of a line: an object becomes labels of its parts, `tokens_input`. */
type Flat<E extends LabelKinds> = {
  readonly [K in keyof E & string as E[K] extends 'object' ? `${K}_${string}` : K]: E[K] extends 'object'
    ? 'number'
    : E[K];
};

/** The labels after a line was parsed. Those that were there before stay as they were. */
export type Parsed<V extends LabelKinds, E extends LabelKinds> = Merge<Flat<E>, V>;

/** Where a field is in a line: its name, or a part of an object. */
type Path<E extends LabelKinds> = {
  [K in keyof E & string]: E[K] extends 'object' ? `${K}.${string}` : K;
}[keyof E & string];

type KindAt<E extends LabelKinds, P extends string> = P extends keyof E ? E[P] : 'number';

/** The labels after some fields were taken out of a line under other names. */
type Extracted<V extends LabelKinds, E extends LabelKinds, P extends Readonly<Record<string, string>>> = Merge<
  V,
  { readonly [K in keyof P]: KindAt<E, P[K]> }
>;

/** Takes fields out of lines of JSON: all of them, some of them, or some under other names. */
interface Json {
  <V extends LabelKinds, E extends LabelKinds>(of: Lines<V, E>): Lines<Parsed<V, E>, E>;
  <V extends LabelKinds, E extends LabelKinds, const K extends Exclude<Path<E>, keyof V>>(
    of: Lines<V, E>,
    fields: readonly (K & keyof E)[],
  ): Lines<Merge<V, Pick<E, K>>, E>;
  <V extends LabelKinds, E extends LabelKinds, const P extends Readonly<Record<string, Path<E>>>>(
    of: Lines<V, E>,
    fields: P & { readonly [K in keyof P & keyof V]: never },
  ): Lines<Extracted<V, E, P>, E>;
}

/**
 * Takes fields out of lines of JSON.
 *
 * A field whose name a label of the stream or a field of the structured metadata has already comes out as
 * `<name>_extracted`: `model` after `json` is still the one of the metadata, and `level` that of the stream, in small
 * letters. So a condition, `by` or `unwrap` means the same before `json` and after it, and a field need not be parsed to
 * be asked for. A null field gives no label, a list none, an object one for each of its parts.
 *
 * @see https://grafana.com/docs/loki/latest/query/log_queries/#parser-expression
 */
export const json: Json = (
  of: { readonly node: LinesNode },
  fields: readonly string[] | Readonly<Record<string, string>> = [],
): LogQuery => staged(of, { kind: 'json', fields: extractions(fields) });

const extractions = (fields: readonly string[] | Readonly<Record<string, string>>): readonly Extraction[] =>
  isList(fields)
    ? fields.map((label) => ({ label, path: null }))
    : Object.entries(fields).map(([label, path]) => ({ label, path }));

const isList = (fields: readonly string[] | Readonly<Record<string, string>>): fields is readonly string[] =>
  Array.isArray(fields);

/** Fields that the catalog does not know, with what they are. None may have the name of a label that is there already. */
type Declared<V extends LabelKinds, F> = F & { readonly [K in keyof F & keyof V]: never };

/** Takes the declared fields out of lines of `name=value` pairs. */
export const logfmt = <V extends LabelKinds, E extends LabelKinds, const F extends Readonly<Record<string, LabelKind>>>(
  of: Lines<V, E>,
  fields: Declared<V, F>,
): Lines<Merge<V, F>, E> =>
  staged(of, { kind: 'logfmt', fields: Object.keys(fields).map((label) => ({ label, path: null })) });

const CAPTURES = { pattern: /<([A-Za-z]\w*)>/g, regexp: /\(\?P?<(\w+)>/g } as const;

const capturing =
  (kind: 'pattern' | 'regexp') =>
  <V extends LabelKinds, E extends LabelKinds, const F extends Readonly<Record<string, LabelKind>>>(
    of: Lines<V, E>,
    text: string,
    fields: Declared<V, F>,
  ): Lines<Merge<V, F>, E> => {
    const captured = [...text.matchAll(CAPTURES[kind])].map(([, name = '']) => name).toSorted();
    const declared = Object.keys(fields).toSorted();
    if (declared.length === 0 || captured.join() !== declared.join()) {
      throw new Error(
        `the ${kind} captures '${captured.join(', ')}' but '${declared.join(', ')}' are declared; name the same, at least one`,
      );
    }
    return staged(of, { kind, text });
  };

/** Takes what stands at `<name>` in a pattern out of lines. @throws when the captures are not the declared fields */
export const pattern = capturing('pattern');
/** Takes what the named groups of a regular expression capture out of lines. @throws when the groups are not the declared fields */
export const regexp = capturing('regexp');

import type { FieldKind, FieldKinds, LogLevel, LogStreamLabel } from '#catalog';
import type { LabelKinds } from './expression.ts';
import type { LabelFilter, Matcher } from './node.ts';

/** What a label may be compared with as text: a value, a list of values (any of them), a regular expression or variable, or none of these. */
export type FieldMatch<V extends string = string> = Positive<V> | { readonly not: Positive<V> };

type Positive<V extends string> = V | readonly V[] | { readonly matches: string };

/** A dashboard variable that stands for a number. */
export type Variable = `$${string}`;

/** A numeric comparison, made by `atLeast`. */
export interface Comparison {
  readonly atLeast: number | Variable;
}

interface Matches<K> {
  readonly value: FieldMatch<K extends 'level' ? LogLevel : string>;
  readonly text: FieldMatch;
  readonly number: Comparison;
  readonly object: never;
}

/** Conditions on the labels of lines: texts are matched, numbers compared. */
export type Where<V extends LabelKinds> = {
  readonly [K in keyof V]?: Matches<K>[V[K] & FieldKind];
};

/** The fields of an event that are compared as text, with values or labels to compare them with. */
export type FieldConditions<F extends FieldKinds> = {
  readonly [K in keyof F as F[K] extends 'value' | 'text' ? K : never]?: FieldMatch;
};

/** Conditions on the labels of a stream, which decide what Loki reads at all. */
export type StreamWhere<N extends LogStreamLabel = Exclude<LogStreamLabel, 'service_name'>> = {
  readonly [K in N]?: FieldMatch<K extends 'level' ? LogLevel : string>;
};

/** Any value but this one, or but these, or but those that match. */
export const not = <const V extends string>(values: Positive<V>): { readonly not: Positive<V> } => ({ not: values });

/** Any selected value of a dashboard variable. */
export const variable = (name: string): { readonly matches: string } => ({ matches: `$${name}` });

/** Greater than or equal to a number; a line without the label is left out. @throws when it is not finite, which LogQL cannot write */
export const atLeast = (value: number | Variable): Comparison => {
  if (typeof value === 'number' && !Number.isFinite(value))
    throw new Error(`LogQL cannot write ${value}; use a finite number`);
  return { atLeast: value };
};

type AnyCondition = FieldMatch | Comparison;

/** The conditions of a record as filters, in its order. @throws when a list of values is empty */
export const filtersOf = (where: object): readonly LabelFilter[] =>
  conditionsOf(where).map(([label, condition]) =>
    isComparison(condition)
      ? { kind: 'comparison', label, op: '>=', value: String(condition.atLeast) }
      : { kind: 'matcher', ...matcherOf(label, condition) },
  );

/** Conditions on stream labels as matchers, in their order. @throws when a list of values is empty */
export const matchersOf = (where: object): readonly Matcher[] =>
  conditionsOf(where).map(([label, condition]) => matcherOf(label, condition as FieldMatch));

const conditionsOf = (where: object): readonly (readonly [string, AnyCondition])[] =>
  Object.entries(where as Readonly<Record<string, AnyCondition | undefined>>).flatMap(([label, condition]) =>
    condition === undefined ? [] : [[label, condition] as const],
  );

const isComparison = (condition: AnyCondition): condition is Comparison =>
  typeof condition === 'object' && 'atLeast' in condition;

const SPECIAL = /[.*+?^${}()|[\]\\]/g;

const NEGATED = { '=': '!=', '=~': '!~' } as const;

const matcherOf = (label: string, match: FieldMatch): Matcher => {
  if (typeof match === 'string' || !('not' in match)) return { label, ...positive(label, match) };
  const { op, value } = positive(label, match.not);
  return { label, op: NEGATED[op], value };
};

const positive = (label: string, match: Positive<string>): { readonly op: '=' | '=~'; readonly value: string } => {
  if (typeof match === 'string') return { op: '=', value: match };
  if ('matches' in match) return { op: '=~', value: match.matches };
  const [only] = match;
  if (only === undefined)
    throw new Error(`no value for field '${label}': the list is empty, so nothing could match; name at least one`);
  return match.length === 1
    ? { op: '=', value: only }
    : { op: '=~', value: match.map((value) => value.replace(SPECIAL, '\\$&')).join('|') };
};

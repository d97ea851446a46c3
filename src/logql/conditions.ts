import { type Duration, type FieldKinds, type LogLevel, type LogStreamLabel, toSeconds } from '#catalog';
import type { ComparisonOperator } from '#vectors';
import { finite, type LabelKind, type LabelKinds } from './expression.ts';
import type { LabelFilter, Matcher } from './node.ts';

/** What a label may be compared with as text: a value, a list of values (any of them), a regular expression or variable, or none of these. */
export type FieldMatch<V extends string = string> = Positive<V> | { readonly not: Positive<V> };

type Positive<V extends string> = V | readonly V[] | { readonly matches: string };

/** A dashboard variable that stands for a number, a duration or a size. */
export type Variable = `$${string}`;

/** A size as Loki reads it: `512B`, `4KiB`, `1.5MB`. */
export type ByteSize = `${number}${'' | 'k' | 'K' | 'M' | 'G' | 'T' | 'Ki' | 'Mi' | 'Gi' | 'Ti'}B`;

/** What a label may be compared with in size, made by `above`, `atLeast`, `below`, `atMost`, `equal` or `unequal`. */
export interface Comparison<Q extends number | string> {
  readonly compare: ComparisonOperator;
  readonly value: Q;
}

interface Matches<K> {
  readonly value: FieldMatch<K extends 'level' ? LogLevel : string>;
  readonly text: FieldMatch;
  readonly number: Comparison<number | Variable>;
  readonly duration: Comparison<Duration | Variable>;
  readonly bytes: Comparison<ByteSize | Variable>;
  readonly object: never;
}

/** Conditions on the labels of lines: texts are matched, numbers compared. */
export type Where<V extends LabelKinds> = {
  readonly [K in keyof V]?: Matches<K>[V[K] & LabelKind];
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

/** The values that a dashboard variable stands for. */
export const variable = (name: string): { readonly matches: string } => ({ matches: `$${name}` });

/** The values that a regular expression matches as a whole. */
export const matching = (expression: string): { readonly matches: string } => ({ matches: expression });

const comparison =
  (compare: ComparisonOperator) =>
  <const Q extends number | Duration | ByteSize | Variable>(value: Q): Comparison<Q> => ({ compare, value });

/** Greater than a number, duration or size; a line without the label is left out. */
export const above = comparison('>');
/** Greater than or equal to. */
export const atLeast = comparison('>=');
/** Less than. */
export const below = comparison('<');
/** Less than or equal to. */
export const atMost = comparison('<=');
/** Equal as a number, duration or size. */
export const equal = comparison('==');
/** Not equal as a number, duration or size. */
export const unequal = comparison('!=');

type AnyCondition = FieldMatch | Comparison<number | string>;

/** The conditions of a record as filters, in its order. @throws when a list of values is empty, or a number or duration is none */
export const filtersOf = (where: object): readonly LabelFilter[] =>
  conditionsOf(where).map(([label, condition]) =>
    isComparison(condition)
      ? { kind: 'comparison', label, op: condition.compare, value: quantityText(condition.value) }
      : { kind: 'matcher', ...matcherOf(label, condition) },
  );

/** Conditions on stream labels as matchers, in their order. @throws when a list of values is empty */
export const matchersOf = (where: object): readonly Matcher[] =>
  conditionsOf(where).map(([label, condition]) => matcherOf(label, condition as FieldMatch));

const conditionsOf = (where: object): readonly (readonly [string, AnyCondition])[] =>
  Object.entries(where as Readonly<Record<string, AnyCondition | undefined>>).flatMap(([label, condition]) =>
    condition === undefined ? [] : [[label, condition] as const],
  );

const isComparison = (condition: AnyCondition): condition is Comparison<number | string> =>
  typeof condition === 'object' && 'compare' in condition;

const SIZE = /^\d+(?:\.\d+)?(?:[kKMGT]i?)?B$/;

const quantityText = (value: number | string): string => {
  if (typeof value === 'number') return String(finite(value));
  if (value.startsWith('$')) return value;
  if (!value.endsWith('B')) toSeconds(value);
  else if (!SIZE.test(value)) throw new Error(`'${value}' is no size; write a number and a unit, such as 512B or 4KiB`);
  return value;
};

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

import type { Counter, Gauge, Histogram, LabelMap, Metric, Scope, TargetLabel } from '#catalog';
import { TARGET_LABELS } from '#catalog';
import { type CounterRange, type GaugeRange, rangeText, type Vector, vectorOf, type Window } from './expression.ts';
import type { Matcher, Node } from './node.ts';

/** A condition on a label other than equality, made by `not`, `variable` or `pattern`. */
export interface Condition<V extends string> {
  readonly op: '!=' | '=~' | '!~';
  readonly value: string;
  readonly of?: V;
}

/** What a label may be compared with: a value, a list of values (any of them), or a condition. */
export type Match<V extends string> = V | readonly V[] | Condition<V>;

/** Conditions on the labels of a metric, target labels included. */
export type Where<L extends LabelMap> = {
  readonly [K in keyof L | TargetLabel]?: Match<K extends keyof L ? L[K] : string>;
};

/** The label names of a metric's series. */
export type LabelNames<L extends LabelMap> = (keyof L & string) | TargetLabel;

const SPECIAL = /[.*+?^${}()|[\]\\]/g;
const escaped = (value: string): string => value.replace(SPECIAL, '\\$&');
const anyOf = (values: readonly string[]): string => values.map(escaped).join('|');

/** Any value but this one, or but these. @throws when the list is empty */
export const not = <V extends string>(values: V | readonly V[]): Condition<V> => {
  const list: readonly V[] = typeof values === 'string' ? [values] : values;
  const [only] = list;
  if (only === undefined) throw new Error("no value after 'not': the list is empty; name at least one");
  return list.length === 1 ? { op: '!=', value: only } : { op: '!~', value: anyOf(list) };
};

/** The values that a dashboard variable stands for. */
export const variable = (name: string): Condition<never> => ({ op: '=~', value: `$${name}` });

/** A regular expression over a label whose values are found at run time. */
export const pattern = (expression: string): Condition<never> => ({ op: '=~', value: expression });

const isList = (condition: Match<string>): condition is readonly string[] => Array.isArray(condition);

const matcher = (label: string, condition: Match<string>): Matcher => {
  if (typeof condition === 'string') return { label, op: '=', value: condition };
  if (!isList(condition)) return { label, op: condition.op, value: condition.value };
  const [only] = condition;
  if (only === undefined)
    throw new Error(`no value for label '${label}': the list is empty, so nothing could match; name at least one`);
  return condition.length === 1 ? { label, op: '=', value: only } : { label, op: '=~', value: anyOf(condition) };
};

const matchers = (where: Readonly<Record<string, Match<string> | undefined>>): readonly Matcher[] =>
  Object.entries(where).flatMap(([label, condition]) => (condition === undefined ? [] : [matcher(label, condition)]));

const selector = (metric: Metric, name: string, where: object): Node => ({
  kind: 'selector',
  metric: name,
  labels: [...TARGET_LABELS, ...metric.labels.map((label) => label.name)],
  matchers: matchers(where as Readonly<Record<string, Match<string>>>),
});

/** The current value of a gauge. */
export const value = <L extends LabelMap, S extends Scope>(
  metric: Gauge<L, S>,
  where: Where<L> = {},
): Vector<LabelNames<L>, S> => vectorOf(selector(metric, metric.name, where));

/** The running total of a counter; it says nothing by itself, so only `absent` and counting series want it. */
export const total = <L extends LabelMap>(metric: Counter<L>, where: Where<L> = {}): Vector<LabelNames<L>> =>
  vectorOf(selector(metric, metric.name, where));

/** The number of observations of a histogram, as a counter's samples over a window. */
export const observations = <L extends LabelMap>(
  metric: Histogram<L>,
  over: Window,
  where: Where<L> = {},
): CounterRange<LabelNames<L>> => counterRange(selector(metric, `${metric.name}_count`, where), over);

/** The sum of the observations of a histogram, as a counter's samples over a window. */
export const observedSum = <L extends LabelMap>(
  metric: Histogram<L>,
  over: Window,
  where: Where<L> = {},
): CounterRange<LabelNames<L>> => counterRange(selector(metric, `${metric.name}_sum`, where), over);

/** The samples of a counter over a window. */
export const samples = <L extends LabelMap>(
  metric: Counter<L>,
  over: Window,
  where: Where<L> = {},
): CounterRange<LabelNames<L>> => counterRange(selector(metric, metric.name, where), over);

/** The samples of a gauge over a window. */
export const history = <L extends LabelMap, S extends Scope>(
  metric: Gauge<L, S>,
  over: Window,
  where: Where<L> = {},
): GaugeRange<LabelNames<L>, S> => ({
  type: 'gauge-range',
  node: { kind: 'matrix', of: selector(metric, metric.name, where), range: rangeText(over) },
});

/** The bucket series of a histogram. */
export const buckets = (metric: Histogram, where: object): Node => {
  const node = selector(metric, `${metric.name}_bucket`, where);
  return node.kind === 'selector' ? { ...node, labels: [...node.labels, 'le'] } : node;
};

const counterRange = <L extends string>(of: Node, range: Window): CounterRange<L> => ({
  type: 'counter-range',
  node: { kind: 'matrix', of, range: rangeText(range) },
});

import {
  type Counter,
  type Duration,
  type Gauge,
  type Histogram,
  type LabelMap,
  type Metric,
  type Scope,
  TARGET_LABELS,
  type TargetLabel,
} from '#catalog';
import {
  type CounterRange,
  type Expression,
  type GaugeRange,
  offsetText,
  rangeText,
  type Vector,
  vectorOf,
  type Window,
} from './expression.ts';
import { type Matcher, type Node, type NodeOf, rewrite } from './node.ts';

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

/** Any selected value of a dashboard variable. */
export const variable = (name: string): Condition<never> => ({ op: '=~', value: `$${name}` });

/** A regular expression over a label whose values are only known at run time. */
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

const selector = (metric: Metric, name: string, where: object): NodeOf<'selector'> => ({
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

/** The number of observations of a histogram, as a counter's samples over a window. */
export const observations = <L extends LabelMap>(
  metric: Histogram<L>,
  over: Window,
  where: Where<L> = {},
): CounterRange<LabelNames<L>> => counterRange(selector(metric, `${metric.name}_count`, where), over);

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
  return { ...node, labels: [...node.labels, 'le'] };
};

const counterRange = <L extends string>(of: Node, range: Window): CounterRange<L> => ({
  type: 'counter-range',
  node: { kind: 'matrix', of, range: rangeText(range) },
});

/** An expression that `offset` and `at` apply to. */
interface Shiftable {
  readonly type: 'vector' | 'counter-range' | 'gauge-range';
  readonly node: Node;
}

/** The expression as it was some time ago. @throws when it is not a selector or subquery, or already has an offset */
export const offset = <E extends Shiftable>(of: E, by: Duration): E =>
  shifted(of, { kind: 'offset', of: of.node, by: offsetText(by) });

/** The expression at a fixed unix time, or at the start or end of the query. @throws when it is not a selector or subquery, or already has a time */
export const at = <E extends Shiftable>(of: E, when: number | 'start' | 'end'): E =>
  shifted(of, { kind: 'at', of: of.node, at: when });

const SHIFTABLE: readonly Node['kind'][] = ['selector', 'matrix', 'subquery', 'offset', 'at'];

const shifted = <E extends Shiftable>(of: E, node: NodeOf<'offset' | 'at'>): E => {
  if (!SHIFTABLE.includes(of.node.kind)) {
    throw new Error(
      `offset and @ apply to a selector or a subquery; received '${of.node.kind}'; apply them to the selectors inside`,
    );
  }
  if (shiftsOf(of.node).includes(node.kind)) {
    throw new Error(`the expression already has an ${node.kind === 'at' ? '@' : 'offset'}; shift it once`);
  }
  return { ...of, node };
};

const shiftsOf = (node: Node): readonly Node['kind'][] =>
  node.kind === 'offset' || node.kind === 'at' ? [node.kind, ...shiftsOf(node.of)] : [];

/** An expression evaluated every `step` over a window, as samples. @default step - the evaluation interval */
export const subquery = <L extends string, S extends Scope>(
  of: Vector<L, S>,
  over: Window,
  step?: Window,
): GaugeRange<L, S> => ({
  type: 'gauge-range',
  node: { kind: 'subquery', of: of.node, range: rangeText(over), step: step === undefined ? null : rangeText(step) },
});

/**
 * The same expression with conditions on every selector whose metric has the label; dashboards add their variables so.
 * A selector that already has a condition on a label keeps only its own, except for target labels, which get both: a
 * choice of targets applies to everything on the dashboard.
 */
export const restrict = <E extends Expression>(expression: E, conditions: readonly Matcher[]): E => ({
  ...expression,
  node: rewrite(expression.node, (node) => (node.kind === 'selector' ? restrictSelector(node, conditions) : node)),
});

const restrictSelector = (node: NodeOf<'selector'>, conditions: readonly Matcher[]): Node => {
  const applicable = conditions.filter(
    ({ label }) =>
      node.labels.includes(label) && (isTarget(label) || node.matchers.every((matcher) => matcher.label !== label)),
  );
  return { ...node, matchers: [...applicable, ...node.matchers] };
};

const isTarget = (label: string): boolean => TARGET_LABELS.some((target) => target === label);

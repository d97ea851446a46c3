import type { KnownSeries, Node } from '#promql';
import type { Check } from '../check.ts';
import type { Expression, Selector } from './queries.ts';
import type { Fault } from './syntax.ts';

export type { Fault } from './syntax.ts';

/** A condition of a selector. */
export type Matcher = Selector['matchers'][number];

/** A PromQL expression of a panel, a variable or a rule. */
export interface ExpressionView extends Expression {
  readonly path: string;
  /** Texts beside the expression that people read: the legend, or what a rule says. */
  readonly texts: readonly string[];
  readonly known: KnownSeries;
}

/** A check whose findings are all where the expression is. */
export const onTree = (
  entry: Omit<Check<ExpressionView>, 'run'>,
  find: (view: ExpressionView) => readonly Fault[],
): Check<ExpressionView> => ({
  ...entry,
  run: (view) => find(view).map((fault) => ({ path: view.path, ...fault })),
});

/** Every selector among the nodes of an expression. */
export const selectorsIn = (nodes: readonly Node[]): readonly Selector[] =>
  nodes.filter((node) => node.kind === 'selector');

/** Every condition of an expression, with its selector. */
export const matchersOf = ({ selectors }: Expression): readonly (readonly [Matcher, Selector])[] =>
  selectors.flatMap((selector) => selector.matchers.map((matcher) => [matcher, selector] as const));

/** Whether a condition compares with a pattern. */
export const isRegexp = ({ op }: Matcher): boolean => op === '=~' || op === '!~';

/** A character that makes a text a pattern. */
export const SPECIAL = /[.*+?^${}()|[\]\\]/;

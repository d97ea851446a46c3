import { toSeconds } from '#catalog';
import { matchersOf, type StreamWhere } from './conditions.ts';
import type { Expression, Groupable, LabelKinds, Lines, LogQuery, Single, Vector, Window } from './expression.ts';
import type { LabelFilter, LinesNode, LogNode, Matcher, MetricNode, Stage } from './node.ts';
import { outlineOf } from './parser.ts';
import { matcherText, print } from './printer.ts';

const vectorOf = <L extends string, X extends string = never>(node: MetricNode): Vector<L, X> => ({
  type: 'vector',
  node,
});

/** The number of lines of each stream and set of labels in a range. @throws when the range is not a positive duration */
export const countOverTime = <V extends LabelKinds, E extends LabelKinds>(
  { node }: Lines<V, E>,
  over: Window,
): Vector<Groupable<V>, Single<V>> => {
  if (!over.startsWith('$') && !(toSeconds(over) > 0))
    throw new Error(`a range must be longer than 0; received '${over}'`);
  return vectorOf({ kind: 'count-over-time', of: readable(node), range: over });
};

/** One line that a stage cannot read fails a whole metric query, so such lines are left out. */
const readable = (lines: LinesNode): LinesNode =>
  lines.pipeline.some(mayFail)
    ? { ...lines, pipeline: [...lines.pipeline, { kind: 'label-filter', filter: NO_ERROR }] }
    : lines;

/** The condition that no stage failed. @see https://grafana.com/docs/loki/latest/query/query_reference/#pipeline-errors */
const NO_ERROR: LabelFilter = { kind: 'matcher', label: '__error__', op: '=', value: '' };

const mayFail = (stage: Stage): boolean =>
  stage.kind === 'json' || (stage.kind === 'label-filter' && stage.filter.kind === 'comparison');

/** Sum over everything but the kept labels; `[]` keeps none. */
export const sumBy = <L extends string, X extends string, const B extends L = never>(
  keep: readonly B[],
  of: Vector<L, X>,
): Vector<B> => vectorOf({ kind: 'sum', by: keep, of: of.node });

/** Text that is LogQL for lines, or for a metric whose labels are declared. */
interface Unchecked {
  (lines: string): LogQuery;
  <const L extends string = never>(metric: string, labels: readonly L[]): Vector<L>;
}

/** LogQL that the functions here do not cover. `restrict` applies to its selectors. @throws when it does not parse, or is lines instead of a metric or the reverse */
export const unchecked = ((text: string, labels?: readonly string[]): LogQuery | Vector<string> => {
  const read = outlineOf(text);
  if (read.fault !== undefined) throw new Error(`${read.fault.problem}; ${read.fault.fix}`);
  if (read.says.isMetric !== (labels !== undefined)) {
    const received = read.says.isMetric ? 'a metric query without labels' : 'labels of a query for lines';
    throw new Error(`received ${received}: '${text}'; declare labels for a metric query, and none for lines`);
  }
  const node = { kind: 'text', text } as const;
  return labels === undefined ? { type: 'lines', node, text } : { type: 'vector', node };
}) as Unchecked;

/**
 * The same expression with conditions on every stream selector; dashboards add their variables so. A selector that
 * already has a condition on a label keeps only its own.
 *
 * @throws when a list of values is empty
 */
export const restrict = <E extends Expression>(expression: E, where: StreamWhere): E => {
  const node = restricted(expression.node, matchersOf(where));
  return 'text' in expression ? { ...expression, node, text: print({ node }) } : { ...expression, node };
};

const restricted = <N extends LogNode>(node: N, conditions: readonly Matcher[]): N => {
  switch (node.kind) {
    case 'logs':
      return { ...node, streams: [...node.streams, ...missing(node.streams, conditions)] };
    case 'text':
      return { ...node, text: restrictedText(node.text, conditions) };
    default:
      return { ...node, of: restricted<LogNode>(node.of, conditions) };
  }
};

const missing = (streams: readonly { readonly label: string }[], conditions: readonly Matcher[]): readonly Matcher[] =>
  conditions.filter(({ label }) => streams.every((matcher) => matcher.label !== label));

const restrictedText = (text: string, conditions: readonly Matcher[]): string => {
  const read = outlineOf(text);
  const selectors = read.fault === undefined ? read.says.selectors : [];
  return selectors.reduceRight((result, { streams, end }) => {
    const more = missing(streams, conditions).map((matcher) => `, ${matcherText(matcher)}`);
    return `${result.slice(0, end)}${more.join('')}${result.slice(end)}`;
  }, text);
};

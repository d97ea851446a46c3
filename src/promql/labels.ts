import type { Node, NodeOf } from './node.ts';
import type { KnownSeries } from './series.ts';

/** The labels that every series of an expression has; null where any label may be there. */
export type Surviving = ReadonlySet<string> | null;

const NONE: Surviving = new Set();

/** The labels that survive an expression, as the catalog knows its series. */
export const survivingLabels = (node: Node, known: KnownSeries): Surviving => {
  switch (node.kind) {
    case 'number':
    case 'string':
      return NONE;
    case 'selector':
      return ofSelector(node, known);
    case 'call':
      return ofCall(node, known);
    case 'aggregation':
      return ofAggregation(node, known);
    case 'binary':
      return ofBinary(node, known);
    default:
      return survivingLabels(node.of, known);
  }
};

const ofSelector = ({ metric, matchers }: NodeOf<'selector'>, known: KnownSeries): Surviving => {
  const names = known.get(metric)?.names ?? null;
  const absent = matchers.filter(({ op, value }) => op === '=' && value === '').map(({ label }) => label);
  return absent.length === 0 ? names : minus(names, absent);
};

/** Functions whose result has no labels. */
const WITHOUT_LABELS: readonly string[] = ['vector', 'scalar', 'time', 'pi'];

const ofCall = (node: NodeOf<'call'>, known: KnownSeries): Surviving => {
  const { name, args } = node;
  if (WITHOUT_LABELS.includes(name)) return NONE;
  if (name === 'absent' || name === 'absent_over_time') return ofAbsent(node);
  const of = args.find(({ kind }) => kind !== 'number' && kind !== 'string');
  if (of === undefined) return NONE;
  const labels = survivingLabels(of, known);
  if (name === 'label_replace' || name === 'label_join') return plus(labels, textOf(args[1]));
  if (name === 'histogram_quantile' || name === 'histogram_fraction') return minus(labels, ['le']);
  return name === 'info' ? null : labels;
};

/** The result of `absent` has the labels that its selector matches by equality. */
const ofAbsent = ({ args: [of] }: NodeOf<'call'>): Surviving => {
  const selector = of?.kind === 'matrix' ? of.of : of;
  if (selector?.kind !== 'selector') return NONE;
  return new Set(selector.matchers.filter(({ op, value }) => op === '=' && value !== '').map(({ label }) => label));
};

const textOf = (node: Node | undefined): readonly string[] => (node?.kind === 'string' ? [node.value] : []);

const plus = (labels: Surviving, more: readonly string[]): Surviving => labels && new Set([...labels, ...more]);

const minus = (labels: Surviving, fewer: readonly string[]): Surviving =>
  labels && new Set([...labels].filter((label) => !fewer.includes(label)));

/** Only those; all of them where any label may be there. */
const among = (labels: Surviving, only: readonly string[]): Surviving =>
  new Set(only.filter((label) => labels === null || labels.has(label)));

/** Aggregations that choose among series and leave each as it is. */
const CHOOSING: readonly string[] = ['topk', 'bottomk', 'limitk', 'limit_ratio'];

const ofAggregation = ({ op, grouping, param, of }: NodeOf<'aggregation'>, known: KnownSeries): Surviving => {
  const labels = survivingLabels(of, known);
  if (CHOOSING.includes(op)) return labels;
  const kept =
    grouping === null ? NONE : grouping.kind === 'by' ? among(labels, grouping.labels) : minus(labels, grouping.labels);
  return op === 'count_values' ? plus(kept, textOf(param ?? undefined)) : kept;
};

const ofBinary = ({ op, matching, left, right }: NodeOf<'binary'>, known: KnownSeries): Surviving => {
  if (isScalar(right)) return survivingLabels(left, known);
  if (isScalar(left)) return survivingLabels(right, known);
  const sides = { left: survivingLabels(left, known), right: survivingLabels(right, known) };
  if (op === 'and' || op === 'unless') return sides.left;
  if (op === 'or') return sides.left === null ? sides.right : among(sides.right, [...sides.left]);
  if (matching?.group !== undefined) return plus(sides[matching.group.side], matching.group.include);
  if (matching?.kind === 'on') return among(sides.left, matching.labels);
  return matching?.kind === 'ignoring' ? minus(sides.left, matching.labels) : sides.left;
};

/** Whether an expression is one number rather than series. */
export const isScalar = (node: Node): boolean => {
  switch (node.kind) {
    case 'number':
      return true;
    case 'call':
      return ['time', 'scalar', 'pi'].includes(node.name);
    case 'negation':
      return isScalar(node.of);
    case 'binary':
      return isScalar(node.left) && isScalar(node.right);
    default:
      return false;
  }
};

import type { KnownSeries } from '#promql';
import { type Node, type NodeOf, walk } from '#promql';
import { type Check, findingIf } from '../check.ts';
import { selectorsIn } from '../queries/expression.ts';
import { constantOf } from '../queries/measure.ts';
import { templateFaults } from './templates.ts';
import { type AlertView, type RuleView, secondsOf } from './view.ts';

/** After this time without a sample Prometheus treats a series as stale, in seconds. */
const STALE_AFTER = 300;

/** Checks of every rule. */
export const ANY_RULE_CHECKS: readonly Check<RuleView>[] = [
  {
    name: 'promql/syntax',
    finds: 'a rule whose expression is not valid PromQL',
    source: 'pint',
    run: ({ path, read: { fault } }) => (fault === undefined ? [] : [{ path, ...fault }]),
  },
  {
    name: 'group/interval',
    finds: 'a group evaluated so rarely that its series have gaps',
    source: 'pint',
    run: ({ path, group: { interval }, rule }) => {
      const seconds = interval === undefined ? 0 : secondsOf(interval);
      const holds = 'alert' in rule && rule.keep_firing_for !== undefined && secondsOf(rule.keep_firing_for) >= seconds;
      return findingIf(!(seconds <= STALE_AFTER || holds), () => ({
        path,
        problem: `its group is evaluated every ${interval}`,
        fix: 'evaluate it every 5m or more often',
      }));
    },
  },
];

/** Checks of every alert. @see https://cloudflare.github.io/pint/checks/ */
export const ALERT_CHECKS: readonly Check<AlertView>[] = [
  {
    name: 'alerts/for',
    finds: 'a for or keep_firing_for that is not a valid duration, or is zero',
    source: 'pint',
    run: ({ path, rule }) =>
      (['for', 'keep_firing_for'] as const).flatMap((key) => {
        const duration = rule[key];
        return findingIf(duration !== undefined && !(secondsOf(duration) > 0), () => ({
          path,
          problem: `'${key}' is '${duration}'`,
          fix: 'set a valid duration such as 5m, or leave it out',
        }));
      }),
  },
  {
    name: 'alerts/comparison',
    finds: 'an alert without a comparison, which fires for as long as its series exist',
    source: 'pint',
    run: ({ path, tree }) =>
      findingIf(!filters(tree), () => ({
        path,
        problem: 'its expression lets every series through',
        fix: 'compare it with a threshold, without bool',
      })),
  },
  {
    name: 'alerts/template',
    finds: 'a template that fails, uses a label that the expression drops, or prints a rate with all its digits',
    source: 'pint',
    run: templateFaults,
  },
  {
    name: 'promql/fragile',
    finds: 'an alert on the top series, or on two aggregations without a for: it flaps, or fires after a restart',
    source: 'pint',
    run: ({ path, nodes, rule }) => [
      ...nodes.flatMap((node) =>
        findingIf(node.kind === 'aggregation' && CHOOSING.includes(node.op), () => ({
          path,
          problem: `${(node as NodeOf<'aggregation'>).op} returns different series each time`,
          fix: 'compare all series',
        })),
      ),
      ...findingIf(rule.for === undefined && nodes.some(joinsAggregations), () => ({
        path,
        problem: "it combines two aggregations and has no 'for'",
        fix: "set 'for' to at least one scrape interval: after a restart one side covers fewer targets than the other",
      })),
    ],
  },
  {
    name: 'ratio/traffic-floor',
    finds: 'an alert on a share of traffic that also fires on next to no traffic',
    source: 'tidewatch',
    run: ({ path, tree, known }) =>
      findingIf(!hasTrafficFloor(tree, known), () => ({
        path,
        problem: 'it divides by a rate that can be close to zero, where one failure is a large share',
        fix: "add 'and' with that rate above a floor",
      })),
  },
];

const COMPARISONS: readonly string[] = ['==', '!=', '<', '<=', '>', '>='];

/** Whether an expression leaves series out; of alternatives each has to. */
const filters = (node: Node): boolean => {
  switch (node.kind) {
    case 'number':
    case 'string':
    case 'selector':
      return false;
    case 'call':
      return node.name.startsWith('absent') || node.args.some(filters);
    case 'binary':
      return binaryFilters(node);
    default:
      return filters(node.of);
  }
};

const binaryFilters = ({ op, bool, left, right }: NodeOf<'binary'>): boolean => {
  if (op === 'unless' || (COMPARISONS.includes(op) && !bool)) return true;
  return op === 'or' ? filters(left) && filters(right) : filters(left) || filters(right);
};

const CHOOSING: readonly string[] = ['topk', 'bottomk', 'limitk', 'limit_ratio'];
const ARITHMETIC: readonly string[] = ['+', '-', '*', '/', '%', '^'];

const joinsAggregations = (node: Node): boolean =>
  node.kind === 'binary' &&
  ARITHMETIC.includes(node.op) &&
  constantOf(node.left) === undefined &&
  isAggregated(node.left) &&
  isAggregated(node.right);

const isAggregated = (node: Node): boolean => walk(node).some(({ kind }) => kind === 'aggregation');

/** Whether every share of traffic in an alert's expression counts only where there is enough traffic. */
const hasTrafficFloor = (tree: Node, known: KnownSeries): boolean => holds(tree, new Set(), known);

/** `floored` are the metrics of which something around the node asks for more than a floor. */
const holds = (node: Node, floored: ReadonlySet<string>, known: KnownSeries): boolean => {
  switch (node.kind) {
    case 'number':
    case 'string':
    case 'selector':
      return true;
    case 'call':
      return node.args.every((argument) => holds(argument, floored, known));
    case 'binary':
      return binaryHolds(node, floored, known);
    default:
      return holds(node.of, floored, known);
  }
};

const binaryHolds = (node: NodeOf<'binary'>, floored: ReadonlySet<string>, known: KnownSeries): boolean => {
  const { op, left, right } = node;
  if (op === 'and')
    return (
      holds(left, new Set([...floored, ...flooredIn(right)]), known) &&
      holds(right, new Set([...floored, ...flooredIn(left)]), known)
    );
  if (op === '/' && isUnsafe(right, floored, known)) return false;
  return holds(left, floored, known) && holds(right, floored, known);
};

const isUnsafe = (divisor: Node, floored: ReadonlySet<string>, known: KnownSeries): boolean => {
  const traffic = trafficIn(divisor, known);
  return traffic.length > 0 && !isBounded(divisor) && !traffic.some((metric) => floored.has(metric));
};

const GROWTH: readonly string[] = ['rate', 'irate', 'increase'];

/** The counters whose growth an expression takes. */
const trafficIn = (node: Node, known: KnownSeries): readonly string[] =>
  walk(node).flatMap((one) =>
    one.kind === 'call' && GROWTH.includes(one.name)
      ? selectorsIn(walk(one))
          .map(({ metric }) => metric)
          .filter((metric) => known.get(metric)?.metric.kind !== 'gauge')
      : [],
  );

/** Metrics that an expression compares with a floor. */
const flooredIn = (node: Node): readonly string[] =>
  walk(node).flatMap((one) => (isFloor(one) ? selectorsIn(walk(one)).map(({ metric }) => metric) : []));

const isFloor = (node: Node): boolean =>
  node.kind === 'binary' && !node.bool && (node.op === '>' || node.op === '>=') && (constantOf(node.right) ?? 0) > 0;

const isBounded = (node: Node): boolean =>
  isFloor(node) || (node.kind === 'call' && node.name === 'clamp_min' && (constantOf(node.args[1] ?? node) ?? 0) > 0);

import { type Node, type NodeOf, walk } from '#promql';
import { type Check, findingIf } from '../check.ts';
import { constantOf } from '../queries/measure.ts';
import { secondsOf } from './rule-checks.ts';
import type { AlertView } from './rule-view.ts';
import { templateFaults } from './template.ts';
import { hasTrafficFloor } from './traffic-floor.ts';

/** What holds of every alert. @see https://cloudflare.github.io/pint/checks/ */
export const ALERT_CHECKS: readonly Check<AlertView>[] = [
  {
    name: 'alerts/for',
    finds: 'a wait that is no duration, or is nothing',
    source: 'pint',
    run: ({ path, rule }) =>
      (['for', 'keep_firing_for'] as const).flatMap((key) => {
        const wait = rule[key];
        return findingIf(wait !== undefined && !(secondsOf(wait) > 0), () => ({
          path,
          problem: `'${key}' is '${wait}'`,
          repair: 'write a duration such as 5m, or leave it out',
        }));
      }),
  },
  {
    name: 'alerts/comparison',
    finds: 'an alert that compares nothing, so that it fires as long as its series are there',
    source: 'pint',
    run: ({ path, tree }) =>
      findingIf(!filters(tree), () => ({
        path,
        problem: 'its expression lets every series through',
        repair: 'compare it with a threshold, without bool',
      })),
  },
  {
    name: 'alerts/template',
    finds: 'a text with a template that fails, quotes a label that is gone, or writes a rate with all its digits',
    source: 'pint',
    run: templateFaults,
  },
  {
    name: 'promql/fragile',
    finds: 'an alert on the topmost series, or on two aggregations without a wait: it flaps, or fires at a restart',
    source: 'pint',
    run: ({ path, nodes, rule }) => [
      ...nodes.flatMap((node) =>
        findingIf(node.kind === 'aggregation' && CHOOSING.includes(node.op), () => ({
          path,
          problem: `${(node as NodeOf<'aggregation'>).op} returns other series each time`,
          repair: 'compare all series',
        })),
      ),
      ...findingIf(rule.for === undefined && nodes.some(joinsAggregations), () => ({
        path,
        problem: 'it calculates with two aggregations and does not wait',
        repair: 'wait for a scrape interval at least: after a restart one side has fewer targets than the other',
      })),
    ],
  },
  {
    name: 'ratio/traffic-floor',
    finds: 'an alert on a share of traffic, however little traffic there is',
    source: 'tidewatch',
    run: ({ path, tree, known }) =>
      findingIf(!hasTrafficFloor(tree, known), () => ({
        path,
        problem: 'it divides by a rate that may be next to nothing, where one failure is a large share',
        repair: "add 'and' with that rate above a floor",
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

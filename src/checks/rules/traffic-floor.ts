import type { KnownSeries, NodeOf } from '#promql';
import { type Node, walk } from '#promql';
import { selectorsIn } from '../queries/expression.ts';
import { constantOf } from '../queries/measure.ts';

/** Whether every share of traffic in an alert's expression counts only where there is enough traffic. */
export const hasTrafficFloor = (tree: Node, known: KnownSeries): boolean => holds(tree, new Set(), known);

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

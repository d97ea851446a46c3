import type { Unit } from '#catalog';
import { isScalar, type KnownSeries, type Node, type NodeOf, walk } from '#promql';

/** The unit of an expression's values: a unit, perhaps per second, times a number. */
export interface Measure {
  readonly unit: Unit;
  readonly perSecond: boolean;
  readonly times: number;
}

const whole = (unit: Unit): Measure => ({ unit, perSecond: false, times: 1 });

/** The unit of an expression's values, by the catalog's series; undefined where it is unknown. */
export const measureOf = (node: Node, known: KnownSeries): Measure | undefined => {
  switch (node.kind) {
    case 'number':
    case 'string':
      return undefined;
    case 'selector':
      return ofSelector(node, known);
    case 'call':
      return ofCall(node, known);
    case 'aggregation':
      return ['count', 'count_values', 'group'].includes(node.op) ? whole('events') : measureOf(node.of, known);
    case 'binary':
      return ofBinary(node, known);
    default:
      return measureOf(node.of, known);
  }
};

const ofSelector = ({ metric }: NodeOf<'selector'>, known: KnownSeries): Measure | undefined => {
  const series = known.get(metric);
  if (series === undefined) return undefined;
  const counted = series.metric.kind === 'histogram' && !metric.endsWith('_sum');
  return whole(counted ? 'events' : series.metric.unit);
};

const RATES: readonly string[] = ['rate', 'irate', 'deriv'];
const COUNTING: readonly string[] = [
  'changes',
  'resets',
  'count_over_time',
  'absent',
  'absent_over_time',
  'present_over_time',
];
/** Functions whose values are of their argument's unit; of others nothing is said. */
const KEEPING =
  /^(increase|delta|idelta|predict_linear|(avg|min|max|sum|last|first|quantile|stddev)_over_time|clamp(_min|_max)?|round|ceil|floor|abs|sort(_desc)?|label_replace|label_join|double_exponential_smoothing)$/;

const ofCall = ({ name, args }: NodeOf<'call'>, known: KnownSeries): Measure | undefined => {
  if (name === 'time' || name === 'timestamp') return whole('unixSeconds');
  if (name === 'histogram_quantile') return ofQuantile(args[1], known);
  if (COUNTING.includes(name)) return whole('events');
  const of = args.find(({ kind }) => kind !== 'number' && kind !== 'string');
  const measure = of && measureOf(of, known);
  if (measure === undefined) return undefined;
  if (RATES.includes(name)) return measure.perSecond ? undefined : { ...measure, perSecond: true };
  return KEEPING.test(name) ? measure : undefined;
};

/** A quantile is of the unit of what was measured, not of how many there were. */
const ofQuantile = (node: Node | undefined, known: KnownSeries): Measure | undefined => {
  if (node === undefined) return undefined;
  const buckets = walk(node).find((one) => one.kind === 'selector');
  const series = buckets && known.get(buckets.metric);
  return series && whole(series.metric.unit);
};

const ofBinary = (node: NodeOf<'binary'>, known: KnownSeries): Measure | undefined => {
  const left = measureOf(node.left, known);
  const right = measureOf(node.right, known);
  switch (node.op) {
    case 'and':
    case 'unless':
      return left;
    case '+':
    case '-':
      return sumOf(node, left, right);
    case '*':
      return scaled(left, constantOf(node.right)) ?? scaled(right, constantOf(node.left));
    case '/':
      return scaled(left, inverse(constantOf(node.right))) ?? quotient(left, right);
    case 'or':
      return left === undefined || right === undefined ? (left ?? right) : same(left, right);
    default:
      return node.bool ? whole('state') : (left ?? right);
  }
};

const same = (left: Measure, right: Measure): Measure | undefined =>
  left.unit === right.unit && left.perSecond === right.perSecond && left.times === right.times ? left : undefined;

const sumOf = (node: NodeOf<'binary'>, left?: Measure, right?: Measure): Measure | undefined => {
  if (left === undefined) return isScalar(node.left) ? right : undefined;
  if (right === undefined) return isScalar(node.right) ? left : undefined;
  if (left.unit !== 'unixSeconds') return same(left, right);
  if (right.unit === 'seconds') return left;
  return node.op === '-' && right.unit === 'unixSeconds' ? whole('seconds') : undefined;
};

const scaled = (measure: Measure | undefined, by: number | undefined): Measure | undefined =>
  measure && by !== undefined ? { ...measure, times: measure.times * by } : undefined;

const quotient = (left: Measure | undefined, right: Measure | undefined): Measure | undefined => {
  if (left === undefined || right === undefined) return undefined;
  if (left.perSecond !== right.perSecond || left.unit !== right.unit) return undefined;
  return { unit: 'ratio', perSecond: false, times: left.times / right.times };
};

const inverse = (value: number | undefined): number | undefined => (value === undefined ? undefined : 1 / value);

/** The value of an expression that is made of numbers alone; undefined for any other. */
export const constantOf = (node: Node): number | undefined => {
  if (node.kind === 'number') return Number.isNaN(node.value) ? undefined : node.value;
  if (node.kind === 'negation') return minus(constantOf(node.of));
  if (node.kind !== 'binary') return undefined;
  const left = constantOf(node.left);
  const right = constantOf(node.right);
  const operation = OPERATIONS[node.op];
  return left === undefined || right === undefined ? undefined : operation?.(left, right);
};

const minus = (value: number | undefined): number | undefined => (value === undefined ? undefined : -value);

const OPERATIONS: Readonly<Partial<Record<string, (a: number, b: number) => number>>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '^': (a, b) => a ** b,
};

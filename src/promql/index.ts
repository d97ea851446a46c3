export {
  type Amount,
  type BucketRate,
  type CounterRange,
  type Expression,
  type GaugeRange,
  num,
  RANGE,
  RATE_INTERVAL,
  type Scalar,
  type Vector,
  vectorOf,
  type Window,
} from './expression.ts';
export * from './functions.ts';
export { isScalar, survivingLabels } from './labels.ts';
export { type Matcher, type Node, type NodeOf, rewrite, walk } from './node.ts';
export * from './operators.ts';
export { parse } from './parser.ts';
export { print, printOnOneLine } from './printer.ts';
export {
  at,
  history,
  type LabelNames,
  not,
  observations,
  offset,
  pattern,
  restrict,
  subquery,
  value,
  variable,
  type Where,
} from './selectors.ts';
export { type KnownSeries, knownSeries } from './series.ts';
export {
  childOf,
  type Read,
  readWith,
  type SyntaxFault,
  type SyntaxNode,
  writtenAs,
} from './syntax.ts';
export { unchecked } from './unchecked.ts';

export * from './aggregations.ts';
export * from './dates.ts';
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
export * from './filter.ts';
export * from './functions.ts';
export * from './histograms.ts';
export * from './matching.ts';
export { type Matcher, type Node, rewrite, walk } from './node.ts';
export * from './operators.ts';
export { print, printOnOneLine } from './printer.ts';
export * from './selectors.ts';
export * from './time-shift.ts';

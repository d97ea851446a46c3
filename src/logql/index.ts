export * from './aggregations.ts';
export {
  above,
  atLeast,
  atMost,
  type ByteSize,
  below,
  type Comparison,
  equal,
  type FieldConditions,
  type FieldMatch,
  matching,
  not,
  type StreamWhere,
  unequal,
  type Variable,
  variable,
  type Where,
} from './conditions.ts';
export {
  type Amount,
  AUTO,
  type Expression,
  INTERVAL,
  type LabelKind,
  type LabelKinds,
  type Lines,
  type LogQuery,
  num,
  RANGE,
  type Scalar,
  type Unwrapped,
  type Vector,
  type Window,
} from './expression.ts';
export * from './filter.ts';
export * from './formatting.ts';
export * from './lines.ts';
export * from './matching.ts';
export {
  type LabelFilter,
  type LinesNode,
  type LogNode,
  type Matcher as LogMatcher,
  type MetricNode,
  type Stage,
  walk,
} from './node.ts';
export * from './operators.ts';
export { json, logfmt, type Parsed, pattern, regexp } from './parsers.ts';
export { print } from './printer.ts';
export * from './ranges.ts';

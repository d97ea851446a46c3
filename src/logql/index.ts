export {
  atLeast,
  type FieldConditions,
  type FieldMatch,
  not,
  type StreamWhere,
  variable,
  type Where,
} from './conditions.ts';
export { AUTO, type Expression, type LabelKinds, type Lines, type LogQuery, type Vector } from './expression.ts';
export { json, lineContains, lines, logQuery, type ParsedKinds, proxyLines, where } from './lines.ts';
export { countOverTime, restrict, sumBy, unchecked } from './metrics.ts';
export type { LogNode, Stage } from './node.ts';
export { type LogqlParts, parse } from './parser.ts';
export { print } from './printer.ts';

import { matchersOf, type StreamWhere } from './conditions.ts';
import type { Expression } from './expression.ts';
import { type LinesNode, type Matcher, rewriteLines } from './node.ts';
import { print } from './printer.ts';

/**
 * The same expression with conditions on every stream selector; dashboards add their variables so. A label that a
 * selector has a condition on keeps that alone.
 *
 * @throws when a list of values is empty
 */
export const restrict = <E extends Expression>(expression: E, where: StreamWhere): E => {
  const conditions = matchersOf(where);
  const node = rewriteLines(expression.node, (lines) => restricted(lines, conditions));
  return 'text' in expression ? { ...expression, node, text: print({ node }) } : { ...expression, node };
};

const restricted = (lines: LinesNode, conditions: readonly Matcher[]): LinesNode => ({
  ...lines,
  streams: [...lines.streams, ...conditions.filter(({ label }) => lines.streams.every((own) => own.label !== label))],
});

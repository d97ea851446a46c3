import type { Duration, Scope } from '#catalog';
import { type GaugeRange, offsetText, rangeText, type Vector, type Window } from './expression.ts';
import type { Node } from './node.ts';

/** What `offset` and `at` apply to. */
export interface Shiftable {
  readonly type: 'vector' | 'counter-range' | 'gauge-range';
  readonly node: Node;
}

/** The expression as it was some time ago. @throws when the expression is no selector or subquery, or has an offset already */
export const offset = <E extends Shiftable>(of: E, by: Duration): E =>
  shifted(of, { kind: 'offset', of: of.node, by: offsetText(by) });

/** The expression at a fixed unix time, or at the start or end of the query. @throws when the expression is no selector or subquery, or has a time already */
export const at = <E extends Shiftable>(of: E, when: number | 'start' | 'end'): E =>
  shifted(of, { kind: 'at', of: of.node, at: when });

const SHIFTABLE: readonly Node['kind'][] = ['selector', 'matrix', 'subquery', 'offset', 'at'];

const shifted = <E extends Shiftable>(of: E, node: Extract<Node, { kind: 'offset' | 'at' }>): E => {
  if (!SHIFTABLE.includes(of.node.kind)) {
    throw new Error(
      `offset and @ apply to a selector or a subquery, got '${of.node.kind}'; apply them to the selectors inside`,
    );
  }
  if (shiftsOf(of.node).includes(node.kind)) {
    throw new Error(`the expression has an ${node.kind === 'at' ? '@' : 'offset'} already; shift it once`);
  }
  return { ...of, node };
};

const shiftsOf = (node: Node): readonly Node['kind'][] =>
  node.kind === 'offset' || node.kind === 'at' ? [node.kind, ...shiftsOf(node.of)] : [];

/** An expression evaluated every `step` over a window, as samples. @default step - the evaluation interval */
export const subquery = <L extends string, S extends Scope>(
  of: Vector<L, S>,
  over: Window,
  step?: Window,
): GaugeRange<L, S> => ({
  type: 'gauge-range',
  node: {
    kind: 'subquery',
    of: of.node,
    range: rangeText(over),
    step: step === undefined ? null : rangeText(step),
  },
});

import { type Vector, vectorOf } from './expression.ts';
import { survivingLabels } from './labels.ts';
import { type Node, rewrite } from './node.ts';
import { parse } from './parser.ts';
import { type KnownSeries, knownSeries } from './series.ts';

/**
 * An instant vector from text, for PromQL that the functions here do not cover. Its labels are declared; they are
 * compared with those that the catalog's series keep, as far as these are known. `restrict` applies to its selectors.
 *
 * @throws when the text does not parse, or the labels are not those that remain
 */
export const unchecked = <const L extends string = never>(text: string, labels: readonly L[] = []): Vector<L> => {
  const read = parse(text);
  if (read.fault !== undefined) throw new Error(`${read.fault.problem}; ${read.fault.fix}`);
  const known = knownSeries();
  const remaining = survivingLabels(read.says, known);
  if (remaining !== null && listed(remaining) !== listed(labels)) {
    throw new Error(
      `'${text}' declares the labels ${listed(labels)}; received ${listed(remaining)}; declare those that remain`,
    );
  }
  return vectorOf(withLabels(read.says, known));
};

const listed = (labels: Iterable<string>): string => [...new Set(labels)].toSorted().join(', ') || 'none';

const withLabels = (node: Node, known: KnownSeries): Node =>
  rewrite(node, (one) =>
    one.kind === 'selector' ? { ...one, labels: [...(known.get(one.metric)?.names ?? [])] } : one,
  );

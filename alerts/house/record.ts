import type { Gauge, LabelMap } from '#catalog';
import type { Expression, LabelNames, Vector } from '#promql';

/** A recording rule, resolved from its definition. */
export interface Recording {
  readonly kind: 'record';
  readonly series: string;
  readonly expr: () => Expression;
  readonly labels: Readonly<Record<string, string>>;
}

type StaticLabels<L extends LabelMap> = {
  readonly [K in LabelNames<L>]?: K extends keyof L ? L[K] : string;
};

/** A recording rule as its author writes it: the expression keeps every label of the series that is not static. */
export interface RecordDefinition<L extends LabelMap, S extends StaticLabels<L>> {
  /** The series of the catalog that the rule writes. */
  readonly series: Gauge<L, 'instance'>;
  /** Labels that are the same in every sample. */
  readonly labels: S;
  readonly expr: () => Vector<Exclude<LabelNames<L>, keyof S & string>>;
}

/** Declares a recording rule; a label that neither the expression nor the static labels give does not compile. */
export const record = <L extends LabelMap, const S extends StaticLabels<L>>(
  definition: RecordDefinition<L, S>,
): Recording => ({
  kind: 'record',
  series: definition.series.name,
  expr: definition.expr,
  labels: definition.labels as Readonly<Record<string, string>>,
});

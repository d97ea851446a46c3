import type { Label, LabelMap, LabelMapOf } from './label.ts';
import type { Unit, UnitSuffix } from './unit.ts';

/**
 * Whose value a gauge is. `instance`: each replica reports its own, replicas add up. `account`: every replica reports
 * the same fact about a credential, so `max by (job, …)` comes before anything else.
 */
export type Scope = 'account' | 'instance';

/**
 * Where a metric's name comes from. `own` names obey Prometheus naming and the compiler checks them; `contract` names
 * are a document's and kept to the letter; `foreign` ones belong to another program; `recorded` ones to a rule of ours.
 */
export type Origin = 'own' | 'contract' | 'foreign' | 'recorded';

declare const LABELS: unique symbol;

interface Common<L extends LabelMap> {
  readonly name: string;
  readonly help: string;
  readonly unit: Unit;
  readonly labels: readonly Label[];
  readonly origin: Origin;
  readonly [LABELS]?: L;
}

/** A counter: it only grows and is read through `rate` and `increase`. */
export interface Counter<L extends LabelMap = LabelMap> extends Common<L> {
  readonly kind: 'counter';
  readonly scope: 'instance';
}

/** A gauge: it goes up and down and is read as it is. */
export interface Gauge<L extends LabelMap = LabelMap, S extends Scope = Scope> extends Common<L> {
  readonly kind: 'gauge';
  readonly scope: S;
}

/** A classic histogram with fixed buckets, in the metric's unit, ascending and without `+Inf`. */
export interface Histogram<L extends LabelMap = LabelMap> extends Common<L> {
  readonly kind: 'histogram';
  readonly scope: 'instance';
  readonly buckets: readonly number[];
}

/** Any metric of the catalog. */
export type Metric<L extends LabelMap = LabelMap> = Counter<L> | Gauge<L> | Histogram<L>;

interface Definition<N extends string, U extends Unit, Ls extends readonly Label[]> {
  readonly name: N;
  readonly help: string;
  readonly unit: U;
  /** @default - no labels but those of the target */
  readonly labels?: Ls;
}

type WithScope<S extends Scope> = { readonly scope: S };
type WithBuckets = { readonly buckets: readonly number[] };

const common = <N extends string, U extends Unit, Ls extends readonly Label[]>(
  { name, help, unit, labels }: Definition<N, U, Ls>,
  origin: Origin,
) => ({ name, help, unit, labels: labels ?? [], origin });

/** Declares a counter of ours; the name ends in its unit and `_total`. @see https://prometheus.io/docs/practices/naming/ */
export const counter = <U extends Unit, const Ls extends readonly Label[] = readonly []>(
  definition: Definition<`${string}${UnitSuffix<NoInfer<U>>}_total`, U, Ls>,
): Counter<LabelMapOf<Ls>> => ({ kind: 'counter', scope: 'instance', ...common(definition, 'own') });

/** Declares a gauge of ours and whose value it is; the name ends in its unit. */
export const gauge = <U extends Unit, S extends Scope, const Ls extends readonly Label[] = readonly []>(
  definition: Definition<`${string}${UnitSuffix<NoInfer<U>>}`, U, Ls> & WithScope<S>,
): Gauge<LabelMapOf<Ls>, S> => ({ kind: 'gauge', scope: definition.scope, ...common(definition, 'own') });

/** Declares a histogram of ours; the name ends in its unit. @throws when the buckets do not ascend */
export const histogram = <U extends Unit, const Ls extends readonly Label[] = readonly []>(
  definition: Definition<`${string}${UnitSuffix<NoInfer<U>>}`, U, Ls> & WithBuckets,
): Histogram<LabelMapOf<Ls>> => histogramFrom(definition, 'own');

const histogramFrom = <U extends Unit, Ls extends readonly Label[]>(
  definition: Definition<string, U, Ls> & WithBuckets,
  origin: Origin,
): Histogram<LabelMapOf<Ls>> => {
  const { name, buckets } = definition;
  if (buckets.length === 0 || buckets.some((bound, index) => index > 0 && bound <= (buckets[index - 1] ?? bound))) {
    throw new Error(`buckets of '${name}' must ascend, received [${buckets.join(', ')}]; sort them and drop repeats`);
  }
  return { kind: 'histogram', scope: 'instance', buckets, ...common(definition, origin) };
};

const declare = (origin: 'contract' | 'foreign') => ({
  counter: <U extends Unit, const Ls extends readonly Label[] = readonly []>(
    definition: Definition<string, U, Ls>,
  ): Counter<LabelMapOf<Ls>> => ({ kind: 'counter', scope: 'instance', ...common(definition, origin) }),
  gauge: <U extends Unit, S extends Scope, const Ls extends readonly Label[] = readonly []>(
    definition: Definition<string, U, Ls> & WithScope<S>,
  ): Gauge<LabelMapOf<Ls>, S> => ({ kind: 'gauge', scope: definition.scope, ...common(definition, origin) }),
  histogram: <U extends Unit, const Ls extends readonly Label[] = readonly []>(
    definition: Definition<string, U, Ls> & WithBuckets,
  ): Histogram<LabelMapOf<Ls>> => histogramFrom(definition, origin),
});

/** Declares metrics whose names a document promises, kept to the letter even where they break Prometheus naming. */
export const contract = () => declare('contract');

/** Declares metrics that another program exports under its own names. */
export const foreign = () => declare('foreign');

/**
 * Declares a series that a recording rule of ours writes: `level:metric:operation`, with `job` and a static `instance`
 * so that dashboard variables match it.
 *
 * @see https://prometheus.io/docs/practices/rules/#naming
 */
export const recorded = <U extends Unit, const Ls extends readonly Label[] = readonly []>(
  definition: Definition<`${string}:${string}:${string}`, U, Ls>,
): Gauge<LabelMapOf<Ls>, 'instance'> => ({ kind: 'gauge', scope: 'instance', ...common(definition, 'recorded') });

/** The names under which a metric's samples appear: a histogram has three, the others one. */
export const seriesNames = ({ kind, name }: Metric): readonly string[] =>
  kind === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name];

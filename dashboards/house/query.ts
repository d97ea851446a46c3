import type { Expression as LogExpression, Vector as LogVector } from '#logql';
import type { Expression, Vector } from '#promql';
import type { AnySignal, Legend, Signal } from '#signals';
import { type DatasourceRef, LOKI, PROMETHEUS } from './datasources.ts';
import type { Drill } from './links.ts';
import type { PanelUnit } from './units.ts';

/** What a query shows beyond its lines. */
export interface QueryOptions<L extends string> {
  /** What a click on a series leads to; it can pass on only labels that the series have. @default - nothing */
  readonly drill?: Drill<L>;
  /** A unit of its own, on an axis on the right. @default - the panel's unit */
  readonly unit?: PanelUnit;
  /** A fixed colour, whatever the value. @default - the panel's rules and thresholds */
  readonly color?: string;
  /** The signal that the query shows: the panel has the lines of the alerts that compare it. @default - none */
  readonly signal?: AnySignal;
}

/** A query to Prometheus: an expression and what its series are called. */
export interface Query extends QueryOptions<string> {
  readonly asks: 'prometheus';
  readonly expression: Expression;
  readonly legend: string;
}

/** A query to Loki that answers with series, and what they are called. */
export interface LogSeries extends QueryOptions<string> {
  readonly asks: 'loki';
  readonly expression: LogExpression;
  readonly legend: string;
}

/** A query of a panel that shows series. */
export type SeriesQuery = Query | LogSeries;

/** The datasource that a query asks. */
export const askedBy = ({ asks }: SeriesQuery): DatasourceRef => (asks === 'prometheus' ? PROMETHEUS : LOKI);

/** A query whose legend names labels that its series have; a fact of an account has to lose its replicas by `maxBy` first. */
export const query = <L extends string, const T extends string>(
  expression: Vector<L>,
  legend: T & Legend<NoInfer<T>, NoInfer<L>>,
  options: QueryOptions<NoInfer<L>> = {},
): Query => ({ asks: 'prometheus', expression, legend, ...options });

/** A query to Loki whose legend names labels that its series have. */
export const logSeries = <L extends string, const T extends string>(
  expression: LogVector<L>,
  legend: T & Legend<NoInfer<T>, NoInfer<L>>,
  options: QueryOptions<NoInfer<L>> = {},
): LogSeries => ({ asks: 'loki', expression, legend, ...options });

/** A query that draws a signal under its legend, with the lines of the alerts that compare it. */
export const draw = <L extends string>(
  signal: Signal<L>,
  options: Omit<QueryOptions<NoInfer<L>>, 'signal'> = {},
): Query => ({ asks: 'prometheus', expression: signal.drawn, legend: signal.legend, signal, ...options });
